import { assert, describe, it } from "@effect/vitest"
import { KojiBuildSystem, KojiCall, KojiHub } from "@orch/adapters-koji"
import * as Effect from "effect/Effect"
import * as farm from "./farm.ts"

describe("modules in a tag", () => {
  it.live("are those of the nearest tag that has the stream, in one request for all modules", () =>
    Effect.gen(function*() {
      const hub = yield* farm.startHub({})
      const koji = yield* KojiHub.scoped(farm.hubOptions(hub))
      const modules = ["gtk", "foo"]
      const below = hub.addTag("rhel-8.0.0-modules", "x86_64", modules)
      hub.addTag("rhel-8.1.0-modules", "x86_64", modules)
      yield* koji.write(KojiCall.make("setInheritanceData", ["rhel-8.1.0-modules", [{
        parent_id: below,
        priority: 10,
        maxdepth: null,
        intransitive: false,
        noconfig: false,
        pkg_filter: ""
      }]]))
      const into = {
        "rhel-8.0.0-modules": ["gtk-1-1.aa", "gtk-2-1.bb", "foo-1_0-1.cc"],
        "rhel-8.1.0-modules": ["gtk-1-2.dd"]
      }
      for (const [tag, nvrs] of Object.entries(into)) {
        for (const nvr of nvrs) {
          hub.addBuild(nvr, "https://git.example.org/x?#1")
          yield* koji.write(KojiCall.make("tagBuildBypass", [tag, nvr]))
        }
      }
      const system = yield* KojiBuildSystem.make(koji, farm.settings)
      const before = hub.requests()
      const found = yield* system.taggedModules!("el9", "rhel-8.1.0-modules", modules)
      assert.sameMembers([...found], ["gtk-1-2.dd", "gtk-2-1.bb", "foo-1_0-1.cc"])
      assert.strictEqual(hub.requests() - before, 1)
      const error = yield* Effect.flip(system.taggedModules!("el9", "no-such-tag", modules))
      assert.strictEqual(error.reason, "rejected")
    }).pipe(Effect.scoped))
})
