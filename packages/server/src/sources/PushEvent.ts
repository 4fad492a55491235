/** What forges say when somebody pushed: four dialects, one meaning. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** The forges whose pushes are understood. */
export const forges = ["gitea", "github", "gitlab", "pagure"] as const
export type Forge = typeof forges[number]

/** A branch or tag that is at another commit now. */
export interface Push {
  /** Namespace and name, such as `rpms/chan`. */
  readonly repository: string
  readonly cloneUrl: string
  readonly kind: "branch" | "tag"
  readonly name: string
  readonly commit: string
}

/** A ref that moved, was made or was deleted: what the history of branches is told. */
export interface RefMoved {
  readonly cloneUrl: string
  /** The full name. */
  readonly ref: string
  /** `null` where it did not exist; absent where the forge does not say. */
  readonly before?: string | null
  readonly after: string | null
  readonly actor?: string
  readonly forced?: boolean
}

/** Why a message is no push to build; `ignored` means something else or a deletion, `unreadable` is no message of this forge. */
export interface NoPush {
  readonly reason: "ignored" | "unreadable"
  readonly message: string
}

const text = Schema.String.check(Schema.isMaxLength(2048))
const commit = text.check(Schema.isPattern(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, { message: "a commit is expected" }))
/** Gitea and GitHub say it alike. */
const Github = Schema.Struct({
  ref: text,
  before: Schema.optionalKey(commit),
  after: commit,
  forced: Schema.optionalKey(Schema.Boolean),
  pusher: Schema.optionalKey(Schema.Struct({ login: Schema.optionalKey(text), name: Schema.optionalKey(text) })),
  repository: Schema.Struct({ full_name: text, clone_url: text })
})

const Gitlab = Schema.Struct({
  object_kind: Schema.Literals(["push", "tag_push"]),
  ref: text,
  before: Schema.optionalKey(commit),
  after: commit,
  user_username: Schema.optionalKey(text),
  project: Schema.Struct({ path_with_namespace: text, git_http_url: text })
})

const PagureMessage = Schema.Struct({
  agent: Schema.optionalKey(text),
  branch: text,
  old_commit: Schema.optionalKey(commit),
  forced: Schema.optionalKey(Schema.Boolean),
  end_commit: commit,
  repo: Schema.Struct({ fullname: text, full_url: text })
})
const Pagure = Schema.Union([Schema.Struct({ msg: PagureMessage }), PagureMessage])

const isDeleted = (id: string): boolean => /^0+$/.test(id)

const unreadable = (message: string): NoPush => ({ reason: "unreadable", message })
const ignored = (message: string): NoPush => ({ reason: "ignored", message })

const decoded = <A>(schema: Schema.Codec<A, unknown>, given: unknown): Result.Result<A, NoPush> =>
  Result.mapError(Schema.decodeUnknownResult(schema)(given), ({ message }) => unreadable(message))

interface Told extends RefMoved {
  readonly repository: string
}

const moved = (
  { actor, after, before, forced, ...told }: {
    readonly repository: string
    readonly cloneUrl: string
    readonly ref: string
    readonly before: string | undefined
    readonly after: string
    readonly actor: string | undefined
    readonly forced?: boolean | undefined
  }
): Told => ({
  ...told,
  ...(before === undefined ? {} : { before: isDeleted(before) ? null : before }),
  after: isDeleted(after) ? null : after,
  ...(actor === undefined ? {} : { actor }),
  ...(forced === undefined ? {} : { forced })
})

const told = (forge: Forge, given: unknown): Result.Result<Told, NoPush> => {
  switch (forge) {
    case "gitea":
    case "github":
      return Result.map(decoded(Github, given), ({ after, before, forced, pusher, ref, repository }) =>
        moved({
          repository: repository.full_name,
          cloneUrl: repository.clone_url,
          ref,
          before,
          after,
          actor: pusher?.login ?? pusher?.name,
          forced
        }))
    case "gitlab":
      return Result.map(decoded(Gitlab, given), ({ after, before, project, ref, user_username }) =>
        moved({
          repository: project.path_with_namespace,
          cloneUrl: project.git_http_url,
          ref,
          before,
          after,
          actor: user_username
        }))
    case "pagure":
      return Result.map(decoded(Pagure, given), (said) => {
        const { agent, branch, end_commit, forced, old_commit, repo } = "msg" in said ? said.msg : said
        return moved({
          repository: repo.fullname,
          cloneUrl: `${repo.full_url.replace(/\/+$/, "")}.git`,
          ref: branch.startsWith("refs/") ? branch : `refs/heads/${branch}`,
          before: old_commit,
          after: end_commit,
          actor: agent,
          forced
        })
      })
  }
}

/** What a forge's message says about a branch or tag, deletions included. */
export const change = (forge: Forge, given: unknown): Result.Result<RefMoved, NoPush> =>
  Result.flatMap(told(forge, given), ({ repository: _, ...one }) =>
    /^refs\/(?:heads|tags)\/./.test(one.ref)
      ? Result.succeed(one)
      : Result.fail(ignored(`${one.ref} is neither a branch nor a tag`)))

/** The push that a forge's message tells of. */
export const read = (forge: Forge, given: unknown): Result.Result<Push, NoPush> =>
  Result.flatMap(told(forge, given), ({ after, cloneUrl, ref, repository }) => {
    const [, space, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? []
    if (name === undefined) return Result.fail(ignored(`${ref} is neither a branch nor a tag`))
    if (after === null) return Result.fail(ignored(`${ref} was deleted`))
    return Result.succeed({ repository, cloneUrl, commit: after, kind: space === "tags" ? "tag" : "branch", name })
  })

/** What tells one delivery from another, by the headers it came with; the same when it is delivered again. */
export const delivery = (headers: Readonly<Record<string, string | undefined>>): string | undefined =>
  headers["x-github-delivery"] ?? headers["x-gitea-delivery"] ?? headers["x-gitlab-event-uuid"]
    ?? headers["x-pagure-message-id"]

/** Whether a message is about pushes at all, by what its sender calls it; `undefined` where it does not say. */
export const isPush = (forge: Forge, headers: Readonly<Record<string, string | undefined>>): boolean | undefined => {
  const named = {
    gitea: headers["x-gitea-event"],
    github: headers["x-github-event"],
    gitlab: headers["x-gitlab-event"],
    pagure: headers["x-pagure-topic"]
  }[forge]
  return named === undefined ? undefined : /^(?:push|push hook|tag push hook|git\.receive)$/i.test(named)
}
