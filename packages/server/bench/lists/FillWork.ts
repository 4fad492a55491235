/**
 * How a database is filled: by statements that run on a few connections at a time, with no trigger and no index in the way but those that keep rows unique.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { availableParallelism } from "node:os"

/** Statements at a time: the machine is the database's and this process's. */
export const atATime: number = Math.min(4, Math.max(2, availableParallelism()))

/** Something to be done, with a client of its own transaction where it makes one. */
export type Work = Effect.Effect<unknown, SqlError, SqlClient.SqlClient>

/** One statement. */
export const statement = (text: string): Work => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text))

/** One statement after the other. */
export const inOrder = (texts: ReadonlyArray<string>): Work => Effect.forEach(texts, statement, { discard: true })

/** As many at a time as there are connections; what takes longest is best named first. */
export const together = (works: ReadonlyArray<Work>): Work =>
  Effect.forEach(works, (work) => work, { concurrency: atATime, discard: true })

/** Connections that wait for no disk, check no foreign key and run no trigger. */
export const client = (url: string): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, SqlError> =>
  PgClient.layer({
    url: Redacted.make(url),
    maxConnections: atATime,
    connectTimeout: "60 seconds",
    startupParameters: {
      statement_timeout: "0",
      synchronous_commit: "off",
      session_replication_role: "replica",
      maintenance_work_mem: "256MB",
      work_mem: "64MB",
      jit: "off",
      // There are others beside it.
      max_parallel_workers_per_gather: "0",
      max_parallel_maintenance_workers: "0"
    }
  })

/** An index that was dropped. */
export interface Index {
  readonly table: string
  readonly name: string
  readonly statement: string
}

/** Drops the indexes of all tables, apart from those that keep rows unique. */
export const dropIndexes = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const indexes = yield* sql<Index>`
    SELECT tablename AS table, indexname AS name, indexdef AS statement FROM pg_indexes
    WHERE schemaname = current_schema() AND indexdef NOT LIKE 'CREATE UNIQUE %'
      AND indexname NOT IN (SELECT conname FROM pg_constraint)`
  yield* sql.withTransaction(Effect.forEach(indexes, ({ name }) => sql`DROP INDEX ${sql(name)}`))
  return indexes
})

/** Tables, the largest first. */
export const tables = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string }>`
    SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    ORDER BY pg_table_size(oid) DESC`
  return rows.map(({ name }) => name)
})

/** Makes indexes again, those of the largest tables first. */
export const makeIndexes = Effect.fnUntraced(function*(indexes: ReadonlyArray<Index>) {
  const order = yield* tables
  const place = new Map(order.map((name, index) => [name, index]))
  const sorted = indexes.toSorted((one, two) => (place.get(one.table) ?? 0) - (place.get(two.table) ?? 0))
  yield* together(sorted.map((index) => statement(index.statement)))
})

/** What a vacuum leaves behind: rows that every index may answer for alone, and statistics. */
export const vacuum = Effect.gen(function*() {
  yield* together((yield* tables).map((name) => statement(`VACUUM (ANALYZE) "${name}"`)))
})
