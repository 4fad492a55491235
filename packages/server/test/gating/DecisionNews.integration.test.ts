/** Decisions are announced when they change, whatever it is that becomes known, and builds know where they are from. */
import { assert, describe, it } from "@effect/vitest"
import * as Topics from "@orch/api/topics/Topics"
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import { Outbox } from "@orch/core/ports/Outbox"
import { Access } from "@orch/server/auth/Access"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import { BoundWaivers } from "../../src/gating/BoundWaivers.ts"
import * as DecisionNews from "../../src/gating/DecisionNews.ts"
import { GateDecisions } from "../../src/gating/GateDecisions.ts"
import * as GatePoints from "../../src/gating/GatePoints.ts"
import { GateQuestions } from "../../src/gating/GateQuestions.ts"
import * as GatingConfig from "../../src/gating/GatingConfig.ts"
import * as GatingLayer from "../../src/gating/GatingLayer.ts"
import * as GreenwaveGate from "../../src/gating/GreenwaveGate.ts"
import * as OwnOrigins from "../../src/gating/OwnOrigins.ts"
import * as PolicyFile from "../../src/gating/PolicyFile.ts"
import { BuildOrigins } from "../../src/gating/RemoteFiles.ts"
import { TestResults } from "../../src/gating/TestResults.ts"
import { Waivers } from "../../src/gating/Waivers.ts"
import { databases } from "../support/Databases.ts"
import * as FakeGreenwave from "./FakeGreenwave.ts"

const policies = Result.getOrThrow(PolicyFile.policies([
  "--- !Policy",
  "id: modules",
  "product_versions: [dist-1]",
  "decision_context: stable",
  "subject_type: redhat-module",
  "rules:",
  "  - !PassingTestCaseRule {test_case_name: install}",
  ""
].join("\n")))

const identifier = "perl-5_30-20260101.c0ffee00"

const access = Layer.succeed(Access, { allows: () => true } as unknown as Access["Service"])

const serve = (database: typeof databases[number]["layer"]) =>
  DecisionNews.layer({ moduleContext: "stable" }).pipe(
    Layer.provideMerge(GatingLayer.layer),
    Layer.provideMerge(PgOutbox.layer),
    Layer.provide(access),
    Layer.provideMerge(Layer.succeed(GatingConfig.GatingConfig, { ...GatingConfig.none, policies })),
    Layer.provideMerge(database)
  )

/** Where a Greenwave elsewhere is the gate of module builds. */
const outside = (database: typeof databases[number]["layer"], url: string) =>
  DecisionNews.layer({
    moduleContext: FakeGreenwave.context,
    external: GreenwaveGate.decisions({
      url,
      decisionContext: FakeGreenwave.context,
      subjectType: "redhat-module",
      productVersions: {}
    })
  }).pipe(
    Layer.provideMerge(GatingLayer.layer),
    Layer.provideMerge(PgOutbox.layer),
    Layer.provide(access),
    Layer.provideMerge(database)
  )

const result = (outcome: string) => ({
  testcase: { name: "install", refUrl: undefined },
  outcome,
  submitTime: undefined,
  note: undefined,
  refUrl: undefined,
  errorReason: undefined,
  groups: [],
  data: { item: [identifier], type: ["redhat-module"] }
})

/** A finished build, as much of its row as gates read. */
const build = (state: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql`
      INSERT INTO module_build (revision, state, reason, name, stream, version, context, owner, scratch, scmurl, plan, progress,
        created_at, modified_at, completed_at)
      VALUES (1, ${state}, '', 'perl', '5-30', 20260101, 'c0ffee00', 'alice', false,
        'https://src.example.org/modules/perl.git?#0123456789012345678901234567890123456789',
        '{"components": [{"name": "zlib", "repository": "https://src.example.org/rpms/zlib"}]}', '{}', now(), now(),
        '2026-01-02T00:00:00Z') RETURNING id::float8 AS id`)

describe.each(databases)("gates on $name", ({ layer: database }) => {
  it.live("announce each decision that differs from the one before, and say when a build regressed", () =>
    Effect.gen(function*() {
      const outbox = yield* Outbox
      const results = yield* TestResults
      const waivers = yield* Waivers
      yield* build("ready")
      let seen = 0
      /** The next decision that is announced. */
      const next = Effect.gen(function*() {
        for (;;) {
          const [found] = yield* outbox.after(seen, 1)
          if (found !== undefined) {
            seen = found.sequence
            assert.isUndefined(Topics.problem(found.topic, found.body))
            return found.body as Record<string, any>
          }
          yield* Effect.sleep("20 millis")
        }
      }).pipe(Effect.timeout("20 seconds"))

      yield* results.post(result("RUNNING"))
      const first = yield* next
      assert.deepInclude(first, {
        policies_satisfied: false,
        previous: null,
        regressed: false,
        subject_identifier: identifier
      })
      yield* results.postOnce("message-1", result("PASSED"))
      assert.deepInclude(yield* next, { policies_satisfied: true, regressed: false, decision_context: "stable" })
      // The same again says nothing; a failure does.
      assert.isUndefined(yield* results.postOnce("message-1", result("PASSED")))
      yield* results.post(result("FAILED"))
      const late = yield* next
      assert.deepInclude(late, { policies_satisfied: false, regressed: true })
      assert.deepInclude(late["module_build"], { is_ready: true, satisfied: false })
      assert.deepInclude(late["previous"], { policies_satisfied: true })
      yield* waivers.post({ name: "alice", groups: new Set() } as never, [{
        about: {
          _tag: "Subject",
          subject: { type: { id: "redhat-module", aliases: [] }, identifier },
          testcase: "install"
        },
        productVersion: "dist-1",
        waived: true,
        comment: "known",
        username: undefined,
        scenario: undefined
      } as never])
      const waived = yield* next
      assert.deepInclude(waived, { policies_satisfied: true, regressed: false })
      assert.deepInclude(waived["module_build"], { satisfied: true })
      yield* (yield* GateQuestions).hasten([identifier])
      const sql = yield* SqlClient.SqlClient
      const ready = yield* sql`SELECT state FROM module_build`
      assert.deepStrictEqual(ready.map(({ state }) => state), ["ready"])
    }).pipe(Effect.provide(serve(database))))

  it.live("say that a build regressed which a Greenwave elsewhere let through, and nothing while it is away", () =>
    Effect.gen(function*() {
      const decisions: Record<string, unknown> = {
        "dist-1": { policies_satisfied: false, summary: "Of 1 required test, 1 test failed" },
        "dist-2": { policies_satisfied: true, summary: "All required tests passed" }
      }
      const { asked, url } = yield* FakeGreenwave.start({
        policies: { policies: [FakeGreenwave.policy(["dist-1", "dist-2"])] },
        decisions
      })
      yield* Effect.gen(function*() {
        const outbox = yield* Outbox
        const { reconsider } = yield* GateQuestions
        yield* build("ready")
        const hear = reconsider([{ type: "redhat-module", identifier }])
        const told = (count: number) =>
          outbox.after(0, 20).pipe(
            Effect.repeat({ until: (all) => all.length >= count, schedule: Schedule.spaced("20 millis") }),
            Effect.timeout("20 seconds")
          )
        // The policies of one product version are enough.
        yield* hear
        const first = (yield* told(2)).map(({ body }) => body as Record<string, any>)
        assert.deepStrictEqual(first.map(({ product_version, regressed }) => [product_version, regressed]), [
          ["dist-1", false],
          ["dist-2", false]
        ])
        assert.deepInclude(first[0]!["module_build"], { is_ready: true, satisfied: true })

        decisions["dist-2"] = 500
        const before = asked.length
        yield* hear
        yield* Effect.repeat(Effect.sleep("20 millis"), { until: () => asked.length >= before + 2 })
        yield* Effect.sleep("200 millis")
        assert.lengthOf(yield* outbox.after(0, 20), 2)

        decisions["dist-2"] = { policies_satisfied: false, summary: "Of 1 required test, 1 test failed" }
        const sql = yield* SqlClient.SqlClient
        // A minute passes.
        yield* sql`UPDATE gate_pending SET due_at = now()`
        yield* hear
        const [, , late] = yield* told(3)
        assert.isUndefined(Topics.problem(late!.topic, late!.body))
        assert.deepInclude(late!.body as object, {
          product_version: "dist-2",
          decision_context: FakeGreenwave.context,
          policies_satisfied: false,
          regressed: true
        })
        assert.deepInclude((late!.body as Record<string, any>)["module_build"], { is_ready: true, satisfied: false })
        assert.deepStrictEqual((yield* sql`SELECT state FROM module_build`).map(({ state }) => state), ["ready"])
      }).pipe(Effect.provide(outside(database, url)))
    }).pipe(Effect.scoped))

  it.live("say so of the first decision that is heard of, where none was known", () =>
    Effect.gen(function*() {
      const { url } = yield* FakeGreenwave.start({
        policies: { policies: [FakeGreenwave.policy(["dist-1"])] },
        decisions: { "dist-1": { policies_satisfied: false, summary: "Of 1 required test, 1 test failed" } }
      })
      yield* Effect.gen(function*() {
        const outbox = yield* Outbox
        yield* build("ready")
        yield* (yield* GateQuestions).reconsider([{ type: "redhat-module", identifier }])
        const [late] = yield* outbox.after(0, 20).pipe(
          Effect.repeat({ until: (all) => all.length > 0, schedule: Schedule.spaced("20 millis") }),
          Effect.timeout("20 seconds")
        )
        assert.deepInclude(late!.body as object, { regressed: true, previous: null })
      }).pipe(Effect.provide(outside(database, url)))
    }).pipe(Effect.scoped))

  it.live("count waivers of one result or until a time, and none hides another", () =>
    Effect.gen(function*() {
      const results = yield* TestResults
      const { list, revoke, waive } = yield* BoundWaivers
      const decisions = yield* GateDecisions
      const alice = { name: "alice", groups: new Set() } as never
      const subject = GatingSubject.make("redhat-module", identifier, [])
      const point = { context: "stable", productVersion: "dist-1" }
      const satisfied = Effect.map(
        GatePoints.decide(decisions, subject, point),
        (decision) => decision._tag === "Decided" && decision.isSatisfied
      )
      const waiver = {
        subject_type: "redhat-module",
        subject_identifier: identifier,
        testcase: "install",
        scenario: null,
        product_version: null,
        result_id: null,
        expires_at: null,
        comment: "known"
      }
      const failed = yield* results.post(result("FAILED"))
      assert.isFalse(yield* satisfied)
      // Nobody can waive what is not there yet, or what is of another test or about something else.
      for (
        const [wrong, words] of [
          [{ result_id: failed.id + 1 }, "There is no result"],
          [{ result_id: failed.id, testcase: "boot" }, "not of boot"],
          [{ result_id: failed.id, subject_identifier: "other-1-1.c" }, "not about other-1-1.c"]
        ] as const
      ) {
        const refused = yield* Effect.flip(waive(alice, { ...waiver, ...wrong }))
        assert.deepInclude(refused, { _tag: "WaiverRefused", reason: "unknownResult" })
        assert.include(refused.message, words)
      }
      const first = yield* waive(alice, { ...waiver, result_id: failed.id })
      assert.isTrue(yield* satisfied)
      // A later one for another product version hides nothing.
      yield* waive(alice, { ...waiver, product_version: "dist-2", result_id: failed.id })
      assert.isTrue(yield* satisfied)
      // A later failure is not waived.
      yield* results.post(result("FAILED"))
      assert.isFalse(yield* satisfied)
      const soon = yield* waive(alice, { ...waiver, expires_at: Date.now() + 1500 })
      assert.isTrue(yield* satisfied)
      yield* Effect.sleep("1600 millis")
      assert.isFalse(yield* satisfied)
      const later = yield* waive(alice, { ...waiver, expires_at: Date.now() + 60_000 })
      assert.isTrue(yield* satisfied)
      assert.deepInclude(yield* revoke(alice, later.id), { revoked_by: "alice", counts: false })
      assert.isFalse(yield* satisfied)
      assert.isUndefined(yield* revoke(alice, 999))
      const odd = yield* waive(alice, {
        ...waiver,
        testcase: "a\0b",
        comment: "\0",
        scenario: "\ud800",
        expires_at: Date.now()
      })
      assert.deepInclude(odd, { testcase: "a\ufffdb", comment: "\ufffd", scenario: "\ufffd" })
      const all = yield* list(identifier, "install", 10)
      assert.deepStrictEqual(all.map(({ counts, id }) => [id, counts]), [
        [later.id, false],
        [soon.id, false],
        [first.id + 1, true],
        [first.id, true]
      ])
      // WaiverDB's clients do not see them.
      assert.strictEqual((yield* (yield* Waivers).list([{}], "none", { limit: 10, offset: 0 })).total, 0)
    }).pipe(Effect.provide(serve(database))))

  it.live("know where modules and components of this server are from", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* build("ready")
      yield* sql`INSERT INTO component_build (module_build_id, name, state, attempt, data)
        VALUES (${row!["id"] as number}, 'zlib', 'available', 1,
          '{"nvr": "zlib-1.2-1", "commit": "0123456789012345678901234567890123456789", "finishedAt": 7}')`
      const { find } = yield* BuildOrigins
      assert.deepStrictEqual(yield* find(identifier), {
        source: "https://src.example.org/modules/perl.git?#0123456789012345678901234567890123456789",
        builtAt: Date.parse("2026-01-02T00:00:00Z")
      })
      assert.deepStrictEqual(yield* find("zlib-1.2-1"), {
        source: "https://src.example.org/rpms/zlib#0123456789012345678901234567890123456789",
        builtAt: 7
      })
      assert.isUndefined(yield* find("zlib-1.3-1"))
    }).pipe(Effect.provide(OwnOrigins.layer.pipe(Layer.provideMerge(database)))))
})
