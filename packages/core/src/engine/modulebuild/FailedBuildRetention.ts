/**
 * Retires builds that failed long ago, so that nobody resumes one whose sources and buildroot are of another time.
 *
 * Any number of processes may run it: retiring a build that is retired is refused, and means that another was faster.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ModuleBuildIndex } from "../../ports/modulebuild/ModuleBuildIndex.ts"
import * as Upkeep from "../Upkeep.ts"
import { ModuleBuildEngine } from "./ModuleBuildEngine.ts"

/** When failed builds are retired. */
export interface Options {
  /** Days without a change after which a failed build is retired; 0 keeps all. */
  readonly failedDays: number
  /** Milliseconds between two rounds. */
  readonly interval: number
}

/** Builds looked at in one statement. */
const batch = 100

const day = 86_400_000

const make = Effect.fnUntraced(function*({ failedDays, interval }: Options) {
  if (failedDays === 0) return
  const index = yield* ModuleBuildIndex
  const engine = yield* ModuleBuildEngine
  const reason = `The module was garbage collected since it has failed over ${failedDays} day(s) ago`

  const round = Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    for (;;) {
      const { items } = yield* index.list({
        states: ["failed"],
        modifiedBefore: now - failedDays * day,
        order: "oldest",
        limit: batch,
        offset: 0
      })
      yield* Effect.forEach(
        items,
        ({ id }) =>
          engine.retire(id, "retention", reason).pipe(
            Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void)
          ),
        { discard: true }
      )
      if (items.length > 0) {
        yield* Effect.logInfo("Retired failed builds").pipe(Effect.annotateLogs({ count: items.length }))
      }
      if (items.length < batch) return
    }
  })

  yield* Upkeep.repeating({ failed: "Failed builds could not be retired", interval }, round)
})

/** Retires failed builds, now and each `interval`, for as long as the layer lives. */
export const layer = (options: Options): Layer.Layer<never, never, ModuleBuildEngine | ModuleBuildIndex> =>
  Layer.effectDiscard(make(options))
