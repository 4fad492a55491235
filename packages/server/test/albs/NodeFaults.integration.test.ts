/**
 * Nodes that die in the middle of builds, report twice, and report late: each task counts once, and every build ends with the right packages,
 * those without architecture and the tests once.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FailingFarm from "./FailingFarm.ts"

const options: FailingFarm.Options = {
  names: ["one", "two"],
  arches: ["i686", "x86_64"],
  nodes: 8,
  together: 2,
  isOver: (begun) => begun >= 4
}
const packages = FailingFarm.makePackages(options.names, options.arches)

describe.skipIf(packages === undefined)("nodes that fail (needs rpmbuild)", () => {
  it.live("cost nothing but time: no task counts twice, and none is lost", () =>
    Effect.scoped(Effect.gen(function*() {
      const { builds, killed, problems } = yield* FailingFarm.run(options, packages!)
      assert.isEmpty(problems)
      assert.isAtLeast(builds, 4)
      assert.isAbove(killed, 0)
    })), 240_000)
})
