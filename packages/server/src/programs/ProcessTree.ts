/**
 * The processes that descend from one, as `/proc` shows them: what is inside of a PID namespace always descends from its
 * first process, whatever sessions and groups it made.
 */
import * as Fs from "node:fs"
import * as ProcessIdentity from "./ProcessIdentity.ts"

interface Entry {
  readonly pid: number
  readonly parent: number
}

const entry = (pid: number): Entry | undefined => {
  try {
    const text = Fs.readFileSync(`/proc/${pid}/stat`, "latin1")
    // After the command's name, which may hold blanks and brackets: state, parent, …; proc_pid_stat(5).
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
    return { pid, parent: Number(fields[1]) }
  } catch {
    return undefined
  }
}

const all = (): ReadonlyArray<Entry> => {
  let names: ReadonlyArray<string> = []
  try {
    names = Fs.readdirSync("/proc")
  } catch {
    // Without `/proc` nothing is known.
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => entry(Number(name)) ?? [])
}

/** What descends from the process, itself left out; none where there is no `/proc`. */
const below = (pid: number): ReadonlyArray<Entry> => {
  const children = new Map<number, Array<Entry>>()
  for (const one of all()) {
    const known = children.get(one.parent)
    if (known === undefined) children.set(one.parent, [one])
    else known.push(one)
  }
  const found: Array<Entry> = []
  const next = [pid]
  for (let parent = next.pop(); parent !== undefined; parent = next.pop()) {
    for (const child of children.get(parent) ?? []) {
      found.push(child)
      next.push(child.pid)
    }
  }
  return found
}

/** The live descendants of a process. */
export const descendants = (pid: number): ReadonlyArray<ProcessIdentity.ProcessIdentity> =>
  below(pid).flatMap((one) => ProcessIdentity.of(one.pid) ?? [])

/** What of the file system a process holds that has no name any more, as `dev:ino` and bytes on the disk. */
const nameless = (pid: number): ReadonlyArray<readonly [string, number]> => {
  try {
    return Fs.readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      const path = `/proc/${pid}/fd/${name}`
      const stat = Fs.statSync(path, { throwIfNoEntry: false })
      return stat?.isFile() === true && stat.nlink === 0
        ? [[`${stat.dev}:${stat.ino}`, stat.blocks * 512] as const]
        : []
    })
  } catch {
    // Ended meanwhile, or not to be looked into.
    return []
  }
}

/** Bytes on the disk of files that descendants of a process hold open after they were removed. */
export const removedButOpen = (pid: number): number => {
  const files = new Map(below(pid).flatMap((one) => nameless(one.pid)))
  return [...files.values()].reduce((sum, bytes) => sum + bytes, 0)
}

/** Bytes of memory that one process holds; 0 for one that has ended. In kilobytes there, since pages have many sizes. */
const resident = (pid: number): number => {
  try {
    const status = Fs.readFileSync(`/proc/${pid}/status`, "latin1")
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Bytes of memory that the descendants of a process hold, shared ones counted for each. */
export const memory = (pid: number): number => below(pid).reduce((sum, one) => sum + resident(one.pid), 0)
