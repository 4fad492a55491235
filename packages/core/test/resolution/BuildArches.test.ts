import { assert, describe, it } from "@effect/vitest"
import * as BuildArches from "@orch/core/resolution/BuildArches"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as Result from "effect/Result"
import { message } from "./refusals.ts"

describe("BuildArches", () => {
  const subject = { buildrequires: { platform: { stream: "f28" } } }
  const arches = (result: Result.Result<BuildArches.Decision, unknown>) => Result.getOrThrow(result).arches

  it("asks the installation, the module, the platform's tag and the default, in that order", () => {
    const settings = ResolutionSettings.make({ baseModuleArches: { "platform:f28": ["aarch64"] }, arches: ["s390x"] })
    assert.deepStrictEqual(arches(BuildArches.select({ ...subject, kojiTagArches: ["i686"] }, () => ["x"], settings)), [
      "aarch64"
    ])
    assert.deepStrictEqual(arches(BuildArches.select({ ...subject, kojiTagArches: ["i686"] }, () => ["x86_64"])), [
      "i686"
    ])
    assert.deepStrictEqual(arches(BuildArches.select(subject, (name) => [name])), ["platform"])
    assert.deepStrictEqual(arches(BuildArches.select(subject)), ["x86_64"])
  })

  it("lets the module narrow them, not widen", () => {
    const tag = () => ["x86_64", "aarch64"]
    assert.deepStrictEqual(arches(BuildArches.select({ ...subject, buildoptsArches: ["aarch64"] }, tag)), ["aarch64"])
    assert.include(message(BuildArches.select({ ...subject, buildoptsArches: ["s390x"] }, tag)), "s390x")
  })
})
