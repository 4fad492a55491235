/** What stays out of a buildroot, and what is not taken components from, by what stands in a build afterwards. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ModuleBuildEngine } from "../../../src/engine/modulebuild/ModuleBuildEngine.ts"
import { TagPlan } from "../../../src/index.ts"
import * as Modulemd from "../../../src/modulemd/Modulemd.ts"
import * as ModuleStreamV2 from "../../../src/modulemd/ModuleStreamV2.ts"
import * as Xmd from "../../../src/modulemd/Xmd.ts"
import { component, modulePlan } from "../../modulebuild/plans.ts"
import { running, until } from "./World.ts"

const recorded = (stream: string) => ({ ref: null, stream, version: "1", context: "00000000", kojiTag: null })

const document = (name: string) =>
  Modulemd.write(ModuleStreamV2.make({
    name,
    stream: "1",
    summary: "A demonstration",
    description: "For tests",
    license: { module: ["MIT"], content: [] },
    xmd: Xmd.fromJson({ mbs: { mse: true, buildrequires: {} } })
  }))

const xmdOf = (text: string) => {
  const [stream] = Modulemd.read(text).documents
  assert(stream?._tag === "ModuleStreamV2")
  return JSON.parse(JSON.stringify(Xmd.toJson(Xmd.get(stream.xmd, "mbs")!)))
}

const lib = modulePlan([component("lib"), component("extra")], { name: "lib", filter: ["lib"] })

const app = modulePlan([component("app")], {
  name: "app",
  modules: [
    { name: "platform", stream: "el9", version: 1n, context: "00000000", base: true },
    { name: "lib", stream: lib.stream, version: lib.version, context: lib.context, filter: ["lib"] }
  ],
  buildrequires: { platform: recorded("el9"), lib: recorded(lib.stream) },
  modulemd: document("app")
})

describe("what stays out of a buildroot", () => {
  it.live("stands in the build's document: what the modules built and do not ship", () =>
    Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const built = yield* until((yield* engine.submit(lib, "alice")).state.id, "ready")
      const { nvr } = built.components.get("lib")!
      const { plan } = yield* until((yield* engine.submit(app, "alice")).state.id, "ready")
      const filtered = [nvr!.replace(/-([^-]+-[^-]+)$/, "-0:$1")]
      assert.deepStrictEqual(plan.buildrequires["lib"]?.filteredRpms, filtered)
      const { buildrequires, mse } = xmdOf(plan.modulemd)
      assert.deepStrictEqual(buildrequires.lib.filtered_rpms, filtered)
      assert.deepStrictEqual(buildrequires.platform.filtered_rpms, [])
      assert.isOk(mse)
    }).pipe(Effect.provide(running())))

  it.live("is what the farm says where it says so, and is not asked for again when the build is resumed", () => {
    const asked: Array<boolean | undefined> = []
    const keptOut = { filtered: { lib: ["x-1:2-3"] }, platform: ["tool-0:7.0-1.noarch"] }
    return Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const { id } = (yield* engine.submit(app, "alice")).state
      const failed = yield* until(id, "failed")
      assert.notProperty(failed.buildroot, "keptOut")
      const said = xmdOf(failed.plan.modulemd)
      assert.deepStrictEqual([said.ursine_rpms, said.buildrequires.lib.filtered_rpms], [
        keptOut.platform,
        keptOut.filtered.lib
      ])
      yield* engine.resume(id, "alice")
      yield* until(id, "failed")
      assert.deepStrictEqual(asked, [undefined, true])
    }).pipe(Effect.provide(running({
      farm: { failing: () => true },
      between: (farm) => ({
        ...farm,
        prepare: (plan) => {
          asked.push(plan.knowsKeptOut)
          return Effect.map(
            farm.prepare(plan),
            (buildroot) => plan.knowsKeptOut === true ? buildroot : { ...buildroot, keptOut }
          )
        }
      })
    })))
  })
})

describe("components on a platform that says in which tag modules have to be", () => {
  const base = modulePlan([], {
    name: "platform",
    stream: "el9",
    version: 1n,
    context: "00000000",
    imported: { kojiTag: "el9-build", virtualStreams: [], commit: null, kojiTagWithModules: "el9-modules" }
  })
  const plan = (version: bigint) =>
    modulePlan([component("a")], {
      version,
      scmurl: "git://host/demo?#1",
      modules: [{ name: "platform", stream: "el9", version: 1n, context: "00000000", base: true }],
      dependencies: { buildrequires: { platform: ["el9"] }, requires: {} },
      buildrequires: { platform: recorded("el9") },
      submission: { rebuildStrategy: "only-changed" }
    })
  for (const isThere of [true, false]) {
    it.live(`are ${isThere ? "" : "not "}taken from a build that is ${isThere ? "" : "not "}there`, () => {
      const asked: Array<unknown> = []
      return Effect.gen(function*() {
        const engine = yield* ModuleBuildEngine
        yield* engine.importModule(base, "alice")
        yield* until((yield* engine.submit(plan(1n), "alice")).state.id, "ready")
        const second = yield* until((yield* engine.submit(plan(2n), "alice")).state.id, "ready")
        assert.strictEqual(second.components.get("a")?.reusedFrom !== undefined, isThere)
        assert.deepStrictEqual(asked.at(-1), ["el9", "el9-modules", ["demo"]])
      }).pipe(Effect.provide(running({
        sources: {},
        between: (farm) => ({
          ...farm,
          taggedModules: (...question) => {
            asked.push(question)
            return Effect.succeed(isThere ? [TagPlan.cgNvr(plan(1n))] : [])
          }
        })
      })))
    })
  }
})
