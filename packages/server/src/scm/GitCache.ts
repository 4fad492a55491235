/**
 * Keeps bare copies of what was fetched: single commits without their history, and, only where a question needs it, the
 * history of branches.
 *
 * Processes share the directory, and any of them may be killed while it fetches: a fetch happens under a lock that dies
 * with its holder, what a killed git left behind is cleared before the next one, and a commit counts as present only
 * when git wrote its ref, which it does last.
 */
import { SourceControlError } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as DiskUse from "../programs/DiskUse.ts"
import * as ProcessIdentity from "../programs/ProcessIdentity.ts"
import * as SharedLock from "../programs/SharedLock.ts"
import * as Subprocess from "../programs/Subprocess.ts"
import type { GitAddress } from "./GitAddress.ts"
import * as GitCommand from "./GitCommand.ts"
import type { GitLimits } from "./GitLimits.ts"
import * as MirrorUpkeep from "./MirrorUpkeep.ts"

export interface GitCache {
  /** The copy that holds the commit with its whole tree, fetched now when it is not there. */
  readonly locate: (address: GitAddress, commit: string) => Effect.Effect<string, SourceControlError>
  /** A copy with the history of the branch as the server has it now, and the ref that names its tip there. */
  readonly history: (
    address: GitAddress,
    branch: string
  ) => Effect.Effect<{ readonly gitDir: string; readonly ref: string }, SourceControlError>
}

export interface Options {
  readonly directory: string
  readonly configFile: string
  readonly limits: GitLimits
}

/** Removes what a git that was killed leaves: temporary packs and lock files. Only under the lock. */
const clearLeftovers = (gitDir: string): void => {
  for (const entry of Fs.readdirSync(gitDir, { recursive: true, withFileTypes: true })) {
    if (/^(tmp_|incoming-)/.test(entry.name) || entry.name.endsWith(".lock")) {
      Fs.rmSync(Path.join(entry.parentPath, entry.name), { recursive: true, force: true })
    }
  }
}

const repackAbove = 64

export const make = (options: Options): GitCache => {
  const { limits } = options
  const homeOf = (address: GitAddress): string =>
    Path.join(options.directory, Crypto.createHash("sha256").update(address.url).digest("hex").slice(0, 32))

  const local = (address: GitAddress, gitDir: string, args: ReadonlyArray<string>) =>
    GitCommand.run({
      place: { configFile: options.configFile, protocols: [] },
      repository: address.name,
      args: [`--git-dir=${gitDir}`, ...args],
      timeoutMillis: limits.readMillis,
      maxOutputBytes: 1024 * 1024
    })

  /** Whether the ref of a commit is there, as a file of its own, which needs no git to be seen. */
  const hasLoose = (gitDir: string, commit: string): boolean =>
    AtomicFile.read(Path.join(gitDir, "refs/orch", commit))?.trim() === commit

  const has = (address: GitAddress, gitDir: string, revision: string) =>
    Fs.existsSync(gitDir)
      ? Effect.map(local(address, gitDir, ["cat-file", "-e", revision]), ({ exitCode }) => exitCode === 0)
      : Effect.succeed(false)

  const ensureBare = Effect.fnUntraced(function*(address: GitAddress, gitDir: string) {
    if (Fs.existsSync(Path.join(gitDir, "complete"))) return clearLeftovers(gitDir)
    yield* Effect.sync(() => Fs.rmSync(gitDir, { recursive: true, force: true }))
    yield* GitCommand.runOk({
      place: { configFile: options.configFile, protocols: [] },
      repository: address.name,
      args: ["init", "--quiet", "--bare", "--template=", "--", gitDir],
      timeoutMillis: limits.readMillis,
      maxOutputBytes: 65_536
    })
    Fs.writeFileSync(Path.join(gitDir, "complete"), `${address.url}\n`)
  })

  const fetch = Effect.fnUntraced(function*(
    address: GitAddress,
    gitDir: string,
    flags: ReadonlyArray<string>,
    refspecs: ReadonlyArray<string>
  ) {
    yield* ensureBare(address, gitDir)
    const objects = Path.join(gitDir, "objects")
    const before = yield* Effect.promise(() => DiskUse.measure(objects))
    const mebibytes = Math.round(limits.fetchBytes / 1024 / 1024)
    const isTooMuch = async () => await DiskUse.measure(objects) - before > limits.fetchBytes
    // What is over the limit does not stay, also where git was faster than the watch, or ended while it was stopped.
    const dropTooMuch = Effect.promise(async () => {
      if (!(await isTooMuch())) return false
      await Fs.promises.rm(gitDir, { recursive: true, force: true })
      return true
    })
    const call: GitCommand.Call = {
      place: { configFile: options.configFile, protocols: [address.protocol] },
      repository: address.name,
      args: [
        `--git-dir=${gitDir}`,
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-recurse-submodules",
        "--update-shallow",
        ...flags,
        "--",
        address.url,
        ...refspecs
      ],
      timeoutMillis: limits.fetchMillis,
      maxOutputBytes: 65_536,
      // Whoever gets the lock after this process was killed ends the git that it left.
      started: (pid) => {
        const identity = ProcessIdentity.of(pid)
        if (identity !== undefined) {
          Fs.writeFileSync(Path.join(homeOf(address), "fetching"), ProcessIdentity.format(identity))
        }
      },
      watch: {
        everyMillis: 200,
        check: async () =>
          await isTooMuch()
            ? `what was asked for is larger than the limit of ${mebibytes} MiB for one fetch`
            : undefined
      }
    }
    const finished = yield* Effect.ensuring(
      Effect.tapError(
        GitCommand.run(call),
        () => Effect.andThen(Effect.sync(() => clearLeftovers(gitDir)), dropTooMuch)
      ),
      Effect.sync(() => Fs.rmSync(Path.join(homeOf(address), "fetching"), { force: true }))
    )
    if (finished.exitCode !== 0) return { call, finished }
    if (yield* dropTooMuch) {
      return yield* new SourceControlError({
        reason: "unsuitable",
        what: "repository",
        repository: address.name,
        message: `${address.name}: what was asked for is larger than the limit of ${mebibytes} MiB for one fetch`
      })
    }
    const packs = Fs.readdirSync(Path.join(objects, "pack")).filter((name) => name.endsWith(".pack")).length
    if (packs > repackAbove) {
      yield* Effect.ignore(local(address, gitDir, ["repack", "-a", "-d", "-q"]))
      yield* Effect.ignore(local(address, gitDir, ["pack-refs", "--all"]))
    }
    return undefined
  })

  const endOrphan = (home: string) =>
    Effect.sync(() => {
      const path = Path.join(home, "fetching")
      const orphan = ProcessIdentity.parse(AtomicFile.read(path) ?? "")
      if (orphan !== undefined && ProcessIdentity.isAlive(orphan)) Subprocess.killGroup(orphan.pid)
      Fs.rmSync(path, { force: true })
    })

  const locked = <A>(address: GitAddress, use: Effect.Effect<A, SourceControlError>) => {
    const home = homeOf(address)
    const busy = () =>
      new SourceControlError({
        reason: "unreachable",
        what: "repository",
        repository: address.name,
        message: `${address.name}: another process has been fetching for ${limits.fetchMillis * 2 / 1000} s`
      })
    return SharedLock.withLock(
      { path: Path.join(home, "lock"), waitMillis: limits.fetchMillis * 2, onTimeout: busy },
      Effect.andThen(endOrphan(home), use)
    )
  }

  const missingCommit = (address: GitAddress, commit: string) =>
    new SourceControlError({
      reason: "missing",
      what: "reference",
      repository: address.name,
      message: `${address.name}: there is no commit ${commit}`
    })

  const fetchCommit = Effect.fnUntraced(function*(address: GitAddress, commit: string) {
    const content = Path.join(homeOf(address), "content.git")
    const all = Path.join(homeOf(address), "history.git")
    const ref = `refs/orch/${commit}`
    // Another fiber or process may have brought it while this one waited for the lock.
    if (yield* has(address, content, ref)) return content
    const failed = yield* fetch(address, content, ["--depth=1"], [`+${commit}:${ref}`])
    if (failed === undefined) {
      if (yield* has(address, content, `${ref}^{tree}`)) return content
      return yield* missingCommit(address, commit)
    }
    const said = failed.finished.stderr
    if (/not our ref|no such remote ref|couldn't find remote ref|bad object/i.test(said)) {
      return yield* missingCommit(address, commit)
    }
    // Old servers give only what their branches and tags name, and plain file servers know no shallow fetch.
    if (!/unadvertised object|does not support shallow|shallow capabilities/i.test(said)) {
      return yield* GitCommand.explainFailure(failed.call, failed.finished)
    }
    const failedAgain = yield* fetch(address, all, [], ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"])
    if (failedAgain !== undefined) return yield* GitCommand.explainFailure(failedAgain.call, failedAgain.finished)
    if (!(yield* has(address, all, `${commit}^{tree}`))) return yield* missingCommit(address, commit)
    yield* local(address, all, ["update-ref", ref, commit])
    return all
  })

  const locate = Effect.fn("GitCache.locate")(function*(address: GitAddress, commit: string) {
    MirrorUpkeep.noteUse(homeOf(address))
    for (const name of ["content.git", "history.git"]) {
      const gitDir = Path.join(homeOf(address), name)
      if (hasLoose(gitDir, commit) || (yield* has(address, gitDir, `refs/orch/${commit}`))) return gitDir
    }
    return yield* locked(address, fetchCommit(address, commit))
  })

  const history = Effect.fn("GitCache.history")(function*(address: GitAddress, branch: string) {
    const gitDir = Path.join(homeOf(address), "history.git")
    const ref = `refs/heads/${branch}`
    MirrorUpkeep.noteUse(homeOf(address))
    const failed = yield* locked(address, fetch(address, gitDir, [], [`+${ref}:${ref}`]))
    if (failed === undefined) return { gitDir, ref }
    if (/couldn't find remote ref|no such remote ref/i.test(failed.finished.stderr)) {
      return yield* new SourceControlError({
        reason: "missing",
        what: "reference",
        repository: address.name,
        message: `${address.name}: there is no branch ${branch}`
      })
    }
    return yield* GitCommand.explainFailure(failed.call, failed.finished)
  })

  return { locate, history }
}
