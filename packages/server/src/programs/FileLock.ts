/**
 * Mutual exclusion between processes that share a directory, wherever they run: the kernel keeps the lock.
 *
 * Process ids mean nothing outside of their PID namespace, so a lock that names its holder by one is given away while
 * the holder lives in another container. Node has no `flock`, but it brings SQLite, and an exclusive transaction on an
 * empty SQLite file is a lock of the kernel (`fcntl`) that ends with its process, however that ends. The file stays
 * empty and is never removed: who removed it while another waits for it would make two locks of one.
 *
 * Such locks are lost when the process closes any other descriptor of the file, so nobody may read it. Who the holder is
 * stands in a second file, `PATH.holder`, for people and for `kill`; no decision about the lock depends on it.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as AtomicFile from "./AtomicFile.ts"
import * as ProcessIdentity from "./ProcessIdentity.ts"

/** What this process holds; a handle that is collected would give its lock back. */
const held = new Map<string, DatabaseSync>()

/** Result codes of SQLite, without the extension in the upper bits: https://sqlite.org/rescode.html */
const busy = 5
const notADatabase = 26

const codeOf = (cause: unknown): number => ((cause as { readonly errcode?: number }).errcode ?? 0) & 0xff

const unusable = (path: string, cause: unknown): Error =>
  new Error(`the lock file ${path} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause
  })

/** Whether the file is a lock of the form used before, whose holder runs here; then it is not ours to take. */
const isOfLivingPredecessor = (path: string): boolean => {
  const text = Fs.readFileSync(path, "latin1").slice(0, 1000)
  const predecessor = ProcessIdentity.parse(text)
  return predecessor !== undefined && ProcessIdentity.isAlive(predecessor)
}

/** An open handle that holds the lock; `undefined` when somebody else does. */
const lock = (path: string, waitMillis: number): DatabaseSync | undefined => {
  for (let attempt = 1;; attempt++) {
    let handle: DatabaseSync | undefined
    try {
      handle = new DatabaseSync(path, { timeout: waitMillis })
      // Without a journal on disk, which `BEGIN` would make beside the file.
      handle.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
      return handle
    } catch (cause) {
      handle?.close()
      if (codeOf(cause) === busy) return undefined
      if (codeOf(cause) !== notADatabase || attempt > 3) throw unusable(path, cause)
      // Somebody wrote into it. Nobody held it just now, so it is emptied and asked for again.
      if (isOfLivingPredecessor(path)) return undefined
      Fs.truncateSync(path, 0)
    }
  }
}

const notePath = (path: string): string => `${path}.holder`

/**
 * Takes the lock unless somebody holds it, this process included; answers whether it did, at once or within `waitMillis`,
 * for which the whole thread stands still. Throws where the file cannot be made or locked.
 */
export const tryAcquire = (path: string, waitMillis = 0): boolean => {
  const name = Path.resolve(path)
  if (held.has(name)) return false
  const handle = lock(name, waitMillis)
  if (handle === undefined) return false
  // Its directory may have been removed while this process waited: a lock that nobody else can find is none.
  if (!Fs.existsSync(name)) {
    handle.close()
    return false
  }
  held.set(name, handle)
  return true
}

/** Gives the lock back; what this process does not hold is left alone. */
export const release = (path: string): void => {
  const name = Path.resolve(path)
  const handle = held.get(name)
  if (handle === undefined) return
  held.delete(name)
  Fs.rmSync(notePath(name), { force: true })
  handle.close()
}

/**
 * Whether a process holds the lock. Looking takes it for a moment, so whoever must not fail to get a free lock waits for
 * it a little.
 */
export const isHeld = (path: string): boolean => {
  const name = Path.resolve(path)
  if (held.has(name)) return true
  if (!Fs.existsSync(name)) return false
  const handle = lock(name, 0)
  handle?.close()
  return handle === undefined
}

/** Notes beside the lock, which this process must hold, who holds it. */
export const sign = (path: string): void =>
  AtomicFile.writeSync(notePath(Path.resolve(path)), ProcessIdentity.format(ProcessIdentity.self))

/** Who signed the lock last, perhaps long ago; `undefined` when nobody did or the note cannot be read. */
export const holder = (path: string): ProcessIdentity.ProcessIdentity | undefined => {
  try {
    return ProcessIdentity.parse(Fs.readFileSync(notePath(Path.resolve(path)), "utf8"))
  } catch {
    return undefined
  }
}

/** Forgets who signed the lock. Only while holding it. */
export const unsign = (path: string): void => Fs.rmSync(notePath(Path.resolve(path)), { force: true })
