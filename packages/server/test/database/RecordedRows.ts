/**
 * The rows of a database that an earlier version left: two steps behind in the schema, builds of every state, commands that
 * nobody has run yet. They were read with `to_jsonb` from a database on which that version's engine had worked.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { json } from "../../src/database/StorableText.ts"
import * as MbsMigrations from "../../src/mbs/statements/MbsMigrations.ts"
import * as Migrations from "../../src/Migrations.ts"
import { moduleBuilds } from "../../src/modulebuilds/statements/ModuleBuildMigrations.ts"
import * as RepositoryMigrations from "../../src/repositories/statements/RepositoryMigrations.ts"

type Row = Readonly<Record<string, unknown>>

const Tables = Schema.Record(Schema.String, Schema.Array(Schema.Record(Schema.String, Schema.Unknown)))

const tables = Schema.decodeUnknownSync(Tables)(
  JSON.parse(Fs.readFileSync(Path.join(import.meta.dirname, "fixtures", "rows-before-lives.json"), "utf8"))
)

const rowsOf = (table: string): ReadonlyArray<Row> => tables[table] ?? []

/** Puts the rows into a table that is there, and lets its numbers go on after theirs. */
const insert = Effect.fnUntraced(function*(table: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO ${sql(table)} OVERRIDING SYSTEM VALUE
    SELECT * FROM jsonb_populate_recordset(NULL::${sql(table)}, ${json(rowsOf(table))}::text::jsonb)`
  // Numbers may be skipped, as after any transaction that was taken back.
  yield* sql`
    SELECT setval(numbers, 1000) FROM (
      SELECT pg_get_serial_sequence(${table}, column_name) AS numbers
      FROM information_schema.columns WHERE table_name = ${table}
    ) AS columns WHERE numbers IS NOT NULL`
})

/** The steps that the earlier version had taken. */
const before = (table: string, steps: Readonly<Record<string, Migrations.Migration>>) => {
  const taken = new Set(rowsOf(table).map(({ migration_id }) => Number(migration_id)))
  const known = Object.fromEntries(
    Object.entries(steps).filter(([name]) => taken.has(Number(/^\d+/.exec(name)![0])))
  )
  return Migrator.make({})({ loader: Migrator.fromRecord(known), table })
}

/** A database as that version left it, opened by this one. */
export const migrations = Layer.effectDiscard(Effect.gen(function*() {
  yield* before("orch_migrations", moduleBuilds)
  yield* before("orch_migrations_mbs", MbsMigrations.all)
  yield* before("orch_migrations_repositories", RepositoryMigrations.all)
  for (
    const table of [
      "module_build",
      "component_build",
      "module_build_event",
      "announcement",
      "mbs_build",
      "mbs_component"
    ]
  ) {
    yield* insert(table)
  }
})).pipe((left) => Migrations.layer.pipe(Layer.provideMerge(left)))

/** The commands, once the queue has made its table. */
export const commands = Layer.effectDiscard(insert("command_queue"))
