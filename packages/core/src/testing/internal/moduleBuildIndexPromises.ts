/** Promises about lists of module builds, what others build against, and gauges. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { unkeyed } from "../../life/Keyed.ts"
import type { ModulePlan } from "../../modulebuild/ModulePlan.ts"
import { ModuleBuildIndex, type Query, type Summary } from "../../ports/modulebuild/ModuleBuildIndex.ts"
import { ModuleBuilds } from "../../ports/modulebuild/ModuleBuilds.ts"
import * as Contract from "../Contract.ts"
import { at, canceled, closed, plan, submitted } from "./moduleBuildEvents.ts"
import { building } from "./moduleBuildFixtures.ts"

/** For an index of module builds and the store it reads. */
export const moduleBuildIndexPromises = (): ReadonlyArray<Contract.Check<ModuleBuilds | ModuleBuildIndex>> => {
  /** Five builds of a name of their own. */
  const five = Effect.gen(function*() {
    const store = yield* ModuleBuilds
    const index = yield* ModuleBuildIndex
    const name = Contract.unique("listed")
    const plans = [
      plan(["a"], { name, stream: "1", owner: "alice" }),
      plan(["a"], { name, stream: "2", owner: "bob" }),
      plan(["a"], { name, stream: "1", owner: "bob", scratch: true }),
      plan(["a"], { name, stream: "2", owner: "alice" }),
      plan(["a"], { name, stream: "1", owner: "alice" })
    ]
    const ids: Array<number> = []
    for (const wanted of plans) ids.push((yield* store.create(wanted, submitted)).state.id)
    yield* store.apply(ids[3]!, unkeyed([canceled]))
    const list = (query: Partial<Query>) => index.list({ name, limit: 100, offset: 0, ...query })
    return { store, index, name, ids, list }
  })

  /** A build that others may use, or one step before that. */
  const finished = Effect.fnUntraced(function*(fields: Partial<ModulePlan>, satisfied = true) {
    const begun = yield* building(["a"], fields)
    yield* begun.store.apply(
      begun.id,
      unkeyed([
        closed(begun.id, "a"),
        { _tag: "Published", at: at + 4, url: `memory:/${begun.id}/`, path: "/x" },
        { _tag: "GateDecided", at: at + 5, satisfied, reason: "tests", retryAfter: 60 }
      ])
    )
    return begun
  })

  return [
    {
      name: "lists builds in the order they were submitted, or the newest first",
      check: Effect.gen(function*() {
        const { ids, list } = yield* five
        assert.deepStrictEqual((yield* list({})).items.map(({ id }) => id), ids)
        assert.deepStrictEqual((yield* list({ order: "oldest" })).items.map(({ id }) => id), ids)
        assert.deepStrictEqual((yield* list({ order: "newest" })).items.map(({ id }) => id), ids.toReversed())
      })
    },
    {
      name: "lists page by page, with the total of all pages",
      check: Effect.gen(function*() {
        const { ids, list } = yield* five
        const page = (offset: number, limit: number) =>
          Effect.map(list({ limit, offset }), ({ items, total }) => [items.map(({ id }) => id), total] as const)
        assert.deepStrictEqual(yield* page(0, 2), [ids.slice(0, 2), 5])
        assert.deepStrictEqual(yield* page(4, 2), [ids.slice(4), 5])
        assert.deepStrictEqual(yield* page(5, 2), [[], 5])
        assert.deepStrictEqual(yield* page(0, 0), [[], 5])
      })
    },
    {
      name: "lists by state, name, stream and owner, and by several together",
      check: Effect.gen(function*() {
        const { ids, index, list, name } = yield* five
        const positions = (query: Partial<Query>) =>
          Effect.map(list(query), ({ items, total }) => {
            assert.strictEqual(total, items.length)
            return items.map(({ id }) => ids.indexOf(id))
          })
        assert.deepStrictEqual(yield* positions({ stream: "1" }), [0, 2, 4])
        assert.deepStrictEqual(yield* positions({ owner: "bob" }), [1, 2])
        assert.deepStrictEqual(yield* positions({ states: ["failed"] }), [3])
        assert.deepStrictEqual(yield* positions({ states: ["wait", "failed"] }), [0, 1, 2, 3, 4])
        assert.deepStrictEqual(yield* positions({ states: [] }), [])
        assert.deepStrictEqual(yield* positions({ stream: "2", owner: "alice", states: ["failed"] }), [3])
        assert.deepStrictEqual(yield* positions({ modifiedBefore: at + 9 }), [0, 1, 2, 4])
        assert.deepStrictEqual(yield* positions({ states: ["failed"], modifiedBefore: at + 10 }), [3])
        assert.deepStrictEqual(yield* positions({ modifiedBefore: at }), [])
        assert.deepStrictEqual(yield* positions({ owner: "o'brien; --" }), [])
        assert.deepStrictEqual(yield* positions({ names: ["it's another", name], stream: "2" }), [1, 3])
        assert.deepStrictEqual(yield* positions({ names: ["it's another"] }), [])
        assert.deepStrictEqual(yield* positions({ names: [] }), [])
        assert.strictEqual((yield* index.list({ name: `${name}x`, limit: 10, offset: 0 })).total, 0)
        assert.isAtLeast((yield* index.list({ limit: 1, offset: 0 })).total, 5)
      })
    },
    {
      name: "says of each listed build what the build itself says",
      check: Effect.gen(function*() {
        const { ids, list, store } = yield* five
        const { items } = yield* list({})
        for (const [index, item] of items.entries()) {
          const { state: build } = yield* store.get(ids[index]!)
          const { context, name, owner, scratch, stream, version } = build.plan
          assert.deepStrictEqual<Summary>(item, {
            id: build.id,
            state: build.state,
            reason: build.reason,
            name,
            stream,
            version,
            context,
            owner,
            scratch,
            createdAt: build.createdAt,
            modifiedAt: build.modifiedAt,
            completedAt: build.completedAt
          })
        }
        assert.strictEqual(items[3]!.completedAt, at + 9)
        assert.isUndefined(items[0]!.completedAt)
      })
    },
    {
      name: "counts builds and components in each state",
      check: Effect.gen(function*() {
        const store = yield* ModuleBuilds
        const index = yield* ModuleBuildIndex
        const before = yield* index.counts
        const one = yield* building(["a", "b"])
        const other = yield* building(["c"])
        yield* store.apply(one.id, unkeyed([closed(one.id, "a")]))
        yield* store.apply(other.id, unkeyed([canceled]))
        const after = yield* index.counts
        const grown = (of: "builds" | "components", state: string) =>
          ((after[of] as Record<string, number>)[state] ?? 0) - ((before[of] as Record<string, number>)[state] ?? 0)
        assert.deepStrictEqual(["build", "failed", "wait"].map((state) => grown("builds", state)), [1, 1, 0])
        assert.deepStrictEqual(["building", "built", "canceled"].map((state) => grown("components", state)), [1, 1, 1])
      })
    },
    {
      name: "knows the builds that others may use, the newest of each module first, up to a limit",
      check: Effect.gen(function*() {
        const index = yield* ModuleBuildIndex
        const [one, other] = [Contract.unique("module"), Contract.unique("module")]
        const ids: Array<number> = []
        for (const name of [one, one, other, one]) ids.push((yield* finished({ name })).id)
        yield* finished({ name: one, scratch: true })
        yield* finished({ name: one }, false)
        yield* building(["a"], { name: one })
        const ready = (names: ReadonlyArray<string>, perModule: number) =>
          Effect.map(index.ready(names, perModule), (found) => found.map(({ id }) => id))
        assert.deepStrictEqual(yield* ready([one], 10), [ids[3], ids[1], ids[0]])
        assert.deepStrictEqual(yield* ready([one], 2), [ids[3], ids[1]])
        assert.deepStrictEqual(
          (yield* ready([one, other], 1)).toSorted((a, b) => a - b),
          [ids[2]!, ids[3]!]
        )
        assert.deepStrictEqual(yield* ready([Contract.unique("module")], 10), [])
        assert.deepStrictEqual(yield* ready([], 10), [])
      })
    },
    {
      name: "tells of a build that others may use what the build itself says",
      check: Effect.gen(function*() {
        const { id, plan: wanted, store } = yield* finished({
          name: Contract.unique("module"),
          version: 18_446_744_073_709_551_615n - BigInt(Contract.uniqueNumber())
        })
        const [found] = yield* (yield* ModuleBuildIndex).ready([wanted.name], 1)
        const { state: build } = yield* store.get(id)
        const { components: _components, id: _id, plan: own, ...progress } = build
        assert.deepStrictEqual(found, { id, plan: own, progress })
      })
    }
  ]
}
