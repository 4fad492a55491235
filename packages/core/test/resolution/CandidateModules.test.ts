import { assert, describe, it } from "@effect/vitest"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as CandidateModules from "@orch/core/resolution/CandidateModules"
import * as Result from "effect/Result"
import { available, base, built, fedora } from "./Fixture.ts"
import { failure } from "./refusals.ts"

describe("CandidateModules", () => {
  it("follows runtime requirements all the way down, newest versions only", () => {
    const modules = available([
      base("platform:f29:0:c11"),
      built("gtk:1:0:c2", "f29", { foo: ["unknown"] }),
      built("gtk:1:1:c2", "f29", { foo: ["1"] }),
      built("foo:1:1:c2", "f29", { bar: ["1"], lorem: ["1"] }),
      built("bar:1:1:c2", "f29", { base: ["f29"] }),
      built("lorem:1:1:c2", "f29", { base: ["f29"] }),
      built("base:f29:0:c3", "f29", { platform: ["f29"] })
    ])
    const found = CandidateModules.collect(modules, [{
      buildrequires: { platform: ["f29"], gtk: ["1"] },
      requires: {}
    }])
    assert.deepStrictEqual(Result.getOrThrow(found).map(AvailableModule.nsvc).sort(), [
      "bar:1:1:c2",
      "base:f29:0:c3",
      "foo:1:1:c2",
      "gtk:1:1:c2",
      "lorem:1:1:c2",
      "platform:f29:0:c11"
    ])
  })

  it("picks builds made on the newest compatible base stream that has any", () => {
    const streams = ["f29.0.0", "f29.1.0", "f29.2.0"]
    const modules = available([
      ...streams.map((stream) => base(`platform:${stream}:0:c11`, "f29")),
      built("gtk:1:0:c2", "f29.0.0"),
      built("gtk:1:1:c2", "f29.1.0"),
      built("gtk:1:2:c2", "f29.1.0"),
      built("gtk:1:3:c2", "f29.2.0")
    ])
    const found = CandidateModules.collect(modules, [
      { buildrequires: { platform: ["f29.1.0"], gtk: ["1"] }, requires: {} }
    ])
    assert.deepStrictEqual(Result.getOrThrow(found).map(AvailableModule.nsvc), [
      "platform:f29.1.0:0:c11",
      "platform:f29.0.0:0:c11",
      "gtk:1:2:c2"
    ])
  })

  it("asks where what is buildrequired requires one of several streams, and takes the default at any depth", () => {
    const modules = available([
      ...fedora(),
      built("app:1:1:c", "f28", { gtk: ["1", "2"] }),
      built("suite:1:1:c", "f28", { app: ["1"] }),
      built("open:1:1:c", "f28", { gtk: [] })
    ])
    const collect = (name: string, defaultStreams?: Readonly<Record<string, string>>) =>
      Result.map(
        CandidateModules.collect(modules, [{ buildrequires: { platform: ["f28"], [name]: ["1"] }, requires: {} }], {}, {
          failIfAmbiguous: true,
          defaultStreams
        }),
        (found) => found.map(AvailableModule.nameStream).filter((stream) => stream.startsWith("gtk"))
      )
    const refusal = failure(collect("app"))
    assert.strictEqual(refusal.reason, "StreamAmbiguous")
    assert.strictEqual(refusal.message, "There are multiple streams ['1', '2'] to choose from for module gtk.")
    assert.deepStrictEqual(Result.getOrThrow(collect("suite")), ["gtk:1", "gtk:2"])
    assert.deepStrictEqual(Result.getOrThrow(collect("open")), ["gtk:1", "gtk:2"])
    for (const name of ["app", "suite", "open"]) {
      assert.deepStrictEqual(Result.getOrThrow(collect(name, { gtk: "2" })), ["gtk:2"])
    }
    // A default that is no choice here decides nothing.
    assert.deepStrictEqual(Result.getOrThrow(collect("app", { gtk: "7" })), ["gtk:1", "gtk:2"])
  })

  it("names what has no build", () => {
    const missing = failure(
      CandidateModules.collect(available(fedora()), [
        { buildrequires: { platform: ["f28"], gtk: ["9"] }, requires: {} }
      ], { "0.buildrequires.gtk": 12 })
    )
    assert.strictEqual(missing.message, "Cannot find any module builds for gtk:9")
    assert.strictEqual(missing.line, 12)
    const platform = failure(
      CandidateModules.collect(available(fedora()), [{ buildrequires: { platform: ["f1"] }, requires: {} }], {
        "0.buildrequires.platform": 7
      })
    )
    assert.strictEqual(platform.line, 7)
    assert.strictEqual(
      platform.message,
      "None of the base module (platform) streams in the buildrequires section could be found"
    )
    assert.isTrue(platform.inFull.endsWith(": platform:f1"))
  })
})
