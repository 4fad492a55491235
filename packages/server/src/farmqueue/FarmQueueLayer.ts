/** The farm's queue, counted for as long as the server lives. */
import * as Layer from "effect/Layer"
import * as FarmQueue from "./FarmQueue.ts"
import * as QueueHistory from "./QueueHistory.ts"

/** Of the database; the arguments are those of the queue. */
export const layer = (...queue: Parameters<typeof FarmQueue.layer>) =>
  QueueHistory.counting.pipe(Layer.provideMerge(FarmQueue.layer(...queue)))
