/**
 * Mutual exclusion between processes that share a directory, also after one of them was killed.
 *
 * A lock is a file that names its holder. It appears complete (a hard link to a finished file), and it is released by
 * removing it. The lock of a dead holder is taken away under a second lock whose name is derived from that holder, so two
 * rescuers can never remove each other's new lock: the classic mistake of lock files. Node has no `flock`.
 */
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as ProcessIdentity from "./ProcessIdentity.ts"

const codeOf = (cause: unknown): string | undefined => (cause as NodeJS.ErrnoException).code

let counter = 0

/** Who holds the lock now, by the text in its file; `undefined` when nobody does. */
export const holder = (path: string): ProcessIdentity.ProcessIdentity | undefined => {
  try {
    return ProcessIdentity.parse(Fs.readFileSync(path, "utf8"))
  } catch {
    return undefined
  }
}

/** Whether a live process holds the lock. */
export const isHeld = (path: string): boolean => {
  const who = holder(path)
  return who !== undefined && ProcessIdentity.isAlive(who)
}

const link = (path: string, owner: ProcessIdentity.ProcessIdentity): boolean => {
  const complete = `${path}.${process.pid}.${counter++}.new`
  Fs.writeFileSync(complete, ProcessIdentity.format(owner))
  try {
    Fs.linkSync(complete, path)
    return true
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false
    throw cause
  } finally {
    Fs.rmSync(complete, { force: true })
  }
}

/**
 * Takes the lock for `owner` (this process by default) when nobody alive holds it; answers at once whether it did.
 * A process does not get a lock twice: the second call answers `false`.
 */
export const tryAcquire = (
  path: string,
  owner: ProcessIdentity.ProcessIdentity = ProcessIdentity.self
): boolean => {
  if (link(path, owner)) return true
  const dead = holder(path)
  if (dead === undefined || ProcessIdentity.isAlive(dead)) return false
  const name = Crypto.createHash("sha256").update(ProcessIdentity.format(dead)).digest("hex").slice(0, 12)
  const rescue = `${path}.${name}`
  if (!tryAcquire(rescue)) return false
  try {
    const now = holder(path)
    if (now !== undefined && ProcessIdentity.equals(now, dead)) Fs.rmSync(path, { force: true })
  } finally {
    Fs.rmSync(rescue, { force: true })
  }
  return link(path, owner)
}

/** Gives the lock back; only its holder may. */
export const release = (path: string): void => Fs.rmSync(path, { force: true })
