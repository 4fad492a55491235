/** What a build hears of its tasks. */
import { assert, describe, it } from "@effect/vitest"
import type { PackageBuildEvent } from "@orch/core/packagebuild/PackageBuildEvent"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Untold } from "../../src/builders/BuilderPool.ts"
import * as PoolDelivery from "../../src/packagebuilds/PoolDelivery.ts"

const reported = (id: number, report: unknown): Untold => ({
  id: BigInt(id),
  life: "package-build",
  process: 1n,
  part: `p/${id}`,
  attempt: 1,
  arch: "x86_64",
  package: `p${id}`,
  url: "",
  owner: "ann",
  class: "",
  priority: 0,
  path: 0,
  seconds: 0,
  state: "reported",
  node: "n1",
  token: 1,
  tries: 1,
  since: 0n,
  until: 0n,
  report
})

describe("a build that is told of its tasks", () => {
  it.effect("hears that a report cannot be read, and all others as they are", () => {
    const heard: Array<PackageBuildEvent> = []
    const builds = {
      apply: (_: number, events: ReadonlyArray<{ readonly event: PackageBuildEvent }>) =>
        Effect.sync(() => void heard.push(...events.map(({ event }) => event)))
    }
    const layer = Layer.succeed(PackageBuilds, builds as unknown as PackageBuilds["Service"])
    return Effect.gen(function*() {
      const took = yield* PoolDelivery.tell(1, [
        reported(1, { status: "perfect", artifacts: "many" }),
        reported(2, { status: "done", artifacts: [] }),
        reported(3, null),
        reported(4, { status: "failed", artifacts: [] })
      ])
      assert.deepStrictEqual(
        heard.map((event) => event._tag === "TaskAbandoned" ? event.reason : event._tag),
        [
          "What node n1 reported of it cannot be read",
          "TaskReported",
          "What node n1 reported of it cannot be read",
          "TaskReported"
        ]
      )
      assert.deepStrictEqual(took.map(({ task }) => task), [2], "how long it took counts where it was built")
    }).pipe(Effect.provide(layer))
  })
})
