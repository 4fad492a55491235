import { assert, describe, it } from "@effect/vitest"
import * as DefaultModules from "@orch/core/resolution/DefaultModules"
import * as Result from "effect/Result"
import { available, base, built } from "./Fixture.ts"

describe("DefaultModules", () => {
  const platform = base("platform:f28:0:c0")
  const modules = available([
    platform,
    base("platform:f29:0:c0"),
    built("any:1:1:c1", "f28", { platform: [] }),
    built("exact:1:1:c1", "f28", { platform: ["f28"] }),
    built("other:1:1:c1", "f28", { platform: ["f29"] })
  ])

  it("adds builds that run on this platform, and says what became of each default", () => {
    const asked = { asked: { ref: null, stream: "1", version: "1", context: "c", kojiTag: null } }
    const result = Result.getOrThrow(
      DefaultModules.add(modules, asked, platform, { any: "1", asked: "2", exact: "1", other: "1", ghost: "1" })
    )
    assert.deepStrictEqual(Object.keys(result.buildrequires), ["asked", "any", "exact"])
    assert.deepStrictEqual(result.notes.map(({ outcome }) => outcome), [
      "added",
      "another stream is there",
      "added",
      "no suitable build",
      "no suitable build"
    ])
  })
})
