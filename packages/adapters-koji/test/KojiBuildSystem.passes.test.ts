/** A package that a module builds twice: two builds of its own on a hub, each with a release of its own. */
import { assert, describe, it } from "@effect/vitest"
import { HubCleanup, KojiBuildSystem, KojiHub, type KojiSettings } from "@orch/adapters-koji"
import type * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import type { BuildrootPlan, ComponentRequest, Interface, TaskId } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as farm from "./farm.ts"

const dist = farm.plan.distTag
const plan: BuildrootPlan = {
  ...farm.plan,
  macros: `%dist .${dist}\n%_module_name five\n`,
  packages: ["alpha-boot", "alpha", "zeta"],
  passes: 1
}
const tag = "module-five-1.0-20261121000000-c0ffee42"

const connect = (options: FakeKojiHub.Options = {}, settings: Partial<KojiSettings.KojiSettings> = {}) =>
  Effect.gen(function*() {
    const hub = yield* farm.startHub(options)
    const koji = yield* KojiHub.scoped(farm.hubOptions(hub))
    return { hub, koji, system: yield* KojiBuildSystem.make(koji, { ...farm.settings, ...settings }) }
  })

/** Both passes build the package alpha, from the same commit. */
const request = (component: string, pass?: number): ComponentRequest => ({
  ...farm.request({ component: "alpha", key: `${plan.key}/${component}/1`, outcome: "closed" }),
  component,
  ...(pass === undefined ? {} : { pass })
})

const submitted = Effect.fnUntraced(function*(system: Interface, id: string, wanted: ComponentRequest) {
  const [answer] = yield* system.submit({ key: plan.key, id }, [wanted])
  return answer?._tag === "Accepted" ? answer.task : yield* Effect.die(JSON.stringify(answer))
})

const settled = (system: Interface, task: TaskId) =>
  system.observe([task]).pipe(
    Effect.map(([seen]) => seen!),
    Effect.delay("5 millis"),
    Effect.repeat({ until: ({ state }) => state !== "free" && state !== "open" }),
    Effect.timeout("20 seconds")
  )

describe("a package that is built twice", () => {
  it.live.each([["1.30.1"], ["1.34.0"], ["1.35.3"], ["1.36.0"]])(
    "is two tasks and two builds of different release on a hub of %s, the second with the first in its buildroot",
    ([version]) =>
      Effect.gen(function*() {
        const { hub, system } = yield* connect({ version })
        const { id } = yield* farm.prepared(system, plan)
        const first = yield* submitted(system, id, request("alpha-boot", 1))
        const boot = yield* settled(system, first)
        assert.strictEqual(boot.nvr, `alpha-1.0-1.${dist}~pass1`, boot.reason)
        const asked = yield* system.admit({ key: plan.key, id }, [
          { component: "alpha-boot", task: first, nvr: boot.nvr!, artifacts: boot.artifacts }
        ])
        assert.deepStrictEqual(yield* farm.decided(system, asked), { _tag: "Ready" })
        const second = yield* submitted(system, id, request("alpha"))
        const last = yield* settled(system, second)
        assert.strictEqual(last.nvr, `alpha-1.0-1.${dist}`, last.reason)
        assert.notStrictEqual(first, second)
        const builds = hub.tasks().filter(({ method, parent }) => method === "build" && parent === null)
        assert.lengthOf(builds, 4, "two macros packages and two passes")
        // Asked again, as after a crash, each finds its own.
        const other = yield* KojiBuildSystem.make(yield* KojiHub.scoped(farm.hubOptions(hub)), farm.settings)
        assert.deepStrictEqual(
          [yield* submitted(other, id, request("alpha-boot", 1)), yield* submitted(other, id, request("alpha"))],
          [first, second]
        )
        yield* system.finish(plan, { _tag: "Failed", reason: "for the test" })
        assert.deepStrictEqual(hub.targets(), [])
      }).pipe(Effect.scoped)
  )

  it.live("has the builds that were admitted before its first pass in that pass's repository", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({ automaticRepositories: false })
      const { id } = yield* farm.prepared(system, plan)
      hub.addBuild("zeta-1-1", "git+https://git.example.org/rpms/zeta#z")
      const asked = yield* system.admit({ key: plan.key, id }, [
        { component: "zeta", task: "build:1" as TaskId, nvr: "zeta-1-1", artifacts: [] }
      ])
      yield* farm.decided(system, asked)
      const task = yield* submitted(system, id, request("alpha-boot", 1))
      assert.strictEqual((yield* settled(system, task)).state, "closed")
      const waited = hub.tasks().filter(({ method, parent }) => method === "newRepo" && String(parent) === task)
      assert.deepStrictEqual(waited.map((one) => one.request[0]), [`${tag}-pass1-build`])
      const [build] = hub.tasks().filter((one) => String(one.id) === task)
      const options = build?.request[2] as { readonly wait_builds?: ReadonlyArray<string> }
      assert.deepStrictEqual(options.wait_builds, ["zeta-1-1"])
    }).pipe(Effect.scoped))

  it.live("is refused where nothing gives the passes releases of their own", () =>
    Effect.gen(function*() {
      const { system } = yield* connect({}, { macrosPackage: false })
      const error = yield* Effect.flip(system.prepare(plan))
      assert.strictEqual(error.reason, "rejected")
      assert.include(error.message, "release of its own in each pass")
    }).pipe(Effect.scoped))

  it.live("does not take the build of another component for its own, though the source is the same", () =>
    Effect.gen(function*() {
      // A spec file without %{?dist}: both passes come out as one NVR.
      const { hub, system } = yield* connect({ componentVersion: () => ({ version: "1.0", release: "1" }) }, {
        macrosPackage: false
      })
      const { id } = yield* farm.prepared(system, { ...plan, passes: 0 })
      const first = yield* submitted(system, id, request("alpha-boot"))
      assert.strictEqual((yield* settled(system, first)).state, "closed")
      const second = yield* submitted(system, id, request("alpha"))
      assert.notStrictEqual(first, second)
      const seen = yield* settled(system, second)
      assert.strictEqual(seen.state, "failed")
      assert.match(
        seen.reason ?? "",
        /alpha-1\.0-1 exists already: it is the build of the component alpha-boot, .* as alpha;/
      )
      assert.lengthOf(hub.tasks().filter(({ method, parent }) => method === "build" && parent === null), 2)
    }).pipe(Effect.scoped))

  it.live("leaves nothing behind that a sweep would not find", () =>
    Effect.gen(function*() {
      const { hub, koji, system } = yield* connect()
      yield* farm.prepared(system, plan)
      const judge = (tags: ReadonlyArray<string>) => Effect.succeed(new Map(tags.map((one) => [one, "tag"] as const)))
      const { refused, tags, targets } = yield* HubCleanup.sweep(koji, { judge, tags: true })
      assert.deepStrictEqual(refused, [])
      assert.deepStrictEqual([...targets].sort(), [tag, `${tag}-pass1`])
      assert.deepStrictEqual(tags, [`${tag}-pass1-build`, `${tag}-build`, tag])
      assert.deepStrictEqual(hub.tags(), ["el9-build"])
    }).pipe(Effect.scoped))
})
