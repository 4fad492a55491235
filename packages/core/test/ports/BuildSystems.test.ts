/** Several farms behind one build system, beyond what each of them promises alone. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { ModuleBuildEngine } from "../../src/engine/modulebuild/ModuleBuildEngine.ts"
import { archesFor, BuildSystem, BuildSystemError, type Interface } from "../../src/ports/BuildSystem.ts"
import * as BuildSystems from "../../src/ports/BuildSystems.ts"
import * as MemoryBuildSystem from "../../src/testing/MemoryBuildSystem.ts"
import { running, until } from "../engine/modulebuild/World.ts"
import { component, modulePlan } from "../modulebuild/plans.ts"

const farm = (platforms: ReadonlyArray<string>, arches: ReadonlyArray<string> = ["x86_64"]) =>
  Effect.map(
    Layer.build(Layer.fresh(MemoryBuildSystem.layer({ capabilities: { platforms, arches } }))),
    (context) => ({ system: Context.get(context, BuildSystem), ...Context.get(context, MemoryBuildSystem.MemoryFarm) })
  )

const silent = <A>(operation: string): Effect.Effect<A, BuildSystemError> =>
  Effect.fail(new BuildSystemError({ reason: "unreachable", operation, message: "the hub is away" }))

/** Answers nothing that it is asked about what it has. */
const away = (system: Interface): Interface => ({
  ...system,
  observe: () => silent("observe"),
  observeRepositories: () => silent("observeRepositories")
})

const build = (version: bigint, platform: string) =>
  Effect.map(
    Effect.flatMap(ModuleBuildEngine, (engine) =>
      engine.submit(modulePlan([component("a"), component("b", { batch: 2 })], { version, platform }), "alice")),
    ({ state: { id } }) =>
      id
  )

describe("several build systems as one", () => {
  it.live("say how each of them is, what they can do by now, and whose repository is worth a question", () =>
    Effect.gen(function*() {
      const [first, second] = [yield* farm(["el9"]), yield* farm(["f41"])]
      const condition = { system: "hub second", available: true, remarks: [] }
      let arches = ["x86_64"]
      const { system } = BuildSystems.combine([
        { name: "first", system: first.system },
        {
          name: "second",
          system: {
            ...second.system,
            get capabilities() {
              return { ...second.system.capabilities, arches }
            },
            conditions: () => Effect.succeed([condition]),
            repositoryHints: Stream.make({ buildroot: "root", id: "7" })
          }
        }
      ])
      assert.deepStrictEqual(yield* system.conditions!(60_000), [
        { system: "farm memory", available: true, remarks: [] },
        condition
      ])
      assert.deepStrictEqual(yield* Stream.runCollect(system.repositoryHints!), [{ buildroot: "second/root", id: "7" }])
      arches = ["aarch64"]
      assert.deepStrictEqual(archesFor(system.capabilities, "f41"), ["aarch64"])
    }).pipe(Effect.scoped))

  it.live("build each module where its platform is", () =>
    Effect.gen(function*() {
      const [first, second] = [yield* farm(["el9"]), yield* farm(["f41"])]
      const { system } = BuildSystems.combine([
        { name: "first", system: first.system },
        { name: "second", system: second.system }
      ])
      yield* Effect.gen(function*() {
        const ids = [yield* build(1n, "el9"), yield* build(2n, "f41"), yield* build(3n, "f41")]
        for (const id of ids) yield* until(id, "ready")
      }).pipe(Effect.provide(running({ between: () => system })))
      assert.deepStrictEqual(first.log.started.map((one) => one.component), ["a", "b"])
      assert.deepStrictEqual(second.log.started.map((one) => one.component).sort(), ["a", "a", "b", "b"])
    }).pipe(Effect.scoped))

  it.live("go on where one of them is away", () =>
    Effect.gen(function*() {
      const [first, second] = [yield* farm(["el9"]), yield* farm(["f41"])]
      const { system } = BuildSystems.combine([
        { name: "first", system: away(first.system) },
        { name: "second", system: second.system }
      ])
      yield* Effect.gen(function*() {
        const stuck = yield* build(1n, "el9")
        yield* until(stuck, "wait")
        yield* until(yield* build(2n, "f41"), "ready")
      }).pipe(Effect.provide(running({ between: () => ({ ...system, hints: away(first.system).hints }) })))
    }).pipe(Effect.scoped))

  it.effect("refuse a platform that nobody has, naming those there are", () =>
    Effect.gen(function*() {
      const { system } = BuildSystems.combine([
        { name: "first", system: (yield* farm(["el9"])).system },
        { name: "second", system: (yield* farm(["f40", "f41"])).system }
      ])
      const plan = { ...modulePlan([]), key: "1", distTag: "x", packages: [], platform: "el7" }
      const { message, reason } = yield* Effect.flip(system.prepare(plan))
      assert.strictEqual(reason, "rejected")
      assert.strictEqual(
        message,
        "no build system has the platform \"el7\"; there are first (el9) and second (f40, f41)"
      )
    }).pipe(Effect.scoped))

  it.effect("offer all platforms, each with the architectures of its own", () =>
    Effect.gen(function*() {
      const { offering, ownerOf, system: { capabilities } } = BuildSystems.combine([
        { name: "first", system: (yield* farm(["el9"], ["x86_64", "s390x"])).system },
        { name: "second", system: (yield* farm(["el9", "f41"], ["x86_64", "aarch64"])).system }
      ])
      assert.deepStrictEqual(capabilities.platforms, ["el9", "f41"])
      assert.deepStrictEqual(capabilities.platformArches, { el9: ["x86_64", "s390x"], f41: ["x86_64", "aarch64"] })
      assert.deepStrictEqual(["el9", "f41", "el7"].map((platform) => offering(platform)?.name), [
        "first",
        "second",
        undefined
      ])
      const owners = ["17", "second/17", "third/17", "first/17"].map((id) => {
        const owner = ownerOf(id)
        return [owner.member.name, owner.id]
      })
      assert.deepStrictEqual(owners, [["first", "17"], ["second", "17"], ["first", "third/17"], ["first", "first/17"]])
    }).pipe(Effect.scoped))
})
