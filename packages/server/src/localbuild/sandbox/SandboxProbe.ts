/**
 * Finds the strongest sandbox that works on this machine by running a program in it: what is installed may still not be
 * allowed, by the kernel's settings, a container's, or a security module's.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Subprocess from "../../programs/Subprocess.ts"
import * as ConfinedCommand from "./ConfinedCommand.ts"
import type { Confinement } from "./Confinement.ts"
import * as Sandbox from "./Sandbox.ts"

export interface Found {
  readonly sandbox: Sandbox.Sandbox
  /** For each kind that does not work, why. */
  readonly problems: ReadonlyArray<string>
}

/** Programs that make each kind. */
const needed = {
  bubblewrap: ["bwrap", "setpriv", "prlimit", "env"],
  unshare: ["unshare", "mount", "umount", "pivot_root", "setpriv", "prlimit", "env"]
} as const

/** Where a program is on this machine; links to it from elsewhere are not seen inside of a sandbox. */
const find = (program: string, searchPath: string): string | undefined => {
  const found = searchPath.split(":").filter((directory) => Path.isAbsolute(directory))
    .map((directory) => Path.join(directory, program)).find((path) => Fs.existsSync(path))
  return found === undefined || /^\/(usr|bin|sbin)\//.test(found) ? found : Fs.realpathSync(found)
}

/** Some are for administrators and not on everybody's path. */
const administrators: ReadonlySet<string> = new Set(["pivot_root", "setpriv"])

/** Users of this machine for builds: a part of the range that distributions leave unused, if it is there, else one below 2^16. */
export const firstUser = (): number => {
  const unused = 1_879_048_192
  const low = 60_600
  try {
    const isMapped = Fs.readFileSync("/proc/self/uid_map", "utf8").trim().split("\n").some((line) => {
      const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number)
      return first <= unused && unused + 1024 < first + count
    })
    return isMapped ? unused : low
  } catch {
    return low
  }
}

const attempt = Effect.fnUntraced(function*(sandbox: Sandbox.Sandbox, scratch: string) {
  const work = Path.join(scratch, "work")
  for (const folder of ["tmp", "shm"]) Fs.mkdirSync(Path.join(work, folder), { recursive: true })
  const uid = firstUser()
  if (sandbox.privileged) { for (const path of [work, Path.join(work, "tmp")]) Fs.chownSync(path, uid, uid) }
  const confinement: Confinement = {
    sandbox,
    work,
    scratch,
    readOnly: [],
    network: false,
    uid,
    limits: { memoryBytes: 1024 ** 3, processes: 16, fileBytes: 1024 ** 2 }
  }
  const [[launch] = []] = ConfinedCommand.wrap(
    confinement,
    [[{ command: "/bin/cp", args: ["/etc/passwd", "/build/tmp/ok"] }]],
    {
      PATH: "/usr/bin:/bin"
    }
  )
  const finished = yield* Effect.result(Subprocess.run({
    command: launch!.command,
    args: launch!.args,
    env: { PATH: "/usr/bin:/bin" },
    timeoutMillis: 20_000,
    maxOutputBytes: 65_536
  }))
  const worked = Fs.existsSync(Path.join(work, "tmp/ok"))
  if (finished._tag === "Failure") return finished.failure.message
  if (finished.success.exitCode === 0 && worked) return undefined
  // What follows the first line is advice for other situations.
  const [said = ""] = finished.success.stderr.trim().split("\n")
  return said === "" ? `it ends with ${finished.success.exitCode}` : said
})

/** From the strongest to the weakest. */
const variants: ReadonlyArray<Pick<Sandbox.Sandbox, "kind" | "nested" | "proc">> = [
  { kind: "bubblewrap", nested: true, proc: true },
  { kind: "bubblewrap", nested: false, proc: true },
  { kind: "unshare", nested: true, proc: true },
  { kind: "bubblewrap", nested: false, proc: false }
]

/**
 * The sandbox to use, `none` where nothing works: tried in `directory`, where builds will be, with the programs that are
 * found on `searchPath`. Takes a tenth of a second where the first kind works.
 */
export const run = Effect.fn("SandboxProbe.run")(function*(searchPath: string, directory: string) {
  const privileged = process.getuid?.() === 0
  const problems = new Map<string, string>()
  for (const variant of variants) {
    if (variant.kind === "none") continue
    // `bwrap` makes the user namespace itself where it is not root.
    if (variant.kind === "bubblewrap" && variant.nested && !privileged) continue
    const names = [...needed[variant.kind], ...(variant.nested ? ["unshare"] : [])]
    const found = names.map((name) =>
      [name, find(name, administrators.has(name) ? `${searchPath}:/usr/sbin:/sbin` : searchPath)] as const
    )
    const missing = found.filter(([, path]) => path === undefined).map(([name]) => name)
    if (missing.length > 0) {
      problems.set(variant.kind, `${variant.kind}: ${missing.join(", ")} not found`)
      continue
    }
    const programs = Object.fromEntries(found.map(([name, path]) => [name, path!]))
    const sandbox: Sandbox.Sandbox = { ...variant, privileged, programs }
    Fs.mkdirSync(directory, { recursive: true })
    const scratch = Fs.mkdtempSync(Path.join(directory, "probe-"))
    const problem = yield* attempt(sandbox, scratch).pipe(
      // Such as a file system that knows no other users.
      Effect.catchDefect((cause) => Effect.succeed(String(cause))),
      Effect.ensuring(Effect.sync(() => Fs.rmSync(scratch, { recursive: true, force: true })))
    )
    if (problem === undefined) return { sandbox, problems: [...problems.values()] } satisfies Found
    problems.set(variant.kind, `${variant.kind}: ${problem.slice(0, 300)}`)
  }
  return { sandbox: Sandbox.none, problems: [...problems.values()] } satisfies Found
})
