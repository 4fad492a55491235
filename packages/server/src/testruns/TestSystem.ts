/** A test system that is told of tests, in place of asking for them: how AlmaLinux's test system is told. */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AlbsSettings } from "../albs/AlbsSettings.ts"
import * as JsonRequest from "../outgoing/JsonRequest.ts"
import type { TestOrder } from "./TestOrder.ts"

/** It does not take a test now; another time may do. */
export class TestSystemAway extends Data.TaggedError("TestSystemAway")<{
  readonly message: string
  /** Which it is. */
  readonly away?: string
}> {
  readonly isRetryable = true
}

/** The test system; `undefined` where test systems ask by themselves. */
export class TestSystem extends Context.Service<TestSystem, {
  readonly schedule: ((order: TestOrder) => Effect.Effect<void, TestSystemAway>) | undefined
}>()("@orch/server/testruns/TestSystem") {}

/** From the settings. */
export const layer: Layer.Layer<TestSystem, never, AlbsSettings> = Layer.effect(
  TestSystem,
  Effect.gen(function*() {
    const { testSystemToken, testSystemUrl } = yield* AlbsSettings
    if (testSystemUrl === undefined) return TestSystem.of({ schedule: undefined })
    const url = `${testSystemUrl.replace(/\/+$/, "")}/tasks/schedule`
    const away = `the test system ${URL.canParse(url) ? new URL(url).host : url}`
    return TestSystem.of({
      schedule: (order) => {
        const init = JsonRequest.post(order)
        const token = testSystemToken === undefined
          ? {}
          : { authorization: `Bearer ${Redacted.value(testSystemToken)}` }
        return JsonRequest.ask(url, Schema.Unknown, {
          timeoutMillis: 30_000,
          maxBytes: 65_536,
          init: { ...init, headers: { ...init.headers as Record<string, string>, ...token } }
        }).pipe(
          Effect.mapError(({ message, said }) =>
            new TestSystemAway({
              message: `The test system does not take it: ${message}`,
              // What it says of the test may be the test's fault; that is tried a few times only.
              ...(said === undefined || /status 50[234]/.test(message) ? { away } : {})
            })
          ),
          Effect.asVoid
        )
      }
    })
  })
)
