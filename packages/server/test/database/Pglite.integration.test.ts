import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import * as Fs from "node:fs"
import * as EmbeddedBackend from "../../src/database/EmbeddedBackend.ts"
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

  it.live(
    "opens again by itself after an error that its session does not survive",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const path = yield* directory
        const context = yield* Layer.build(Pglite.layer(path))
        yield* Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql`CREATE TABLE kept (id bigint PRIMARY KEY)`
          yield* sql`INSERT INTO kept VALUES (1)`
          // Its log can go on nowhere, as on a full disk: that is a PANIC, after which it would hang.
          Fs.renameSync(`${path}/pg/pg_wal`, `${path}/away`)
          yield* Effect.ignore(sql`SELECT pg_switch_wal()`)
          assert.strictEqual((yield* Effect.exit(sql`INSERT INTO kept VALUES (2)`))._tag, "Failure")
          assert.strictEqual((yield* Effect.exit(sql`SELECT id FROM kept`))._tag, "Failure")
          Fs.rmSync(`${path}/pg/pg_wal`, { recursive: true, force: true })
          Fs.renameSync(`${path}/away`, `${path}/pg/pg_wal`)
          const rows = yield* Effect.retry(sql<{ id: bigint }>`SELECT id FROM kept`, {
            times: 100,
            schedule: Schedule.spaced("200 millis")
          })
          assert.deepStrictEqual(rows.map(({ id }) => Number(id)), [1])
          yield* sql`INSERT INTO kept VALUES (3)`
        }).pipe(Effect.provide(context))
      })),
    120_000
  )
})

describe("an answer of the database", () => {
  const message = (type: string, text: string): Buffer => {
    const head = Buffer.alloc(5)
    head.write(type, "latin1")
    head.writeInt32BE(text.length + 4, 1)
    return Buffer.concat([head, Buffer.from(text, "latin1")])
  }

  it.each(
    [
      ["a row that says so", [message("D", "VPANIC\0")], false],
      ["an error", [message("E", "SERROR\0VERROR\0C53100\0Mno space\0\0"), message("Z", "I")], false],
      ["a panic", [message("C", "INSERT\0"), message("E", "SPANIK\0VPANIC\0C53100\0Mno space\0\0")], true],
      ["the end of the session", [message("E", "SFATAL\0VFATAL\0C57P01\0\0")], true],
      ["nothing", [], false],
      ["what is cut off", [message("E", "SFATAL\0VFATAL\0\0").subarray(0, 4)], false]
    ] as const
  )("that is %s ends its session: %s", (_, messages, expected) => {
    assert.strictEqual(EmbeddedBackend.isFatal(Buffer.concat(messages)), expected)
  })
})
