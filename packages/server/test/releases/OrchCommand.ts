/** Runs `orch` as people type it, as root unless told. */
import * as Effect from "effect/Effect"
import { tmpdir } from "node:os"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"

/** What it printed on both streams, and its exit code. */
export interface Ran {
  readonly code: number
  readonly text: string
}

/** A way to run it against the server at `url`, with nothing remembered in `home`. */
export const at = (url: string, home: string, token = "root") => (...args: ReadonlyArray<string>) =>
  Effect.flatMap(Effect.promise(TestPrograms.orch), (program) =>
    Effect.map(
      Effect.promise(() =>
        SmallProcess.ran(process.execPath, [program, ...args], {
          env: { PATH: process.env["PATH"], TMPDIR: tmpdir(), HOME: home, ORCH_URL: url, ORCH_TOKEN: token }
        })
      ),
      ({ code, err, out }): Ran => ({ code, text: out + err })
    ))
