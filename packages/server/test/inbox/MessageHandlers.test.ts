/** What messages of CI, dist-git, gates and hubs mean. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as HubMessages from "../../src/farms/HubMessages.ts"
import * as CiMessages from "../../src/inbox/handlers/CiMessages.ts"
import * as DistGitMessages from "../../src/inbox/handlers/DistGitMessages.ts"
import * as GateMessages from "../../src/inbox/handlers/GateMessages.ts"
import * as OrchMessages from "../../src/inbox/handlers/OrchMessages.ts"
import * as PushEvent from "../../src/sources/PushEvent.ts"

const places = { rpms: "https://src.example.org/rpms/", modules: "https://src.example.org/modules/" }
const commit = "0123456789012345678901234567890123456789"

const ci = (artifact: object, test: object, stage = "complete", more: object = {}) =>
  CiMessages.resultOf({
    topic: `org.centos.prod.ci.redhat-module.test.${stage}`,
    body: {
      artifact,
      test: { namespace: "baseos-ci.redhat-module", type: "tier1", category: "functional", ...test },
      run: { url: "https://ci.example.org/1" },
      ...more
    } as never
  })

const module = { type: "redhat-module", id: "7", nsvc: "perl:5-30:20260101:c0ffee00" }

describe("an announcement of another installation", () => {
  const body = {
    type: "campaign.state",
    timestamp: "2026-01-02T00:00:00.000Z",
    sequence: 7,
    subject: "campaign/1",
    data: { id: 1, state: "running", state_reason: "", owner: "bob" }
  }
  const problem = (more: object, topic = "org.example.orch.campaign.state") =>
    OrchMessages.problemOf({ topic, body: { ...body, ...more } as never })

  it("is held to the schema of its topic; what newer versions add is no mistake", () => {
    assert.isUndefined(problem({}))
    assert.isUndefined(problem({ data: { ...body.data, added_later: true }, more: 1 }))
    assert.isUndefined(problem({ type: "dish.washed", data: null }, "org.example.orch.dish.washed"))
    assert.include(problem({ data: { id: "1" } }), "campaign.state")
    assert.include(problem({ type: "release.state" }), "campaign.state")
    assert.include(problem({ sequence: "7" }), "sequence")
  })
})

describe("a CI message", () => {
  it("about a module is a result for the name that gates know it by", () => {
    const result = Result.getOrThrow(ci(module, { result: "passed", scenario: "x86" }))
    assert.strictEqual(result.testcase.name, "baseos-ci.redhat-module.tier1.functional")
    assert.deepStrictEqual([result.outcome, result.refUrl], ["PASSED", "https://ci.example.org/1"])
    assert.deepInclude(result.data, {
      item: ["perl-5_30-20260101.c0ffee00"],
      type: ["redhat-module"],
      scenario: ["x86"]
    })
  })

  it.each([
    ["complete", { result: "failed" }, "FAILED"],
    ["complete", { result: "needs_inspection" }, "NEEDS_INSPECTION"],
    ["running", {}, "RUNNING"],
    ["queued", {}, "QUEUED"],
    ["error", {}, "ERROR"]
  ])("of a test that is %s with %j has the outcome %s", (stage, test, outcome) => {
    assert.strictEqual(Result.getOrThrow(ci(module, test, stage)).outcome, outcome)
  })

  it.each([
    [ci({ type: "redhat-module" }, { result: "passed" }), "which artifact"],
    [ci(module, { result: "passed", type: undefined }), "which test"],
    [ci(module, { result: "wonderful" }), "no result that is known"],
    [ci(module, { result: "constructor" }), "no result that is known"],
    [ci({ ...module, scratch: true }, { result: "passed" }), "scratch"]
  ])("that says too little is none (%#)", (result, why) => {
    assert.isTrue(Result.isFailure(result) && result.failure.includes(why), JSON.stringify(result))
  })

  it("about a build of a package names it as gates do", () => {
    const result = Result.getOrThrow(ci({ type: "brew-build", id: 5, nvr: "zlib-1-1" }, { result: "passed" }))
    assert.deepInclude(result.data, { item: ["zlib-1-1"], type: ["koji_build"] })
  })
})

describe("a message of dist-git", () => {
  const change = (body: object, topic = "org.example.git.receive") =>
    PushEvent.change("pagure", DistGitMessages.asPagure({ body: body as never, topic }, places))

  it("says in its older form which branch of which repository is at which commit", () => {
    const told = change({
      commit: { namespace: "rpms", repo: "zlib", branch: "f41", rev: commit, username: "alice" }
    })
    assert.deepStrictEqual(Result.getOrThrow(told), {
      cloneUrl: "https://src.example.org/rpms/zlib.git",
      ref: "refs/heads/f41",
      after: commit,
      actor: "alice"
    })
  })

  it.each([
    ["branch.deletion", { branch: "f41" }, { ref: "refs/heads/f41", after: null }],
    ["branch.creation", { branch: "f41" }, { ref: "refs/heads/f41", before: null, after: commit }],
    ["tag.deletion", { tag: "v1" }, { ref: "refs/tags/v1", after: null }],
    ["tag.creation", { tag: "v1" }, { ref: "refs/tags/v1", before: null, after: commit }]
  ])("says by the topic %s what is new or gone", (event, named, expected) => {
    const repo = { fullname: "rpms/zlib", full_url: "https://src.example.org/rpms/zlib" }
    const told = change({ agent: "alice", rev: commit, repo, ...named }, `org.example.prod.pagure.git.${event}`)
    assert.deepStrictEqual(Result.getOrThrow(told), {
      cloneUrl: "https://src.example.org/rpms/zlib.git",
      actor: "alice",
      ...expected
    })
  })

  it("is taken under all these topics", () => {
    for (const event of ["git.receive", "pagure.git.receive", "pagure.git.branch.deletion", "git.tag.creation"]) {
      assert.isTrue(DistGitMessages.accepts(`org.example.prod.${event}`), event)
    }
    assert.isFalse(DistGitMessages.accepts("org.example.prod.pagure.git.branch.renamed"))
  })

  it("says in Pagure's form what was there before as well", () => {
    const told = change({
      agent: "alice",
      branch: "f41",
      old_commit: "1".repeat(40),
      end_commit: commit,
      forced: true,
      repo: { fullname: "rpms/zlib", full_url: "https://src.example.org/rpms/zlib" }
    })
    assert.deepInclude(Result.getOrThrow(told), { before: "1".repeat(40), after: commit, forced: true })
  })

  it.each([
    [{}],
    [{ commit: { repo: "zlib", branch: "f41" } }],
    [{ commit: { repo: "../zlib", branch: "f41", rev: commit } }],
    [{ commit: { namespace: "forks", repo: "zlib", branch: "f41", rev: commit } }]
  ])("%j names no push", (body) => {
    assert.isTrue(Result.isFailure(change(body)))
  })
})

describe("hints", () => {
  it.each([
    [{ subject_type: "redhat-module", subject_identifier: "perl-5-1.c" }, "perl-5-1.c"],
    [{ data: { item: ["perl-5-1.c"], type: ["redhat-module"] } }, "perl-5-1.c"],
    [{ data: { item: "perl-5-1.c" } }, "perl-5-1.c"],
    [{}, undefined]
  ])("of gates: %j is about %s", (body, identifier) => {
    assert.strictEqual(GateMessages.identifierOf(body), identifier)
  })

  it.effect("of hubs reach whoever listens", () =>
    Effect.gen(function*() {
      const told: Array<unknown> = []
      const handler = yield* HubMessages.handler.pipe(
        Effect.provideService(HubMessages.HubMessages, {
          ...HubMessages.HubMessages.defaultValue(),
          tell: (message) => Effect.sync(() => void told.push(message))
        })
      )
      const topic = "org.example.prod.buildsys.task.state.change"
      assert.isTrue(handler.accepts(topic))
      assert.isFalse(handler.accepts("org.centos.prod.ci.koji-build.test.complete"))
      yield* handler.hint({ id: "1", topic, sentAt: undefined, body: { id: 7, new: "CLOSED" } })
      yield* handler.hint({ id: "2", topic, sentAt: undefined, body: null })
      assert.deepStrictEqual(told, [{ tasks: [7], tags: [], change: "closed" }])
    }))
})
