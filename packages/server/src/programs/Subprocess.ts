/**
 * Runs one program to its end, as an effect: bounded in time and output, killed with all of its group when it is
 * interrupted. `ProgramRun` says how, `Spawner` where from.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ProgramRun from "./ProgramRun.ts"
import * as Spawner from "./Spawner.ts"

/**
 * - `notStarted`: the program is not installed or may not be run.
 * - `timedOut`: it was killed after `timeoutMillis`.
 * - `tooMuchOutput`: it was killed after `maxOutputBytes` on its standard output.
 * - `stopped`: the `watch` of the caller had it killed; `message` is what the watch said.
 * - `lost`: the process that starts programs was killed; it may succeed when it is run again.
 */
export class SubprocessError extends Schema.TaggedError<SubprocessError>()("SubprocessError", {
  reason: Schema.Literals(["notStarted", "timedOut", "tooMuchOutput", "stopped", "lost"]),
  command: Schema.String,
  message: Schema.String
}) {}

export interface Options extends ProgramRun.Program {
  /** Called once with the process id, which is also its group's. */
  readonly started?: ((pid: number) => void) | undefined
  /** Looked at every `everyMillis`; an answer has the program killed for that reason. */
  readonly watch?: { readonly everyMillis: number; readonly check: () => Promise<string | undefined> } | undefined
}

export type Finished = ProgramRun.Finished

/** Kills a process group; one that has ended is fine. */
export const killGroup = ProgramRun.killGroup

/** Runs the program; an exit code other than 0 is a result, not an error. Interruption kills its group. */
export const run = ({ started, watch, ...program }: Options): Effect.Effect<Finished, SubprocessError> =>
  Effect.callback<Finished, SubprocessError>((resume) => {
    let hasEnded = false
    let interrupted: (() => void) | undefined
    let watching = false
    const running = Spawner.start(program, {
      started: (pid) => started?.(pid),
      ended: (outcome) => {
        hasEnded = true
        clearInterval(watcher)
        if ("finished" in outcome) resume(Effect.succeed(outcome.finished))
        else resume(Effect.fail(new SubprocessError({ ...outcome.failed, command: program.command })))
        interrupted?.()
      }
    })
    const look = async () => {
      if (watching) return
      watching = true
      const stop = await watch?.check().catch(() => undefined)
      if (stop !== undefined) running.stop(stop)
      watching = false
    }
    const watcher = watch === undefined ? undefined : setInterval(() => void look(), watch.everyMillis)
    return Effect.callback<void>((done) => {
      if (hasEnded) return done(Effect.void)
      interrupted = () => done(Effect.void)
      running.stop("interrupted")
    })
  })
