import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Fs from "node:fs"
import * as Pglite from "../../src/database/Pglite.ts"
import * as TestRepository from "../scm/TestRepository.ts"

const directory = Effect.acquireRelease(
  Effect.sync(() => TestRepository.temporary()),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
)

describe("the embedded database", () => {
  it.live("keeps what was written, and is one server's at a time", () =>
    Effect.scoped(Effect.gen(function*() {
      const path = yield* directory
      yield* Effect.scoped(Effect.gen(function*() {
        const context = yield* Layer.build(Pglite.layer(path))
        yield* Effect.flatMap(SqlClient.SqlClient, (sql) => sql`CREATE TABLE kept (id bigint PRIMARY KEY)`).pipe(
          Effect.provide(context)
        )
        const second = yield* Effect.flip(Layer.build(Pglite.layer(path)))
        assert.include(second.message, `process ${process.pid} uses it`)
        assert.include(second.message, "DATABASE_URL")
      }))
      const rows = yield* Effect.scoped(
        Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT id FROM kept`).pipe(Effect.provide(Pglite.layer(path)))
      )
      assert.deepStrictEqual(rows, [])
    })), 120_000)
})
