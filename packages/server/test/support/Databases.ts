/**
 * Databases for tests: one in memory, and one of its own on a PostgreSQL server, made before and dropped after.
 *
 * The server is `ORCH_TEST_DATABASE_URL`, or one that answers on this machine without a password. Without either, suites
 * on PostgreSQL skip themselves and say so.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcRef from "effect/RcRef"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import { createConnection } from "node:net"
import * as Database from "../../src/database/Database.ts"
import * as Migrations from "../../src/Migrations.ts"
import * as DatabaseTemplate from "./DatabaseTemplate.ts"
import "./EmbeddedDatabase.ts"

const serverUrl = process.env["ORCH_TEST_DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres"

const answers = (url: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: url.hostname, port: Number(url.port || 5432), timeout: 1000 })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once("connect", () => done(true)).once("error", () => done(false)).once("timeout", () => done(false))
  })

/**
 * One connection of each process makes and drops them: to begin one takes the server as long as much of what it is asked. It is closed
 * when nobody has wanted it for a while, so that programs that are not ended by others end by themselves.
 */
const admin = Effect.runSync(
  RcRef.make({
    acquire: Layer.build(PgClient.layer({ url: Redacted.make(serverUrl), maxConnections: 1 })),
    idleTimeToLive: "1 second"
  }).pipe(Scope.provide(Scope.makeUnsafe()))
)

const run = <A>(statement: (sql: PgClient.PgClient) => Effect.Effect<A, unknown>): Effect.Effect<A> =>
  RcRef.get(admin).pipe(
    Effect.flatMap((built) => statement(Context.get(built, PgClient.PgClient))),
    Effect.scoped,
    Effect.orDie
  )

const template = Effect.runSync(Effect.cached(run((sql) => DatabaseTemplate.ready(sql, serverUrl))))

/**
 * How a copy is made. To copy files takes half of what it takes to write their pages to the log, once more to the files and later to clear
 * the log away; but a server that waits for its disk first writes all that it holds for everybody.
 */
const strategy = Effect.runSync(Effect.cached(run((sql) =>
  Effect.map(
    sql<{ readonly quick: boolean }>`
      SELECT current_setting('fsync') = 'off' AND current_setting('server_version_num')::integer >= 150000 AS quick`,
    ([found]) => found?.quick === true ? "STRATEGY file_copy" : ""
  )
)))

const database = (from: Effect.Effect<string>) =>
  Effect.acquireRelease(
    Effect.gen(function*() {
      const name = `orch_test_${randomUUID().replaceAll("-", "")}`
      const url = new URL(serverUrl)
      url.pathname = `/${name}`
      const source = yield* from
      const way = yield* strategy
      yield* run((sql) =>
        Effect.andThen(
          sql`CREATE DATABASE ${sql(name)} TEMPLATE ${sql(source)} ${sql.literal(way)}`,
          // What a database loses when its machine stops is no matter of these tests, and waiting for disks takes long.
          sql`ALTER DATABASE ${sql(name)} SET synchronous_commit = off`
        )
      )
      return { name, url: url.href }
    }),
    ({ name }) => run((sql) => sql`DROP DATABASE IF EXISTS ${sql(name)} WITH (FORCE)`)
  )

/** A new database on the server, with its schema; dropped with the scope, also when somebody is still connected. */
export const temporaryDatabase = database(template)

/** The same without a schema, as operators hand it to a server. */
export const emptyDatabase = database(Effect.succeed("template1"))

export const embedded = Database.layer({ _tag: "Embedded", directory: undefined }, Migrations.layer)

export const server = Layer.unwrap(
  Effect.map(
    temporaryDatabase,
    ({ url }) => Database.layer({ _tag: "Server", url: Redacted.make(url), connections: 8 }, Migrations.layer)
  )
)

/** Every database this machine offers, for `describe.each`. */
export const databases: ReadonlyArray<{ readonly name: string; readonly layer: typeof embedded }> = [
  { name: "PGlite", layer: embedded },
  ...(await answers(new URL(serverUrl)) ? [{ name: "PostgreSQL", layer: server as typeof embedded }] : [])
]

/** Why there is no suite on PostgreSQL, if there is none. */
export const skippedServer = databases.length > 1
  ? undefined
  : `no PostgreSQL server answers at ${new URL(serverUrl).host}; set ORCH_TEST_DATABASE_URL`

/** For suites to which any database will do: the server, where a copy takes a tenth of what an embedded one does, if it answers. */
export const any: typeof embedded = databases.at(-1)!.layer
