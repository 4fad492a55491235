/** Joins what slices know of builds for the interface that shows it all at once. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import * as AlbsTime from "@orch/api/albs/AlbsTime"
import type { BuildTaskWire, BuildWire } from "@orch/api/albs/BuildWire"
import type { Signing } from "@orch/core/signing/Signing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BuildNeighbours } from "../../packagebuilds/BuildNeighbours.ts"
import { Products } from "../../products/Products.ts"
import { SignKeys } from "../../signing/SignKeys.ts"
import { type KnownTest, Tests } from "../../testruns/Tests.ts"
import * as TestStats from "../../testruns/TestStats.ts"

const signTask = ({ finishedAt, id, startedAt, state, stats }: Signing): BuildWire["sign_tasks"][number] => ({
  id,
  started_at: AlbsTime.formatOptional(startedAt),
  finished_at: AlbsTime.formatOptional(finishedAt),
  status: AlbsStatus.ofSigning[state],
  stats: stats ?? null
})

const testTask = (known: KnownTest): BuildTaskWire["test_tasks"][number] => ({
  id: known.number,
  status: AlbsStatus.ofTest[known.test.state],
  revision: known.revision,
  performance_stats: TestStats.shown(known)
})

const testsByTask = (tests: ReadonlyArray<KnownTest>): ReadonlyMap<number, BuildTaskWire["test_tasks"]> =>
  new Map([...Map.groupBy(tests, ({ task }) => task)].map(([task, found]) => [task, found.map(testTask)]))

export const layer: Layer.Layer<BuildNeighbours, never, Products | SignKeys | Tests> = Layer.effect(
  BuildNeighbours,
  Effect.gen(function*() {
    const keys = yield* SignKeys
    const products = yield* Products
    const tests = yield* Tests
    return BuildNeighbours.of({
      of: Effect.fnUntraced(function*(builds) {
        const signings = builds.length === 0 ? [] : yield* keys.signings(builds)
        const byBuild = Map.groupBy(signings, ({ plan }) => plan.build)
        const testsOf = Map.groupBy(yield* tests.ofBuilds(builds), ({ build }) => build)
        const productsOf = yield* products.ofBuilds(builds)
        return new Map(builds.map((build) => [build, {
          products: (productsOf.get(build) ?? []).map(({ id, name }) => ({ id, name })),
          tests: testsByTask(testsOf.get(build) ?? []),
          signTasks: (byBuild.get(build) ?? []).toReversed().map(signTask)
        }]))
      })
    })
  })
)
