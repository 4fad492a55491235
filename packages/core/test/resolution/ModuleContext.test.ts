import { assert, describe, it } from "@effect/vitest"
import * as DistTag from "@orch/core/resolution/DistTag"
import * as ModuleContext from "@orch/core/resolution/ModuleContext"
import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
import * as PythonJson from "@orch/core/resolution/PythonJson"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as StreamVersion from "@orch/core/resolution/StreamVersion"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

describe("PythonJson", () => {
  const cases: ReadonlyArray<readonly [PythonJson.PythonJson, string]> = [
    [{ b: "2", a: ["1", "2"] }, "{\"a\": [\"1\", \"2\"], \"b\": \"2\"}"],
    [{ a: [] }, "{\"a\": []}"],
    [{}, "{}"],
    ["gr\u00fc\u00df \u{1f600}", "\"gr\\u00fc\\u00df \\ud83d\\ude00\""],
    ["\"\\/\b\f\n\r\t\u0000\u007f", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u007f\""],
    [[1, 1.5, 28, 18446744073709551615n, true, null], "[1, 1.5, 28, 18446744073709551615, true, null]"]
  ]
  for (const [value, text] of cases) {
    it(`writes ${text}`, () => assert.strictEqual(PythonJson.format(value), text))
  }

  it("sorts keys by code point, beyond the basic plane too", () =>
    assert.strictEqual(
      PythonJson.format({ "\uffee": "1", "\u{1f600}": "2" }),
      "{\"\\uffee\": \"1\", \"\\ud83d\\ude00\": \"2\"}"
    ))

  it.prop("is JSON", [Schema.String], ([text]) => {
    assert.strictEqual(JSON.parse(PythonJson.format({ [text]: text }))[text], text)
  })

  const floats: ReadonlyArray<readonly [number, string]> = [
    [28, "28.0"],
    [80100.3, "80100.3"],
    [0, "0.0"],
    [1e16, "1e+16"],
    [1.5e-5, "1.5e-05"]
  ]
  for (const [value, text] of floats) {
    it(`writes the float ${text}`, () => assert.strictEqual(PythonJson.formatFloat(value), text))
  }
})

describe("ModuleContext", () => {
  it("hashes what was built against", () => {
    assert.strictEqual(
      ModuleContext.buildContext({ platform: { stream: "f28" } }),
      "f4bfd8304625d3f2835a5176ee910f50e86cc201"
    )
    assert.strictEqual(
      ModuleContext.buildContext({
        "base-runtime": { stream: "f28" },
        fluffy: { stream: "foo" },
        zebra: { stream: "2.0" }
      }),
      "089df24993c037e10174f3fa7342ab4dc191a4d4"
    )
  })

  it("leaves base modules out where asked", () => {
    assert.strictEqual(
      ModuleContext.buildContextNoBms({ platform: { stream: "f28" } }),
      ModuleContext.buildContext({})
    )
    assert.strictEqual(
      ModuleContext.buildContextNoBms(
        { gtk: { stream: "1" }, platform: { stream: "f28" } },
        ResolutionSettings.make({ baseModuleNames: ["gtk"] })
      ),
      "f4bfd8304625d3f2835a5176ee910f50e86cc201"
    )
  })

  it("hashes the runtime streams as sorted lists, over all elements", () => {
    const runtime = "3a484dfa1afb31e4a0df5d6bce64aa4cce13cab9"
    assert.strictEqual(ModuleContext.runtimeContext([{ requires: { platform: ["f28"] } }]), runtime)
    assert.strictEqual(
      ModuleContext.runtimeContext([{ requires: { a: ["2"], b: [] } }, { requires: { a: ["1", "2"] } }]),
      ModuleContext.sha1Hex("{\"a\": [\"1\", \"2\"], \"b\": []}")
    )
  })

  it("joins both to eight digits", () => {
    const expectations = [
      [{ platform: "f28" }, { platform: ["f28"] }, "9c690d0e"],
      [{ gtk: "1", platform: "f28" }, { gtk: ["1"] }, "e1e005fb"],
      [{ gtk: "2", platform: "f28" }, { gtk: ["2"] }, "ce132a1e"]
    ] as const
    for (const [build, requires, context] of expectations) {
      const buildrequires = Object.fromEntries(Object.entries(build).map(([name, stream]) => [name, { stream }]))
      assert.strictEqual(ModuleContext.contexts(buildrequires, [{ requires }]).context, context)
    }
  })

  it("numbers scratch builds", () => {
    assert.strictEqual(ModuleContext.scratch("9c690d0e", 0), "9c690d0e_1")
    const earlier = ModuleContext.countScratch("9c690d0e", ["9c690d0e_1", "9c690d0e_2", "e1e005fb_1"])
    assert.strictEqual(ModuleContext.scratch("9c690d0e", earlier), "9c690d0e_3")
  })
})

describe("StreamVersion", () => {
  const suffixes = { "el\\d+\\.z": 0.2, "el\\d+\\.\\d+\\.\\d+\\.z": 0.3 }
  const cases: ReadonlyArray<readonly [string, number, number]> = [
    ["f27", 270000, 27],
    ["f27.02.30", 270230, 270230],
    ["el8", 80000, 8],
    ["el8.1.0", 80100, 80100],
    ["el8.z", 80000.2, 8.2],
    ["el8.1.0.z", 80100.3, 80100.3],
    ["fl7.0.1-beta", 70001, 70001],
    ["f28.", 280000, 28],
    ["rawhide", 0, 0],
    ["1.2.3.4", 1020304, 1020304],
    ["", 0, 0]
  ]
  for (const [stream, padded, plain] of cases) {
    it(`reads ${JSON.stringify(stream)}`, () => {
      assert.strictEqual(StreamVersion.parse(stream, { suffixes }), padded)
      assert.strictEqual(StreamVersion.parse(stream, { suffixes, rightPad: false }), plain)
    })
  }

  it("knows which streams can be compared", () => {
    assert.deepStrictEqual(["el8.1.0", "el8.1", "f28", "el8", "rawhide"].map((stream) => StreamVersion.isXyz(stream)), [
      true,
      true,
      false,
      false,
      false
    ])
  })
})

describe("ModuleVersion", () => {
  it("is the commit's time", () => {
    assert.strictEqual(ModuleVersion.fromTimestamp(1517839314.9), 20180205140154n)
    assert.strictEqual(ModuleVersion.fromTimestamp(0), 19700101000000n)
    assert.strictEqual(ModuleVersion.fromTimestamp(951782399), 20000228235959n)
    assert.strictEqual(ModuleVersion.fromTimestamp(951782400), 20000229000000n)
  })

  it.prop(
    "agrees with the calendar",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 253402300799 }))],
    ([at]) => {
      const expected = new Date(at * 1000).toISOString().replace(/\..*|[-T:]/g, "")
      assert.strictEqual(ModuleVersion.fromTimestamp(at), BigInt(expected))
    }
  )

  const prefixed = (stream: string | undefined, version: bigint) =>
    ModuleVersion.prefixed(version, stream === undefined ? {} : { platform: { stream } })
  it("carries the base module's stream in front", () => {
    assert.strictEqual(prefixed("f28", 20180205135154n), 2820180205135154n)
    assert.strictEqual(prefixed("fl7.0.1-beta", 20180205135154n), 7000120180205135154n)
    assert.strictEqual(prefixed("rawhide", 20180205135154n), 20180205135154n)
  })

  it("stays as it is without a base module, or where the result would not fit", () => {
    assert.strictEqual(prefixed(undefined, 1n), 1n)
    assert.strictEqual(prefixed("f9999.9.9", 20180205135154n), 20180205135154n)
  })

  it("refuses what is no unsigned 64-bit integer", () => {
    assert.isTrue(Result.isFailure(ModuleVersion.parse("-1")))
    assert.isTrue(Result.isFailure(ModuleVersion.parse("18446744073709551616")))
    assert.strictEqual(ModuleVersion.parseUnsafe("18446744073709551615"), ModuleVersion.maximum)
  })
})

describe("DistTag", () => {
  const subject = { name: "testmodule", stream: "master", version: "20170109091357", context: "7c29193d" }

  it("names product, submission and module", () => {
    const tag = DistTag.make({ ...subject, id: 3, siblings: [2] }, { platform: { stream: "f28" } })
    assert.strictEqual(
      tag,
      `module+f28+2+${ModuleContext.sha1Hex("testmodule.master.20170109091357.7c29193d").slice(0, 8)}`
    )
  })

  it("marks scratch builds and knows the marking of a base module", () => {
    assert.match(
      DistTag.make({ ...subject, id: 7, scratch: true }, { platform: { stream: "f28", disttagMarking: "fc28" } }),
      /^scrmod\+fc28\+7\+[0-9a-f]{8}$/
    )
  })

  it("lets privileged modules with a marking win, in the order of the settings", () => {
    const settings = ResolutionSettings.make({ privilegedModuleNames: ["plain", "product"] })
    assert.strictEqual(
      DistTag.marking(
        { platform: { stream: "el8" }, plain: { stream: "1" }, product: { stream: "2", disttagMarking: "p2" } },
        settings
      ),
      "p2"
    )
    assert.match(DistTag.make({ ...subject, id: null }, {}), /^module\+0\+/)
  })
})

describe("TagPlan", () => {
  const subject = { name: "testmodule", stream: "master", version: 20170109091357n, context: "7c29193d" }

  it("names tag, build tag, target and build", () => {
    assert.strictEqual(TagPlan.tag(subject), "module-testmodule-master-20170109091357-7c29193d")
    assert.strictEqual(TagPlan.buildTag(subject), "module-testmodule-master-20170109091357-7c29193d-build")
    assert.strictEqual(TagPlan.target(subject), "module-testmodule-master-20170109091357-7c29193d")
    assert.strictEqual(TagPlan.cgNvr({ ...subject, stream: "rhel-8.0" }), "testmodule-rhel_8.0-20170109091357.7c29193d")
    assert.strictEqual(
      TagPlan.tag({ ...subject, scratch: true, id: 42 }),
      "scrmod-testmodule-master-20170109091357-7c29193d+42"
    )
  })

  it("falls back to a hash where Koji's limits are exceeded", () => {
    const long = { ...subject, name: "n".repeat(300) }
    const hash = ModuleContext.sha1Hex(`${long.name}.master.20170109091357.7c29193d`).slice(0, 16)
    assert.strictEqual(TagPlan.tag(long), `module-${hash}`)
    assert.strictEqual(TagPlan.tag({ ...long, scratch: true, id: 1 }), `scrmod-${hash}+1`)
    const middling = { ...subject, name: "testmodule-with-a-long-name" }
    assert.match(TagPlan.target(middling), /^module-[0-9a-f]{16}$/)
    assert.match(TagPlan.tag(middling), /^module-testmodule-with/)
  })

  it("tags the imported build by the base module", () => {
    assert.strictEqual(TagPlan.cgBuildTag({}, { platform: { stream: "f28" } }), "f28-modular-updates-candidate")
    assert.strictEqual(TagPlan.cgBuildTag({}, {}), "modular-updates-candidate")
    assert.strictEqual(TagPlan.cgBuildTag({ scratch: true }, { platform: { stream: "f28" } }), undefined)
  })
})
