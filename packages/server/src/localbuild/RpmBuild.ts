/**
 * Builds one dist-git tree with `rpmbuild`, in a tree and with an RPM database of its own.
 *
 * The database holds the platform's stand-in and the packages of the buildroot, so `BuildRequires` are checked against
 * those alone. The files of the buildroot's packages are unpacked into a system root of the build, which the spec finds
 * as `%_orch_sysroot` and compilers and shells find by their usual variables; nothing is installed on the machine.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as BuildProcess from "./BuildProcess.ts"
import { BuildFailure } from "./BuildProcess.ts"
import type { BuildTree, Places } from "./BuildTree.ts"
import * as Tree from "./BuildTree.ts"
import type { Result } from "./FarmTask.ts"
import * as FarmTask from "./FarmTask.ts"
import * as RpmResults from "./RpmResults.ts"
import type { RunnerJob } from "./RunnerJob.ts"
import { searchPath } from "./sandbox/Confinement.ts"
import type { Pipeline } from "./sandbox/Confinement.ts"
import * as Sandbox from "./sandbox/Sandbox.ts"

/** What the source package is called that packages are built from. */
export const sourcePackage = "package.src.rpm"

export type Outcome = Omit<Result, "seconds">

const programs = (job: RunnerJob): string =>
  Sandbox.isConfined(job.sandbox) ? searchPath : process.env["PATH"] ?? "/usr/bin:/bin"

/** For the tools that prepare the tree: nothing of the packages that others built. */
const plain = (job: RunnerJob, tree: Places): Record<string, string> => ({
  PATH: programs(job),
  HOME: tree.home,
  TMPDIR: tree.temporary,
  LC_ALL: "C.UTF-8",
  TZ: "UTC"
})

const environment = (job: RunnerJob, tree: Places): Record<string, string> => {
  const below = (...names: ReadonlyArray<string>) => names.map((name) => Path.join(tree.sysroot, name))
  const libraries = below("usr/lib64", "usr/lib").join(":")
  return {
    ...plain(job, tree),
    PATH: [...below("usr/bin", "usr/sbin", "usr/libexec"), programs(job)].join(":"),
    CPATH: below("usr/include").join(":"),
    LIBRARY_PATH: libraries,
    LD_LIBRARY_PATH: libraries,
    PKG_CONFIG_PATH: below("usr/lib64/pkgconfig", "usr/share/pkgconfig").join(":"),
    SOURCE_DATE_EPOCH: String(job.sourceDate)
  }
}

/** The spec file of a dist-git tree: Fedora keeps it at the top, CentOS in `SPECS` beside `SOURCES`. */
const findSpec = (job: RunnerJob, { here, inside }: BuildTree): { readonly spec: string; readonly sources: string } => {
  const isOld = Fs.existsSync(Path.join(here.sources, "SPECS"))
  const at = (places: Places, name: string) => isOld ? Path.join(places.sources, name) : places.sources
  const directory = at(here, "SPECS")
  const specs = Fs.readdirSync(directory).filter((name) => name.endsWith(".spec")).sort()
  const own = specs.find((name) => name === `${job.component}.spec`) ?? (specs.length === 1 ? specs[0] : undefined)
  if (own === undefined) {
    const found = specs.length === 0 ? "there is none" : `found ${specs.join(", ")}`
    throw new BuildFailure(`the repository must have one spec file, ${job.component}.spec: ${found}`)
  }
  return { spec: Path.join(at(inside, "SPECS"), own), sources: at(inside, "SOURCES") }
}

/** What rpmbuild is to do, and where spec and sources are for it. */
const work = (job: RunnerJob, tree: BuildTree) => {
  if (job.kind === "rebuild") {
    const at = (name: string) => Path.join(tree.inside.top, name)
    const file = Path.join(tree.inside.sources, sourcePackage)
    return { sources: at("SOURCES"), specs: at("SPECS"), args: ["--rebuild", file] }
  }
  const { sources, spec } = findSpec(job, tree)
  // What a build needs is not needed to pack its sources.
  const args = job.kind === "source" ? ["-bs", "--nodeps", spec] : ["-ba", spec]
  return { sources, specs: Path.dirname(spec), args }
}

/** The macros of every call. What a spec defines itself comes later and wins; what the plan says wins over defaults. */
const macroOptions = (job: RunnerJob, tree: Places, specs: string, sources: string): ReadonlyArray<string> => {
  const macros: Readonly<Record<string, string>> = {
    _topdir: tree.top,
    _dbpath: tree.database,
    _tmppath: tree.temporary,
    _sourcedir: sources,
    _specdir: specs,
    _orch_sysroot: tree.sysroot,
    dist: job.dist,
    // Debug packages need tools that only the distributions' own machines have.
    debug_package: "%{nil}",
    _build_id_links: "none",
    _buildhost: "localhost",
    use_source_date_epoch_as_buildtime: "1",
    clamp_mtime_to_source_date_epoch: "1",
    _rpmfilename: "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm"
  }
  return [
    `--load=${tree.macros}`,
    ...Object.entries(macros).flatMap(([name, value]) => ["--define", `${name} ${value}`])
  ]
}

const tail = (path: string, bytes: number): string => {
  const size = Fs.statSync(path).size
  const buffer = Buffer.alloc(Math.min(size, bytes))
  const file = Fs.openSync(path, "r")
  Fs.readSync(file, buffer, 0, buffer.length, Math.max(0, size - bytes))
  Fs.closeSync(file)
  return buffer.toString("utf8")
}

/** What rpmbuild complained about, from the end of its log. */
export const explain = (log: string): string => {
  const lines = log.split("\n")
  const said: Array<string> = []
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith("error:")) continue
    said.push(line.slice("error:".length).trim())
    for (const more of lines.slice(index + 1)) {
      if (!/^\s+\S/.test(more)) break
      said.push(more.trim())
    }
  }
  return [...new Set(said)].join("; ").slice(0, 1000)
}

/** Makes the packages of the buildroot present: known to the database, their files below the system root. */
const installation = ({ here, inside }: BuildTree): ReadonlyArray<Pipeline> => {
  const files = Fs.readdirSync(here.packages).sort().map((name) => Path.join(inside.packages, name))
  if (files.length === 0) return []
  const flags = [
    "--justdb",
    "--ignoresize",
    "--nodeps",
    "--noscripts",
    "--notriggers",
    "--ignorearch",
    "--ignoreos",
    "--nosignature"
  ]
  const cpio = ["-idm", "--quiet", "--no-absolute-filenames", "--no-preserve-owner", "-D", inside.sysroot]
  return [
    [{ command: "rpm", args: ["--dbpath", inside.database, "-i", ...flags, "--force", "--quiet", ...files] }],
    ...files.map((file) => [{ command: "rpm2cpio", args: [file] }, { command: "cpio", args: cpio }])
  ]
}

/** The first line of the log, so that whoever reads a build's log knows what it could reach. */
const introduction = ({ network, sandbox }: RunnerJob): string =>
  Sandbox.isConfined(sandbox)
    ? `orch: in a sandbox (${sandbox.kind}), ${network ? "with" : "without"} network\n`
    : "orch: without a sandbox\n"

/** Builds, and says how it went; an error that is not the component's fault is thrown. */
export const build = async (job: RunnerJob): Promise<Outcome> => {
  const deadline = performance.now() + job.timeoutMillis
  const log = FarmTask.logPath(job.task)
  Fs.writeFileSync(log, introduction(job))
  try {
    const tree = Tree.make(job)
    const { confinement, inside } = tree
    const { args: todo, sources, specs } = work(job, tree)
    const prepare: BuildProcess.Options = { job, confinement, environment: plain(job, inside), deadline }
    if (job.kind !== "source" && await BuildProcess.run(prepare, installation(tree)) !== 0) {
      throw new BuildFailure("the packages of the buildroot cannot be made present")
    }
    const args = [...macroOptions(job, inside, specs, sources), ...todo]
    const options = { ...prepare, environment: environment(job, inside) }
    const code = await BuildProcess.run(options, [[{ command: "rpmbuild", args }]])
    if (code !== 0) {
      const said = explain(tail(log, 65_536))
      return { state: "failed", artifacts: [], reason: `rpmbuild ended with ${code}${said === "" ? "" : `: ${said}`}` }
    }
    return { state: "closed", ...await RpmResults.collect(prepare, tree) }
  } catch (cause) {
    if (!(cause instanceof BuildFailure)) throw cause
    Fs.appendFileSync(log, `\n${cause.message}\n`)
    return { state: "failed", artifacts: [], reason: cause.message }
  }
}
