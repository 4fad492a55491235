/** Joins what slices know of builds for the interface that shows it all at once. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import * as AlbsTime from "@orch/api/albs/AlbsTime"
import type { BuildWire } from "@orch/api/albs/BuildWire"
import type { Signing } from "@orch/core/signing/Signing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BuildNeighbours, none } from "../../packagebuilds/BuildNeighbours.ts"
import { SignKeys } from "../../signing/SignKeys.ts"

const signTask = ({ finishedAt, id, startedAt, state, stats }: Signing): BuildWire["sign_tasks"][number] => ({
  id,
  started_at: AlbsTime.formatOptional(startedAt),
  finished_at: AlbsTime.formatOptional(finishedAt),
  status: AlbsStatus.ofSigning[state],
  stats: stats ?? null
})

export const layer: Layer.Layer<BuildNeighbours, never, SignKeys> = Layer.effect(
  BuildNeighbours,
  Effect.gen(function*() {
    const keys = yield* SignKeys
    return BuildNeighbours.of({
      of: Effect.fnUntraced(function*(builds) {
        const signings = builds.length === 0 ? [] : yield* keys.signings(builds)
        const byBuild = Map.groupBy(signings, ({ plan }) => plan.build)
        return new Map(builds.map((build) => [build, {
          ...none,
          signTasks: (byBuild.get(build) ?? []).toReversed().map(signTask)
        }]))
      })
    })
  })
)
