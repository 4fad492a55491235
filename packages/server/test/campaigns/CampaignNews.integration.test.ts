/** What gates announce of builds that are ready already reaches the campaigns that made them. On every database this machine offers. */
import { assert, layer } from "@effect/vitest"
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { Outbox } from "@orch/core/ports/Outbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CampaignNews from "../../src/campaigns/CampaignNews.ts"
import * as CampaignsLayer from "../../src/campaigns/CampaignsLayer.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as PgProcesses from "../../src/database/PgProcesses.ts"
import { moduleBuildTable } from "../../src/modulebuilds/ModuleBuildTable.ts"
import { databases } from "../support/Databases.ts"

const at = 1_700_000_000_000
const build = 77

for (const database of databases) {
  const world = CampaignNews.layer.pipe(
    Layer.provideMerge(CampaignsLayer.store),
    Layer.provide(Layer.effect(ModuleBuilds, PgProcesses.make(moduleBuildTable))),
    Layer.provideMerge(
      Layer.merge(PgCommandQueue.layer({ pollInterval: "1 second", lease: "5 seconds" }), PgOutbox.layer)
    ),
    Layer.provideMerge(database.layer)
  )
  layer(world, { timeout: "60 seconds", excludeTestServices: true })(`news on ${database.name}`, (it) => {
    it.effect("of a gate that is not satisfied any more stop what is built with a ready build, until it is again", () =>
      Effect.gen(function*() {
        const campaigns = yield* Campaigns
        const outbox = yield* Outbox
        const { state: { id } } = yield* campaigns.create({
          causes: [{ subject: "rpms/zlib" }],
          by: "alice",
          automatic: true,
          width: 1,
          nodes: [{
            name: "low:1",
            tier: 1,
            seconds: 60,
            after: [],
            changed: true,
            why: "It changed",
            scmurl: "https://git.example.org/modules/low?#0123",
            previous: []
          }]
        }, { _tag: "Submitted", at })
        const node = { at, node: "low:1", attempt: 1 }
        yield* campaigns.apply(
          id,
          [
            { _tag: "NodeBegun", ...node, builds: [{ id: build, revision: 0, state: "init" }] } as const,
            { _tag: "BuildMoved", ...node, build, revision: 1, state: "ready", reason: "" } as const,
            { _tag: "NodeCompared", ...node, differs: true, reason: "There was none before" } as const
          ].map((event) => ({ key: undefined, event }))
        )

        const decide = (module_build: object | null, summary: string) =>
          outbox.append([{
            topic: "gate.decision",
            subject: "gate/redhat-module/low",
            body: { summary, module_build } as never
          }], at)
        const regressed = Effect.map(
          campaigns.get(id),
          ({ state }) => [state.state, state.nodes.get("low:1")?.regressed]
        )
        const until = (wanted: ReadonlyArray<string | undefined>) =>
          regressed.pipe(
            Effect.tap(() => Effect.sleep("50 millis")),
            Effect.repeat({ until: (found) => JSON.stringify(found) === JSON.stringify(wanted) }),
            Effect.timeout("20 seconds")
          )
        assert.deepStrictEqual(yield* regressed, ["done", undefined])
        const { revision } = yield* campaigns.get(id)
        // Builds of nobody, and builds that wait for their gate, change nothing.
        yield* decide(null, "about something else")
        yield* decide({ id: build, is_ready: false, satisfied: false }, "not ready yet")
        yield* decide({ id: build, is_ready: true, satisfied: false }, "1 test failed")
        yield* until(["failed", "1 test failed"])
        yield* decide({ id: build, is_ready: true, satisfied: true }, "all passed")
        yield* until(["done", undefined])
        assert.strictEqual((yield* campaigns.get(id)).revision, revision + 2)
      }))
  })
}
