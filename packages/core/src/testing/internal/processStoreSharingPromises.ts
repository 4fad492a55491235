/** Promises about what builds share: results others build against, and the slots of a farm. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Active, Candidate } from "../../farm/FairShare.ts"
import type { ModulePlan } from "../../modulebuild/ModulePlan.ts"
import type { CommandQueue } from "../../ports/CommandQueue.ts"
import type { Outbox } from "../../ports/Outbox.ts"
import { ProcessStore } from "../../ports/ProcessStore.ts"
import * as Contract from "../Contract.ts"
import { component } from "./plans.ts"
import {
  accepted,
  at,
  canceled,
  closed,
  type Harness,
  plan,
  prepared,
  submitted,
  unkeyed
} from "./processStoreHarness.ts"

export const sharingPromises = <R>(
  { building }: Harness<R>
): ReadonlyArray<Contract.Check<ProcessStore | CommandQueue | Outbox | R>> => {
  /** A build that others may use, or one step before that. */
  const finished = Effect.fnUntraced(function*(fields: Partial<ModulePlan>, satisfied = true) {
    const begun = yield* building(["a"], fields)
    yield* begun.store.apply(
      begun.id,
      unkeyed(
        closed(begun.id, "a"),
        { _tag: "Published", at: at + 4, url: `memory:/${begun.id}/`, path: "/x" },
        { _tag: "GateDecided", at: at + 5, satisfied, reason: "tests", retryAfter: 60 }
      )
    )
    return begun
  })

  /** A build whose components wait to be submitted. */
  const waiting = Effect.fnUntraced(function*(names: ReadonlyArray<string>, fields: Partial<ModulePlan> = {}) {
    const store = yield* ProcessStore
    const { build } = yield* store.create(plan(names, fields), submitted)
    yield* store.apply(build.id, unkeyed(prepared(`module-build-${build.id}`)))
    return { store, id: build.id }
  })

  /** Grants some of one build's components and nothing else, and tells what there was to choose from. */
  const grant = Effect.fnUntraced(function*(id: number, names: ReadonlyArray<string>) {
    const store = yield* ProcessStore
    let seen: { readonly own: ReadonlyArray<Candidate>; readonly active: Active } | undefined
    const { granted } = yield* store.grant((candidates, active) => {
      const own = candidates.filter(({ build }) => build === id)
      seen = { own, active }
      return { granted: own.filter(({ component }) => names.includes(component)), held: [] }
    })
    return { ...seen!, granted: granted.map(({ component }) => component).toSorted() }
  })

  return [
    {
      name: "knows the builds that others may use, the newest of each module first, up to a limit",
      check: Effect.gen(function*() {
        const store = yield* ProcessStore
        const [one, other] = [Contract.unique("module"), Contract.unique("module")]
        const ids: Array<number> = []
        for (const name of [one, one, other, one]) ids.push((yield* finished({ name })).id)
        yield* finished({ name: one, scratch: true })
        yield* finished({ name: one }, false)
        yield* building(["a"], { name: one })
        const ready = (names: ReadonlyArray<string>, perModule: number) =>
          Effect.map(store.ready(names, perModule), (found) => found.map(({ id }) => id))
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
        const [found] = yield* store.ready([wanted.name], 1)
        const { build } = yield* store.get(id)
        const { components: _components, id: _id, plan: own, ...progress } = build
        assert.deepStrictEqual(found, { id, plan: own, progress })
      })
    },
    {
      name: "lets the components be chosen that wait to be submitted, and those chosen no more",
      check: Effect.gen(function*() {
        const owner = Contract.unique("owner")
        // Somebody always waits, so that there is something to choose.
        yield* waiting(["x"])
        const { id, store } = yield* waiting([], {
          owner,
          components: [
            component("a", { arches: ["x86_64", "aarch64"], priority: 2.5 }),
            component("b"),
            component("c", { batch: 2 })
          ]
        })
        const first = yield* grant(id, ["a"])
        assert.deepStrictEqual(first.own.toSorted((x, y) => x.component < y.component ? -1 : 1), [
          { build: id, component: "a", owner, arches: ["x86_64", "aarch64"], urgency: 0, priority: 2.5 },
          { build: id, component: "b", owner, arches: ["x86_64"], urgency: 0, priority: 1 }
        ])
        assert.isUndefined(first.active.byOwner.get(owner))
        assert.deepStrictEqual(first.granted, ["a"])
        const second = yield* grant(id, ["a", "b"])
        assert.deepStrictEqual(second.granted, ["b"])
        assert.strictEqual(second.active.byOwner.get(owner), 1)
        assert.deepStrictEqual((yield* grant(id, ["a", "b"])).own, [])
        yield* store.apply(id, unkeyed(accepted(id, ["a", "b"])))
        assert.strictEqual((yield* grant(id, [])).active.byOwner.get(owner), 2)
        yield* store.apply(id, unkeyed(canceled))
        assert.isUndefined((yield* grant(id, [])).active.byOwner.get(owner))
      })
    },
    {
      name: "says how urgent the build of each is: what was asked for, and less for scratch builds",
      check: Effect.gen(function*() {
        const { id, store } = yield* waiting(["a"])
        const scratch = yield* waiting(["a"], { scratch: true })
        const urgencyOf = (id: number) => Effect.map(grant(id, []), ({ own }) => own.map(({ urgency }) => urgency))
        assert.deepStrictEqual([yield* urgencyOf(id), yield* urgencyOf(scratch.id)], [[0], [-10]])
        for (const build of [id, scratch.id]) {
          yield* store.apply(build, unkeyed({ _tag: "PriorityRequested", at: at + 5, by: "bob", priority: 7 }))
        }
        assert.deepStrictEqual([yield* urgencyOf(id), yield* urgencyOf(scratch.id)], [[7], [7]])
      })
    },
    {
      name: "lets each component be chosen once, however many choose at once",
      check: Effect.gen(function*() {
        const names = Array.from({ length: 10 }, (_, index) => `c${index}`)
        const { id } = yield* waiting(names)
        const shares = yield* Effect.forEach(Array.from({ length: 6 }), () => grant(id, names), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(shares.flatMap(({ granted }) => granted).toSorted(), names)
      })
    }
  ]
}
