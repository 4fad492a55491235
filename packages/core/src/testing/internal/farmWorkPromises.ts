/** Promises about what processes want of the farm: tasks and repositories to ask about, and slots. */
import { assert } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Active, Candidate } from "../../farm/FairShare.ts"
import { unkeyed } from "../../life/Keyed.ts"
import type { ModulePlan } from "../../modulebuild/ModulePlan.ts"
import { FarmWork } from "../../ports/FarmWork.ts"
import { ModuleBuilds } from "../../ports/modulebuild/ModuleBuilds.ts"
import * as Contract from "../Contract.ts"
import { accepted, at, canceled, closed, plan, prepared, submitted, taskOf } from "./moduleBuildEvents.ts"
import { building } from "./moduleBuildFixtures.ts"
import { component } from "./plans.ts"

const life = "module-build"

/** For the work of module builds and the store it reads. */
export const farmWorkPromises = (): ReadonlyArray<Contract.Check<ModuleBuilds | FarmWork>> => {
  /** What is outstanding of one build. */
  const mine = Effect.fnUntraced(function*(id: number, notSince: number) {
    const work = yield* FarmWork
    const tasks = yield* work.claimTasks(life, notSince, 100_000)
    const repositories = yield* work.claimRepositories(life, notSince, 100_000)
    return {
      tasks: tasks.filter(({ process }) => process === id).map(({ part }) => part).sort(),
      repositories: repositories.filter(({ process }) => process === id).map(({ request }) => request)
    }
  })

  /** A build whose components wait to be submitted. */
  const waiting = Effect.fnUntraced(function*(names: ReadonlyArray<string>, fields: Partial<ModulePlan> = {}) {
    const store = yield* ModuleBuilds
    const { state: build } = yield* store.create(plan(names, fields), submitted)
    yield* store.apply(build.id, unkeyed([prepared(`module-build-${build.id}`)]))
    return { store, id: build.id }
  })

  /** Grants some of one build's components and nothing else, and tells what there was to choose from. */
  const grant = Effect.fnUntraced(function*(id: number, names: ReadonlyArray<string>) {
    const work = yield* FarmWork
    let seen: { readonly own: ReadonlyArray<Candidate>; readonly active: Active } | undefined
    const { granted } = yield* work.grant((candidates, active) => {
      const own = candidates.filter(({ process }) => process === id)
      seen = { own, active }
      return { granted: own.filter(({ part }) => names.includes(part)), held: [] }
    })
    return { ...seen!, granted: granted.map(({ part }) => part).toSorted() }
  })

  return [
    {
      name: "hands over tasks and repositories that nobody asked about for a while, and to one caller only",
      check: Effect.gen(function*() {
        const { id, store } = yield* building(["a", "b", "c", "d"])
        yield* store.apply(id, unkeyed([closed(id, "d")]))
        assert.deepStrictEqual((yield* mine(id, 0)).tasks, ["a", "b", "c"])
        assert.deepStrictEqual((yield* mine(id, 60_000)).tasks, [])
        yield* Effect.sleep("1100 millis")
        const claims = yield* Effect.forEach([1, 2, 3], () => mine(id, 1000), {
          concurrency: "unbounded"
        })
        const found = claims.flatMap(({ tasks }) => tasks)
        assert.lengthOf(found, new Set(found).size)
        // What one caller was reading another may have passed over: the next round has it.
        const rest = (yield* mine(id, 1000)).tasks
        assert.deepStrictEqual([...found, ...rest].sort(), ["a", "b", "c"])
      })
    },
    {
      name: "hands over no more than it is asked for",
      check: Effect.gen(function*() {
        yield* building(["a", "b", "c"])
        const tasks = yield* (yield* FarmWork).claimTasks(life, 0, 2)
        assert.lengthOf(tasks, 2)
      })
    },
    {
      name: "hands over the repository of a build until it has been decided about",
      check: Effect.gen(function*() {
        const wanted = plan([], {
          components: plan(["a", "b"]).components.map((one, index) => ({ ...one, batch: index + 1, afterBatch: index }))
        })
        const store = yield* ModuleBuilds
        const { state: { id } } = yield* store.create(wanted, submitted)
        const request = { buildroot: "x", id: `repository-${id}` }
        yield* store.apply(
          id,
          unkeyed([
            { _tag: "BuildrootPrepared", at: at + 1, buildroot: { key: "x", id: "x" } },
            {
              _tag: "ComponentsSubmitted",
              at: at + 2,
              submissions: [{ component: "a", attempt: 1, task: taskOf(id, "a") }]
            }
          ])
        )
        assert.deepStrictEqual(yield* mine(id, 0), { tasks: ["a"], repositories: [] })
        const found = Effect.flatMap(
          FarmWork,
          ({ findRepositories }) => findRepositories([{ ...request, buildroot: "y" }, request, { ...request, id: "" }])
        )
        assert.deepStrictEqual(yield* found, [])
        yield* store.apply(id, unkeyed([closed(id, "a")]))
        yield* store.apply(id, unkeyed([{ _tag: "RepositoryRequested", at: at + 4, request, components: ["a"] }]))
        const asked = { tasks: [], repositories: [request] }
        assert.deepStrictEqual(yield* mine(id, 0), asked)
        assert.deepStrictEqual((yield* mine(id, 60_000)).repositories, [])
        assert.deepStrictEqual(yield* mine(id, 0), asked)
        assert.deepStrictEqual(yield* found, [{ life, process: id, request }])
        yield* store.apply(id, unkeyed([{ _tag: "RepositoryObserved", at: at + 5, request, state: "Ready" }]))
        assert.deepStrictEqual(yield* mine(id, 0), { tasks: [], repositories: [] })
        assert.deepStrictEqual(yield* found, [])
      })
    },
    {
      name: "hands over the module build that a farm owns while it is under way, the less often the quieter it is",
      check: Effect.gen(function*() {
        const work = yield* FarmWork
        const store = yield* ModuleBuilds
        const owned = Effect.fnUntraced(function*(at: number) {
          const module = Contract.unique("module")
          const { state: { id } } = yield* store.create(plan(["a"], { ownedBy: "mbs" }), { ...submitted, at })
          yield* store.apply(
            id,
            unkeyed([
              { _tag: "HandoverPrepared", at, attempt: 1, before: null },
              { _tag: "HandedOver", at, attempt: 1, id: module, url: "https://mbs.example.org/1", adopted: false }
            ])
          )
          return { id, module, outstanding: { life, process: id, module } }
        })
        const now = yield* Clock.currentTimeMillis
        const fresh = yield* owned(now)
        const quiet = yield* owned(now - 60_000)
        const claim = (notSince: number) =>
          Effect.map(
            work.claimModules(life, notSince, 100_000),
            (found) => found.filter(({ process }) => process === fresh.id || process === quiet.id)
          )
        const both = [fresh.outstanding, quiet.outstanding]
        const byProcess = (found: ReadonlyArray<{ readonly process: number }>) =>
          found.toSorted((a, b) => a.process - b.process)
        assert.deepStrictEqual(byProcess(yield* claim(0)), both)
        assert.deepStrictEqual(yield* claim(60_000), [])
        yield* Effect.sleep("1100 millis")
        // Nothing has changed about the other for a minute: an eighth of that has not gone by.
        assert.deepStrictEqual(yield* claim(1000), [fresh.outstanding])
        assert.deepStrictEqual(byProcess(yield* work.findModules([quiet.module, fresh.module, "nobody's"])), both)
        yield* store.apply(
          quiet.id,
          unkeyed([{ _tag: "HandoverObserved", at: now, id: quiet.module, state: "failed", reason: "", parts: [] }])
        )
        assert.deepStrictEqual(yield* work.findModules([quiet.module]), [])
      })
    },
    {
      name: "hands over nothing of a build that has ended",
      check: Effect.gen(function*() {
        const { id, store } = yield* building(["a"])
        yield* store.apply(id, unkeyed([canceled]))
        assert.deepStrictEqual(yield* mine(id, 0), { tasks: [], repositories: [] })
        assert.deepStrictEqual(yield* (yield* FarmWork).findTasks([taskOf(id, "a")]), [])
      })
    },
    {
      name: "finds the components that wait for tasks",
      check: Effect.gen(function*() {
        const { id, store } = yield* building(["a", "b", "c"])
        yield* store.apply(id, unkeyed([closed(id, "c")]))
        const asked = ["b", "a", "c", "a"].map((name) => taskOf(id, name))
        const found = yield* (yield* FarmWork).findTasks([...asked, taskOf(id, "nobody's")])
        assert.deepStrictEqual(
          [...found].sort((a, b) => a.part < b.part ? -1 : 1),
          ["a", "b"].map((part) => ({ life, process: id, part, task: taskOf(id, part) }))
        )
        assert.deepStrictEqual(yield* (yield* FarmWork).findTasks([]), [])
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
        assert.deepStrictEqual(first.own.toSorted((x, y) => x.part < y.part ? -1 : 1), [
          { life, process: id, part: "a", owner, arches: ["x86_64", "aarch64"], urgency: 0, priority: 2.5 },
          { life, process: id, part: "b", owner, arches: ["x86_64"], urgency: 0, priority: 1 }
        ])
        assert.isUndefined(first.active.byOwner.get(owner))
        assert.deepStrictEqual(first.granted, ["a"])
        const second = yield* grant(id, ["a", "b"])
        assert.deepStrictEqual(second.granted, ["b"])
        assert.strictEqual(second.active.byOwner.get(owner), 1)
        assert.deepStrictEqual((yield* grant(id, ["a", "b"])).own, [])
        yield* store.apply(id, unkeyed([accepted(id, ["a", "b"])]))
        assert.strictEqual((yield* grant(id, [])).active.byOwner.get(owner), 2)
        yield* store.apply(id, unkeyed([canceled]))
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
          yield* store.apply(build, unkeyed([{ _tag: "PriorityRequested", at: at + 5, by: "bob", priority: 7 }]))
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
