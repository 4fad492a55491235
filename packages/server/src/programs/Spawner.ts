/**
 * Has programs started by a small process beside this one (`SpawnerProcess` says why), which is started with the first
 * program, once more when it was killed, and lets this process end when nothing runs.
 */
import * as ChildProcess from "node:child_process"
import * as ProgramFile from "./ProgramFile.ts"
import * as ProgramRun from "./ProgramRun.ts"
import type { Launched, Reply, Request } from "./SpawnerProcess.ts"

interface Pending {
  readonly events: ProgramRun.Events
  pid: number | undefined
}

interface Spawner {
  readonly child: ChildProcess.ChildProcess
  readonly pending: Map<number, Pending>
  /** What to call when a launched program has ended. */
  readonly launched: Map<number, () => void>
}

let current: Spawner | undefined
let lastId = 0

/** Whatever ran is gone, or is made to be: nobody waits for its pipes any more. */
const lose = (spawner: Spawner): void => {
  if (current === spawner) current = undefined
  for (const { events, pid } of spawner.pending.values()) {
    if (pid !== undefined) ProgramRun.killGroup(pid)
    events.ended({ failed: { reason: "lost", message: "the process that starts programs was killed" } })
  }
  spawner.pending.clear()
  for (const ended of spawner.launched.values()) ended()
  spawner.launched.clear()
}

const hear = (spawner: Spawner, reply: Reply): void => {
  if (reply.type === "left") {
    const ended = spawner.launched.get(reply.id)
    spawner.launched.delete(reply.id)
    return ended?.()
  }
  const pending = spawner.pending.get(reply.id)
  if (pending === undefined) return
  if (reply.type === "started") {
    pending.pid = reply.pid
    return pending.events.started(reply.pid)
  }
  spawner.pending.delete(reply.id)
  if (spawner.pending.size === 0) rest(spawner)
  pending.events.ended(reply.outcome)
}

/** This process may end. */
const rest = ({ child }: Spawner): void => {
  child.unref()
  child.channel?.unref()
}

const work = ({ child }: Spawner): void => {
  child.ref()
  child.channel?.ref()
}

const begin = (): Spawner => {
  const child = ChildProcess.spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", ProgramFile.find("SpawnerProcess", import.meta.dirname)],
    {
      env: {},
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      serialization: "advanced",
      // A signal for this process's group, as from a terminal, is for this process to pass on.
      detached: true
    }
  )
  const spawner: Spawner = { child, pending: new Map(), launched: new Map() }
  child.on("message", (message) => hear(spawner, message as Reply))
  child.on("error", () => lose(spawner))
  child.on("exit", () => lose(spawner))
  rest(spawner)
  return spawner
}

const tell = ({ child }: Spawner, request: Request): void => {
  // An error is that the process is gone, which its `exit` tells as well.
  child.send(request, () => undefined)
}

/** Starts a program as `ProgramRun.start` does, from the other process. */
export const start = (program: ProgramRun.Program, events: ProgramRun.Events): ProgramRun.Running => {
  const spawner = current ??= begin()
  const id = ++lastId
  spawner.pending.set(id, { events, pid: undefined })
  work(spawner)
  tell(spawner, { type: "start", id, program })
  return { stop: (message) => tell(spawner, { type: "stop", id, message }) }
}

/**
 * Starts a program that outlives this process and is not waited for; `ended` is called when it has ended, could not be
 * started, or nobody can tell any more.
 */
export const launch = (program: Launched, ended: () => void): void => {
  const spawner = current ??= begin()
  const id = ++lastId
  spawner.launched.set(id, ended)
  tell(spawner, { type: "launch", id, program })
}
