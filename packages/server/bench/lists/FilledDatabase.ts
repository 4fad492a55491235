/**
 * A database with so many module builds and repositories, made once and kept on the server. Its name follows from the schema, from what
 * fills it and from its size, so that another schema has another one.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as SqlClient from "effect/sql/SqlClient"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as SchemaSteps from "../../test/support/SchemaSteps.ts"
import * as FillDatabase from "./FillDatabase.ts"

const prefix = "orch_lists_"

/** The address of a database of that name on a server. */
export const at = (server: string, name: string): string =>
  Object.assign(new URL(server), { pathname: `/${name}` }).href

const client = (url: string) =>
  PgClient.layer({ url: Redacted.make(url), maxConnections: 1, connectTimeout: "60 seconds" })

const admin = <A, E>(server: string, use: (sql: PgClient.PgClient) => Effect.Effect<A, E>) =>
  Effect.flatMap(PgClient.PgClient, use).pipe(Effect.provide(client(server)))

/** Connections that a server may have beside those that others use, and the few that are needed for something else. */
export const connections = (server: string) =>
  admin(server, (sql) =>
    Effect.map(
      sql<{ readonly free: number }>`
        SELECT (current_setting('max_connections')::int - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'))::float8
          AS free`,
      ([row]) => Math.max(3, Math.min(12, (row?.free ?? 0) - 4))
    ))

/** Removes all that were kept. */
export const dropAll = (server: string) =>
  admin(server, (sql) =>
    Effect.gen(function*() {
      const found = yield* sql<{ readonly name: string }>`
        SELECT datname AS name FROM pg_database WHERE starts_with(datname, ${prefix})`
      for (const { name } of found) yield* sql`DROP DATABASE ${sql(name)} WITH (FORCE)`
      return found.length
    }))

/** The name of the database, which is made where there is none yet. */
export const filled = Effect.fnUntraced(function*(server: string, size: FillDatabase.Size) {
  const sources = [
    "FillBuilds.ts",
    "FillDatabase.ts",
    "FillFaces.ts",
    "FillProcesses.ts",
    "FillRepositories.ts",
    "FillWork.ts",
    "SampleBuilds.ts"
  ].map((
    file
  ) => readFileSync(join(import.meta.dirname, file), "utf8"))
  const word = createHash("sha256").update(sources.join("\0")).digest("hex")
  const name = `${prefix}${SchemaSteps.hash(`${word} ${size.builds} ${size.repositories}`).slice(0, 16)}`
  const isThere = yield* admin(
    server,
    (sql) => Effect.map(sql`SELECT 1 FROM pg_database WHERE datname = ${name}`, (rows) => rows.length > 0)
  )
  if (isThere) return name
  console.log(`filling ${size.builds} module builds and ${size.repositories} repositories, kept as ${name}`)
  const unfinished = `${name}_new`
  yield* admin(
    server,
    (sql) =>
      Effect.andThen(
        sql`DROP DATABASE IF EXISTS ${sql(unfinished)} WITH (FORCE)`,
        sql`CREATE DATABASE ${sql(unfinished)}`
      )
  )
  yield* FillDatabase.fill(at(server, unfinished), size)
  yield* admin(server, (sql) => sql`ALTER DATABASE ${sql(unfinished)} RENAME TO ${sql(name)}`)
  return name
})

/** Waits until nothing has run for a second of what a server begins with beside so many builds that it has not seen before; a minute at most. */
export const settled = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  let calm = 0
  for (let n = 0; n < 240 && calm < 4; n++) {
    yield* Effect.sleep("250 millis")
    const rows = yield* sql`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'`
    calm = rows.length === 0 ? calm + 1 : 0
  }
})

/**
 * Lets nobody write to a database any more, also those who are connected already (they have to connect again), for as long as the scope
 * lasts. So it need not be copied, which takes longer than to measure it.
 */
export const readOnly = (server: string, name: string) =>
  Effect.acquireRelease(
    admin(server, (sql) =>
      Effect.gen(function*() {
        yield* sql`ALTER DATABASE ${sql(name)} SET default_transaction_read_only = on`
        yield* sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name}`
      })),
    () => Effect.orDie(admin(server, (sql) => sql`ALTER DATABASE ${sql(name)} RESET default_transaction_read_only`))
  )
