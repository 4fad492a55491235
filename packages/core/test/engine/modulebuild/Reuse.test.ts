import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ModuleBuildEngine } from "../../../src/engine/modulebuild/ModuleBuildEngine.ts"
import { explain } from "../../../src/modulebuild/Explanation.ts"
import { Outbox } from "../../../src/ports/Outbox.ts"
import * as MemoryBuildSystem from "../../../src/testing/MemoryBuildSystem.ts"
import { component, modulePlan } from "../../modulebuild/plans.ts"
import { running, until } from "./World.ts"

const commits = { old: "a".repeat(40), new: "b".repeat(40) }

const repository = {
  head: "main",
  commits: { [commits.old]: { time: 1, files: {} }, [commits.new]: { time: 2, files: {} } },
  refs: { main: commits.old, old: commits.old, new: commits.new }
}

const reusing = running({
  sources: { "memory:a": repository, "memory:b": repository, "memory:c": repository }
})

const part = (name: string, batch: number, ref: string) => {
  const { commit: _commit, ...plan } = component(name, { batch, ref })
  return plan
}

const platform = { name: "platform", stream: "el9", version: 1n, context: "00000000" }

const plan = (version: bigint, b: string, rebuildStrategy: string) =>
  modulePlan([part("a", 1, "old"), part("b", 1, b), part("c", 2, "old")], {
    version,
    scmurl: "git://host/demo?#1",
    modules: [platform],
    dependencies: { buildrequires: { platform: ["el9"] }, requires: {} },
    buildrequires: { platform: { ref: null, stream: "el9", version: "1", context: "00000000", kojiTag: null } },
    submission: { rebuildStrategy }
  })

const rebuilt = (strategy: string, changed: string) =>
  Effect.gen(function*() {
    const engine = yield* ModuleBuildEngine
    const { log } = yield* MemoryBuildSystem.MemoryFarm
    yield* until((yield* engine.submit(plan(1n, "old", "all"), "alice")).state.id, "ready")
    const before = log.started.length
    const second = yield* until((yield* engine.submit(plan(2n, changed, strategy), "alice")).state.id, "ready")
    return { started: log.started.slice(before).map(({ component }) => component).sort(), second }
  }).pipe(Effect.provide(reusing))

describe("reuse of components", () => {
  const cases: ReadonlyArray<readonly [string, string, ReadonlyArray<string>]> = [
    ["changed-and-after", "old", []],
    ["changed-and-after", "new", ["b", "c"]],
    ["only-changed", "new", ["b"]],
    ["content", "new", ["b", "c"]],
    ["all", "old", ["a", "b", "c"]]
  ]
  for (const [strategy, changed, expected] of cases) {
    it.live(`with ${strategy} and ${changed === "old" ? "nothing" : "b"} changed builds [${expected}]`, () =>
      Effect.gen(function*() {
        const { second, started } = yield* rebuilt(strategy, changed)
        assert.deepStrictEqual(started, expected)
        for (const { nvr } of second.components.values()) assert.isDefined(nvr)
      }))
  }

  it.live("can be explained when everything is over, each with the difference", () =>
    Effect.gen(function*() {
      const { second } = yield* rebuilt("changed-and-after", "new")
      const [a, b, c] = explain(second).components
      assert.deepInclude(a, { reason: "Reused from module build 1", reuse: "Nothing that counts has changed" })
      assert.include(b!.reuse, `from ${commits.old} to ${commits.new}`)
      assert.match(c!.reuse!, /not every component of the batch before it was reused: b$/)
      assert.deepStrictEqual([...second.components.values()].map(({ reusedFrom }) => reusedFrom), [
        1,
        undefined,
        undefined
      ])
    }))

  it.live("comes to builds whose commits were known when they were submitted", () =>
    Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const { log } = yield* MemoryBuildSystem.MemoryFarm
      const resolved = (version: bigint) => {
        const made = plan(version, "old", "changed-and-after")
        return { ...made, components: made.components.map((one) => ({ ...one, commit: commits.old })) }
      }
      yield* until((yield* engine.submit(resolved(1n), "alice")).state.id, "ready")
      const before = log.started.length
      yield* until((yield* engine.submit(resolved(2n), "alice")).state.id, "ready")
      assert.deepStrictEqual(log.started.slice(before), [])
    }).pipe(Effect.provide(reusing)))

  it.live("is told of with what becomes of a component", () =>
    Effect.gen(function*() {
      const outbox = yield* Outbox
      const engine = yield* ModuleBuildEngine
      yield* until((yield* engine.submit(plan(1n, "old", "all"), "alice")).state.id, "ready")
      const { state: build } = yield* engine.submit(plan(2n, "new", "only-changed"), "alice")
      yield* until(build.id, "ready")
      const told = yield* outbox.after(0, 1000)
      const reasons = (component: string) =>
        told.filter(({ subject }) => subject === `module-build/${build.id}/${component}`)
          .map(({ body }) => {
            const { reason, state_reason } = body as { readonly state_reason?: string; readonly reason?: string }
            return state_reason ?? reason
          })
      assert.include(reasons("a"), "Reused from module build 1")
      assert.include(reasons("b").join("; "), `from ${commits.old} to ${commits.new}`)
    }).pipe(Effect.provide(reusing)))
})
