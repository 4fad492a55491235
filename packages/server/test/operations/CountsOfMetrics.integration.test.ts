/** Who scrapes metrics does not wait until very many builds are counted again. */
import { assert, describe, it } from "@effect/vitest"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import * as InstallationMetrics from "@orch/server/operations/metrics/InstallationMetrics"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { databases } from "../support/Databases.ts"

describe.each(databases)("counts on $name", ({ layer: database }) => {
  it.live("are those of the last scrape where there are thousands of rows, and are waited for where there are few", () =>
    Effect.gen(function*() {
      for (const [rows, waits] of [[20, true], [20_000, false]] as const) {
        const second = yield* Deferred.make<void>()
        let begun = 0
        const index = {
          counts: Effect.suspend(() =>
            Effect.as(begun++ === 0 ? Effect.void : Deferred.await(second), { builds: { ready: rows }, components: {} })
          )
        }
        const scrape = yield* InstallationMetrics.make({
          queues: [],
          listeners: {},
          limits: { total: 0, owner: 0 },
          connections: 1
        }).pipe(Effect.provideService(ModuleBuildIndex, index as never))
        yield* scrape
        yield* Effect.sleep(`${0.03 * rows + 10} millis`)
        const ended = yield* Effect.timeoutOption(scrape, "3 seconds")
        // Nobody waits for when it begins either.
        yield* Effect.sleep("10 millis").pipe(
          Effect.repeat({ until: () => begun > 1 }),
          Effect.timeoutOption("30 seconds")
        )
        assert.deepStrictEqual([ended._tag === "None", begun], [waits, 2])
        yield* Deferred.succeed(second, undefined)
      }
    }).pipe(Effect.scoped, Effect.provide(database)))
})
