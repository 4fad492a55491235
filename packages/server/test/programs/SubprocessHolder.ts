/** A process for tests of `Subprocess`: starts a program that does not end, and tells its number. */
import * as Subprocess from "@orch/server/programs/Subprocess"
import * as Effect from "effect/Effect"

void Effect.runPromise(Subprocess.run({
  command: "sleep",
  args: ["600"],
  env: { PATH: process.env["PATH"] ?? "" },
  timeoutMillis: 600_000,
  maxOutputBytes: 1024,
  started: (pid) => console.log(pid)
}))
