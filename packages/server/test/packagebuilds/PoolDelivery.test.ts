/** What a build hears of its tasks. */
import { assert, describe, it } from "@effect/vitest"
import type { PackageBuildEvent } from "@orch/core/packagebuild/PackageBuildEvent"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PoolDelivery from "../../src/packagebuilds/PoolDelivery.ts"
import * as ReportedTask from "../builders/ReportedTask.ts"

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
        ReportedTask.make(1, 1, { status: "perfect", artifacts: "many" }),
        ReportedTask.make(2, 1, { status: "done", artifacts: [] }),
        ReportedTask.make(3, 1, null),
        ReportedTask.make(4, 1, { status: "failed", artifacts: [] })
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
