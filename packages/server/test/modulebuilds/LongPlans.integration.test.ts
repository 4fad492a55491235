/** A step of a build costs the same whatever is planned for it. */
import { assert, describe, it } from "@effect/vitest"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { component, modulePlan } from "../../../core/test/modulebuild/plans.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as ModuleBuildsLayer from "../../src/modulebuilds/ModuleBuildsLayer.ts"
import { databases } from "../support/Databases.ts"

for (const { layer, name } of databases) {
  const stores = ModuleBuildsLayer.layer().pipe(
    Layer.provideMerge(PgCommandQueue.layer({ pollInterval: "1 hour", lease: "1 hour" })),
    Layer.provideMerge(PgOutbox.layer),
    Layer.provideMerge(layer)
  )

  describe(`steps of module builds on ${name}`, () => {
    it.live("read nothing of their plans", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const store = yield* ModuleBuilds
        const begin = (stream: string, components: number) =>
          store.create(
            modulePlan(Array.from({ length: components }, (_, index) => component(`component-${index}`)), { stream }),
            { _tag: "Submitted", at: 1, by: "somebody" }
          )
        /** Pages that the database looks at for a change of the columns that each step changes. */
        const pages = (id: number) =>
          Effect.gen(function*() {
            const one = sql<{ "QUERY PLAN": ReadonlyArray<{ Plan: Record<string, number> }> }>`
              EXPLAIN (ANALYZE, BUFFERS, FORMAT json)
              UPDATE module_build SET revision = revision + 1, progress = progress || '{"modifiedAt": 2}', modified_at = now()
              WHERE id = ${id}`
            yield* one
            const [row] = yield* one
            const { Plan } = row!["QUERY PLAN"][0]!
            return Plan["Shared Hit Blocks"]! + Plan["Shared Read Blocks"]!
          })
        const short = yield* begin("short", 1)
        const long = yield* begin("long", 3000)
        const read = [yield* pages(short.state.id), yield* pages(long.state.id)] as const
        assert.isBelow(Math.abs(read[1] - read[0]), 5, `${read[0]} pages with 1 component, ${read[1]} with 3000`)
      }).pipe(Effect.provide(Layer.fresh(stores))))
  })
}
