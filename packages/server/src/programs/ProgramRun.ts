/**
 * Runs one program to its end, with everything that a stranger's input can abuse bounded: time, output, children.
 *
 * There is no shell, the environment is exactly what is given, and the program leads a process group of its own, so that
 * killing it also kills what it started (`git` and `rpmbuild` both fork). `effect/process` has neither groups nor limits.
 *
 * Plain callbacks on Node.js alone, since the process that starts programs loads nothing else.
 */
import * as ChildProcess from "node:child_process"

export interface Program {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly cwd?: string | undefined
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array | undefined
  readonly timeoutMillis: number
  /** For standard output; of standard error the first 64 KiB are kept. */
  readonly maxOutputBytes: number
}

export interface Finished {
  /** `undefined` when a signal ended it. */
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly stdout: Buffer
  readonly stderr: string
}

/** Why it did not come to its end; as in `SubprocessError`. */
export interface Failed {
  readonly reason: "notStarted" | "timedOut" | "tooMuchOutput" | "stopped" | "lost"
  readonly message: string
}

export type Outcome = { readonly finished: Finished } | { readonly failed: Failed }

export interface Events {
  /** Called once with the process id, which is also its group's. */
  readonly started: (pid: number) => void
  /** Called once, at the end. */
  readonly ended: (outcome: Outcome) => void
}

export interface Running {
  /** Kills it, its group, and has it end as `stopped` with that message; after its end nothing happens. */
  readonly stop: (message: string) => void
}

const maxErrorBytes = 65_536

/** Kills a process group; one that has ended is fine. */
export const killGroup = (pid: number, signal: "SIGTERM" | "SIGKILL" = "SIGKILL"): void => {
  try {
    process.kill(-pid, signal)
  } catch {
    // ESRCH: nobody is left in the group.
  }
}

/** Starts it; an exit code other than 0 is a result, not a failure. */
export const start = (program: Program, events: Events): Running => {
  let child: ChildProcess.ChildProcess
  try {
    child = ChildProcess.spawn(program.command, program.args, {
      cwd: program.cwd,
      env: program.env,
      detached: true,
      stdio: [program.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"]
    })
  } catch (cause) {
    events.ended({ failed: { reason: "notStarted", message: String(cause) } })
    return { stop: () => undefined }
  }
  if (child.pid !== undefined) events.started(child.pid)
  const out: Array<Buffer> = []
  const err: Array<Buffer> = []
  let outBytes = 0
  let errBytes = 0
  let hasEnded = false
  let killedFor: Failed | undefined
  const kill = (reason: Failed["reason"], message: string) => {
    if (hasEnded || killedFor !== undefined) return
    killedFor = { reason, message }
    if (child.pid !== undefined) killGroup(child.pid)
    // It may have exited while its pipes are still open; it does not exit twice.
    if (child.exitCode !== null || child.signalCode !== null) finish(child.exitCode, child.signalCode)
  }
  const deadline = setTimeout(
    () => kill("timedOut", `no end after ${program.timeoutMillis / 1000} s`),
    program.timeoutMillis
  )
  const settle = (outcome: Outcome) => {
    if (hasEnded) return
    hasEnded = true
    clearTimeout(deadline)
    // A grandchild that left the group may still hold the pipes.
    child.stdout?.destroy()
    child.stderr?.destroy()
    events.ended(outcome)
  }
  const finish = (exitCode: number | null, signal: string | null) =>
    settle(
      killedFor !== undefined ? { failed: killedFor } : {
        finished: {
          exitCode: exitCode ?? undefined,
          signal: signal ?? undefined,
          stdout: Buffer.concat(out),
          stderr: Buffer.concat(err).toString("utf8")
        }
      }
    )
  child.stdout?.on("data", (chunk: Buffer) => {
    outBytes += chunk.length
    if (outBytes <= program.maxOutputBytes) out.push(chunk)
    else kill("tooMuchOutput", `more than ${program.maxOutputBytes} bytes of output`)
  })
  child.stderr?.on("data", (chunk: Buffer) => {
    const room = maxErrorBytes - errBytes
    if (room > 0) err.push(chunk.subarray(0, room))
    errBytes += chunk.length
  })
  child.on("error", (cause) => settle({ failed: { reason: "notStarted", message: cause.message } }))
  child.on("close", finish)
  child.on("exit", (exitCode, signal) => {
    // `close` waits for the pipes: for ever, if a grandchild outside the group keeps them.
    setTimeout(() => finish(exitCode, signal), killedFor === undefined ? 2_000 : 50).unref()
  })
  if (program.stdin !== undefined && child.stdin !== null) {
    child.stdin.on("error", () => undefined)
    child.stdin.end(program.stdin)
  }
  return { stop: (message) => kill("stopped", message) }
}
