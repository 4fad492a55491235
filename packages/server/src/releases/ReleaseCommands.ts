/** Does what releases ask for: plans, locks, and the steps of repositories. */
import * as CommandInterpreter from "@orch/core/engine/CommandInterpreter"
import * as CommandWorkers from "@orch/core/engine/CommandWorkers"
import * as RepositoryStepping from "@orch/core/engine/release/RepositoryStepping"
import { Releases } from "@orch/core/ports/release/Releases"
import { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { Release } from "@orch/core/release/Release"
import type { ReleaseCommand } from "@orch/core/release/ReleaseEvent"
import { releaseLife } from "@orch/core/release/ReleaseLife"
import * as ReleaseProblem from "@orch/core/release/ReleaseProblem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import { ofArtifacts, ProductionHost, withProducts } from "./ProductionHost.ts"
import * as ReleasePlanner from "./ReleasePlanner.ts"
import { RepositoryLocks } from "./RepositoryLocks.ts"

type Outcomes<E> = Effect.Effect<ReadonlyArray<RepositoryStepping.Outcome>, E | StoreUnavailable>

const perform = Effect.gen(function*() {
  const host = ofArtifacts(withProducts(yield* ProductionHost, yield* RepositoryHost), yield* ArtifactStore)
  const plan = yield* ReleasePlanner.make
  const locks = yield* RepositoryLocks

  /** Once nobody else writes the repositories, what they hold is looked at again: others may have changed it since the plan was made. */
  const checked = Effect.fnUntraced(function*(release: Release): Effect.fn.Return<
    ReadonlyArray<RepositoryStepping.Outcome>,
    CommandInterpreter.PortError | StoreUnavailable
  > {
    if (release.heading === "back") return [{ _tag: "LocksTaken" }]
    const problem = (yield* plan(release)).problems.find(({ severity }) => severity === "blocks")
    if (problem === undefined) return [{ _tag: "LocksTaken" }]
    const reason = `Plan it again, since the repositories have changed: ${ReleaseProblem.describe(problem)}`
    return [{ _tag: "CommandRejected", command: "TakeLocks", reason }]
  })

  const take = Effect.fnUntraced(function*(release: Release, repositories: ReadonlyArray<string>): Effect.fn.Return<
    ReadonlyArray<RepositoryStepping.Outcome>,
    CommandInterpreter.PortError | StoreUnavailable
  > {
    const taken = yield* locks.take(release.id, repositories)
    if (taken === "taken") return yield* checked(release)
    return taken === "unwanted" ? [] : [{ _tag: "LocksHeld", by: taken.heldBy }]
  })

  return (release: Release, command: ReleaseCommand): Outcomes<CommandInterpreter.PortError> => {
    switch (command._tag) {
      case "MakePlan":
        return release.state !== "planning"
          ? Effect.succeed([])
          : Effect.map(plan(release), (made) => [{
            _tag: "Planned",
            plan: made,
            edits: release.edits.length,
            ...(release.orders === undefined ? {} : { orders: release.orders })
          }])
      case "TakeLocks":
        return take(release, command.repositories)
      case "RunStep":
        return RepositoryStepping.run(host, release, command.repository, command.step)
      case "FreeLocks":
        return Effect.as(locks.free(release.id, command.repositories), [])
    }
  }
})

/** Works on releases for as long as the server lives. */
export const workers = (options: CommandWorkers.Options) =>
  Layer.effectDiscard(
    Effect.gen(function*() {
      const run = CommandInterpreter.interpreter(yield* Releases, yield* perform)
      yield* CommandWorkers.work(releaseLife, run, options)
    })
  )
