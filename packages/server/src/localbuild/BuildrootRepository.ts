/**
 * The repository of one buildroot: what the components that are built next may require.
 *
 * Each `admit` makes a new revision beside the old one, complete with metadata, and then moves the link `current`, so a
 * build that started with a revision keeps it, and one that starts later has all of the next.
 */
import type { BuiltComponent } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as Repodata from "./Repodata.ts"
import { RpmToolError } from "./RpmTool.ts"

const currentLink = (buildroot: string): string => Path.join(buildroot, "repository", "current")

/** The number of the revision that builds use now; 0 when nothing was admitted yet. */
export const current = (buildroot: string): number => {
  try {
    return Number(Path.basename(Fs.readlinkSync(currentLink(buildroot))))
  } catch {
    return 0
  }
}

const revisionPath = (buildroot: string, revision: number): string =>
  Path.join(buildroot, "repository", String(revision))

const rpms = (directory: string): ReadonlyArray<string> =>
  Fs.existsSync(directory) ? Fs.readdirSync(directory).filter((name) => name.endsWith(".rpm")).sort() : []

/** Paths of the packages in the revision that is current now. */
export const packages = (buildroot: string): ReadonlyArray<string> => {
  const directory = revisionPath(buildroot, current(buildroot))
  return rpms(directory).map((name) => Path.join(directory, name))
}

/** Adds what is not there yet; answers the revision that has it all. Only under the buildroot's lock. */
export const admit = Effect.fn("BuildrootRepository.admit")(
  function*(buildroot: string, builds: ReadonlyArray<BuiltComponent>) {
    const revision = current(buildroot)
    const before = revisionPath(buildroot, revision)
    const present = new Set(rpms(before))
    const wanted = builds.flatMap(({ artifacts }) => artifacts)
      .filter(({ location, nevra }) => !nevra.endsWith(".src") && !present.has(Path.basename(location)))
    if (wanted.length === 0 && revision > 0) return revision
    const next = revisionPath(buildroot, revision + 1)
    const work = `${next}.work`
    Fs.rmSync(work, { recursive: true, force: true })
    Fs.mkdirSync(work, { recursive: true })
    for (const name of present) AtomicFile.linkOrCopy(Path.join(before, name), Path.join(work, name))
    for (const { location, nevra } of wanted) {
      if (!Fs.existsSync(location)) {
        return yield* new RpmToolError({ reason: "failed", message: `${nevra} is not at ${location} any more` })
      }
      AtomicFile.linkOrCopy(location, Path.join(work, Path.basename(location)))
    }
    yield* Repodata.create(work, revision === 0 ? undefined : before, {})
    // A process that was killed here may have left a revision that never became current.
    Fs.rmSync(next, { recursive: true, force: true })
    Fs.renameSync(work, next)
    AtomicFile.pointTo(currentLink(buildroot), String(revision + 1))
    return revision + 1
  }
)

/** Packages that lie in the current revision and that its metadata does not list. */
export const unlisted = (buildroot: string): ReadonlyArray<string> => {
  const directory = revisionPath(buildroot, current(buildroot))
  const listed = Repodata.packages(directory)
  return rpms(directory).filter((name) => !listed.has(name))
}
