/**
 * A database with so many module builds and repositories, made once and kept on the server. Its name follows from the schema, from what
 * fills it and from its size, so that another schema has another one.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as MbsPlaces from "../../src/mbs/MbsPlaces.ts"
import * as SchemaSteps from "../../test/support/SchemaSteps.ts"
import * as FillBuilds from "./FillBuilds.ts"
import * as FillFaces from "./FillFaces.ts"
import * as FillRepositories from "./FillRepositories.ts"
import * as FillWork from "./FillWork.ts"
import * as SampleBuilds from "./SampleBuilds.ts"

const prefix = "orch_lists_"

export interface Size {
  readonly builds: number
  readonly repositories: number
}

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

const fill = Effect.fnUntraced(function*(url: string, { builds, repositories }: Size) {
  const began = performance.now()
  const say = (text: string) => console.log(`  ${((performance.now() - began) / 1000).toFixed(0)} s: ${text}`)
  const samples = yield* SampleBuilds.make(url)
  say("samples")
  const hasRepositories = repositories > 0
  yield* Effect.gen(function*() {
    const indexes = yield* FillWork.dropIndexes
    yield* FillBuilds.begin
    yield* FillWork.together([
      ...(hasRepositories ? [FillRepositories.rows(repositories)] : []),
      ...FillBuilds.rows(builds, samples),
      ...FillFaces.rows(builds)
    ])
    say("rows")
    yield* FillWork.statement("ANALYZE")
    yield* FillWork.together([...FillBuilds.written(builds), ...FillFaces.following])
    yield* FillBuilds.end
    say("what follows from them")
    yield* FillWork.makeIndexes(indexes)
    say(`${indexes.length} indexes`)
    yield* FillWork.statement("ANALYZE")
    yield* FillWork.together([
      // As a server does once it has that many.
      MbsPlaces.count(),
      ...(hasRepositories ? [FillRepositories.coverage(repositories)] : [])
    ])
    say("places")
    yield* FillWork.vacuum
    say("vacuumed")
  }).pipe(Effect.provide(FillWork.client(url)))
})

/** The name of the database, which is made where there is none yet. */
export const filled = Effect.fnUntraced(function*(server: string, size: Size) {
  const sources = [
    "FillBuilds.ts",
    "FillFaces.ts",
    "FillProcesses.ts",
    "FillRepositories.ts",
    "FillWork.ts",
    "FilledDatabase.ts",
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
  yield* fill(at(server, unfinished), size)
  yield* admin(server, (sql) => sql`ALTER DATABASE ${sql(unfinished)} RENAME TO ${sql(name)}`)
  return name
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
