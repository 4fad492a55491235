/** What forges say of pull requests. */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as PullRequestEvent from "../../src/sources/PullRequestEvent.ts"
import type { Forge } from "../../src/sources/PushEvent.ts"

const commit = "c".repeat(40)

const github = (state: string, more: object = {}) => ({
  action: "synchronize",
  number: 7,
  pull_request: {
    number: 7,
    state,
    head: { ref: "fix", sha: commit, repo: { full_name: "anna/zlib" } },
    base: { ref: "main", repo: { full_name: "rpms/zlib", clone_url: "https://git.example.org/rpms/zlib.git" } }
  },
  ...more
})

const gitlab = (state: string) => ({
  object_kind: "merge_request",
  object_attributes: {
    iid: 7,
    state,
    target_branch: "main",
    last_commit: { id: commit, message: "Fix" },
    target: { path_with_namespace: "rpms/zlib", git_http_url: "https://git.example.org/rpms/zlib.git" }
  }
})

const pagure = (status: string) => ({
  msg: {
    pullrequest: {
      id: 7,
      status,
      branch: "main",
      commit_stop: commit,
      project: { fullname: "rpms/zlib", full_url: "https://git.example.org/rpms/zlib/" }
    }
  }
})

const open = {
  repository: "rpms/zlib",
  cloneUrl: "https://git.example.org/rpms/zlib.git",
  branch: "main",
  number: 7,
  commit,
  isOpen: true
}

describe("a pull request", () => {
  it.each<readonly [Forge, unknown, unknown]>([
    ["gitea", github("open"), github("closed")],
    ["github", github("open"), github("closed")],
    ["gitlab", gitlab("opened"), gitlab("merged")],
    ["pagure", pagure("Open"), pagure("Merged")],
    ["pagure", pagure("Open").msg, pagure("Closed").msg]
  ])("is the same whichever forge tells of it: %s", (forge, given, closed) => {
    assert.deepStrictEqual(Result.getOrThrow(PullRequestEvent.read(forge, given)), open)
    assert.deepStrictEqual(Result.getOrThrow(PullRequestEvent.read(forge, closed)), { ...open, isOpen: false })
    assert.isTrue(Result.isFailure(PullRequestEvent.read(forge, { pull_request: {} })))
  })

  it.each<readonly [Forge, string, string, boolean]>([
    ["gitea", "x-gitea-event", "pull_request", true],
    ["gitea", "x-gitea-event", "pull_request_sync", true],
    ["gitea", "x-gitea-event", "pull_request_comment", false],
    ["github", "x-github-event", "pull_request", true],
    ["github", "x-github-event", "push", false],
    ["gitlab", "x-gitlab-event", "Merge Request Hook", true],
    ["pagure", "x-pagure-topic", "pull-request.new", true],
    ["pagure", "x-pagure-topic", "pull-request.comment.added", false]
  ])("of %s is known by its header %s: %s", (forge, header, value, expected) => {
    assert.strictEqual(PullRequestEvent.isPullRequest(forge, { [header]: value }), expected)
  })
})
