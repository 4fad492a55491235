/**
 * The RPM database each build starts from: one package that provides the platform, and nothing else.
 *
 * Made once for each set of provided names, under a lock, and put in place by a rename, so builds copy a finished one.
 */
import * as Effect from "effect/Effect"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as SharedLock from "../programs/SharedLock.ts"
import * as Platform from "./Platform.ts"
import * as RpmTool from "./RpmTool.ts"

const specOf = (platform: string, provides: ReadonlyArray<string>): string =>
  [
    `Name: orch-platform-${platform.replace(/[^A-Za-z0-9._+]/g, "_")}`,
    "Version: 1",
    "Release: 1",
    "Summary: Stands in for the packages of the platform",
    "License: MIT",
    "BuildArch: noarch",
    ...provides.map((name) => `Provides: ${name}`),
    "%description",
    "Stands in for the packages of the platform.",
    "%files",
    ""
  ].join("\n")

const build = Effect.fnUntraced(function*(platform: string, provides: ReadonlyArray<string>, finished: string) {
  // Not below the data directory, whose name rpmbuild may read as macros and blanks.
  const work = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-platform-"))
  const database = Path.join(work, "db")
  Fs.mkdirSync(database, { recursive: true })
  const spec = Path.join(work, "platform.spec")
  Fs.writeFileSync(spec, specOf(platform, provides))
  const own = ["--define", `_topdir ${work}`, "--define", `_dbpath ${database}`, "--define", `_tmppath ${work}`]
  yield* RpmTool.run("rpm", [...own, "--initdb"])
  yield* RpmTool.run("rpmbuild", [...own, "-bb", spec])
  const [rpm] = Fs.readdirSync(Path.join(work, "RPMS", "noarch")).map((name) => Path.join(work, "RPMS", "noarch", name))
  yield* RpmTool.run("rpm", [...own, "-i", "--justdb", "--nodeps", "--ignoreos", "--noscripts", rpm!])
  Fs.rmSync(Path.join(database, ".rpm.lock"), { force: true })
  const copy = `${finished}.work`
  Fs.rmSync(copy, { recursive: true, force: true })
  Fs.cpSync(database, copy, { recursive: true })
  Fs.renameSync(copy, finished)
  Fs.rmSync(work, { recursive: true, force: true })
})

/** The directory of the database to copy. */
export const ensure = Effect.fn("PlatformDatabase.ensure")(function*(platforms: string, platform: string) {
  const provides = Platform.provides()
  const digest = Crypto.createHash("sha256").update(JSON.stringify([platform, provides])).digest("hex").slice(0, 12)
  const finished = Path.join(platforms, `${platform.replace(/[^A-Za-z0-9._+-]/g, "_")}-${digest}`)
  if (Fs.existsSync(finished)) return finished
  yield* SharedLock.withLock(
    {
      path: `${finished}.lock`,
      waitMillis: 60_000,
      onTimeout: () => new RpmTool.RpmToolError({ reason: "stuck", message: "another process prepares the platform" })
    },
    Effect.suspend(() => Fs.existsSync(finished) ? Effect.void : build(platform, provides, finished))
  )
  return finished
})
