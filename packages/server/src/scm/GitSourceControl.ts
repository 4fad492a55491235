/**
 * The source control port on git repositories: `ls-remote` for references, a cache of bare copies for content.
 *
 * What arrives here comes from strangers (decision 11): URLs pass the allow-list before anything is run, revisions and
 * paths are checked before git sees them, sizes are asked before content is read, and every call has an end.
 */
import type { Interface, Reference, Resolution } from "@orch/core/ports/SourceControl"
import { SourceControl, SourceControlError } from "@orch/core/ports/SourceControl"
import type { ScmAllowList } from "@orch/core/ScmAllowList"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as GitAddress from "./GitAddress.ts"
import * as GitCache from "./GitCache.ts"
import * as GitCommand from "./GitCommand.ts"
import * as GitLimits from "./GitLimits.ts"
import * as GitObjects from "./GitObjects.ts"
import { candidates, whyNotFound } from "./GitReference.ts"
import * as GitTree from "./GitTree.ts"
import * as MirrorUpkeep from "./MirrorUpkeep.ts"

export interface Options {
  /** The cache is kept in `scm` below it; processes may share it. */
  readonly dataDir: string
  readonly allow: ScmAllowList
  readonly limits?: Partial<GitLimits.GitLimits>
  /** Days without a question after which the copy of a repository goes; 0, the default, for never. */
  readonly keepDays?: number
  /** Bytes that all copies may take; 0, the default, for any number. */
  readonly keepBytes?: number
}

/** A source control that talks to the repositories of the allow-list and to no other. */
export const layer = (options: Options): Layer.Layer<SourceControl> =>
  Layer.effect(
    SourceControl,
    Effect.andThen(
      MirrorUpkeep.repeating({ keepDays: 0, keepBytes: 0, ...options, directory: directoryOf(options) }),
      Effect.sync(() => make(options))
    )
  )

const directoryOf = ({ dataDir }: Options): string => Path.resolve(dataDir, "scm")

const isPath = (path: string): boolean =>
  path.length > 0 && path.length <= 1024 && !/\p{Cc}/u.test(path)
  && path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && part !== ".git")

export const make = (options: Options): Interface => {
  const limits = { ...GitLimits.defaults, ...options.limits }
  const directory = directoryOf(options)
  const configFile = Path.join(directory, "gitconfig")
  AtomicFile.writeSync(configFile, GitCommand.configText)
  const cache = GitCache.make({ directory, configFile, limits })
  const servers = Semaphore.makeUnsafe(limits.concurrency)

  const address = (repository: string) => Effect.fromResult(GitAddress.resolve(options.allow, repository))

  const read = (
    repository: string,
    gitDir: string,
    args: ReadonlyArray<string>,
    maxOutputBytes: number,
    env: Record<string, string> = {},
    stdin?: Uint8Array
  ) =>
    GitCommand.run({
      place: { configFile, protocols: [] },
      repository,
      args: [`--git-dir=${gitDir}`, ...args],
      env,
      timeoutMillis: limits.readMillis,
      maxOutputBytes,
      ...(stdin === undefined ? {} : { stdin })
    })

  const wrong = (
    reason: SourceControlError["reason"],
    what: SourceControlError["what"],
    repository: string,
    message: string
  ) => new SourceControlError({ reason, what, repository, message: `${repository}: ${message}` })

  const locate = Effect.fnUntraced(function*(repository: string, commit: string) {
    const at = yield* address(repository)
    if (!ScmUrl.isCommit(commit)) {
      const shown = JSON.stringify(commit.slice(0, 100))
      return yield* wrong("invalid", "reference", repository, `${shown} is not a whole commit id`)
    }
    return yield* Semaphore.withPermit(servers, cache.locate(at, commit.toLowerCase()))
  })

  const lookUp = Effect.fnUntraced(function*(at: GitAddress.GitAddress, refs: ReadonlyArray<string>) {
    const wanted = [...new Set(refs.flatMap(candidates))]
    const { stdout } = yield* Semaphore.withPermit(
      servers,
      GitCommand.runOk({
        place: { configFile, protocols: [at.protocol] },
        repository: at.name,
        args: ["ls-remote", "--quiet", "--", at.url, ...wanted],
        timeoutMillis: limits.lookupMillis,
        maxOutputBytes: limits.lookupBytes
      })
    )
    const found = new Map<string, string>()
    for (const line of stdout.toString("utf8").split("\n")) {
      const [commit = "", name = ""] = line.split("\t")
      if (ScmUrl.isCommit(commit)) found.set(name, commit.toLowerCase())
    }
    return found
  })

  const resolveRepository = Effect.fnUntraced(function*(
    repository: string,
    refs: ReadonlyArray<string | undefined>
  ): Effect.fn.Return<ReadonlyArray<Resolution>> {
    const unresolved = (ref: string | undefined, error: SourceControlError): Resolution => ({
      _tag: "Unresolved",
      repository,
      ref,
      error
    })
    const at = GitAddress.resolve(options.allow, repository)
    if (Result.isFailure(at)) return refs.map((ref) => unresolved(ref, at.failure))
    const names = refs.map((ref) => ref ?? "HEAD").filter((ref) => ScmUrl.isRef(ref) && !ScmUrl.isCommit(ref))
    const found = yield* Effect.result(
      names.length === 0 ? Effect.succeed(new Map<string, string>()) : lookUp(at.success, names)
    )
    return yield* Effect.forEach(refs, (ref) => {
      if (ref !== undefined && !ScmUrl.isRef(ref)) {
        const shown = JSON.stringify(ref.slice(0, 100))
        return Effect.succeed(
          unresolved(ref, wrong("invalid", "reference", repository, `${shown} is not a commit, branch or tag name`))
        )
      }
      if (ref !== undefined && ScmUrl.isCommit(ref)) {
        const commit = ref.toLowerCase()
        return Effect.match(locate(repository, commit), {
          onFailure: (error) => unresolved(ref, error),
          onSuccess: (): Resolution => ({ _tag: "Resolved", repository, ref, commit })
        })
      }
      if (Result.isFailure(found)) return Effect.succeed(unresolved(ref, found.failure))
      const commit = candidates(ref ?? "HEAD").map((name) => found.success.get(name)).find((id) => id !== undefined)
      return Effect.succeed<Resolution>(
        commit === undefined
          ? unresolved(ref, wrong("missing", "reference", repository, whyNotFound(ref)))
          : { _tag: "Resolved", repository, ref, commit }
      )
    }, { concurrency: 4 })
  })

  const resolve = Effect.fn("GitSourceControl.resolve")(function*(references: ReadonlyArray<Reference>) {
    const groups = new Map<string, Set<string | undefined>>()
    for (const { ref, repository } of references) {
      const group = groups.get(repository) ?? new Set()
      groups.set(repository, group.add(ref))
    }
    const answers = new Map<string, Map<string | undefined, Resolution>>()
    yield* Effect.forEach(
      groups,
      ([repository, refs]) =>
        Effect.map(resolveRepository(repository, [...refs]), (resolutions) => {
          answers.set(repository, new Map(resolutions.map((resolution) => [resolution.ref, resolution])))
        }),
      { concurrency: limits.concurrency, discard: true }
    ).pipe(Effect.timeoutOption(limits.resolveMillis))
    return references.map(({ ref, repository }): Resolution =>
      answers.get(repository)?.get(ref) ?? {
        _tag: "Unresolved",
        repository,
        ref,
        error: wrong("unreachable", "repository", repository, `no answer within ${limits.resolveMillis / 1000} s`)
      }
    )
  })

  const readFile = Effect.fn("GitSourceControl.readFile")(function*(request: {
    readonly repository: string
    readonly commit: string
    readonly path: string
    readonly maxBytes: number
  }) {
    const { maxBytes, path, repository } = request
    const shown = JSON.stringify(path.slice(0, 200))
    if (!isPath(path)) {
      return yield* wrong("invalid", "file", repository, `${shown} is not a path inside of a repository`)
    }
    const commit = request.commit.toLowerCase()
    const gitDir = yield* locate(repository, commit)
    const listed = yield* read(repository, gitDir, ["ls-tree", "-z", "-l", "--full-tree", commit, "--", path], 65_536)
    const entry = GitTree.parse(listed.stdout.toString("utf8")).find((candidate) => candidate.path === path)
    if (entry === undefined) {
      return yield* wrong("missing", "file", repository, `there is no file ${shown} at ${commit}`)
    }
    if (entry.kind !== "file") {
      return yield* wrong("unsuitable", "file", repository, `${shown} is a ${entry.kind}, and must be a regular file`)
    }
    if (entry.size > maxBytes) {
      return yield* wrong(
        "unsuitable",
        "file",
        repository,
        `${shown} has ${entry.size} bytes; at most ${maxBytes} are read`
      )
    }
    const { exitCode, stdout } = yield* read(repository, gitDir, ["cat-file", "blob", entry.object], maxBytes)
    if (exitCode !== 0) {
      return yield* wrong("unreachable", "file", repository, `${shown} cannot be read from the cache`)
    }
    return new Uint8Array(stdout)
  })

  const ask: GitObjects.Ask = (repository, gitDir, args, maxBytes, stdin) =>
    read(repository, gitDir, args, maxBytes, {}, stdin)

  const listed = (repository: string, gitDir: string, revision: string) =>
    GitObjects.list(ask, repository, gitDir, revision, limits.checkoutFiles * 1024)

  const readTree = Effect.fn("GitSourceControl.readTree")(function*(request: GitObjects.TreeRequest) {
    const { repository } = request
    const commit = request.commit.toLowerCase()
    const gitDir = yield* locate(repository, commit)
    const tree = yield* GitObjects.read(ask, gitDir, request, yield* listed(repository, gitDir, commit))
    return tree ?? (yield* wrong("unreachable", "file", repository, `${commit} cannot be read from the cache`))
  })

  const commit = Effect.fn("GitSourceControl.commit")(function*(repository: string, id: string) {
    const gitDir = yield* locate(repository, id)
    const { exitCode, stdout } = yield* read(repository, gitDir, ["cat-file", "commit", id.toLowerCase()], 1024 * 1024)
    const text = stdout.toString("latin1")
    const time = /^committer .* (\d+) [-+]\d+$/m.exec(text)?.[1]
    const tree = /^tree ([0-9a-f]{40,64})\n/.exec(text)?.[1]
    if (exitCode !== 0 || time === undefined) {
      return yield* wrong("unsuitable", "reference", repository, `${id} is not a commit`)
    }
    return { commit: id.toLowerCase(), time: Number(time), ...(tree === undefined ? {} : { tree }) }
  })

  const onBranch = Effect.fn("GitSourceControl.onBranch")(function*(repository: string, id: string, branch: string) {
    const at = yield* address(repository)
    if (!ScmUrl.isRef(branch) || !ScmUrl.isCommit(id)) {
      return yield* wrong("invalid", "reference", repository, "expected a whole commit id and the name of a branch")
    }
    const { gitDir, ref } = yield* Semaphore.withPermit(servers, cache.history(at, branch))
    const { exitCode } = yield* read(repository, gitDir, ["merge-base", "--is-ancestor", id.toLowerCase(), ref], 4096)
    // 128 is a commit that the history does not contain at all.
    return exitCode === 0
  })

  const changedFiles = Effect.fn("GitSourceControl.changedFiles")(
    function*(repository: string, from: string, to: string) {
      // Both must be in one copy for git to compare them; a single fetch order keeps them in the same one.
      const before = yield* locate(repository, from)
      const after = yield* locate(repository, to)
      const env = { GIT_ALTERNATE_OBJECT_DIRECTORIES: Path.join(before, "objects") }
      const args = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", from.toLowerCase(), to.toLowerCase(), "--"]
      const { exitCode, stdout } = yield* read(repository, after, args, 64 * 1024 * 1024, env)
      if (exitCode !== 0) return yield* wrong("unreachable", "reference", repository, "the commits cannot be compared")
      return stdout.toString("utf8").split("\0").filter((path) => path !== "")
    }
  )

  const checkout = Effect.fn("GitSourceControl.checkout")(
    function*(repository: string, id: string, target: string) {
      const gitDir = yield* locate(repository, id)
      const revision = id.toLowerCase()
      const entries = yield* listed(repository, gitDir, revision)
      const total = entries.reduce((sum, entry) => sum + entry.size, 0)
      if (entries.length > limits.checkoutFiles || total > limits.checkoutBytes) {
        return yield* wrong(
          "unsuitable",
          "file",
          repository,
          `its ${entries.length} files of ${total} bytes are more than is checked out`
            + ` (${limits.checkoutFiles} files, ${limits.checkoutBytes} bytes)`
        )
      }
      for (const link of entries.filter(({ kind }) => kind === "symbolic link")) {
        const content = link.size > 4096 ? undefined : yield* read(
          repository,
          gitDir,
          ["cat-file", "blob", link.object],
          4096
        )
        if (content === undefined || GitTree.escapes(link.path, content.stdout.toString("utf8"))) {
          return yield* wrong(
            "unsuitable",
            "file",
            repository,
            `${JSON.stringify(link.path)} is a symbolic link that leaves the repository`
          )
        }
      }
      const index = Path.join(directory, `index.${Crypto.randomUUID()}`)
      const into = Path.resolve(target)
      yield* Effect.gen(function*() {
        if (Fs.existsSync(into)) {
          return yield* wrong("unsuitable", "file", repository, "the directory to check out into exists already")
        }
        Fs.mkdirSync(into, { recursive: true })
        for (const args of [["read-tree", revision], [`--work-tree=${into}`, "checkout-index", "--all", "--quiet"]]) {
          const finished = yield* read(repository, gitDir, args, 65_536, { GIT_INDEX_FILE: index })
          if (finished.exitCode !== 0) {
            return yield* wrong(
              "unsuitable",
              "file",
              repository,
              `cannot be checked out: ${finished.stderr.slice(0, 300)}`
            )
          }
        }
      }).pipe(Effect.ensuring(Effect.sync(() => Fs.rmSync(index, { force: true }))))
    }
  )

  return SourceControl.of({
    authorize: (repository) => Effect.asVoid(address(repository)),
    resolve,
    readFile,
    readTree,
    commit,
    onBranch,
    changedFiles,
    checkout
  })
}
