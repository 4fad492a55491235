/**
 * The embedded database: PostgreSQL in this process, behind the same client as a server, so that migrations and queries
 * are written once.
 *
 * It is one session in one process: a second process on the same directory would corrupt it, so a lock file refuses one.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import type { PGlite } from "@electric-sql/pglite"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as FileSystem from "node:fs"
import * as Path from "node:path"
import * as FileLock from "../programs/FileLock.ts"
import * as ProcessIdentity from "../programs/ProcessIdentity.ts"
import * as EmbeddedBackend from "./EmbeddedBackend.ts"
import * as EmbeddedSnapshot from "./EmbeddedSnapshot.ts"
import * as SharedFiles from "./SharedFiles.ts"
import * as WasmCompilation from "./WasmCompilation.ts"

/** The directory is in use by another process, or cannot be written. */
export class EmbeddedDatabaseUnavailable extends Schema.TaggedError<EmbeddedDatabaseUnavailable>()(
  "EmbeddedDatabaseUnavailable",
  { directory: Schema.String, message: Schema.String }
) {}

/** Who has the directory, as far as the note beside the lock tells. */
const describe = (holder: ProcessIdentity.ProcessIdentity | undefined): string =>
  holder === undefined
    ? "another process"
    : ProcessIdentity.isAlive(holder)
    ? `process ${holder.pid}`
    : `a process in another container or on another machine (${holder.pid} there)`

/** Takes the directory for this process, until it ends. */
const lock = (directory: string): Effect.Effect<string, EmbeddedDatabaseUnavailable> =>
  Effect.try({
    try: () => {
      FileSystem.mkdirSync(directory, { recursive: true, mode: 0o700 })
      const file = Path.join(directory, "orch.lock")
      if (!FileLock.tryAcquire(file)) throw new Error(`${describe(FileLock.holder(file))} uses it`)
      FileLock.sign(file)
      return file
    },
    catch: (cause) =>
      new EmbeddedDatabaseUnavailable({
        directory,
        message: `The embedded database in ${directory} cannot be opened: ${
          cause instanceof Error ? cause.message : String(cause)
        }. One server at a time can use it; set DATABASE_URL to share a PostgreSQL server.`
      })
  })

/** The largest answer that is read, in bytes. A connection whose answer is larger is lost, so no plan must come near it. */
export const maxMessageBytes = 256 * 1024 * 1024

/** Milliseconds for which a directory that could not be opened is not tried again. */
const pause = 2_000

/** Sessions on a directory, one after the other: the next one begins when the one before has closed its files. */
const sessions = (directory: string) => {
  let before: Promise<void> = Promise.resolve()
  let failed: { readonly at: number; readonly error: unknown } | undefined
  const open = async (): Promise<EmbeddedBackend.Backend> => {
    await before
    if (failed !== undefined && performance.now() - failed.at < pause) throw failed.error
    failed = undefined
    let ended = (): void => {}
    before = new Promise((resolve) => {
      ended = resolve
    })
    try {
      EmbeddedSnapshot.unpack(directory)
      const { abandon, close, execute } = await EmbeddedBackend.inThread(directory)
      return { execute, abandon, close: () => close().finally(ended) }
    } catch (error) {
      ended()
      failed = { at: performance.now(), error }
      throw error
    }
  }
  return { open, closed: () => before }
}

const common = { username: "postgres", database: "postgres", maxMessageSize: maxMessageBytes }

// `effect/sql` tells drivers apart by this name, and sql-pg 4.0.5 does not set it.
const named = (client: PgClient.PgClient) => Object.assign(client, { driver: "pglite" })

/** The client of a database that is open in this thread. */
export const client = (db: PGlite) =>
  Effect.map(
    PgClient.makeClient({
      ...common,
      stream: () => EmbeddedBackend.connect(() => Promise.resolve(EmbeddedBackend.here(db)))
    }),
    named
  )

/** Of a database whose files are memory: they need no second place in memory, and no room is taken for what is not written yet. */
const ofMemory = ["-c", "shared_buffers=16MB", "-c", "wal_init_zero=off"]

/** A database in memory, made from the snapshot where there is one; gone with the scope. */
const inMemory = Effect.gen(function*() {
  WasmCompilation.quick()
  const { MemoryFS, PGlite } = yield* Effect.promise(() => import("@electric-sql/pglite"))
  const startParams = [...PGlite.defaultStartParams, ...ofMemory]
  const snapshot = EmbeddedSnapshot.readShared()
  const db = yield* Effect.acquireRelease(
    Effect.promise(() =>
      PGlite.create({
        startParams,
        ...(snapshot === undefined ? {} : { fs: SharedFiles.make(new MemoryFS(), snapshot) })
      })
    ),
    (db) => Effect.promise(() => db.close())
  )
  return yield* client(db)
})

/** A database on disk, made from the snapshot where it is new; it comes back after an error that its session does not survive. */
const onDisk = (directory: string) =>
  Effect.gen(function*() {
    WasmCompilation.quick()
    yield* Effect.acquireRelease(lock(directory), (file) => Effect.sync(() => FileLock.release(file)))
    const { open } = yield* Effect.acquireRelease(
      Effect.sync(() => sessions(Path.join(directory, "pg"))),
      ({ closed }) => Effect.promise(closed)
    )
    return named(
      yield* PgClient.make({
        ...common,
        stream: () => EmbeddedBackend.connect(open),
        // The first time, the files of the database are made; after a crash, its log is read.
        connectTimeout: "2 minutes",
        minConnections: 1,
        maxConnections: 1
      })
    )
  })

/** A database in `directory`; without one, in memory and gone with the layer. */
export const layer = (
  directory: string | undefined
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, SqlError | EmbeddedDatabaseUnavailable> =>
  PgClient.layerFrom(directory === undefined ? inMemory : onDisk(directory))
