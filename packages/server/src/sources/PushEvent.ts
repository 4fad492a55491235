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
  after: commit,
  repository: Schema.Struct({ full_name: text, clone_url: text })
})

const Gitlab = Schema.Struct({
  object_kind: Schema.Literals(["push", "tag_push"]),
  ref: text,
  after: commit,
  project: Schema.Struct({ path_with_namespace: text, git_http_url: text })
})

const PagureMessage = Schema.Struct({
  branch: text,
  end_commit: commit,
  repo: Schema.Struct({ fullname: text, full_url: text })
})
const Pagure = Schema.Union([Schema.Struct({ msg: PagureMessage }), PagureMessage])

const isDeleted = (id: string): boolean => /^0+$/.test(id)

const unreadable = (message: string): NoPush => ({ reason: "unreadable", message })
const ignored = (message: string): NoPush => ({ reason: "ignored", message })

const placed = (
  ref: string,
  push: Omit<Push, "kind" | "name">
): Result.Result<Push, NoPush> => {
  const [, space, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? []
  if (name === undefined) return Result.fail(ignored(`${ref} is neither a branch nor a tag`))
  if (isDeleted(push.commit)) return Result.fail(ignored(`${ref} was deleted`))
  return Result.succeed({ ...push, kind: space === "tags" ? "tag" : "branch", name })
}

const decoded = <A>(schema: Schema.Codec<A, unknown>, given: unknown): Result.Result<A, NoPush> =>
  Result.mapError(Schema.decodeUnknownResult(schema)(given), ({ message }) => unreadable(message))

/** The push that a forge's message tells of. */
export const read = (forge: Forge, given: unknown): Result.Result<Push, NoPush> => {
  switch (forge) {
    case "gitea":
    case "github":
      return Result.flatMap(decoded(Github, given), ({ after, ref, repository }) =>
        placed(ref, {
          repository: repository.full_name,
          cloneUrl: repository.clone_url,
          commit: after
        }))
    case "gitlab":
      return Result.flatMap(decoded(Gitlab, given), ({ after, project, ref }) =>
        placed(ref, {
          repository: project.path_with_namespace,
          cloneUrl: project.git_http_url,
          commit: after
        }))
    case "pagure":
      return Result.flatMap(decoded(Pagure, given), (said) => {
        const { branch, end_commit, repo } = "msg" in said ? said.msg : said
        return placed(branch.startsWith("refs/") ? branch : `refs/heads/${branch}`, {
          repository: repo.fullname,
          cloneUrl: `${repo.full_url.replace(/\/+$/, "")}.git`,
          commit: end_commit
        })
      })
  }
}

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
