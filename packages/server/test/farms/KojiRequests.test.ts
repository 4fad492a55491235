/** How many requests a hub gets for a large module, from the first look to the end. */
import { assert, describe, it } from "@effect/vitest"
import { KojiBuildSystem, KojiHub } from "@orch/adapters-koji"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as MemoryCommandQueue from "@orch/core/testing/MemoryCommandQueue"
import * as MemoryModuleBuilds from "@orch/core/testing/MemoryModuleBuilds"
import * as MemoryOutbox from "@orch/core/testing/MemoryOutbox"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as MemorySourceControl from "@orch/core/testing/MemorySourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"

const batches = 4
const size = 75

const plan: ModulePlan = {
  name: "large",
  stream: "1",
  version: 20261121000000n,
  context: "c0ffee42",
  platform: "el9",
  arches: ["x86_64"],
  macros: "",
  buildrequires: {},
  dependencies: { buildrequires: {}, requires: {} },
  filter: [],
  modules: [{ name: "platform", stream: "el9", version: 1n, context: "00000000" }],
  groups: { build: ["bash"], "srpm-build": ["bash"] },
  blocked: [],
  components: Array.from({ length: batches * size }, (_, n) => ({
    name: `component-${n}`,
    repository: `https://git.example.org/rpms/component-${n}`,
    commit: "a".repeat(40),
    batch: 1 + Math.floor(n / size),
    afterBatch: Math.floor(n / size),
    after: [],
    placement: "",
    arches: ["x86_64"],
    buildOnly: false,
    priority: 1
  })),
  modulemd:
    "document: modulemd\nversion: 2\ndata:\n  name: large\n  stream: '1'\n  summary: Test\n  description: Test\n  license: {module: [MIT]}\n",
  owner: "alice",
  scratch: true,
  deadline: 3600
}

const layer = (hub: FakeKojiHub.FakeKojiHub) =>
  Layer.merge(
    ModuleBuildCommands.workers({ concurrency: 4 }),
    ModuleBuildWatches.layer({ interval: 10_000 })
  ).pipe(
    Layer.provideMerge(Layer.merge(ModuleBuildEngine.layer, ModuleBuildCommands.layer)),
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(MemoryModuleBuilds.layer),
    Layer.provideMerge(Layer.mergeAll(
      MemoryCommandQueue.layer,
      MemoryOutbox.layer,
      MemorySourceControl.layer({}),
      MemoryRepositoryHost.layer,
      Layer.effect(
        BuildSystem,
        Effect.gen(function*() {
          const system = yield* KojiHub.scoped({
            name: "fake",
            server: hub.url,
            login: { _tag: "Password", user: "orch", password: Redacted.make("orchpw") }
          }).pipe(Effect.flatMap((one) => KojiBuildSystem.make(one, { platformTags: { el9: "el9-build" } })))
          yield* KojiBuildSystem.watched(system)
          return system
        })
      )
    ))
  )

describe("a module of 300 components", () => {
  it.live(
    "takes at most 60 requests to a hub in four batches, uploads and all questions included",
    () =>
      Effect.gen(function*() {
        const hub = yield* Effect.acquireRelease(
          Effect.promise(() => FakeKojiHub.start({ stepMillis: 300, repositoryMillis: 300 })),
          ({ close }) => Effect.promise(close)
        )
        hub.addTag("el9-build")
        yield* Effect.gen(function*() {
          const { state: { id } } = yield* (yield* ModuleBuildEngine).submit(plan, "alice")
          const store = yield* ModuleBuilds
          const { state } = yield* store.get(id).pipe(
            Effect.repeat({
              until: ({ state: { state } }) => state === "done" || state === "failed",
              schedule: Schedule.spaced("100 millis")
            })
          )
          assert.strictEqual(state.state, "done", state.reason)
        }).pipe(Effect.provide(layer(hub)))
        assert.isAtMost(hub.requests(), 60)
      }),
    300_000
  )
})
