/**
 * Builds one dist-git tree with `rpmbuild`, in a tree and with an RPM database of its own.
 *
 * The database holds the platform's stand-in and the packages of the buildroot, so `BuildRequires` are checked against
 * those alone. The files of the buildroot's packages are unpacked into a system root of the build, which the spec finds
 * as `%_orch_sysroot` and compilers and shells find by their usual variables; nothing is installed on the machine.
 */
import type { Artifact } from "@orch/core/ports/BuildSystem"
import * as ChildProcess from "node:child_process"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as MarkedProcesses from "../programs/MarkedProcesses.ts"
import type { Result } from "./FarmTask.ts"
import * as FarmTask from "./FarmTask.ts"
import type { RunnerJob } from "./RunnerJob.ts"

export type Outcome = Omit<Result, "seconds">

class BuildFailure extends Error {}

interface Tree {
  readonly top: string
  readonly database: string
  readonly sysroot: string
  readonly temporary: string
  readonly home: string
  readonly packages: string
  readonly macros: string
}

const makeTree = (job: RunnerJob): Tree => {
  const at = (name: string) => Path.join(job.attempt, name)
  const tree: Tree = {
    top: at("top"),
    database: at("db"),
    sysroot: at("sysroot"),
    temporary: at("tmp"),
    home: at("home"),
    packages: at("packages"),
    macros: at("macros")
  }
  for (const directory of [tree.top, tree.sysroot, tree.temporary, tree.home, tree.packages]) {
    Fs.mkdirSync(directory, { recursive: true })
  }
  // rpm expands patterns and macros in the names it is given; these are plain.
  for (const file of job.packages) {
    const link = Path.join(tree.packages, Path.basename(file))
    if (!Fs.existsSync(link)) Fs.symlinkSync(file, link)
  }
  Fs.copyFileSync(job.macrosFile, tree.macros)
  Fs.cpSync(job.platformDatabase, tree.database, { recursive: true })
  return tree
}

const environment = (job: RunnerJob, tree: Tree): Record<string, string> => {
  const below = (...names: ReadonlyArray<string>) => names.map((name) => Path.join(tree.sysroot, name))
  const libraries = below("usr/lib64", "usr/lib").join(":")
  return {
    PATH: [...below("usr/bin", "usr/sbin", "usr/libexec"), process.env["PATH"] ?? "/usr/bin:/bin"].join(":"),
    CPATH: below("usr/include").join(":"),
    LIBRARY_PATH: libraries,
    LD_LIBRARY_PATH: libraries,
    PKG_CONFIG_PATH: below("usr/lib64/pkgconfig", "usr/share/pkgconfig").join(":"),
    HOME: tree.home,
    TMPDIR: tree.temporary,
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    SOURCE_DATE_EPOCH: String(job.sourceDate),
    [MarkedProcesses.variable]: job.task
  }
}

const diskUse = (directory: string): number => {
  let bytes = 0
  for (const entry of Fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const stat = Fs.lstatSync(Path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })
    bytes += stat?.isFile() === true ? stat.blocks * 512 : 0
  }
  return bytes
}

/** Runs one program with its output in the log; answers its exit code. */
const step = (job: RunnerJob, tree: Tree, deadline: number, command: string, args: ReadonlyArray<string>) =>
  new Promise<number>((resolve, reject) => {
    const log = FarmTask.logPath(job.task)
    const file = Fs.openSync(log, "a")
    const child = ChildProcess.spawn(command, args, {
      cwd: tree.top,
      env: environment(job, tree),
      stdio: ["ignore", file, file]
    })
    Fs.closeSync(file)
    let stopped: string | undefined
    let rounds = 0
    const stop = (reason: string) => {
      stopped = reason
      MarkedProcesses.kill(job.task)
      child.kill("SIGKILL")
    }
    const watch = setInterval(() => {
      rounds += 1
      if (performance.now() > deadline) stop(`no end after ${job.timeoutMillis / 1000} s`)
      else if (Fs.statSync(log).size > job.maxLogBytes) stop(`its log is larger than ${job.maxLogBytes} bytes`)
      // Walking a large tree costs: only now and then.
      else if (rounds % 40 === 0 && diskUse(job.attempt) > job.maxTreeBytes) {
        stop(`its tree is larger than ${job.maxTreeBytes} bytes`)
      }
    }, 250)
    const end = (after: () => void) => {
      clearInterval(watch)
      after()
    }
    child.on("error", (cause) => end(() => reject(new BuildFailure(`${command} cannot be run: ${cause.message}`))))
    child.on("exit", (code, signal) =>
      end(() =>
        stopped !== undefined
          ? reject(new BuildFailure(stopped))
          : code === null
          ? reject(new BuildFailure(`${command} was ended by ${signal}`))
          : resolve(code)
      ))
  })

const capture = (job: RunnerJob, tree: Tree, command: string, args: ReadonlyArray<string>): string =>
  ChildProcess.execFileSync(command, args, {
    env: environment(job, tree),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
    maxBuffer: 16 * 1024 * 1024
  })

/** The spec file of a dist-git tree: Fedora keeps it at the top, CentOS in `SPECS` beside `SOURCES`. */
const findSpec = (job: RunnerJob): { readonly spec: string; readonly sources: string } => {
  const old = Path.join(job.sources, "SPECS")
  const directory = Fs.existsSync(old) ? old : job.sources
  const sources = Fs.existsSync(old) ? Path.join(job.sources, "SOURCES") : job.sources
  const specs = Fs.readdirSync(directory).filter((name) => name.endsWith(".spec")).sort()
  const own = specs.find((name) => name === `${job.component}.spec`) ?? (specs.length === 1 ? specs[0] : undefined)
  if (own === undefined) {
    const found = specs.length === 0 ? "there is none" : `found ${specs.join(", ")}`
    throw new BuildFailure(`the repository must have one spec file, ${job.component}.spec: ${found}`)
  }
  return { spec: Path.join(directory, own), sources }
}

/** The macros of every call. What a spec defines itself comes later and wins; what the plan says wins over defaults. */
const macroOptions = (job: RunnerJob, tree: Tree, spec: string, sources: string): ReadonlyArray<string> => {
  const macros: Readonly<Record<string, string>> = {
    _topdir: tree.top,
    _dbpath: tree.database,
    _tmppath: tree.temporary,
    _sourcedir: sources,
    _specdir: Path.dirname(spec),
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

const query = "%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{SOURCEPACKAGE}\\t%{LICENSE}\\n"

interface Built {
  readonly artifacts: ReadonlyArray<Artifact>
  readonly nvr: string
}

/** Moves the packages out of the build's tree and describes them. */
const collect = (job: RunnerJob, tree: Tree): Built => {
  const results = FarmTask.resultsPath(job.task)
  Fs.rmSync(results, { recursive: true, force: true })
  Fs.mkdirSync(results, { recursive: true })
  const files = ["RPMS", "SRPMS"].map((name) => Path.join(tree.top, name)).filter((path) => Fs.existsSync(path))
    .flatMap((path) => Fs.readdirSync(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".rpm") && !entry.name.endsWith(".nosrc.rpm"))
    .map((entry) => Path.join(entry.parentPath, entry.name)).sort()
  let nvr = ""
  const artifacts = files.map((file): Artifact => {
    const format = ["-qp", "--nosignature", "--qf", query, file]
    const fields = capture(job, tree, "rpm", ["--dbpath", tree.database, ...format]).trim().split("\t")
    const [name = "", epoch = "0", version = "", release = "", builtFor = "", source = "", license = ""] = fields
    const isSource = source === "1"
    const arch = isSource ? "src" : builtFor
    if (isSource) nvr = `${name}-${version}-${release}`
    const location = Path.join(results, `${name}-${version}-${release}.${arch}.rpm`)
    Fs.renameSync(file, location)
    const content = Fs.readFileSync(location)
    return {
      nevra: `${name}-${epoch}:${version}-${release}.${arch}`,
      location,
      license,
      size: content.length,
      sha256: Crypto.createHash("sha256").update(content).digest("hex")
    }
  })
  return { artifacts, nvr }
}

/** Makes the packages of the buildroot present: known to the database, their files below the system root. */
const install = async (job: RunnerJob, tree: Tree, deadline: number): Promise<void> => {
  const files = Fs.readdirSync(tree.packages).sort().map((name) => Path.join(tree.packages, name))
  if (files.length === 0) return
  const flags = [
    "-i",
    "--justdb",
    "--nodeps",
    "--noscripts",
    "--notriggers",
    "--ignorearch",
    "--ignoreos",
    "--nosignature"
  ]
  const list = ["--dbpath", tree.database, ...flags, "--force", "--quiet", ...files]
  if (await step(job, tree, deadline, "rpm", list) !== 0) {
    throw new BuildFailure("the packages of the buildroot cannot be made present")
  }
  for (const file of files) {
    const archive = Path.join(tree.temporary, "payload.cpio")
    const out = Fs.openSync(archive, "w")
    const converted = ChildProcess.spawnSync("rpm2cpio", [file], {
      env: environment(job, tree),
      stdio: ["ignore", out, "ignore"],
      timeout: 120_000
    })
    Fs.closeSync(out)
    const input = Fs.openSync(archive, "r")
    const unpacked = ChildProcess.spawnSync(
      "cpio",
      ["-idm", "--quiet", "--no-absolute-filenames", "--no-preserve-owner"],
      { cwd: tree.sysroot, env: environment(job, tree), stdio: [input, "ignore", "pipe"], timeout: 120_000 }
    )
    Fs.closeSync(input)
    Fs.rmSync(archive, { force: true })
    if (converted.status !== 0 || unpacked.status !== 0) {
      throw new BuildFailure(
        `${Path.basename(file)} cannot be unpacked: ${String(unpacked.stderr ?? "").slice(0, 300)}`
      )
    }
  }
}

/** Builds, and says how it went; an error that is not the component's fault is thrown. */
export const build = async (job: RunnerJob): Promise<Outcome> => {
  const deadline = performance.now() + job.timeoutMillis
  const log = FarmTask.logPath(job.task)
  AtomicFile.write(log, "")
  try {
    const tree = makeTree(job)
    const { sources, spec } = findSpec(job)
    await install(job, tree, deadline)
    const options = macroOptions(job, tree, spec, sources)
    const code = await step(job, tree, deadline, "rpmbuild", [...options, "-ba", spec])
    if (code !== 0) {
      const said = explain(tail(log, 65_536))
      return { state: "failed", artifacts: [], reason: `rpmbuild ended with ${code}${said === "" ? "" : `: ${said}`}` }
    }
    return { state: "closed", ...collect(job, tree) }
  } catch (cause) {
    if (!(cause instanceof BuildFailure)) throw cause
    Fs.appendFileSync(log, `\n${cause.message}\n`)
    return { state: "failed", artifacts: [], reason: cause.message }
  }
}
