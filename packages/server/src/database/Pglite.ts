/**
 * The embedded database: PostgreSQL in this process, behind the same client as a server, so that migrations and queries
 * are written once.
 *
 * It is one session in one process: a second process on the same directory would corrupt it, so a lock file refuses one.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { PGlite } from "@electric-sql/pglite"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as FileSystem from "node:fs"
import * as Path from "node:path"
import { Duplex } from "node:stream"
import * as FileLock from "../programs/FileLock.ts"
import * as ProcessIdentity from "../programs/ProcessIdentity.ts"
import * as EmbeddedSnapshot from "./EmbeddedSnapshot.ts"

/** The directory is in use by another process, or cannot be written. */
export class EmbeddedDatabaseUnavailable extends Schema.TaggedError<EmbeddedDatabaseUnavailable>()(
  "EmbeddedDatabaseUnavailable",
  { directory: Schema.String, message: Schema.String }
) {}

/** Type byte and length of a message of PostgreSQL's frontend protocol; the first message has no type byte. */
const messageEnd = (buffer: Buffer, start: number, started: boolean): number | undefined => {
  const head = started ? 1 : 0
  if (buffer.length - start < head + 4) return undefined
  const length = buffer.readInt32BE(start + head) + head
  return buffer.length - start < length ? undefined : start + length
}

const terminate = 0x58

/** A connection to `db`: whole messages go in, answers come out. */
const connect = (db: PGlite): Duplex => {
  let started = false
  let pending: Buffer = Buffer.alloc(0)
  const duplex: Duplex = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      let end = 0
      for (;;) {
        const next = messageEnd(pending, end, started)
        if (next === undefined) break
        end = next
        started = true
      }
      if (end === 0) return done()
      const messages = new Uint8Array(pending.subarray(0, end))
      pending = Buffer.from(pending.subarray(end))
      if (messages[0] === terminate) {
        duplex.push(null)
        return done()
      }
      db.execProtocolRaw(messages).then((answer) => {
        // The database computes in this thread. With one statement waiting behind the other, nothing else would be done before
        // all of them are: no request answered, no health. So the others have their turn after each.
        setImmediate(() => {
          duplex.push(Buffer.from(answer))
          done()
        })
      }, done)
    },
    final: (done) => {
      duplex.push(null)
      done()
    }
  })
  return duplex
}

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

/** Opens the database, made from the snapshot where it is new and there is one. */
const open = (directory: string | undefined): Promise<PGlite> => {
  if (directory === undefined) {
    const snapshot = EmbeddedSnapshot.read()
    return PGlite.create(snapshot === undefined ? {} : { loadDataDir: new Blob([new Uint8Array(snapshot)]) })
  }
  const dataDir = Path.join(directory, "pg")
  EmbeddedSnapshot.unpack(dataDir)
  return PGlite.create({ dataDir })
}

/** The largest answer that is read, in bytes. A connection whose answer is larger is lost, so no plan must come near it. */
export const maxMessageBytes = 256 * 1024 * 1024

/** The client of a database that is open. */
export const client = (db: PGlite) =>
  Effect.map(
    PgClient.makeClient({
      stream: () => connect(db),
      maxMessageSize: maxMessageBytes,
      username: "postgres",
      database: "postgres"
    }),
    // `effect/sql` tells drivers apart by this name, and sql-pg 4.0.5 does not set it.
    (made) => Object.assign(made, { driver: "pglite" })
  )

/** A database in `directory`; without one, in memory and gone with the layer. */
export const layer = (
  directory: string | undefined
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, SqlError | EmbeddedDatabaseUnavailable> =>
  PgClient.layerFrom(Effect.gen(function*() {
    if (directory !== undefined) {
      yield* Effect.acquireRelease(
        lock(directory),
        (file) => Effect.sync(() => FileLock.release(file))
      )
    }
    const db = yield* Effect.acquireRelease(
      Effect.promise(() => open(directory)),
      (db) => Effect.promise(() => db.close())
    )
    return yield* client(db)
  }))
