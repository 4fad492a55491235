/** The build system contract notices farms that break their word: each is caught by the promise it breaks. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { BuildSystem, BuildSystemError, type Interface } from "../../src/ports/BuildSystem.ts"
import { harness } from "../../src/testing/internal/buildSystemHarness.ts"
import { repositoryPromises } from "../../src/testing/internal/buildSystemRepositoryPromises.ts"
import { taskPromises } from "../../src/testing/internal/buildSystemTaskPromises.ts"
import type * as MemoryBuildSystem from "../../src/testing/MemoryBuildSystem.ts"
import { hooks, memory } from "./memoryFarm.ts"

const at = harness<MemoryBuildSystem.MemoryFarm, never>({ layer: memory, patience: 300, ...hooks })

/** Promises that a farm breaks. */
const broken = (sabotage: (farm: Interface) => Interface) =>
  Effect.gen(function*() {
    const names: Array<string> = []
    for (const { check, name } of [...taskPromises(at), ...repositoryPromises(at)]) {
      const world = Layer.effect(BuildSystem, Effect.map(BuildSystem, sabotage)).pipe(Layer.provideMerge(memory))
      const exit = yield* Effect.exit(Effect.scoped(Effect.provide(check, world)))
      if (Exit.isFailure(exit)) names.push(name)
    }
    return names
  })

const once = () => {
  const seen = new Set<string>()
  return (key: string): boolean => {
    const first = !seen.has(key)
    seen.add(key)
    return first
  }
}

const refused = (operation: string) =>
  Effect.fail(new BuildSystemError({ reason: "conflict", operation, message: "it is there already" }))

let unkept = 0

describe("the build system contract", () => {
  it.live("is kept by a farm that keeps its word", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* broken((self) => self), [])
    }))

  it.live.each<readonly [string, (self: Interface) => Interface, string]>([
    [
      "answers submissions in another order",
      (self) => ({
        ...self,
        submit: (root, requests) => Effect.map(self.submit(root, requests), (all) => all.toReversed())
      }),
      "answers each submission once and in order"
    ],
    [
      "builds a key again that it knows",
      (self) => ({
        ...self,
        submit: (root, requests) =>
          Effect.map(
            self.submit(root, requests.map((one) => ({ ...one, key: `${one.key}#${++unkept}` }))),
            (all) => all.map((one, index) => ({ ...one, key: requests[index]!.key }))
          )
      }),
      "adopts the task of a key that it knows instead of building again"
    ],
    [
      "lets one bad component cost the others",
      (self) => ({
        ...self,
        submit: (root, requests) =>
          Effect.flatMap(
            self.submit(root, requests),
            (all) => all.some(({ _tag }) => _tag === "Rejected") ? refused("submit") : Effect.succeed(all)
          )
      }),
      "rejects one component without costing its neighbours"
    ],
    [
      "says nothing about tasks it does not know",
      (self) => ({
        ...self,
        observe: (tasks) => Effect.map(self.observe(tasks), (all) => all.filter(({ state }) => state !== "gone"))
      }),
      "observes every task once and in order, and those it does not know as gone"
    ],
    [
      "gives no reason for a failure",
      (self) => ({
        ...self,
        observe: (tasks) => Effect.map(self.observe(tasks), (all) => all.map(({ reason: _reason, ...rest }) => rest))
      }),
      "says why a task failed"
    ],
    [
      "cannot cancel a task twice",
      (self) => {
        const first = once()
        return {
          ...self,
          cancel: (tasks) => tasks.every(first) ? self.cancel(tasks) : refused("cancel")
        }
      },
      "cancels a task, and once more"
    ],
    [
      "prepares another buildroot each time",
      (self) => ({ ...self, prepare: (plan) => self.prepare({ ...plan, key: `${plan.key}#${++unkept}` }) }),
      "prepares one buildroot for a key, however often and by however many it is asked"
    ],
    [
      "calls a repository ready too early",
      (self) => ({ ...self, observeRepositories: (all) => Effect.succeed(all.map(() => ({ _tag: "Ready" }))) }),
      "does not call a repository ready that has not been generated"
    ],
    [
      "answers for the first of several repositories only",
      (self) => ({ ...self, observeRepositories: (all) => self.observeRepositories(all.slice(0, 1)) }),
      "answers for many repositories, in order, and never calls one ready that nobody asked for"
    ],
    [
      "is never done preparing",
      (self) => ({
        ...self,
        prepare: (plan) =>
          Effect.flatMap(
            self.prepare(plan),
            (root) => Effect.map(self.admit(root, []), ({ id }) => ({ ...root, awaits: id }))
          )
      }),
      "keeps the buildroots of different keys apart"
    ],
    [
      "cannot finish what was never prepared",
      (self) => {
        const prepared = new Set<string>()
        return {
          ...self,
          prepare: (plan) => Effect.tap(self.prepare(plan), () => Effect.sync(() => prepared.add(plan.key))),
          finish: (plan, outcome) => prepared.has(plan.key) ? self.finish(plan, outcome) : refused("finish")
        }
      },
      "finishes what was never prepared, and what nobody waited for, and prepares it all the same later"
    ],
    [
      "forgets what it was given to admit",
      (self) => ({ ...self, admit: (root) => self.admit(root, []) }),
      "has admitted builds in the buildroot once the repository is ready"
    ],
    [
      "cannot finish twice",
      (self) => {
        const first = once()
        return { ...self, finish: (plan, outcome) => first(plan.key) ? self.finish(plan, outcome) : refused("finish") }
      },
      "finishes a succeeded build twice"
    ]
  ])("catches a farm that %s", ([, sabotage, promise]) =>
    Effect.gen(function*() {
      assert.include(yield* broken(sabotage), promise)
    }))
})
