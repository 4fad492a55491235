/** Promises about lists, histories and what is outstanding. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { replay } from "../../life/Application.ts"
import { unborn } from "../../modulebuild/ModuleBuild.ts"
import type { CommandQueue } from "../../ports/CommandQueue.ts"
import type { Outbox } from "../../ports/Outbox.ts"
import { type Outstanding, ProcessStore, type Query, type Summary } from "../../ports/ProcessStore.ts"
import * as Contract from "../Contract.ts"
import { at, canceled, closed, type Harness, plain, plan, submitted, taskOf, unkeyed } from "./processStoreHarness.ts"

export const queryPromises = <R>(
  { building }: Harness<R>
): ReadonlyArray<Contract.Check<ProcessStore | CommandQueue | Outbox | R>> => {
  /** Five builds of a name of their own. */
  const five = Effect.gen(function*() {
    const store = yield* ProcessStore
    const name = Contract.unique("listed")
    const plans = [
      plan(["a"], { name, stream: "1", owner: "alice" }),
      plan(["a"], { name, stream: "2", owner: "bob" }),
      plan(["a"], { name, stream: "1", owner: "bob", scratch: true }),
      plan(["a"], { name, stream: "2", owner: "alice" }),
      plan(["a"], { name, stream: "1", owner: "alice" })
    ]
    const ids: Array<number> = []
    for (const wanted of plans) ids.push((yield* store.create(wanted, submitted)).build.id)
    yield* store.apply(ids[3]!, unkeyed(canceled))
    const list = (query: Partial<Query>) => store.list({ name, limit: 100, offset: 0, ...query })
    return { store, name, plans, ids, list }
  })

  const mine = (id: number, { repositories, tasks }: Outstanding) => ({
    tasks: tasks.filter(({ build }) => build === id).map(({ component }) => component).sort(),
    repositories: repositories.filter(({ build }) => build === id).map(({ request }) => request)
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
        const { ids, list, name, store } = yield* five
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
        assert.strictEqual((yield* store.list({ name: `${name}x`, limit: 10, offset: 0 })).total, 0)
        assert.isAtLeast((yield* store.list({ limit: 1, offset: 0 })).total, 5)
      })
    },
    {
      name: "says of each listed build what the build itself says",
      check: Effect.gen(function*() {
        const { ids, list, store } = yield* five
        const { items } = yield* list({})
        for (const [index, item] of items.entries()) {
          const { build } = yield* store.get(ids[index]!)
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
      name: "keeps the events of a build, page by page, and replaying them gives the build",
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store } = yield* building(["a", "b"])
        const later = [closed(id, "a"), canceled]
        for (const event of later) yield* store.apply(id, unkeyed(event))
        const all = yield* store.history(id, 0, 100)
        assert.deepStrictEqual(all.map(({ event }) => event), [...events, ...later])
        const paged = []
        for (let after = 0;;) {
          const page = yield* store.history(id, after, 2)
          if (page.length === 0) break
          assert.isAtMost(page.length, 2)
          assert.isAbove(page[0]!.sequence, after)
          after = page.at(-1)!.sequence
          paged.push(...page)
        }
        assert.deepStrictEqual(paged, all)
        const again = Result.getOrThrow(replay(unborn(id, wanted), all.map(({ event }) => event)))
        assert.deepStrictEqual(plain(again), plain((yield* store.get(id)).build))
      })
    },
    {
      name: "hands over tasks and repositories that nobody asked about for a while, and to one caller only",
      check: Effect.gen(function*() {
        const { id, store } = yield* building(["a", "b", "c", "d"])
        yield* store.apply(id, unkeyed(closed(id, "d")))
        assert.deepStrictEqual(mine(id, yield* store.claimOutstanding(0, 100_000)).tasks, ["a", "b", "c"])
        assert.deepStrictEqual(mine(id, yield* store.claimOutstanding(60_000, 100_000)).tasks, [])
        yield* Effect.sleep("1100 millis")
        const claims = yield* Effect.forEach([1, 2, 3], () => store.claimOutstanding(1000, 100_000), {
          concurrency: "unbounded"
        })
        const found = claims.flatMap((claim) => mine(id, claim).tasks)
        assert.lengthOf(found, new Set(found).size)
        // What one caller was reading another may have passed over: the next round has it.
        const rest = mine(id, yield* store.claimOutstanding(1000, 100_000)).tasks
        assert.deepStrictEqual([...found, ...rest].sort(), ["a", "b", "c"])
      })
    },
    {
      name: "hands over no more than it is asked for",
      check: Effect.gen(function*() {
        const { store } = yield* building(["a", "b", "c"])
        const { tasks } = yield* store.claimOutstanding(0, 2)
        assert.lengthOf(tasks, 2)
      })
    },
    {
      name: "hands over the repository of a build until it has been decided about",
      check: Effect.gen(function*() {
        const wanted = plan([], {
          components: plan(["a", "b"]).components.map((one, index) => ({ ...one, batch: index + 1, afterBatch: index }))
        })
        const store = yield* ProcessStore
        const { build: { id } } = yield* store.create(wanted, submitted)
        const request = { buildroot: "x", id: `repository-${id}` }
        yield* store.apply(
          id,
          unkeyed(
            { _tag: "BuildrootPrepared", at: at + 1, buildroot: { key: "x", id: "x" } },
            {
              _tag: "ComponentsSubmitted",
              at: at + 2,
              submissions: [{ component: "a", attempt: 1, task: taskOf(id, "a") }]
            }
          )
        )
        assert.deepStrictEqual(mine(id, yield* store.claimOutstanding(0, 100_000)), { tasks: ["a"], repositories: [] })
        yield* store.apply(id, unkeyed(closed(id, "a")))
        yield* store.apply(id, unkeyed({ _tag: "RepositoryRequested", at: at + 4, request, components: ["a"] }))
        const asked = { tasks: [], repositories: [request] }
        assert.deepStrictEqual(mine(id, yield* store.claimOutstanding(0, 100_000)), asked)
        assert.deepStrictEqual(mine(id, yield* store.claimOutstanding(60_000, 100_000)).repositories, [])
        assert.deepStrictEqual(mine(id, yield* store.claimOutstanding(0, 100_000)), asked)
        yield* store.apply(id, unkeyed({ _tag: "RepositoryObserved", at: at + 5, request, state: "Ready" }))
        assert.deepStrictEqual(mine(id, yield* store.claimOutstanding(0, 100_000)), { tasks: [], repositories: [] })
      })
    },
    {
      name: "hands over nothing of a build that has ended",
      check: Effect.gen(function*() {
        const { id, store } = yield* building(["a"])
        yield* store.apply(id, unkeyed(canceled))
        assert.deepStrictEqual(mine(id, yield* store.claimOutstanding(0, 100_000)), { tasks: [], repositories: [] })
        assert.deepStrictEqual(yield* store.findTasks([taskOf(id, "a")]), [])
      })
    },
    {
      name: "finds the components that wait for tasks",
      check: Effect.gen(function*() {
        const { id, store } = yield* building(["a", "b", "c"])
        yield* store.apply(id, unkeyed(closed(id, "c")))
        const asked = ["b", "a", "c", "a"].map((name) => taskOf(id, name))
        const found = yield* store.findTasks([...asked, taskOf(id, "nobody's")])
        assert.deepStrictEqual(
          [...found].sort((a, b) => a.component < b.component ? -1 : 1),
          ["a", "b"].map((component) => ({ build: id, component, task: taskOf(id, component) }))
        )
        assert.deepStrictEqual(yield* store.findTasks([]), [])
      })
    },
    {
      name: "counts builds and components in each state",
      check: Effect.gen(function*() {
        const store = yield* ProcessStore
        const before = yield* store.counts
        const one = yield* building(["a", "b"])
        const other = yield* building(["c"])
        yield* store.apply(one.id, unkeyed(closed(one.id, "a")))
        yield* store.apply(other.id, unkeyed(canceled))
        const after = yield* store.counts
        const grown = (of: "builds" | "components", state: string) =>
          ((after[of] as Record<string, number>)[state] ?? 0) - ((before[of] as Record<string, number>)[state] ?? 0)
        assert.deepStrictEqual(["build", "failed", "wait"].map((state) => grown("builds", state)), [1, 1, 0])
        assert.deepStrictEqual(["building", "built", "canceled"].map((state) => grown("components", state)), [1, 1, 1])
      })
    }
  ]
}
