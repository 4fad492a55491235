/** Pushes as four forges tell of them, their signatures, the rules, and the listener's file. */
import { assert, describe, it } from "@effect/vitest"
import * as ListenerFile from "@orch/server/sources/ListenerFile"
import * as PushEvent from "@orch/server/sources/PushEvent"
import * as PushRules from "@orch/server/sources/PushRules"
import * as PushSignature from "@orch/server/sources/PushSignature"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createHmac } from "node:crypto"
import { commit, payloads } from "./Payloads.ts"

const expected = {
  repository: "rpms/chan",
  cloneUrl: "https://git.example.org/rpms/chan.git",
  kind: "branch",
  name: "a8",
  commit
} as const

describe("a push", () => {
  it.each(PushEvent.forges.map((forge) => ({ forge })))("of $forge is understood", ({ forge }) => {
    assert.deepStrictEqual(Result.getOrThrow(PushEvent.read(forge, payloads[forge])), expected)
  })

  it("of a tag is one of a tag", () => {
    const tag = { ...payloads.github, ref: "refs/tags/imports/a8/chan-0.0.4-3" }
    assert.deepInclude(Result.getOrThrow(PushEvent.read("github", tag)), {
      kind: "tag",
      name: "imports/a8/chan-0.0.4-3"
    })
  })

  it.each([
    ["a deleted branch", { ...payloads.gitea, after: "0".repeat(40) }, "ignored"],
    ["notes", { ...payloads.gitea, ref: "refs/notes/commits" }, "ignored"],
    ["an issue", { action: "opened" }, "unreadable"],
    ["nothing", null, "unreadable"],
    ["a commit that is none", { ...payloads.gitea, after: "--upload-pack=x" }, "unreadable"]
  ])("is not seen in %s", (_, given, reason) => {
    const read = PushEvent.read("gitea", given)
    assert.strictEqual(Result.isFailure(read) ? read.failure.reason : undefined, reason)
  })

  it.each(
    [
      ["github", { ...payloads.github, pusher: null, before: null, forced: null }],
      ["github", { ...payloads.github, pusher: { name: null }, before: null, forced: "no" }],
      ["gitea", { ...payloads.gitea, pusher: { login: 7 }, before: "" }],
      ["gitlab", { ...payloads.gitlab, user_username: null, before: null }],
      ["pagure", { ...payloads.pagure, msg: { ...payloads.pagure.msg, agent: null, old_commit: null, forced: null } }]
    ] as const
  )("of %s is understood although what it tells besides is missing", (forge, given) => {
    assert.deepStrictEqual(Result.getOrThrow(PushEvent.read(forge, given)), expected)
    const { cloneUrl } = expected
    assert.deepStrictEqual(Result.getOrThrow(PushEvent.change(forge, given)), {
      cloneUrl,
      ref: "refs/heads/a8",
      after: commit
    })
  })

  const { repository } = payloads.gitea
  const { repo } = payloads.pagure.msg
  const gone = { ref: "a8/beta", ref_type: "branch", repository, sender: { login: "alice" } }
  const pagure = (topic: string, msg: object) => ({ topic, msg: { agent: "alice", rev: commit, repo, ...msg } })
  const { cloneUrl } = expected

  it.each(
    [
      ["gitea", gone, "refs/heads/a8/beta"],
      ["github", { ...gone, ref: "v1", ref_type: "tag" }, "refs/tags/v1"],
      ["pagure", pagure("git.branch.deletion", { branch: "a8/beta" }), "refs/heads/a8/beta"],
      ["pagure", pagure("git.tag.deletion", { tag: "v1" }), "refs/tags/v1"]
    ] as const
  )("is none where %s tells that a ref is gone in words of its own, which the history takes", (forge, given, ref) => {
    assert.isTrue(Result.isFailure(PushEvent.read(forge, given)))
    assert.deepStrictEqual(Result.getOrThrow(PushEvent.change(forge, given)), {
      cloneUrl,
      ref,
      after: null,
      actor: "alice"
    })
  })

  it("is the beginning of a branch or tag of Pagure", () => {
    const read = (topic: string, msg: object) => Result.getOrThrow(PushEvent.read("pagure", pagure(topic, msg)))
    assert.deepInclude(read("git.branch.creation", { branch: "a8" }), expected)
    assert.deepInclude(read("git.tag.creation", { tag: "v1/2" }), { kind: "tag", name: "v1/2", commit })
    assert.isTrue(Result.isFailure(PushEvent.read("pagure", pagure("git.tag.creation", { branch: "a8" }))))
  })

  it.each([{ sha: commit }, { master_branch: "main" }])("is not taken for a deletion when a ref is new: %o", (more) => {
    assert.isTrue(Result.isFailure(PushEvent.change("gitea", { ...gone, ...more })))
  })

  it.each(
    [
      ["gitea", "x-gitea-event", "delete", true],
      ["pagure", "x-pagure-topic", "git.branch.deletion", true],
      ["pagure", "x-pagure-topic", "issue.new", false],
      ["gitlab", "x-gitlab-event", "Tag Push Hook", true]
    ] as const
  )("of %s is seen by what its sender calls it: %s %s", (forge, header, event, is) => {
    assert.strictEqual(PushEvent.isPush(forge, { [header]: event }), is)
  })

  it.each(PushEvent.forges.map((forge) => ({ forge })))("of $forge is believed with the secret alone", ({ forge }) => {
    const body = new TextEncoder().encode(JSON.stringify(payloads[forge]))
    const hmac = createHmac("sha256", "s3cret").update(body).digest("hex")
    const headers = {
      gitea: { "x-gitea-signature": hmac },
      github: { "x-hub-signature-256": `sha256=${hmac}` },
      gitlab: { "x-gitlab-token": "s3cret" },
      pagure: { "x-pagure-signature-256": hmac }
    }[forge]
    const other = new TextEncoder().encode(`${JSON.stringify(payloads[forge])} `)
    assert.isTrue(PushSignature.isValid(forge, "s3cret", headers, body))
    assert.isFalse(PushSignature.isValid(forge, "another", headers, body))
    assert.isFalse(PushSignature.isValid(forge, "s3cret", {}, body))
    // GitLab signs nothing: whoever has its token may say anything.
    assert.strictEqual(PushSignature.isValid(forge, "s3cret", headers, other), forge === "gitlab")
  })
})

describe("rules", () => {
  const rule = (more: object) =>
    Result.getOrThrow(
      PushRules.parse(
        JSON.stringify({ rules: [{ repository: "*", platforms: [{ name: "el8", arches: ["x86_64"] }], ...more }] })
      )
    )[0]!

  it.each([
    [{ repository: "rpms/*" }, true],
    [{ repository: "rpms/chan" }, true],
    [{ repository: "rpms/ch" }, false],
    [{ repository: "rpms.chan" }, false],
    [{ branch: "a8*" }, true],
    [{ branch: "c8" }, false],
    [{ tag: "*" }, false],
    [{ topic: "modified" }, true],
    [{ topic: "unmodified" }, false]
  ])("%o fit: %s", (more, fits) => {
    assert.strictEqual(PushRules.matches(rule(more), expected, "modified"), fits)
  })

  it.each([
    ["rules: [", "a list that does not end"],
    ["rules: [{repository: '*'}]", "no platform"],
    ["rules: [{repository: '*', platforms: [{name: el8, arches: []}]}]", "no architecture"],
    ["rules: [{repository: '*', brnach: x, platforms: [{name: el8, arches: [x86_64]}]}]", "a key that is none"]
  ])("%s is refused: %s", (text) => {
    assert.isTrue(Result.isFailure(PushRules.parse(text)))
  })
})

describe("the listener's file", () => {
  const file = [
    "---",
    "mqtt_queue_host: mosquitto",
    "mqtt_queue_port: 1883",
    "mqtt_queue_topic_unmodified: gitea-webhooks-unmodified",
    "mqtt_queue_topic_modified: gitea-webhooks-modified",
    "mqtt_queue_qos: 2",
    "mqtt_client_id: albs_gitea_listener",
    "mqtt_queue_username:",
    "mqtt_queue_password:",
    "mqtt_queue_clean_session: False",
    "albs_jwt_token:",
    "albs_address: http://web_server:8080",
    ""
  ].join("\n")

  it("is read as it is", () => {
    assert.deepStrictEqual(Result.getOrThrow(ListenerFile.parse(file)), {
      host: "mosquitto",
      port: 1883,
      topics: { unmodified: "gitea-webhooks-unmodified", modified: "gitea-webhooks-modified" },
      qos: 2,
      clientId: "albs_gitea_listener",
      username: undefined,
      password: undefined,
      cleanSession: false,
      token: undefined
    })
    const other = file.replace("password:", "password: 1234").replace("token:", "token: abc").replace("False", "yes")
      .replace("1883", "\"8883\"")
    const read = Result.getOrThrow(ListenerFile.parse(other))
    assert.strictEqual(Redacted.value(read.password!), "1234")
    assert.strictEqual(Redacted.value(read.token!), "abc")
    assert.deepStrictEqual([read.port, read.cleanSession], [8883, true])
  })

  it.each([
    ["mqtt_queue_host: mosquitto\n", ""],
    ["mqtt_queue_qos: 2", "mqtt_queue_qos: 3"],
    ["mqtt_queue_port: 1883", "mqtt_queue_port: 0"],
    ["webhooks-unmodified", "webhooks-modified"],
    ["mqtt_queue_password:", "mqtt_queue_password: [secret]"]
  ])("is refused where %o becomes %o, and no value is repeated", (from, to) => {
    const read = ListenerFile.parse(file.replace(from, to))
    assert.isTrue(Result.isFailure(read))
    if (Result.isFailure(read)) assert.notInclude(read.failure.message, "secret")
  })
})
