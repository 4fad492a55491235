/**
 * Runs one program to its end, with everything that a stranger's input can abuse bounded: time, output, children.
 *
 * There is no shell, the environment is exactly what is given, and the program leads a process group of its own, so that
 * killing it also kills what it started (`git` and `rpmbuild` both fork). `effect/process` has neither groups nor limits.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ChildProcess from "node:child_process"

/**
 * - `notStarted`: the program is not installed or may not be run.
 * - `timedOut`: it was killed after `timeoutMillis`.
 * - `tooMuchOutput`: it was killed after `maxOutputBytes` on its standard output.
 * - `stopped`: the `watch` of the caller had it killed; `message` is what the watch said.
 */
export class SubprocessError extends Schema.TaggedError<SubprocessError>()("SubprocessError", {
  reason: Schema.Literals(["notStarted", "timedOut", "tooMuchOutput", "stopped"]),
  command: Schema.String,
  message: Schema.String
}) {}

export interface Options {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly cwd?: string | undefined
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array | undefined
  readonly timeoutMillis: number
  /** For standard output; of standard error the first 64 KiB are kept. */
  readonly maxOutputBytes: number
  /** Called once with the process id, which is also its group's. */
  readonly started?: ((pid: number) => void) | undefined
  /** Looked at every `everyMillis`; an answer has the program killed for that reason. */
  readonly watch?: { readonly everyMillis: number; readonly check: () => Promise<string | undefined> } | undefined
}

export interface Finished {
  /** `undefined` when a signal ended it. */
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly stdout: Buffer
  readonly stderr: string
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

/** Runs the program; an exit code other than 0 is a result, not an error. Interruption kills its group. */
export const run = (options: Options): Effect.Effect<Finished, SubprocessError> =>
  Effect.callback<Finished, SubprocessError>((resume) => {
    const fail = (reason: SubprocessError["reason"], message: string) =>
      resume(Effect.fail(new SubprocessError({ reason, command: options.command, message })))
    let child: ChildProcess.ChildProcess
    try {
      child = ChildProcess.spawn(options.command, options.args, {
        cwd: options.cwd,
        env: options.env,
        detached: true,
        stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"]
      })
    } catch (cause) {
      return fail("notStarted", String(cause))
    }
    if (child.pid !== undefined) options.started?.(child.pid)
    const out: Array<Buffer> = []
    const err: Array<Buffer> = []
    let outBytes = 0
    let errBytes = 0
    let ended = false
    let interrupted: (() => void) | undefined
    let killedFor: readonly [SubprocessError["reason"], string] | undefined
    const kill = (reason: SubprocessError["reason"], message: string) => {
      if (ended || killedFor !== undefined) return
      killedFor = [reason, message]
      if (child.pid !== undefined) killGroup(child.pid)
    }
    const deadline = setTimeout(
      () => kill("timedOut", `no end after ${options.timeoutMillis / 1000} s`),
      options.timeoutMillis
    )
    let watching = false
    const watcher = options.watch === undefined ? undefined : setInterval(() => {
      if (watching) return
      watching = true
      options.watch?.check().then((stop) => stop === undefined ? undefined : kill("stopped", stop), () => undefined)
        .finally(() => watching = false)
    }, options.watch.everyMillis)
    const settle = (after: () => void) => {
      if (ended) return
      ended = true
      clearTimeout(deadline)
      clearInterval(watcher)
      // A grandchild that left the group may still hold the pipes.
      child.stdout?.destroy()
      child.stderr?.destroy()
      after()
      interrupted?.()
    }
    child.stdout?.on("data", (chunk: Buffer) => {
      outBytes += chunk.length
      if (outBytes <= options.maxOutputBytes) out.push(chunk)
      else kill("tooMuchOutput", `more than ${options.maxOutputBytes} bytes of output`)
    })
    child.stderr?.on("data", (chunk: Buffer) => {
      const room = maxErrorBytes - errBytes
      if (room > 0) err.push(chunk.subarray(0, room))
      errBytes += chunk.length
    })
    child.on("error", (cause) => settle(() => fail("notStarted", cause.message)))
    const finish = (exitCode: number | null, signal: string | null) =>
      settle(() =>
        killedFor === undefined
          ? resume(Effect.succeed({
            exitCode: exitCode ?? undefined,
            signal: signal ?? undefined,
            stdout: Buffer.concat(out),
            stderr: Buffer.concat(err).toString("utf8")
          }))
          : fail(...killedFor)
      )
    child.on("close", finish)
    child.on("exit", (exitCode, signal) => {
      // `close` waits for the pipes: for ever, if a grandchild outside the group keeps them.
      setTimeout(() => finish(exitCode, signal), killedFor === undefined ? 2_000 : 50).unref()
    })
    if (options.stdin !== undefined && child.stdin !== null) {
      child.stdin.on("error", () => undefined)
      child.stdin.end(options.stdin)
    }
    return Effect.callback<void>((done) => {
      if (ended) return done(Effect.void)
      interrupted = () => done(Effect.void)
      const settled = () => settle(() => undefined)
      // It may have exited while its pipes are still open; it does not exit twice.
      if (child.exitCode !== null || child.signalCode !== null) return settled()
      child.once("exit", settled)
      kill("stopped", "interrupted")
    })
  })
