/**
 * Tells one process from every other that ever had, or will have, the same number.
 *
 * A process id alone is reused; together with the time the process started and the boot it belongs to, it is not. This is
 * what lets a server that was killed find out whether what it started is still running. Ids of another PID namespace,
 * such as another container's, name other processes here; they are never taken for alive.
 */
import * as Fs from "node:fs"

export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot, as `/proc/PID/stat` says; empty where there is no `/proc`. */
  readonly started: string
  /** The kernel's boot id; empty where there is none. */
  readonly boot: string
  /** The PID namespace, as `/proc/self/ns/pid` says; empty where it is not known. */
  readonly namespace: string
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

const namespaceOfSelf = (): string => {
  try {
    return Fs.readlinkSync("/proc/self/ns/pid")
  } catch {
    return ""
  }
}
const namespace = namespaceOfSelf()

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
      : { pid, started: found.started, boot, namespace }
  }
  try {
    process.kill(pid, 0)
    return { pid, started: "", boot, namespace }
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM" ? { pid, started: "", boot, namespace } : undefined
  }
}

/** The identity of this process. */
export const self: ProcessIdentity = of(process.pid) ?? { pid: process.pid, started: "", boot, namespace }

/** Whether that very process still runs in this PID namespace; one of an identity without a namespace may. */
export const isAlive = (identity: ProcessIdentity): boolean => {
  if (identity.namespace !== "" && identity.namespace !== namespace) return false
  const now = of(identity.pid)
  return now !== undefined && now.started === identity.started && now.boot === identity.boot
}

/** Kills that very process; one that has ended is fine. */
export const kill = (identity: ProcessIdentity): void => {
  if (!isAlive(identity)) return
  try {
    process.kill(identity.pid, "SIGKILL")
  } catch {
    // It ended meanwhile, or is another user's.
  }
}

/** One line: `PID STARTED BOOT NAMESPACE`. */
export const format = (self: ProcessIdentity): string =>
  [self.pid, self.started || "-", self.boot || "-", self.namespace || "-"].join(" ")

/** Reads what `format` wrote, also before it wrote the namespace; `undefined` for anything else. */
export const parse = (text: string): ProcessIdentity | undefined => {
  const match = /^(\d{1,10}) (\S+) (\S+)(?: (\S+))?$/.exec(text.trim())
  if (match === null) return undefined
  const [, pid, started = "", boot = "", namespace = ""] = match.map((part) => part === "-" ? "" : part)
  return { pid: Number(pid), started, boot, namespace }
}
