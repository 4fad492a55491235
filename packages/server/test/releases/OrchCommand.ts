/** Runs `orch` as people type it, as root unless told. */
import * as Effect from "effect/Effect"
import * as ChildProcess from "node:child_process"
import { tmpdir } from "node:os"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"

/** What it printed on both streams, and its exit code. */
export interface Ran {
  readonly code: number
  readonly text: string
}

/** A way to run it against the server at `url`, with nothing remembered in `home`. */
export const at = (url: string, home: string, token = "root") => (...args: ReadonlyArray<string>) =>
  Effect.flatMap(Effect.promise(TestPrograms.orch), (program) =>
    Effect.callback<Ran>((resume) => {
      ChildProcess.execFile(
        process.execPath,
        [program, ...args],
        { env: { PATH: process.env["PATH"] ?? "", TMPDIR: tmpdir(), HOME: home, ORCH_URL: url, ORCH_TOKEN: token } },
        (error, stdout, stderr) =>
          resume(Effect.succeed({ code: typeof error?.code === "number" ? error.code : 0, text: stdout + stderr }))
      )
    }))
