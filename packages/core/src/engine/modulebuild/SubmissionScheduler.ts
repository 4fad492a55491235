/**
 * Submits components under limits: looks at all builds together, grants fair shares, and tells those that have to wait why.
 *
 * Any number of processes may run it; the store lets one at a time choose. A process that dies between choosing and
 * submitting loses its choice after a while, and the next one submits under the same key.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { type Candidate, isLimited, type Limits, share } from "../../farm/FairShare.ts"
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import { BuildSystem } from "../../ports/BuildSystem.ts"
import { ProcessStore } from "../../ports/ProcessStore.ts"
import { SubmissionLimits } from "./SubmissionLimits.ts"
import * as Submitting from "./Submitting.ts"

export interface Options {
  /** Milliseconds between two rounds. */
  readonly interval: number
}

const make = Effect.fnUntraced(function*({ interval }: Options) {
  const limits: Limits = yield* SubmissionLimits
  if (!isLimited(limits)) return
  const farm = yield* BuildSystem
  const store = yield* ProcessStore

  const apply = (build: number, event: (at: number) => ModuleBuildEvent) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => store.apply(build, [{ event: event(at), key: undefined }])).pipe(
      Effect.catchTag(["IllegalTransition", "ModuleBuildNotFound"], () => Effect.void)
    )

  const submit = (id: number, candidates: ReadonlyArray<Candidate>) =>
    Effect.gen(function*() {
      const { build } = yield* store.get(id)
      const wanted = candidates.flatMap(({ component }) => {
        const found = build.components.get(component)
        return found?.state === "submitting" ? [{ name: component, attempt: found.attempt }] : []
      })
      if (build.state !== "build" || build.buildroot === undefined || wanted.length === 0) return
      const submitted = yield* Submitting.submit(farm, build, build.buildroot, wanted)
      yield* apply(id, (at) => ({ ...submitted, at }))
    }).pipe(Effect.catchTag("ModuleBuildNotFound", () => Effect.void))

  const round = Effect.gen(function*() {
    const { granted, held } = yield* store.grant((candidates, active) => share(candidates, active, limits))
    yield* Effect.forEach(
      Map.groupBy(granted, ({ build }) => build),
      ([build, candidates]) => submit(build, candidates),
      {
        concurrency: 8,
        discard: true
      }
    )
    yield* Effect.forEach(
      Map.groupBy(held, ({ candidate }) => candidate.build),
      ([build, waiting]) =>
        apply(build, (at) => ({
          _tag: "ComponentsHeld",
          at,
          held: waiting.map(({ candidate, reason }) => ({ component: candidate.component, reason }))
        })),
      { concurrency: 8, discard: true }
    )
  })

  yield* round.pipe(
    Effect.catchCause((cause) => Effect.logWarning("Components could not be submitted", cause)),
    Effect.repeat(Schedule.spaced(interval)),
    Effect.forkScoped
  )
})

/** Runs for as long as the layer lives, if there are limits. */
export const layer = (options: Options): Layer.Layer<never, never, BuildSystem | ProcessStore> =>
  Layer.effectDiscard(make(options))
