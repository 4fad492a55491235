/** The database: a PostgreSQL server where a URL names one, else the embedded one; migrated before anybody sees it. */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Migrator from "effect/sql/Migrator"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { hostname } from "node:os"
import { FullDisk } from "./FullDisk.ts"
import * as Notifier from "./Notifier.ts"
import * as Pglite from "./Pglite.ts"

export type Options =
  | {
    readonly _tag: "Server"
    readonly url: Redacted.Redacted
    /** Connections this process may hold; one of them listens. */
    readonly connections: number
  }
  | {
    readonly _tag: "Embedded"
    /** Absent: in memory. */
    readonly directory: string | undefined
  }

/** How the server's process is called among the sessions of PostgreSQL, which keeps 63 bytes of it. */
export const applicationName: string = `orch-server ${process.pid} ${hostname()}`.slice(0, 63)

type Client = PgClient.PgClient | SqlClient.SqlClient

const client = (options: Options): Layer.Layer<Client, SqlError | Pglite.EmbeddedDatabaseUnavailable> =>
  options._tag === "Embedded"
    ? Pglite.layer(options.directory)
    : PgClient.layer({
      url: options.url,
      maxConnections: options.connections,
      applicationName,
      connectTimeout: "10 seconds",
      maxMessageSize: Pglite.maxMessageBytes,
      startupParameters: {
        timezone: "UTC",
        // Every statement is meant to take milliseconds: compiling it or starting workers for it would take longer.
        jit: "off",
        max_parallel_workers_per_gather: "0",
        // A statement that takes longer is a bug or a locked table; either way its caller must be told.
        statement_timeout: "30s",
        // A process that hangs inside a transaction must not keep a build locked for ever.
        idle_in_transaction_session_timeout: "60s"
      }
    })

/** What brings the schema up to date. */
export type Migrations = Layer.Layer<never, SqlError | Migrator.MigrationError, SqlClient.SqlClient>

/** The database, migrated before anybody sees it, its notifications, and whether it has room. */
export const layer = (
  options: Options,
  migrations: Migrations
): Layer.Layer<
  Client | Notifier.Notifier | FullDisk,
  SqlError | Migrator.MigrationError | Pglite.EmbeddedDatabaseUnavailable
> =>
  Layer.merge(Notifier.layer(options._tag), FullDisk.layer).pipe(
    Layer.provideMerge(migrations),
    Layer.provideMerge(client(options))
  )
