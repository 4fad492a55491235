/**
 * The folders of one build, on this machine and as its programs see them.
 *
 * `work` is all that a confined build can write. The packages of its buildroot lie beside it, as further names of files that
 * belong to others, so they are shown read-only.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"
import type { RunnerJob } from "./RunnerJob.ts"
import * as Confinement from "./sandbox/Confinement.ts"
import * as Sandbox from "./sandbox/Sandbox.ts"

/** Paths of the same folders, here or inside. */
export interface Places {
  readonly work: string
  readonly top: string
  readonly database: string
  readonly sysroot: string
  readonly temporary: string
  readonly home: string
  readonly sources: string
  readonly macros: string
  readonly packages: string
}

export interface BuildTree {
  readonly here: Places
  readonly inside: Places
  readonly confinement: Confinement.Confinement
}

const insidePackages = "/packages"

const places = (work: string, packages: string): Places => {
  const at = (name: string) => Path.join(work, name)
  return {
    work,
    top: at("top"),
    database: at("db"),
    sysroot: at("sysroot"),
    temporary: at("tmp"),
    home: at("home"),
    sources: at("sources"),
    macros: at("macros"),
    packages
  }
}

/** Where a component's sources are checked out before its runner starts. */
export const sourcesOf = (attempt: string): string => Path.join(attempt, "work", "sources")

/** Gives a tree to the build's user; symbolic links are not followed. */
const give = (path: string, uid: number): void => {
  Fs.lchownSync(path, uid, uid)
  if (!Fs.lstatSync(path).isDirectory()) return
  for (const name of Fs.readdirSync(path)) give(Path.join(path, name), uid)
}

/** A folder that a confined program may write in, with what `Confinement` expects to be in it. */
const writable = (job: RunnerJob, path: string): string => {
  for (const name of ["tmp", "shm"]) Fs.mkdirSync(Path.join(path, name), { recursive: true })
  if (Sandbox.isConfined(job.sandbox) && job.sandbox.privileged) give(path, job.uid)
  return path
}

const confine = (
  job: RunnerJob,
  name: string,
  readOnly: Confinement.Confinement["readOnly"]
): Confinement.Confinement => {
  const scratch = Path.join(job.attempt, `${name}.sandbox`)
  Fs.mkdirSync(scratch, { recursive: true })
  const { maxMemoryBytes: memoryBytes, maxProcesses: processes, maxTreeBytes: fileBytes, network, sandbox, uid } = job
  const work = writable(job, Path.join(job.attempt, name))
  return { sandbox, work, scratch, readOnly, network, uid, limits: { memoryBytes, processes, fileBytes } }
}

/** Lays the tree out: database and macros copied, packages linked under plain names. */
export const make = (job: RunnerJob): BuildTree => {
  const packages = Path.join(job.attempt, "packages")
  const here = places(Path.join(job.attempt, "work"), packages)
  for (const folder of [here.top, here.sysroot, here.temporary, here.home, here.packages]) {
    Fs.mkdirSync(folder, { recursive: true })
  }
  // rpm expands patterns and macros in the names it is given; these are plain.
  for (const file of job.packages) {
    AtomicFile.linkOrCopy(Fs.realpathSync(file), Path.join(packages, Path.basename(file)))
  }
  Fs.copyFileSync(job.macrosFile, here.macros)
  Fs.cpSync(job.platformDatabase, here.database, { recursive: true })
  const confinement = confine(job, "work", [[packages, insidePackages]])
  const inside = Sandbox.isConfined(job.sandbox) ? places(Confinement.work, insidePackages) : here
  return { here, inside, confinement }
}

/** A sandbox in which the results of a build can be looked at, but not changed; answers also where they are in it. */
export const makeForResults = (job: RunnerJob, results: string) => {
  const inside = "/results"
  const confinement = confine(job, "query", [[results, inside]])
  return Sandbox.isConfined(job.sandbox)
    ? { confinement, results: inside, work: Confinement.work }
    : { confinement, results, work: confinement.work }
}
