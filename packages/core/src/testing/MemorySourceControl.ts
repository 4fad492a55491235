/** Source control in memory: repositories at `memory:` URLs are given as commits with files, branches as names of commits. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Interface, SourceControl, SourceControlError } from "../ports/SourceControl.ts"

/** One repository: commits with their files, and names for some of them. */
export interface Repository {
  /** The branch that is meant when no reference is given. */
  readonly head: string
  /** Branches and tags, by name, to commits. */
  readonly refs: Readonly<Record<string, string>>
  readonly commits: Readonly<
    Record<string, {
      readonly time: number
      readonly parent?: string
      readonly files: Readonly<Record<string, string>>
    }>
  >
}

/**
 * Source control over these repositories, by URL. Other `memory:` URLs are missing, URLs of any other kind forbidden.
 */
export const layer = (repositories: Readonly<Record<`memory:${string}`, Repository>>): Layer.Layer<SourceControl> => {
  const failing = (
    reason: SourceControlError["reason"],
    what: SourceControlError["what"],
    repository: string,
    message: string
  ) => new SourceControlError({ reason, what, repository, message })

  const authorize = (repository: string) =>
    /^memory:[\w./+-]*$/.test(repository)
      ? Effect.void
      : Effect.fail(failing("forbidden", "url", repository, "only memory: is allowed"))
  const find = Effect.fnUntraced(function*(repository: string) {
    yield* authorize(repository)
    return repositories[repository as `memory:${string}`] ??
      (yield* failing("missing", "repository", repository, `there is no repository ${repository}`))
  })
  const commitOf = Effect.fnUntraced(function*(repository: string, commit: string) {
    const found = (yield* find(repository)).commits[commit]
    return found ?? (yield* failing("missing", "reference", repository, `there is no commit ${commit}`))
  })
  const resolve = Effect.fnUntraced(function*(repository: string, ref: string | undefined) {
    const found = yield* find(repository)
    const name = ref ?? found.head
    const commit = found.refs[name] ?? (found.commits[name] === undefined ? undefined : name)
    return commit ?? (yield* failing("missing", "reference", repository, `there is no reference ${name}`))
  })

  const self: Interface = {
    authorize,
    resolve: (references) =>
      Effect.forEach(references, ({ ref, repository }) =>
        Effect.match(resolve(repository, ref), {
          onFailure: (error) => ({ _tag: "Unresolved" as const, repository, ref, error }),
          onSuccess: (commit) => ({ _tag: "Resolved" as const, repository, ref, commit })
        })),
    readFile: Effect.fnUntraced(function*({ commit, maxBytes, path, repository }) {
      const file = (yield* commitOf(repository, commit)).files[path]
      if (file === undefined) return yield* failing("missing", "file", repository, `there is no ${path}`)
      const bytes = new TextEncoder().encode(file)
      return bytes.length <= maxBytes
        ? bytes
        : yield* failing("unsuitable", "file", repository, `${path} has more than ${maxBytes} bytes`)
    }),
    readTree: ({ commit, maxBytes, repository, wanted }) =>
      Effect.map(commitOf(repository, commit), ({ files }) => {
        const all = Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)] as const)
        return {
          entries: new Map(all.map(([path, { length }]) => [path, { kind: "file" as const, size: length }])),
          contents: new Map(all.filter(([path, { length }]) => wanted(path) && length <= maxBytes))
        }
      }),
    commit: (repository, commit) => Effect.map(commitOf(repository, commit), ({ time }) => ({ commit, time })),
    onBranch: Effect.fnUntraced(function*(repository, commit, branch) {
      yield* commitOf(repository, commit)
      let at: string | undefined = yield* resolve(repository, branch)
      while (at !== undefined && at !== commit) at = (yield* commitOf(repository, at)).parent
      return at !== undefined
    }),
    changedFiles: Effect.fnUntraced(function*(repository, from, to) {
      const before = (yield* commitOf(repository, from)).files
      const after = (yield* commitOf(repository, to)).files
      return [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .filter((path) => before[path] !== after[path])
        .sort()
    }),
    checkout: (repository) => Effect.fail(failing("unsuitable", "repository", repository, "memory has no directories"))
  }
  return Layer.succeed(SourceControl, self)
}
