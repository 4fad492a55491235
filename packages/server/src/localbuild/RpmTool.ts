/**
 * Runs the RPM tools of the machine from the server: short, bounded calls whose failure is explained with their words.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Subprocess from "../programs/Subprocess.ts"

export class RpmToolError extends Schema.TaggedError<RpmToolError>()("RpmToolError", {
  /** `missing`: not installed. `failed`: it said no. `stuck`: no end in time. */
  reason: Schema.Literals(["missing", "failed", "stuck"]),
  message: Schema.String
}) {}

export const environment = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  LC_ALL: "C.UTF-8",
  HOME: "/nonexistent",
  TZ: "UTC"
})

const packageOf: Readonly<Record<string, string>> = {
  rpm: "rpm",
  rpmkeys: "rpm",
  rpmbuild: "rpm (Debian) or rpm-build (Fedora)",
  createrepo_c: "createrepo-c (Debian) or createrepo_c (Fedora)"
}

interface Options {
  readonly cwd?: string
  readonly timeoutMillis?: number
}

const ended = (command: string, args: ReadonlyArray<string>, options: Options) =>
  Subprocess.run({
    command,
    args,
    cwd: options.cwd,
    env: environment(),
    timeoutMillis: options.timeoutMillis ?? 120_000,
    maxOutputBytes: 64 * 1024 * 1024
  }).pipe(
    Effect.mapError(({ message, reason }) =>
      reason === "notStarted"
        ? new RpmToolError({ reason: "missing", message: `${command} is not installed: install ${packageOf[command]}` })
        : new RpmToolError({ reason: "stuck", message: `${command}: ${message}` })
    )
  )

/** Runs a tool whose answer is what it prints, whatever its exit code says. */
export const told = (
  command: string,
  args: ReadonlyArray<string>,
  options: Options = {}
): Effect.Effect<string, RpmToolError> =>
  Effect.map(ended(command, args, options), ({ stdout }) => stdout.toString("utf8"))

/** Runs the tool to its end and answers its standard output. */
export const run = (
  command: string,
  args: ReadonlyArray<string>,
  options: Options = {}
): Effect.Effect<string, RpmToolError> =>
  ended(command, args, options).pipe(
    Effect.flatMap(({ exitCode, stderr, stdout }) =>
      exitCode === 0
        ? Effect.succeed(stdout.toString("utf8"))
        : Effect.fail(new RpmToolError({ reason: "failed", message: `${command}: ${stderr.trim().slice(-500)}` }))
    )
  )
