import { assert, describe, it } from "@effect/vitest"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as AvailableModules from "@orch/core/resolution/AvailableModules"
import * as ExpandedModule from "@orch/core/resolution/ExpandedModule"
import * as Result from "effect/Result"
import { base, built } from "./Fixture.ts"

const tag = "rhel-8.1.0-modules-build"
const older = built("gtk:1:1:aa", "el8.0.0", { platform: ["el8"] })
const newer = built("gtk:1:2:bb", "el8.1.0", { platform: ["el8"] })
const other = built("foo:1:1:cc", "el8.0.0", { platform: ["el8"] })

const expand = (inTag: ReadonlyArray<AvailableModule.AvailableModule>) => {
  const platform = { ...base("platform:el8.1.0:1:00000000", "el8"), kojiTagWithModules: tag }
  const available = AvailableModules.make(
    [platform, base("platform:el8.0.0:1:00000000", "el8"), older, newer, other],
    undefined,
    new Map([[tag, new Set(inTag.map(AvailableModule.nsvc))]])
  )
  return ExpandedModule.expand({
    name: "app",
    stream: "1",
    version: 1,
    dependencies: [{ buildrequires: { platform: ["el8.1.0"], gtk: ["1"] } }]
  }, available)
}

const gtkOf = (result: ReturnType<typeof expand>) =>
  Result.getOrThrow(result).modules.map(({ buildrequires }) => buildrequires["gtk"]?.version)

describe("a platform that says in which tag modules have to be", () => {
  it("is built for with what is there, the newest of it, whatever platform that was made on", () => {
    assert.deepStrictEqual(gtkOf(expand([older])), ["1"])
    assert.deepStrictEqual(gtkOf(expand([older, newer])), ["2"])
  })

  it("is built for with nothing that is ready elsewhere only", () => {
    const result = expand([other])
    assert(Result.isFailure(result))
    assert.strictEqual(result.failure.message, "Cannot find any module builds for gtk:1")
  })
})
