/** Takes commands from the queue and has them interpreted, several at a time. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CommandQueue } from "../ports/CommandQueue.ts"
import { CommandInterpreter } from "./CommandInterpreter.ts"

export interface Options {
  /** Commands run side by side in this process; they wait for the farm most of the time. */
  readonly concurrency: number
}

/** Runs for as long as the layer lives; commands under way are given back when it ends. */
export const layer = ({ concurrency }: Options): Layer.Layer<never, never, CommandQueue | CommandInterpreter> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const queue = yield* CommandQueue
    const interpreter = yield* CommandInterpreter
    const work = queue.take((envelope, delivery) => interpreter.run(envelope, delivery)).pipe(
      Effect.catchCause((cause) => Effect.logWarning("A command failed and will be tried again", cause)),
      Effect.forever
    )
    for (let worker = 0; worker < concurrency; worker++) yield* Effect.forkScoped(work)
  }))
