/**
 * Tells one process from every other that ever had, or will have, the same number.
 *
 * A process id alone is reused; together with the time the process started and the boot it belongs to, it is not. This is
 * what lets a server that was killed find out whether what it started is still running.
 */
import * as Fs from "node:fs"

export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot, as `/proc/PID/stat` says; empty where there is no `/proc`. */
  readonly started: string
  /** The kernel's boot id; empty where there is none. */
  readonly boot: string
}

const read = (path: string): string | undefined => {
  try {
    return Fs.readFileSync(path, "latin1")
  } catch {
    return undefined
  }
}

const hasProc = read("/proc/self/stat") !== undefined
const boot = (read("/proc/sys/kernel/random/boot_id") ?? "").trim()

/** The state letter and start time; the command name before them may hold blanks and brackets. */
const stat = (pid: number): { readonly state: string; readonly started: string } | undefined => {
  const text = read(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  return { state: fields[0] ?? "", started: fields[19] ?? "" }
}

/** The identity of a process that runs now; `undefined` when there is none, or only its zombie. */
export const of = (pid: number): ProcessIdentity | undefined => {
  if (hasProc) {
    const found = stat(pid)
    return found === undefined || found.state === "Z" || found.state === "X"
      ? undefined
      : { pid, started: found.started, boot }
  }
  try {
    process.kill(pid, 0)
    return { pid, started: "", boot }
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM" ? { pid, started: "", boot } : undefined
  }
}

/** The identity of this process. */
export const self: ProcessIdentity = of(process.pid) ?? { pid: process.pid, started: "", boot }

/** Whether that very process still runs. */
export const isAlive = (identity: ProcessIdentity): boolean => {
  const now = of(identity.pid)
  return now !== undefined && now.started === identity.started && now.boot === identity.boot
}

export const equals = (a: ProcessIdentity, b: ProcessIdentity): boolean =>
  a.pid === b.pid && a.started === b.started && a.boot === b.boot

/** One line: `PID STARTED BOOT`. */
export const format = (self: ProcessIdentity): string => `${self.pid} ${self.started || "-"} ${self.boot || "-"}`

export const parse = (text: string): ProcessIdentity | undefined => {
  const match = /^(\d{1,10}) (\S+) (\S+)$/.exec(text.trim())
  return match === null
    ? undefined
    : { pid: Number(match[1]), started: match[2] === "-" ? "" : match[2]!, boot: match[3] === "-" ? "" : match[3]! }
}
