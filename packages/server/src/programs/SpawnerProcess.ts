/**
 * A small process that starts programs for a large one: starting one copies the memory map of whoever does it and holds all
 * of its threads meanwhile, which in a server with some hundred megabytes is many milliseconds for each program.
 *
 * It ends with the process that it works for, and so do the programs that it started, but for those that are launched to
 * outlive both. All of them yield to that process when processors are scarce: it has to answer while they work.
 */
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as ProgramRun from "./ProgramRun.ts"

/** A program that nobody waits for. */
export interface Launched {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly cwd: string
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** The file to which its output and errors are added. */
  readonly output: string
}

/** What it is told. */
export type Request =
  | { readonly type: "launch"; readonly id: number; readonly program: Launched }
  | { readonly type: "start"; readonly id: number; readonly program: ProgramRun.Program }
  | { readonly type: "stop"; readonly id: number; readonly message: string }

/** What it tells. */
export type Reply =
  | { readonly type: "left"; readonly id: number }
  | { readonly type: "started"; readonly id: number; readonly pid: number }
  | { readonly type: "ended"; readonly id: number; readonly outcome: ProgramRun.Outcome }

const running = new Map<number, ProgramRun.Running>()
const groups = new Map<number, number>()

/** A server that is gone is told nothing; that it is gone is heard otherwise. */
const tell = (reply: Reply): void => {
  process.send?.(reply, undefined, undefined, () => undefined)
}

const launch = (id: number, { args, command, cwd, env, output }: Launched): void => {
  const left = () => tell({ type: "left", id })
  try {
    const file = Fs.openSync(output, "a")
    const child = ChildProcess.spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", file, file] })
    Fs.closeSync(file)
    child.on("error", left)
    child.on("exit", left)
  } catch {
    left()
  }
}

const handle = (request: Request): void => {
  if (request.type === "launch") return launch(request.id, request.program)
  if (request.type === "stop") return running.get(request.id)?.stop(request.message)
  const { id, program } = request
  let hasEnded = false
  const started = ProgramRun.start(program, {
    started: (pid) => {
      groups.set(id, pid)
      tell({ type: "started", id, pid })
    },
    ended: (outcome) => {
      hasEnded = true
      running.delete(id)
      groups.delete(id)
      tell({ type: "ended", id, outcome })
    }
  })
  if (!hasEnded) running.set(id, started)
}

const niceness = 10
Os.setPriority(niceness)
process.on("message", (message) => handle(message as Request))
process.on("disconnect", () => {
  for (const pid of groups.values()) ProgramRun.killGroup(pid)
  process.exit(0)
})
