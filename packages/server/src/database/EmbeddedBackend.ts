/** One session of the embedded database, and the stream over which the client of a server talks to it. */
import type { PGlite } from "@electric-sql/pglite"
import { Duplex } from "node:stream"
import { Worker } from "node:worker_threads"
import * as ProgramFile from "../programs/ProgramFile.ts"
import type { Said, Told } from "./PgliteThread.ts"

/** Takes whole messages of PostgreSQL's frontend protocol, one call after the other. */
export interface Backend {
  /** The messages that answer; rejects when the session is gone. */
  readonly execute: (messages: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>
  readonly close: () => Promise<void>
  /** Ends a session that nothing more can be expected of. */
  readonly abandon: () => void
}

/** A database in this thread; it outlives the session. */
export const here = (db: PGlite): Backend => ({
  execute: (messages) => db.execProtocolRaw(messages),
  close: () => Promise.resolve(),
  abandon: () => undefined
})

/** Milliseconds that a thread may take to close its files before it is ended. */
const closing = 10_000

/** Milliseconds that one call may take; a session that takes longer hangs, and nothing but ending its thread would help. */
const patience = 120_000

/** A database in a thread of its own; rejects where its directory cannot be opened. */
export const inThread = async (directory: string): Promise<Backend> => {
  const worker = new Worker(ProgramFile.find("PgliteThread", import.meta.dirname), {
    workerData: directory,
    env: {},
    execArgv: []
  })
  let waiting: { readonly resolve: (said: Said) => void; readonly reject: (error: Error) => void } | undefined
  let gone: Error | undefined
  const lose = (error: Error): void => {
    gone ??= error
    waiting?.reject(gone)
    waiting = undefined
  }
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()))
  worker.on("message", (said: Said) => {
    if (typeof said === "object" && "failed" in said) return lose(new Error(said.failed))
    waiting?.resolve(said)
    waiting = undefined
  })
  worker.on("error", (cause) => lose(cause instanceof Error ? cause : new Error(String(cause))))
  worker.on("exit", () => lose(new Error("the embedded database has ended")))
  const next = () =>
    new Promise<Said>((resolve, reject) => {
      if (gone === undefined) waiting = { resolve, reject }
      else reject(gone)
    })
  const tell = (told: Told): void => {
    if (told instanceof Uint8Array) worker.postMessage(told, [told.buffer as ArrayBuffer])
    else worker.postMessage(told)
  }
  try {
    await next()
  } catch (error) {
    await ended
    throw error
  }
  return {
    execute: async (messages) => {
      const limit = setTimeout(() => void worker.terminate(), patience)
      try {
        const answer = next()
        tell(messages)
        const said = await answer
        return said instanceof Uint8Array ? said : new Uint8Array()
      } finally {
        clearTimeout(limit)
      }
    },
    close: async () => {
      if (gone === undefined) tell("close")
      const limit = setTimeout(() => void worker.terminate(), closing)
      await ended
      clearTimeout(limit)
    },
    abandon: () => {
      lose(new Error("the session of the embedded database ended by an error"))
      void worker.terminate()
    }
  }
}

/** Type byte and length of a message of PostgreSQL's frontend protocol; the first message has no type byte. */
const messageEnd = (buffer: Buffer, start: number, started: boolean): number | undefined => {
  const head = started ? 1 : 0
  if (buffer.length - start < head + 4) return undefined
  const length = buffer.readInt32BE(start + head) + head
  return buffer.length - start < length ? undefined : start + length
}

const terminate = 0x58
const errorResponse = 0x45

/**
 * Whether an answer holds an error that the session does not survive. The database computes without a process that could end, so it
 * says so and then hangs.
 */
export const isFatal = (answer: Uint8Array): boolean => {
  const messages = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
  for (let at = 0; at + 5 <= messages.length;) {
    const length = messages.readInt32BE(at + 1)
    if (length < 4) return false
    // The field V is the severity, the same in every language.
    if (messages[at] === errorResponse) {
      const fields = messages.toString("latin1", at + 5, at + 1 + length).split("\0")
      if (fields.includes("VPANIC") || fields.includes("VFATAL")) return true
    }
    at += 1 + length
  }
  return false
}

/** A connection to a session: whole messages go in, answers come out. The session ends with it. */
export const connect = (open: () => Promise<Backend>): Duplex => {
  let backend: Backend | undefined
  let started = false
  let pending: Buffer = Buffer.alloc(0)
  const duplex: Duplex = new Duplex({
    construct: (done) => {
      open().then((opened) => {
        backend = opened
        done()
      }, done)
    },
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
      backend!.execute(messages).then((answer) => {
        // A database in this thread computes in it: with one statement waiting behind the other, nothing else would be done
        // before all of them are. So the others have their turn after each.
        setImmediate(() => {
          duplex.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength))
          if (!isFatal(answer)) return done()
          backend!.abandon()
          done(new Error("the session of the embedded database ended by an error"))
        })
      }, done)
    },
    final: (done) => {
      duplex.push(null)
      done()
    },
    destroy: (error, done) => {
      if (backend === undefined) return done(error)
      backend.close().then(() => done(error), done)
    }
  })
  return duplex
}
