/**
 * The places in which builds run side by side, shared by all processes on one directory.
 *
 * A slot is two locks, since a lock cannot be handed from one process to another: the server's, from when it chooses a task
 * until its runner has ended, and the runner's, which outlives the server. A slot is free when nobody has either.
 */
import * as Path from "node:path"
import * as FileLock from "../programs/FileLock.ts"

const runnerLock = (slot: string): string => `${slot}.runner`

/** Takes a free one of `count` slots for this server; `undefined` when all are in use. Given back with `free`. */
export const take = (directory: string, count: number): string | undefined => {
  for (let number = 1; number <= count; number++) {
    const slot = Path.join(directory, String(number))
    if (!FileLock.tryAcquire(slot)) continue
    if (!FileLock.isHeld(runnerLock(slot))) return slot
    FileLock.release(slot)
  }
  return undefined
}

/** Gives back what this server took. */
export const free = (slot: string): void => FileLock.release(slot)

const enterMillis = 5_000

/**
 * For the runner that was started in a slot: has it until the process ends. Another runner is in it only where a server was
 * killed between two steps; then this waits for that one's end, the thread standing still.
 */
export const enter = (slot: string): void => {
  while (!FileLock.tryAcquire(runnerLock(slot), enterMillis)) continue
}

/** For a runner that has ended its build, to let the next one in before the process is gone. */
export const leave = (slot: string): void => FileLock.release(runnerLock(slot))
