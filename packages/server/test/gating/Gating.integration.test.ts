/** Builds on their way from done to ready, through the whole server. */
import { assert, describe, it } from "@effect/vitest"
import { OrchClient } from "@orch/client"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Path from "node:path"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import { context, policy, start } from "./FakeGreenwave.ts"

const missing = TestFarm.missing.length === 0 ? "" : ` [skipped: needs ${TestFarm.missing.join(", ")}]`

describe(`module builds before a gate${missing}`, () => {
  it.live.skipIf(missing !== "")(
    "stay done, with the reason, until Greenwave is satisfied",
    () =>
      Effect.gen(function*() {
        const decisions: Record<string, unknown> = {
          "rhel-9": { policies_satisfied: false, summary: "no test result yet" }
        }
        const greenwave = yield* start({ policies: { policies: [policy(["rhel-9"])] }, decisions })
        const { git, url } = yield* TestServer.start({
          ORCH_GREENWAVE_URL: greenwave.url,
          ORCH_GREENWAVE_DECISION_CONTEXT: context,
          ORCH_GREENWAVE_INTERVAL: "1",
          ORCH_RECONCILE_INTERVAL: "300"
        })
        TestRepository.make(Path.join(git, "rpms", "one")).commit({ "one.spec": SpecFile.make("one") })
        const module = TestRepository.make(Path.join(git, "modules", "gated"))
        const commit = module.commit({ "gated.yaml": TestServer.modulemd({ one: [] }) })
        const client = yield* Effect.provide(OrchClient.OrchClient, OrchClient.OrchClient.layer({ url }))
        const [build] = yield* client.moduleBuilds.submit({
          payload: { scmurl: `file://${git}/modules/gated?#${commit}` }
        })
        const until = (test: (build: { readonly state: string; readonly state_reason: string }) => boolean) =>
          client.moduleBuilds.get({ params: { id: `${build!.id}` } }).pipe(
            Effect.repeat({ until: test, schedule: Schedule.spaced("200 millis") }),
            Effect.timeout("90 seconds")
          )
        const held = yield* until(({ state, state_reason }) => state === "done" && state_reason.startsWith("Gating"))
        assert.strictEqual(held.state_reason, "Gating failed (asked again in 1 seconds): rhel-9: no test result yet")
        decisions["rhel-9"] = { policies_satisfied: true }
        const ready = yield* until(({ state }) => state !== "done")
        assert.deepStrictEqual([ready.state, ready.state_reason], [
          "ready",
          "Greenwave: the policies of rhel-9 are satisfied"
        ])
      }).pipe(Effect.scoped),
    240_000
  )
})
