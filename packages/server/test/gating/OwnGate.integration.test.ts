/** A module on its way through the server's own gate: checked by the server itself, and let through by a message of CI. */
import { assert, describe, it } from "@effect/vitest"
import { OrchClient } from "@orch/client"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as Brokers from "../support/Brokers.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import * as ModulePolicy from "./ModulePolicy.ts"

const lacks = [...TestFarm.missing, ...(Brokers.hasRabbit ? [] : ["RabbitMQ at 127.0.0.1:5672"])]
const missing = lacks.length === 0 ? "" : ` [skipped: needs ${lacks.join(", ")}]`

describe(`the server's own gate${missing}`, () => {
  it.live.skipIf(missing !== "")(
    "waits for a message of CI and lets the module through at once, which was checked meanwhile",
    () =>
      Effect.gen(function*() {
        const directory = yield* Effect.acquireRelease(
          Effect.sync(() => TestRepository.temporary()),
          (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
        )
        const { channel, prefix, queue } = yield* Brokers.ownQueue
        const { git, url } = yield* TestServer.start({
          ...ModulePolicy.settings(directory, "orch.module.artifacts", "ci.tier1.functional"),
          ORCH_RECONCILE_INTERVAL: "300",
          ORCH_INBOX: JSON.stringify([{
            id: "ci",
            url: Brokers.rabbitUrl,
            queue,
            topics: [`${prefix}.#`],
            believe: ["ci"]
          }])
        })
        TestRepository.make(Path.join(git, "rpms", "one")).commit({ "one.spec": SpecFile.make("one") })
        const commit = TestRepository.make(Path.join(git, "modules", "gated")).commit({
          "gated.yaml": TestServer.modulemd({ one: [] })
        })
        const client = yield* Effect.provide(OrchClient.OrchClient, OrchClient.OrchClient.layer({ url }))
        const [build] = yield* client.moduleBuilds.submit({
          payload: { scmurl: `file://${git}/modules/gated?#${commit}` }
        })
        const state = (wanted: string) =>
          client.moduleBuilds.get({ params: { id: `${build!.id}` } }).pipe(
            Effect.repeat({ until: (one) => one.state === wanted, schedule: Schedule.spaced("100 millis") }),
            Effect.timeout("90 seconds")
          )
        const done = yield* state("done")
        const subject = `${done.name}-${done.stream}-${done.version}.${done.context}`
        // Every module is checked, whatever policies ask for.
        const checks = yield* Effect.promise(async () => {
          const reply = await fetch(`${url}/api/v2.0/results?item=${subject}`)
          return (await reply.json() as { readonly data: ReadonlyArray<any> }).data
        }).pipe(Effect.repeat({ until: (all) => all.length === 4, schedule: Schedule.spaced("100 millis") }))
        assert.deepStrictEqual(
          Object.fromEntries(checks.map(({ outcome, testcase }) => [testcase.name, outcome])),
          {
            "orch.module.artifacts": "PASSED",
            "orch.module.dependencies": "INFO",
            "orch.module.installability": "INFO",
            "orch.module.file-conflicts": "INFO"
          }
        )
        const decide = client.gates.decide({ query: { subject_type: "redhat-module", subject } })
        const [before] = yield* decide
        assert.deepStrictEqual([before!.satisfied, before!.unsatisfied.map(({ testcase }) => testcase)], [
          false,
          ["ci.tier1.functional"]
        ])
        const status = yield* client.bus.status()
        assert.deepStrictEqual(status.heard.map(({ connected, id }) => [id, connected]), [["ci", true]])
        channel.publish(
          "amq.topic",
          `${prefix}.ci.redhat-module.test.complete`,
          Buffer.from(JSON.stringify({
            artifact: {
              type: "redhat-module",
              id: "1",
              nsvc: `${done.name}:${done.stream}:${done.version}:${done.context}`
            },
            test: { namespace: "ci", type: "tier1", category: "functional", result: "passed" }
          })),
          { messageId: prefix }
        )
        const ready = yield* state("ready")
        assert.strictEqual(ready.state_reason, "The policies of dist-9 are satisfied")
        assert.isTrue((yield* decide)[0]!.satisfied)
        const [kept] = yield* client.bus.messages({ query: {} })
        assert.deepInclude(kept, { state: "handled", message_id: prefix, source: "ci" })
        const schema = yield* client.bus.topic({ params: { topic: "gate.decision" } })
        assert.strictEqual(schema["$id"], "urn:orch:orch.gate.decision.v1")
      }).pipe(Effect.scoped),
    240_000
  )
})
