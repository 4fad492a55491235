/** Promises about which builds may exist beside each other, and that what is stored is what was given. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import { type ModulePlan, nsvc } from "../../modulebuild/ModulePlan.ts"
import type { CommandQueue } from "../../ports/CommandQueue.ts"
import type { Outbox } from "../../ports/Outbox.ts"
import { ModuleBuildExists, ModuleBuildNotFound, ProcessStore } from "../../ports/ProcessStore.ts"
import type * as Contract from "../Contract.ts"
import { component } from "./plans.ts"
import {
  accepted,
  at,
  canceled,
  closed,
  type Harness,
  plain,
  plan,
  prepared,
  resumed,
  retired,
  submitted,
  taskOf,
  unkeyed
} from "./processStoreHarness.ts"

/** A plan that uses every field, with values that storage likes to change. */
const rich = (): ModulePlan => {
  const base = plan([])
  return {
    ...base,
    stream: "ström",
    macros: "%_module_x 1\n%quote \"\\'\t€ 𝄞\n",
    modules: [
      { name: "platform", stream: "el9", version: 18_446_744_073_709_551_615n, context: "00000000" },
      { name: "perl", stream: "5.32", version: 1n, context: "deadbeef", location: "https://example.org/perl/" }
    ],
    groups: { build: ["bash", "rpm-build"], "srpm-build": [] },
    blocked: ["b", "a"],
    modulemd: "---\ndocument: modulemd\nversion: 2\n...\n",
    scmurl: "git://example.org/m?#main",
    deadline: 86_400,
    components: [
      component("zeta", { ref: "main", placement: "first\nline", priority: 3.5 }),
      component("alpha", {
        batch: 2,
        afterBatch: 0,
        after: ["zeta"],
        buildOnly: true,
        reuse: "same inputs",
        reused: {
          from: 7,
          task: "12",
          nvr: "alpha-1-1",
          artifacts: [{
            nevra: "alpha-0:1-1.noarch",
            location: "memory:a",
            license: "MIT",
            size: 9_007_199_254_740_991
          }]
        }
      }),
      component("mid", { srpm: "memory:mid.src.rpm", arches: [] })
    ]
  }
}

export const identityPromises = <R>(
  { assertStored, building }: Harness<R>
): ReadonlyArray<Contract.Check<ProcessStore | CommandQueue | Outbox | R>> => [
  {
    name: "stores a new build with its first event",
    check: Effect.gen(function*() {
      const store = yield* ProcessStore
      const wanted = plan(["a", "b"])
      const { build, changed, revision } = yield* store.create(wanted, submitted)
      assert.isTrue(changed)
      assert.strictEqual(revision, 1)
      assert.strictEqual(build.createdAt, at)
      yield* assertStored(build.id, wanted, [submitted])
    })
  },
  {
    name: "gives back every field as it was stored, versions beyond 2^53 included",
    check: Effect.gen(function*() {
      const store = yield* ProcessStore
      const wanted = { ...rich(), version: 18_446_744_073_709_551_615n - rich().version }
      const { build: { id } } = yield* store.create(wanted, submitted)
      const key = `module-build-${id}`
      const events: ReadonlyArray<ModuleBuildEvent> = [
        prepared(key),
        accepted(id, ["zeta", "mid"]),
        closed(id, "zeta"),
        {
          _tag: "TasksObserved",
          at: at + 4,
          observations: [{
            component: "mid",
            task: taskOf(id, "mid"),
            state: "failed",
            artifacts: [],
            reason: "line 1\nline 2 \"quoted\" \\ 𝄞",
            log: "/logs/mid"
          }]
        }
      ]
      for (const event of events) yield* store.apply(id, unkeyed(event))
      const { build } = yield* store.get(id)
      assert.strictEqual(build.state, "failed")
      assert.strictEqual(build.plan.version, wanted.version)
      yield* assertStored(id, wanted, [submitted, ...events])
      const [item] = (yield* store.list({ stream: "ström", limit: 1, offset: 0, order: "newest" })).items
      assert.strictEqual(item?.version, wanted.version)
    })
  },
  {
    name: "is not stopped by text of any characters",
    check: Effect.gen(function*() {
      const { id, store } = yield* building(["a", "b"])
      const reason = "a\u0000b \ud800 c \\u0000 \u001b[31m"
      yield* store.apply(
        id,
        unkeyed({
          _tag: "TasksObserved",
          at: at + 3,
          observations: [{
            component: "a",
            task: taskOf(id, "a"),
            state: "failed",
            artifacts: [],
            reason,
            log: "/log\u0000"
          }]
        }, { _tag: "CommandRejected", at: at + 4, command: "Publish", reason })
      )
      const { build } = yield* store.get(id)
      assert.strictEqual(build.state, "failed")
      for (const text of [build.reason, build.components.get("a")!.reason]) {
        assert.match(text, /^a.b . c \\u0000 .\[31m$/su)
      }
    })
  },
  {
    name: "refuses a second build of the same name, stream, version and context, naming the first",
    check: Effect.gen(function*() {
      const { id, plan: wanted, store } = yield* building(["a"])
      const error = yield* Effect.flip(store.create(wanted, submitted))
      assert.deepStrictEqual(error, new ModuleBuildExists({ id, nsvc: nsvc(wanted), state: "build" }))
      const others: ReadonlyArray<Partial<ModulePlan>> = [
        { name: "other" },
        { stream: "2" },
        { context: "00000000" },
        { version: wanted.version + 10n ** 12n }
      ]
      for (const fields of others) yield* store.create({ ...wanted, ...fields }, submitted)
    })
  },
  {
    name: "lets one of many begin that are submitted at once",
    check: Effect.gen(function*() {
      const store = yield* ProcessStore
      const wanted = plan(["a"])
      const answers = yield* Effect.forEach(
        Array.from({ length: 10 }),
        () => Effect.result(store.create(wanted, submitted)),
        { concurrency: "unbounded" }
      )
      const won = answers.flatMap((answer) => Result.isSuccess(answer) ? [answer.success.build.id] : [])
      assert.lengthOf(won, 1)
      for (const answer of answers) {
        if (Result.isSuccess(answer)) continue
        if (answer.failure._tag !== "ModuleBuildExists") assert.fail(String(answer.failure))
        assert.strictEqual(answer.failure.id, won[0])
      }
    })
  },
  {
    name: "begins anew beside builds that have failed or been retired, and beside scratch builds",
    check: Effect.gen(function*() {
      const store = yield* ProcessStore
      const wanted = plan(["a"])
      const scratch = { ...wanted, scratch: true }
      const ids = new Set<number>()
      for (const end of [[canceled], [canceled, retired]]) {
        const { build } = yield* store.create(wanted, submitted)
        yield* store.apply(build.id, unkeyed(...end))
        ids.add(build.id)
      }
      for (const one of [scratch, wanted, scratch]) ids.add((yield* store.create(one, submitted)).build.id)
      assert.strictEqual(ids.size, 5)
    })
  },
  {
    name: "refuses to resume a build whose place another one has taken",
    check: Effect.gen(function*() {
      const { events, id, plan: wanted, store } = yield* building(["a"])
      yield* store.apply(id, unkeyed(canceled))
      yield* store.create(wanted, submitted)
      const error = yield* Effect.flip(store.apply(id, unkeyed(resumed)))
      assert.strictEqual(error._tag, "IllegalTransition")
      yield* assertStored(id, wanted, [...events, canceled])
    })
  },
  {
    name: "says that a build is not there",
    check: Effect.gen(function*() {
      const store = yield* ProcessStore
      const missing = new ModuleBuildNotFound({ id: 999_999_999 })
      assert.deepStrictEqual(yield* Effect.flip(store.get(missing.id)), missing)
      assert.deepStrictEqual(yield* Effect.flip(store.get(missing.id, 1)), missing)
      assert.deepStrictEqual(yield* Effect.flip(store.apply(missing.id, unkeyed(canceled))), missing)
      assert.deepStrictEqual(yield* store.history(missing.id, 0, 10), [])
    })
  },
  {
    name: "shows a build at the revision asked for, or later, to every process",
    check: Effect.gen(function*() {
      const { id, store } = yield* building(["a", "b"])
      for (const name of ["a", "b"]) {
        const { build, revision } = yield* store.apply(id, unkeyed(closed(id, name)))
        const seen = yield* store.get(id, revision)
        assert.strictEqual(seen.revision, revision)
        assert.isFalse(seen.changed)
        assert.deepStrictEqual(plain(seen.build), plain(build))
        assert.strictEqual((yield* store.get(id, 1)).revision, revision)
      }
    })
  }
]
