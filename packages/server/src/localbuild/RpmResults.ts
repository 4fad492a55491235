/**
 * Takes the packages out of a build's tree and describes them.
 *
 * Whatever lies in the tree was made by strangers: folders may be links, names and headers anything. The files are moved to
 * where the build never could write, under names of ours, looked at in a sandbox, and called by what they say only when
 * that is a name.
 */
import type { Artifact } from "@orch/core/ports/BuildSystem"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as FileHash from "../programs/FileHash.ts"
import * as BuildProcess from "./BuildProcess.ts"
import { BuildFailure } from "./BuildProcess.ts"
import * as Tree from "./BuildTree.ts"
import * as FarmTask from "./FarmTask.ts"

export interface Built {
  readonly artifacts: ReadonlyArray<Artifact>
  readonly nvr: string
}

const maxPackages = 5_000

const isFolder = (path: string): boolean => Fs.lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** RPM files in a folder and those below it, no link followed; sorted. */
const rpmsBelow = (folder: string): ReadonlyArray<string> => {
  if (!isFolder(folder)) return []
  return Fs.readdirSync(folder).sort().flatMap((name) => {
    const path = Path.join(folder, name)
    if (isFolder(path)) return rpmsBelow(path)
    const isPackage = name.endsWith(".rpm") && !name.endsWith(".nosrc.rpm")
    return isPackage && Fs.lstatSync(path).isFile() ? [path] : []
  })
}

/** Moves a file out of the build's reach: ours, readable for all, with no other rights. */
const take = (from: string, to: string): void => {
  Fs.renameSync(from, to)
  if (process.getuid !== undefined && process.getgid !== undefined) Fs.chownSync(to, process.getuid(), process.getgid())
  Fs.chmodSync(to, 0o644)
}

const format = "%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{SOURCEPACKAGE}\\t%{BUILDTIME}\\t"
  + "[%{EXCLUSIVEARCH} ]\\t[%{EXCLUDEARCH} ]\\t%{LICENSE}\\n"

interface Header {
  readonly name: string
  readonly epoch: string
  readonly version: string
  readonly release: string
  readonly arch: string
  readonly isSource: boolean
  /** Unix seconds. */
  readonly built: number
  /** What the source package says of architectures. */
  readonly arches: Pick<Artifact, "exclusiveArch" | "excludeArch">
  readonly license: string
}

const word = /^[A-Za-z0-9._+~^-]{1,200}$/

/** What one line of the query says; `undefined` when it cannot be a package's name. */
const header = (line: string): Header | undefined => {
  const [
    name = "",
    epoch = "",
    version = "",
    release = "",
    builtFor = "",
    source,
    built = "",
    only,
    never,
    license = ""
  ] = line.split("\t")
  const isName = [name, version, release, builtFor].every((part) => word.test(part)) && /^\d{1,10}$/.test(epoch)
  if (!isName || !/^\d{1,12}$/.test(built)) return undefined
  const isSource = source === "1"
  const arches = isSource ? { ...listed("exclusiveArch", only), ...listed("excludeArch", never) } : {}
  return {
    name,
    epoch,
    version,
    release,
    arch: isSource ? "src" : builtFor,
    isSource,
    built: Number(built),
    arches,
    license
  }
}

const maxArches = 100

/** The names of a list in a header, where there are some. */
const listed = (key: "exclusiveArch" | "excludeArch", text = ""): Header["arches"] => {
  const names = text.split(" ").filter((name) => word.test(name)).slice(0, maxArches)
  return names.length === 0 ? {} : { [key]: names }
}

/** Moves the packages out of the build's tree and describes them. The build's programs must have ended. */
export const collect = async (options: BuildProcess.Options, tree: Tree.BuildTree): Promise<Built> => {
  const { job } = options
  const results = FarmTask.resultsPath(job.task)
  Fs.rmSync(results, { recursive: true, force: true })
  Fs.mkdirSync(results, { recursive: true })
  const { top } = tree.here
  const files = isFolder(top) ? ["RPMS", "SRPMS"].flatMap((name) => rpmsBelow(Path.join(top, name))) : []
  if (files.length === 0) throw new BuildFailure("rpmbuild made no package")
  if (files.length > maxPackages) throw new BuildFailure(`it made more than ${maxPackages} packages`)
  const taken = files.map((file, index) => {
    const name = `${index}.rpm`
    take(file, Path.join(results, name))
    return name
  })
  const { confinement, results: shown, work } = Tree.makeForResults(job, results)
  const names = taken.map((name) => Path.join(shown, name))
  const said = await BuildProcess.capture({ ...options, confinement }, "rpm", [
    "--dbpath",
    Path.join(work, "db"),
    "-qp",
    "--nosignature",
    "--qf",
    format,
    ...names
  ])
  const lines = said?.split("\n").slice(0, -1) ?? []
  if (lines.length !== taken.length) throw new BuildFailure("what it made cannot be read as packages")
  const artifacts: Array<Artifact> = []
  let nvr = ""
  for (const [index, line] of lines.entries()) {
    const found = header(line)
    if (found === undefined) throw new BuildFailure("one of its packages has a name that is none")
    const { arch, arches, built, epoch, isSource, license, name, release, version } = found
    if (isSource) nvr = `${name}-${version}-${release}`
    const location = Path.join(results, `${name}-${version}-${release}.${arch}.rpm`)
    Fs.renameSync(Path.join(results, taken[index]!), location)
    // So that repositories of the same packages are the same, whoever makes them.
    Fs.utimesSync(location, built, built)
    artifacts.push({
      nevra: `${name}-${epoch}:${version}-${release}.${arch}`,
      location,
      license,
      ...arches,
      size: Fs.statSync(location).size,
      sha256: await FileHash.sha256(location)
    })
  }
  return { artifacts, nvr }
}
