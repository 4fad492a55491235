/**
 * A small process that starts programs for a large one: starting one copies the memory map of whoever does it and holds all
 * of its threads meanwhile, which in a server with some hundred megabytes is many milliseconds for each program.
 *
 * It ends with the process that it works for, and so do the programs that it started.
 */
import * as ProgramRun from "./ProgramRun.ts"

/** What it is told. */
export type Request =
  | { readonly type: "start"; readonly id: number; readonly program: ProgramRun.Program }
  | { readonly type: "stop"; readonly id: number; readonly message: string }

/** What it tells. */
export type Reply =
  | { readonly type: "started"; readonly id: number; readonly pid: number }
  | { readonly type: "ended"; readonly id: number; readonly outcome: ProgramRun.Outcome }

const running = new Map<number, ProgramRun.Running>()
const groups = new Map<number, number>()

const tell = (reply: Reply): void => {
  process.send?.(reply)
}

const handle = (request: Request): void => {
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

process.on("message", (message) => handle(message as Request))
process.on("disconnect", () => {
  for (const pid of groups.values()) ProgramRun.killGroup(pid)
  process.exit(0)
})
