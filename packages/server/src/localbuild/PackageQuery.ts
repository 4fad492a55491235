/**
 * Reads packages that builds made, with rpm in a sandbox: what a build could write is believed by nothing that has rights.
 *
 * The sandbox sees the directory of the packages, read-only, and nothing else of what the server keeps.
 */
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Subprocess from "../programs/Subprocess.ts"
import * as RpmTool from "./RpmTool.ts"
import * as ConfinedCommand from "./sandbox/ConfinedCommand.ts"
import * as Confinement from "./sandbox/Confinement.ts"
import * as Sandbox from "./sandbox/Sandbox.ts"
import type { Mode } from "./sandbox/SandboxChoice.ts"
import { firstUser, run as probe } from "./sandbox/SandboxProbe.ts"

const mebibyte = 1024 * 1024
const limits = { memoryBytes: 1024 * mebibyte, processes: 64, fileBytes: 64 * mebibyte }
const inside = "/packages"

/** What rpm says of each file, by its name, in a format that says what is wanted; fails as `rpm` does. */
export interface PackageQuery {
  readonly ask: (
    directory: string,
    files: ReadonlyArray<string>,
    format: string
  ) => Effect.Effect<ReadonlyMap<string, string>, RpmTool.RpmToolError>
}

const failed = (message: string) => new RpmTool.RpmToolError({ reason: "failed", message })

/** A folder as the sandbox wants it, which goes with the scope. */
const workplace = (sandbox: Sandbox.Sandbox) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const top = Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-query-")))
      // The user of the sandbox has to find the way.
      Fs.chmodSync(top, 0o755)
      for (const name of ["work/tmp", "work/shm", "work/db", "scratch"]) {
        Fs.mkdirSync(Path.join(top, name), { recursive: true })
      }
      if (sandbox.privileged) {
        for (const name of ["work", "work/tmp", "work/shm", "work/db"]) {
          Fs.chownSync(Path.join(top, name), firstUser(), firstUser())
        }
      }
      return top
    }),
    (top) => Effect.sync(() => Fs.rmSync(top, { recursive: true, force: true }))
  )

/** Questions in whatever sandbox works here; none where the operator wants none. The machine is looked at with the first question. */
export const make = (mode: Mode): Effect.Effect<PackageQuery> =>
  Effect.gen(function*() {
    const choice = yield* Effect.cached(
      mode === "off"
        ? Effect.succeed(Sandbox.none)
        : Effect.map(
          probe(process.env["PATH"] ?? "", Os.tmpdir()),
          (found) => found.sandbox
        )
    )

    const ask = Effect.fn("PackageQuery.ask")(
      function*(directory: string, files: ReadonlyArray<string>, format: string) {
        if (files.length === 0) return new Map<string, string>()
        const sandbox = yield* choice
        if (mode === "required" && !Sandbox.isConfined(sandbox)) {
          return yield* failed("no sandbox works on this machine")
        }
        const top = yield* workplace(sandbox)
        // No package can know it, and so none can look like the next one.
        const mark = randomBytes(16).toString("hex")
        const isConfined = Sandbox.isConfined(sandbox)
        const at = isConfined ? inside : directory
        const work = isConfined ? Confinement.work : Path.join(top, "work")
        const shown = files.map((file) => `${at}/${Path.basename(file)}`)
        const how = ["--dbpath", `${work}/db`, "-qp", "--nosignature", "--nodigest", "--qf", `${mark}\\n${format}`]
        const args = [...how, ...shown]
        const confinement: Confinement.Confinement = {
          sandbox,
          work: Path.join(top, "work"),
          scratch: Path.join(top, "scratch"),
          readOnly: [[directory, inside]],
          network: false,
          uid: firstUser(),
          limits
        }
        const environment = { ...RpmTool.environment(), PATH: Confinement.searchPath, HOME: work }
        const [[program] = []] = ConfinedCommand.wrap(confinement, [[{ command: "rpm", args }]], environment)
        const { exitCode, stderr, stdout } = yield* Subprocess.run({
          command: program!.command,
          args: program!.args,
          cwd: confinement.work,
          env: isConfined ? { PATH: process.env["PATH"] ?? "/usr/bin:/bin" } : environment,
          timeoutMillis: 120_000,
          maxOutputBytes: 256 * mebibyte
        }).pipe(Effect.mapError(({ message }) => failed(`rpm: ${message}`)))
        if (exitCode !== 0) return yield* failed(`rpm: ${stderr.trim().slice(-500)}`)
        const answers = stdout.toString("utf8").split(`${mark}\n`).slice(1)
        if (answers.length !== files.length) return yield* failed("rpm did not answer for every package")
        return new Map(files.map((file, index) => [file, answers[index]!]))
      },
      Effect.scoped
    )
    return { ask }
  })
