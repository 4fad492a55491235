/**
 * The embedded database in a thread of its own: it computes in the thread that asks it, and a statement that takes a second would
 * keep the server from answering anything for as long. Where it meets an error that it does not survive, such as a full disk
 * while it writes its log, the thread ends, and a new one finds what was committed.
 */
import { PGlite } from "@electric-sql/pglite"
import { parentPort, workerData } from "node:worker_threads"

/** What the thread is told: messages of PostgreSQL's protocol, or to end. */
export type Told = Uint8Array | "close"

/** What it answers: that it has opened the directory, and to messages those of the database; or why it ends. */
export type Said = "open" | Uint8Array | { readonly failed: string }

const say = (said: Said): void => {
  if (said instanceof Uint8Array) {
    const isWhole = said.byteLength === said.buffer.byteLength && said.buffer instanceof ArrayBuffer
    const whole = isWhole ? said : new Uint8Array(said)
    parentPort?.postMessage(whole, [whole.buffer as ArrayBuffer])
  } else parentPort?.postMessage(said)
}

const end = (cause: unknown): void => {
  say({ failed: cause instanceof Error ? cause.message : String(cause) })
  process.exit(1)
}

try {
  const db = await PGlite.create({ dataDir: String(workerData) })
  parentPort?.on("message", (told: Told) => {
    if (told === "close") return void db.close().then(() => process.exit(0), end)
    db.execProtocolRaw(told).then(say, end)
  })
  say("open")
} catch (cause) {
  end(cause)
}
