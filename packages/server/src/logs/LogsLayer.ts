/** Logs of builds, looked at while they grow. */
import * as Upkeep from "@orch/core/engine/Upkeep"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BuildLogs from "./BuildLogs.ts"

/** Milliseconds between two looks. */
const interval = 5_000
/** Ends are told a little late; what ended so many milliseconds before the last look is looked at again, which costs little. */
const overlap = 60_000

const looking = Layer.effectDiscard(Effect.gen(function*() {
  const { lookAtRecent } = yield* BuildLogs.BuildLogs
  let since = (yield* Clock.currentTimeMillis) - 10 * overlap
  const round = Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    yield* lookAtRecent(since)
    since = now - overlap
  })
  yield* Upkeep.repeating({ failed: "Logs could not be looked at yet", interval }, round)
}))

/** The logs, and what looks at them. */
export const layer = (dataDir: string) => looking.pipe(Layer.provideMerge(BuildLogs.layer(dataDir)))
