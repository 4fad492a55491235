/** An embedded database made from the snapshot is the one that the steps of the schema would have made. */
import { assert, describe, it } from "@effect/vitest"
import * as Database from "@orch/server/database/Database"
import * as Migrations from "@orch/server/Migrations"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as SqlClient from "effect/sql/SqlClient"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import "../support/EmbeddedDatabase.ts"

const tables = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) =>
    sql<{ name: string; columns: bigint }>`
    SELECT table_name AS name, count(*) AS columns FROM information_schema.columns
    WHERE table_schema = 'public' GROUP BY table_name ORDER BY table_name`
)

const logged: Array<unknown> = []
const logger = Logger.make(({ message }) => void logged.push(message))

/** What is found in a database of this directory, opened with the schema's steps or without. */
const open = (directory: string | undefined, migrations: Database.Migrations = Migrations.layer) =>
  Effect.provide(
    tables,
    Layer.fresh(Database.layer({ _tag: "Embedded", directory }, migrations)).pipe(Layer.provide(Logger.layer([logger])))
  )

describe("the snapshot of an embedded database", () => {
  it.live("holds every table, in memory and in a directory, which the next start opens as it is", () =>
    Effect.gen(function*() {
      const directory = Path.join(TestRepository.temporary(), "database")
      // What a process left that died while it unpacked.
      Fs.mkdirSync(Path.join(directory, "pg.new", "base"), { recursive: true })
      const made = yield* open(directory)
      assert.isAbove(made.length, 30)
      assert.deepStrictEqual(logged.filter((one) => String(one).includes("Migrated")), [])
      assert.deepStrictEqual(Fs.readdirSync(directory).filter((name) => name.startsWith("pg")), ["pg"])
      assert.deepStrictEqual(yield* open(directory, Layer.empty), made)
      assert.deepStrictEqual(yield* open(undefined, Layer.empty), made)
      Fs.rmSync(Path.dirname(directory), { recursive: true })
    }))
})
