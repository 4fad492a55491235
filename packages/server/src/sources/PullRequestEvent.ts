/** What forges say of pull requests: four dialects, one meaning. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Forge, NoPush } from "./PushEvent.ts"

/** A pull request as it is now. */
export interface PullRequest {
  /** Namespace and name of the repository that it is for, such as `rpms/zlib`. */
  readonly repository: string
  readonly cloneUrl: string
  /** Branch that it is for. */
  readonly branch: string
  readonly number: number
  /** What is proposed. */
  readonly commit: string
  /** Whether it may still be merged. */
  readonly isOpen: boolean
}

const text = Schema.String.check(Schema.isMaxLength(2048))
const commit = text.check(Schema.isPattern(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, { message: "a commit is expected" }))
const number = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2 ** 31 }))

/** Gitea and GitHub say it alike. */
const Github = Schema.Struct({
  pull_request: Schema.Struct({
    number,
    state: Schema.Literals(["open", "closed"]),
    head: Schema.Struct({ sha: commit }),
    base: Schema.Struct({ ref: text, repo: Schema.Struct({ full_name: text, clone_url: text }) })
  })
})

const Gitlab = Schema.Struct({
  object_attributes: Schema.Struct({
    iid: number,
    state: text,
    target_branch: text,
    last_commit: Schema.Struct({ id: commit }),
    target: Schema.Struct({ path_with_namespace: text, git_http_url: text })
  })
})

const PagureMessage = Schema.Struct({
  pullrequest: Schema.Struct({
    id: number,
    status: text,
    branch: text,
    commit_stop: commit,
    project: Schema.Struct({ fullname: text, full_url: text })
  })
})
const Pagure = Schema.Union([Schema.Struct({ msg: PagureMessage }), PagureMessage])

const decoded = <A>(schema: Schema.Codec<A, unknown>, given: unknown): Result.Result<A, NoPush> =>
  Result.mapError(
    Schema.decodeUnknownResult(schema)(given),
    ({ message }): NoPush => ({ reason: "unreadable", message })
  )

/** The pull request that a forge's message tells of, as it is after what the message is about. */
export const read = (forge: Forge, given: unknown): Result.Result<PullRequest, NoPush> => {
  switch (forge) {
    case "gitea":
    case "github":
      return Result.map(decoded(Github, given), ({ pull_request: { base, head, number, state } }) => ({
        repository: base.repo.full_name,
        cloneUrl: base.repo.clone_url,
        branch: base.ref,
        number,
        commit: head.sha,
        isOpen: state === "open"
      }))
    case "gitlab":
      return Result.map(decoded(Gitlab, given), ({ object_attributes: one }) => ({
        repository: one.target.path_with_namespace,
        cloneUrl: one.target.git_http_url,
        branch: one.target_branch,
        number: one.iid,
        commit: one.last_commit.id,
        isOpen: one.state === "opened" || one.state === "reopened"
      }))
    case "pagure":
      return Result.map(decoded(Pagure, given), (said) => {
        const { pullrequest: one } = "msg" in said ? said.msg : said
        return {
          repository: one.project.fullname,
          cloneUrl: `${one.project.full_url.replace(/\/+$/, "")}.git`,
          branch: one.branch,
          number: one.id,
          commit: one.commit_stop,
          isOpen: one.status.toLowerCase() === "open"
        }
      })
  }
}

/** Whether a message is about pull requests, by what its sender calls it. */
export const isPullRequest = (forge: Forge, headers: Readonly<Record<string, string | undefined>>): boolean => {
  const named = {
    gitea: headers["x-gitea-event"],
    github: headers["x-github-event"],
    gitlab: headers["x-gitlab-event"],
    pagure: headers["x-pagure-topic"]
  }[forge]
  return named !== undefined
    && /^(?:pull_request(?:_sync)?|merge request hook|pull-request\.(?:new|reopened|updated|rebased|closed))$/i.test(
      named
    )
}
