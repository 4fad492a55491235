/**
 * Databases of tests on a PostgreSQL server are copies of one in which every step of the schema was taken once. It is made anew
 * whenever a step is another one, and kept on the server for the next run. Whoever makes one drops those that are older than two days.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Database from "../../src/database/Database.ts"
import * as Migrations from "../../src/Migrations.ts"
import * as SchemaSteps from "./SchemaSteps.ts"

const prefix = "orch_schema_"

/** Any number: whoever makes a template holds this lock on the server. */
const lock = 7_390_441

/** Milliseconds. */
const kept = 2 * 24 * 3600 * 1000

const exists = (sql: PgClient.PgClient, name: string) =>
  Effect.map(sql`SELECT 1 FROM pg_database WHERE datname = ${name} AND datistemplate`, (rows) => rows.length > 0)

const migrate = (url: URL) => {
  const options = { _tag: "Server", url: Redacted.make(url.href), connections: 2 } as const
  return Layer.build(Database.layer(options, Migrations.layer)).pipe(Effect.provide(Logger.layer([])), Effect.scoped)
}

const make = Effect.fnUntraced(function*(sql: PgClient.PgClient, name: string, serverUrl: string) {
  const others = yield* sql<{ readonly datname: string; readonly made: string | null }>`
    SELECT datname, shobj_description(oid, 'pg_database') AS made FROM pg_database
    WHERE starts_with(datname, ${prefix}) AND datname <> ${name}`
  for (const { datname, made } of others) {
    if (Date.now() - Date.parse(made ?? "") < kept) continue
    yield* sql`ALTER DATABASE ${sql(datname)} WITH IS_TEMPLATE false`
    yield* sql`DROP DATABASE IF EXISTS ${sql(datname)} WITH (FORCE)`
  }
  const unfinished = `${name}_new`
  yield* sql`DROP DATABASE IF EXISTS ${sql(unfinished)} WITH (FORCE)`
  yield* sql`CREATE DATABASE ${sql(unfinished)}`
  yield* migrate(Object.assign(new URL(serverUrl), { pathname: `/${unfinished}` }))
  yield* sql`COMMENT ON DATABASE ${sql(unfinished)} IS ${sql.literal(`'${new Date().toISOString()}'`)}`
  yield* sql`ALTER DATABASE ${sql(unfinished)} RENAME TO ${sql(name)}`
  yield* sql`ALTER DATABASE ${sql(name)} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`
})

/** The template's name, once it is there; `sql` has one connection to the server. */
export const ready = Effect.fnUntraced(function*(sql: PgClient.PgClient, serverUrl: string) {
  const name = `${prefix}${SchemaSteps.hash()}`
  if (yield* exists(sql, name)) return name
  yield* Effect.acquireUseRelease(
    sql`SELECT pg_advisory_lock(${lock})`,
    () => Effect.flatMap(exists(sql, name), (isThere) => isThere ? Effect.void : make(sql, name, serverUrl)),
    () => Effect.orDie(sql`SELECT pg_advisory_unlock(${lock})`)
  )
  return name
})
