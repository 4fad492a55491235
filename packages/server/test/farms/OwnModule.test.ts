/** Modules of the operator's own: what they may be, and what is said of those that cannot be used. */
import { assert, describe, it } from "@effect/vitest"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as OwnModule from "@orch/server/farms/OwnModule"
import * as OwnPorts from "@orch/server/farms/OwnPorts"
import * as StartFailure from "@orch/server/StartFailure"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fileURLToPath } from "node:url"

const functions = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, async () => {}]))
const farm = functions("prepare submit observe cancel admit observeRepository finish")
const capabilities = { name: "mine", arches: ["x86_64"], platforms: undefined, hints: false, bulk: 10 }

const failure = (layer: Layer.Layer<never, OwnModule.OwnModuleUnusable>) =>
  Effect.map(Effect.flip(Effect.scoped(Layer.build(layer))), (error) => StartFailure.describe(error) ?? "")

const ofFarm = (value: unknown) => OwnModule.layerOf(OwnPorts.buildSystem, "ORCH_BUILD_SYSTEM=./x.mjs", value)
const ofHost = (value: unknown) => OwnModule.layerOf(OwnPorts.repositoryHost, "ORCH_REPOSITORY_HOST=./x.mjs", value)

describe("a module of the operator's own", () => {
  it.effect("may be an object of functions, or a layer", () =>
    Effect.gen(function*() {
      const made = yield* Effect.provide(BuildSystem, ofFarm({ ...farm, capabilities }))
      assert.strictEqual(made.capabilities.name, "mine")
      const host = yield* Effect.provide(RepositoryHost, ofHost(MemoryRepositoryHost.layer))
      assert.deepStrictEqual(yield* host.ensure("a"), { name: "a", revision: 0 })
    }))

  const { observe: _, ...blind } = farm
  const wrong: ReadonlyArray<readonly [string, Layer.Layer<never, OwnModule.OwnModuleUnusable>, RegExp]> = [
    [
      "lacks functions",
      ofFarm({ ...blind, capabilities }),
      /ORCH_BUILD_SYSTEM=\.\/x\.mjs: .*lacks observe\nSee docs\/writing/
    ],
    ["has no capabilities", ofFarm(farm), /its capabilities cannot be used/],
    ["builds for nothing", ofFarm({ ...farm, capabilities: { ...capabilities, arches: [] } }), /capabilities.*arches/s],
    ["is a text", ofHost("./my-host.mjs"), /neither a layer nor an object of async functions/],
    ["is a layer of something else", ofHost(ofFarm({ ...farm, capabilities })), /does not provide .*RepositoryHost/],
    [
      "is a layer that fails",
      ofHost(Layer.effect(RepositoryHost, Effect.fail(new Error("no licence")))),
      /cannot be built: no licence/
    ],
    [
      "is a layer that wants what is not there",
      ofHost(Layer.effect(RepositoryHost, Effect.as(BuildSystem, {} as never)) as Layer.Layer<RepositoryHost>),
      /cannot be built: .*BuildSystem/
    ],
    [
      "is a file that is not there",
      OwnModule.load(OwnPorts.buildSystem, "ORCH_BUILD_SYSTEM", "./nowhere.mjs"),
      /ORCH_BUILD_SYSTEM=\.\/nowhere\.mjs: the module cannot be loaded/
    ],
    [
      "is a file without a default export",
      OwnModule.load(
        OwnPorts.repositoryHost,
        "ORCH_REPOSITORY_HOST",
        fileURLToPath(new URL("../support/SpecFile.ts", import.meta.url))
      ),
      /no default export/
    ]
  ]
  for (const [what, layer, words] of wrong) {
    it.effect(`that ${what} is told so, and where to read on`, () =>
      Effect.map(failure(layer), (said) => assert.match(said, words)))
  }

  for (
    const [text, expected] of [["local", false], ["./a.js", true], ["../a.js", true], ["/srv/a.js", true], [
      "file:///a",
      true
    ]] as const
  ) {
    it(`${expected ? "is" : "is not"} named by ${text}`, () => assert.strictEqual(OwnModule.isFile(text), expected))
  }
})
