/** One push, as four forges tell of it, with some of what else they say. */

export const commit = "2cb3dc8ac521f97f128df8b4b715fd83aab5b3fa"
const before = "1bb3dc8ac521f97f128df8b4b715fd83aab5b3fa"

const github = {
  ref: "refs/heads/a8",
  before,
  after: commit,
  commits: [{ id: commit, message: "Change" }],
  repository: {
    id: 7,
    name: "chan",
    full_name: "rpms/chan",
    html_url: "https://git.example.org/rpms/chan",
    clone_url: "https://git.example.org/rpms/chan.git"
  },
  pusher: { login: "alice", name: "alice" }
}

export const payloads = {
  github,
  gitea: { secret: "", ...github, compare_url: "https://git.example.org/x", sender: { id: 1, login: "alice" } },
  gitlab: {
    object_kind: "push",
    event_name: "push",
    ref: "refs/heads/a8",
    before,
    after: commit,
    checkout_sha: commit,
    user_username: "alice",
    project: {
      id: 7,
      name: "chan",
      path_with_namespace: "rpms/chan",
      git_http_url: "https://git.example.org/rpms/chan.git"
    }
  },
  pagure: {
    i: 3,
    msg: {
      agent: "alice",
      branch: "a8",
      end_commit: commit,
      start_commit: commit,
      old_commit: before,
      total_commits: 1,
      repo: { name: "chan", fullname: "rpms/chan", full_url: "https://git.example.org/rpms/chan", namespace: "rpms" }
    },
    msg_id: "2026-1",
    topic: "git.receive"
  }
} as const
