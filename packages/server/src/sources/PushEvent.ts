/** What forges say when somebody pushed: four dialects, one meaning. */
import * as Option from "effect/Option"
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
/** What is told besides, and of which a push is none the worse where it is missing, null or of another form. */
const besides = Schema.optionalKey(Schema.Unknown)

const GithubRepository = Schema.Struct({ full_name: text, clone_url: text })
/** Gitea and GitHub say it alike. */
const Github = Schema.Struct({
  ref: text,
  before: besides,
  after: commit,
  forced: besides,
  pusher: besides,
  repository: GithubRepository
})
/** Their event `delete`. That of something new is alike, but names a commit or the main branch. */
const GithubDeleted = Schema.Struct({
  ref: text,
  ref_type: Schema.Literals(["branch", "tag"]),
  sha: Schema.optionalKey(Schema.Undefined),
  master_branch: Schema.optionalKey(Schema.Undefined),
  sender: besides,
  repository: GithubRepository
})

const Gitlab = Schema.Struct({
  object_kind: Schema.Literals(["push", "tag_push"]),
  ref: text,
  before: besides,
  after: commit,
  user_username: besides,
  project: Schema.Struct({ path_with_namespace: text, git_http_url: text })
})

const PagureRepository = Schema.Struct({ fullname: text, full_url: text })
const PagureMessage = Schema.Struct({
  agent: besides,
  branch: text,
  old_commit: besides,
  forced: besides,
  end_commit: commit,
  repo: PagureRepository
})
const Pagure = Schema.Union([Schema.Struct({ msg: PagureMessage }), PagureMessage])
/** Pagure tells of what is new and what is gone by topics of their own. */
const PagureRef = Schema.Struct({
  topic: Schema.Literals(["git.branch.creation", "git.branch.deletion", "git.tag.creation", "git.tag.deletion"]),
  msg: Schema.Struct({
    agent: besides,
    branch: Schema.optionalKey(text),
    tag: Schema.optionalKey(text),
    rev: commit,
    repo: PagureRepository
  })
})

const none = "0".repeat(40)
const isText = Schema.is(text)
const isCommit = Schema.is(commit)

/** The name of somebody, by the first of these that is one. */
const named = (...given: ReadonlyArray<unknown>): string | undefined =>
  given.find((one): one is string => isText(one) && one !== "")

const keyOf = (given: unknown, key: string): unknown =>
  typeof given === "object" && given !== null ? (given as Readonly<Record<string, unknown>>)[key] : undefined

/** The full name of a branch or tag. */
const fullName = (space: "branch" | "tag", name: string): string =>
  name.startsWith("refs/") ? name : `refs/${space === "tag" ? "tags" : "heads"}/${name}`

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
    readonly before?: unknown
    readonly after: string
    readonly actor: string | undefined
    readonly forced?: unknown
  }
): Told => ({
  ...told,
  ...(isCommit(before) ? { before: isDeleted(before) ? null : before } : {}),
  after: isDeleted(after) ? null : after,
  ...(actor === undefined ? {} : { actor }),
  ...(typeof forced === "boolean" ? { forced } : {})
})

const pagureUrl = (address: string): string => `${address.replace(/\/+$/, "")}.git`

const github = (given: unknown): Result.Result<Told, NoPush> => {
  const deleted = Schema.decodeUnknownOption(GithubDeleted)(given)
  if (Option.isSome(deleted) && keyOf(given, "after") === undefined) {
    const { ref, ref_type, repository, sender } = deleted.value
    return Result.succeed(moved({
      repository: repository.full_name,
      cloneUrl: repository.clone_url,
      ref: fullName(ref_type, ref),
      after: none,
      actor: named(keyOf(sender, "login"))
    }))
  }
  return Result.map(decoded(Github, given), ({ pusher, repository, ...said }) =>
    moved({
      ...said,
      repository: repository.full_name,
      cloneUrl: repository.clone_url,
      actor: named(keyOf(pusher, "login"), keyOf(pusher, "name"))
    }))
}

const pagure = (given: unknown): Result.Result<Told, NoPush> => {
  const event = Schema.decodeUnknownOption(PagureRef)(given)
  if (Option.isSome(event)) {
    const { msg: { agent, branch, repo, rev, tag }, topic } = event.value
    const [, space, what] = topic.split(".")
    const name = space === "tag" ? tag : branch
    if (name === undefined) return Result.fail(unreadable(`${topic} names no ${space}`))
    const isNew = what === "creation"
    return Result.succeed(moved({
      repository: repo.fullname,
      cloneUrl: pagureUrl(repo.full_url),
      ref: fullName(space === "tag" ? "tag" : "branch", name),
      ...(isNew ? { before: none } : {}),
      after: isNew ? rev : none,
      actor: named(agent)
    }))
  }
  return Result.map(decoded(Pagure, given), (said) => {
    const { agent, branch, end_commit, forced, old_commit, repo } = "msg" in said ? said.msg : said
    return moved({
      repository: repo.fullname,
      cloneUrl: pagureUrl(repo.full_url),
      ref: fullName("branch", branch),
      before: old_commit,
      after: end_commit,
      actor: named(agent),
      forced
    })
  })
}

const told = (forge: Forge, given: unknown): Result.Result<Told, NoPush> => {
  switch (forge) {
    case "gitea":
    case "github":
      return github(given)
    case "gitlab":
      return Result.map(decoded(Gitlab, given), ({ project, user_username, ...said }) =>
        moved({
          ref: said.ref,
          before: said.before,
          after: said.after,
          repository: project.path_with_namespace,
          cloneUrl: project.git_http_url,
          actor: named(user_username)
        }))
    case "pagure":
      return pagure(given)
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

/** Whether a message is about branches and tags at all, by what its sender calls it; `undefined` where it does not say. */
export const isPush = (forge: Forge, headers: Readonly<Record<string, string | undefined>>): boolean | undefined => {
  const event = {
    gitea: headers["x-gitea-event"],
    github: headers["x-github-event"],
    gitlab: headers["x-gitlab-event"],
    pagure: headers["x-pagure-topic"]
  }[forge]
  if (event === undefined) return undefined
  return /^(?:push|delete|push hook|tag push hook|git\.(?:receive|(?:branch|tag)\.(?:creation|deletion)))$/i.test(event)
}
