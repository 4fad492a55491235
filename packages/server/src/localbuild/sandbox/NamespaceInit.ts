/**
 * The first process in new namespaces: lays out the file system, leaves the machine's behind, and runs what it was told.
 *
 * It has the rights of root in these namespaces, the programs it starts have none. When it ends, the kernel ends all that
 * is left of them. It uses the system's own `mount` since Node.js has none, in as few calls as possible.
 */
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { Pipeline } from "./Confinement.ts"
import * as PipelineRun from "./PipelineRun.ts"

export interface Mount {
  readonly source: string
  readonly target: string
  /** A file system's; a binding without it. */
  readonly type?: string
  readonly options: string
}

/** All paths below `root` are given as they are before it becomes `/`. */
export interface Spec {
  /** An empty folder on which the new root is mounted. */
  readonly root: string
  /** Where the table of mounts may be written. */
  readonly table: string
  readonly folders: ReadonlyArray<string>
  readonly files: ReadonlyArray<string>
  readonly links: ReadonlyArray<readonly [path: string, target: string]>
  readonly mounts: ReadonlyArray<Mount>
  readonly programs: { readonly mount: string; readonly umount: string; readonly pivot_root: string }
  /** The folder to begin in, inside. */
  readonly work: string
  /** Run one after the other until one fails. */
  readonly pipelines: ReadonlyArray<Pipeline>
}

/** The exit code when the namespaces could not be laid out; `unshare` and shells use those above for themselves. */
export const notConfined = 125

const call = (program: string, args: ReadonlyArray<string>): void => {
  const { error, status, stderr } = ChildProcess.spawnSync(program, args, { stdio: ["ignore", "ignore", "pipe"] })
  if (error !== undefined || status !== 0) {
    const said = error?.message ?? String(stderr).trim()
    throw new Error(`${Path.basename(program)} ${args.join(" ")}: ${said}`)
  }
}

interface Mounted {
  readonly target: string
  readonly options: ReadonlyArray<string>
}

const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))

/** What is mounted now, with the options of each mount, by `proc_pid_mountinfo(5)`. */
const mounted = (): ReadonlyArray<Mounted> =>
  Fs.readFileSync("/proc/self/mountinfo", "latin1").split("\n").filter((line) => line !== "").map((line) => {
    const fields = line.split(" ")
    const target = Buffer.from(unescape(fields[4] ?? ""), "latin1").toString("utf8")
    return { target, options: (fields[5] ?? "").split(",") }
  })

const isBelow = (path: string, folder: string): boolean =>
  folder === "/" || path === folder || path.startsWith(`${folder}/`)

/** Options that a new binding must have where its source has them: the kernel does not let go of them in a user namespace. */
const kept = ["nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime"]

const inherited = (source: string, all: ReadonlyArray<Mounted>): ReadonlyArray<string> => {
  const own = all.filter(({ target }) => isBelow(source, target))
    .reduce<Mounted | undefined>(
      // Of two on the same folder the later one is seen.
      (best, one) => best === undefined || one.target.length >= best.target.length ? one : best,
      undefined
    )
  return own?.options.filter((option) => kept.includes(option)) ?? []
}

/** A field of `fstab(5)`. */
const field = (text: string): string =>
  text.replace(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`)

const layOut = (spec: Spec): void => {
  const { files, folders, links, mounts, programs: { mount }, root, table } = spec
  call(mount, ["-t", "tmpfs", "-o", "nosuid,nodev,mode=755,size=4m", "tmpfs", root])
  for (const folder of folders) Fs.mkdirSync(folder, { recursive: true })
  for (const file of files) {
    Fs.mkdirSync(Path.dirname(file), { recursive: true })
    Fs.writeFileSync(file, "")
  }
  for (const [path, target] of links) Fs.symlinkSync(target, path)
  const before = mounted()
  const lines = mounts.map(({ options, source, target, type }) => {
    const all = type === undefined
      ? [...new Set([...options.split(","), ...inherited(Fs.realpathSync(source), before)])].join(",")
      : options
    return `${field(type === undefined ? Fs.realpathSync(source) : source)} ${field(target)} ${
      type ?? "none"
    } ${all} 0 0`
  })
  Fs.writeFileSync(table, `${lines.join("\n")}\n`)
  call(mount, ["--all", "--fstab", table])
  // What came along below a folder that is shown must not be written either.
  const ours = new Map(mounts.map(({ options, target }) => [target, options]))
  const isReadOnly = (target: string) =>
    [...ours].some(([above, options]) => isBelow(target, above) && options.includes("ro"))
  for (const { options, target } of mounted()) {
    if (!isBelow(target, root) || ours.has(target) || target === root || !isReadOnly(target)) continue
    const flags = options.filter((option) => kept.includes(option))
    call(mount, ["-o", ["remount", "bind", "ro", ...flags].join(","), target])
  }
  try {
    call(mount, ["-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=620", "devpts", Path.join(root, "dev/pts")])
  } catch {
    // Some containers have no terminals of their own; few programs ask for one.
  }
}

const enter = ({ programs: { mount, pivot_root, umount }, root, work }: Spec): void => {
  Fs.mkdirSync(Path.join(root, ".machine"))
  call(pivot_root, [root, Path.join(root, ".machine")])
  process.chdir("/")
  call(umount, ["--lazy", "/.machine"])
  Fs.rmdirSync("/.machine")
  call(mount, ["-o", "remount,bind,ro,nosuid,nodev", "/"])
  process.chdir(work)
}

const nameHost = (): void => {
  try {
    Fs.writeFileSync("/proc/sys/kernel/hostname", "localhost")
  } catch {
    // Where it is read-only, the machine's name stays, which is no secret.
  }
}

const run = async (file: string): Promise<number> => {
  const spec = JSON.parse(Fs.readFileSync(file, "utf8")) as Spec
  try {
    nameHost()
    layOut(spec)
    enter(spec)
  } catch (cause) {
    console.error(`the sandbox could not be made: ${cause instanceof Error ? cause.message : String(cause)}`)
    return notConfined
  }
  for (const pipeline of spec.pipelines) {
    const code = await PipelineRun.run(pipeline, { stdio: ["ignore", "inherit", "inherit"], env: {} }).ended
    if (code !== 0) return code
  }
  return 0
}

process.exit(await run(process.argv[2] ?? ""))
