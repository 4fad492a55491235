/**
 * The processes that descend from one, as `/proc` shows them: what is inside of a PID namespace always descends from its
 * first process, whatever sessions and groups it made.
 */
import * as Fs from "node:fs"
import * as ProcessIdentity from "./ProcessIdentity.ts"

interface Entry {
  readonly pid: number
  readonly parent: number
  /** Pages in memory. */
  readonly resident: number
}

const pageBytes = 4096

const entry = (pid: number): Entry | undefined => {
  try {
    const text = Fs.readFileSync(`/proc/${pid}/stat`, "latin1")
    // After the command's name, which may hold blanks and brackets: state, parent, …; proc_pid_stat(5).
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
    return { pid, parent: Number(fields[1]), resident: Number(fields[21]) }
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

/** Bytes of memory that the descendants of a process hold, shared ones counted for each. */
export const memory = (pid: number): number => below(pid).reduce((sum, { resident }) => sum + resident * pageBytes, 0)
