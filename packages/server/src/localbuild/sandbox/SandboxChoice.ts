/** Which sandbox builds get, by what the operator asks for and what this machine can do; told in one line of the log. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Sandbox from "./Sandbox.ts"
import * as SandboxProbe from "./SandboxProbe.ts"

/** `auto` takes what works, or none; `required` builds nothing without; `off` uses none. */
export const Mode = Schema.Literals(["auto", "required", "off"])
export type Mode = typeof Mode.Type

/** A sandbox is required and none works on this machine. */
export class SandboxMissing extends Schema.TaggedError<SandboxMissing>()("SandboxMissing", {
  message: Schema.String
}) {}

const advice = "install bubblewrap, or allow user namespaces"

const missing = (problems: ReadonlyArray<string>) =>
  new SandboxMissing({
    message: `ORCH_LOCAL_SANDBOX=required, and no sandbox works on this machine (${problems.join("; ")}): ${advice}`
  })

const withoutOne = "Builds of the local farm run without a sandbox, with all rights of the server's user"

/**
 * Looks once, in the directory where builds will be, tells what was found, and answers the sandbox to use. Where one is required and missing, each use looks
 * again, since installing one is what the operator will do.
 */
export const make = Effect.fn("SandboxChoice.make")(function*(
  mode: Mode,
  directory: string,
  searchPath = process.env["PATH"] ?? ""
) {
  if (mode === "off") {
    yield* Effect.logWarning(`${withoutOne}: ORCH_LOCAL_SANDBOX=off`)
    return Effect.succeed(Sandbox.none)
  }
  const probe = SandboxProbe.run(searchPath, directory)
  let { problems, sandbox } = yield* probe
  if (Sandbox.isConfined(sandbox)) {
    yield* Effect.logInfo("Builds of the local farm run in a sandbox").pipe(Effect.annotateLogs({ kind: sandbox.kind }))
  } else if (mode === "auto") yield* Effect.logWarning(`${withoutOne}: ${advice} (${problems.join("; ")})`)
  else yield* Effect.logError(`The local farm builds nothing: ${missing(problems).message}`)
  return Effect.gen(function*() {
    if (mode === "auto" || Sandbox.isConfined(sandbox)) return sandbox
    ;({ problems, sandbox } = yield* probe)
    return Sandbox.isConfined(sandbox) ? sandbox : yield* missing(problems)
  })
})
