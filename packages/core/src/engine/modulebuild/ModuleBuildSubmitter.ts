/** How module builds hand components to the farm where slots are shared. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Delays from "../../farm/Delays.ts"
import { unkeyed } from "../../life/Keyed.ts"
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import { moduleBuildLife } from "../../modulebuild/ModuleBuildLife.ts"
import { BuildSystem, type BuildSystemError } from "../../ports/BuildSystem.ts"
import { ModuleBuilds } from "../../ports/modulebuild/ModuleBuilds.ts"
import type { StoreUnavailable } from "../../ports/StoreUnavailable.ts"
import { isAway, waitingFor } from "../CommandInterpreter.ts"
import type { Submitter } from "../SlotScheduler.ts"
import * as Submitting from "./Submitting.ts"

/** Submits what still wants to be submitted, and tells builds what is held. */
export const moduleBuildSubmitter: Effect.Effect<
  Submitter<BuildSystemError | StoreUnavailable>,
  never,
  BuildSystem | ModuleBuilds
> = Effect.gen(function*() {
  const farm = yield* BuildSystem
  const store = yield* ModuleBuilds

  const apply = (build: number, events: (at: number) => ReadonlyArray<ModuleBuildEvent>) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => store.apply(build, unkeyed(events(at)))).pipe(
      Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void),
      Effect.asVoid
    )

  return {
    life: moduleBuildLife.name,
    submit: (id, granted) =>
      Effect.gen(function*() {
        const { state: build } = yield* store.get(id)
        const wanted = granted.flatMap(({ part }) => {
          const found = build.components.get(part)
          return found?.state === "submitting" ? [{ name: part, attempt: found.attempt }] : []
        })
        if (build.state !== "build" || build.buildroot === undefined || wanted.length === 0) return
        const submitted = yield* Effect.result(Submitting.submit(farm, build, build.buildroot, wanted))
        if (Result.isSuccess(submitted)) {
          return yield* apply(id, (at) => [
            { _tag: "CommandDelayed", at, command: "SubmitComponents" },
            { ...submitted.success, at }
          ])
        }
        const error = submitted.failure
        if (!error.isRetryable || !isAway(error)) return yield* error
        // Other builds may be for a farm that answers. This one's turn comes again when its slots are given up.
        yield* apply(id, (at) => [{
          _tag: "CommandDelayed",
          at,
          command: "SubmitComponents",
          waiting: waitingFor(error, Delays.of(build, "SubmitComponents"), at)
        }])
      }).pipe(Effect.catchTag("ProcessNotFound", () => Effect.void)),
    hold: (id, held) =>
      apply(id, (at) => [{
        _tag: "ComponentsHeld",
        at,
        held: held.map(({ candidate, reason }) => ({ component: candidate.part, reason }))
      }])
  }
})
