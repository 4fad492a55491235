import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as MockOptions from "../../src/packagebuild/MockOptions.ts"
import * as PlatformData from "../../src/packagebuild/PlatformData.ts"

describe("mock options", () => {
  const cases: ReadonlyArray<[string, Schema.Json, Partial<MockOptions.MockOptions>, ReadonlyArray<string>]> = [
    ["target_arch is a text", { target_arch: "i686" }, { targetArch: "i686" }, []],
    ["module_enable is a list", { module_enable: ["perl:5.26"] }, { moduleEnable: ["perl:5.26"] }, []],
    ["a single text is a list of one", { yum_exclude: "gcc" }, { yumExclude: ["gcc"] }, []],
    ["with and without are rpmbuild's conditionals", { with: ["tests"], without: ["docs"] }, {
      definitions: { _with_tests: "--with-tests", _without_docs: "--without-docs" }
    }, []],
    ["definitions may carry a %", { definitions: { "%dist": ".el8x", n: 1 } }, {
      definitions: { dist: ".el8x", n: "1" }
    }, []],
    ["any other object is macros", { macros: { vendor: "V" } }, { definitions: { vendor: "V" } }, []],
    ["what means nothing is named", { releasever: "8", nested: ["a"] }, {}, ["releasever", "nested"]],
    ["empty values are no values", { target_arch: "", with: [], definitions: {}, module_enable: null }, {}, []],
    ["what is no object has no options", "x", {}, []]
  ]
  for (const [what, given, options, ignored] of cases) {
    it(what, () => {
      assert.deepStrictEqual(MockOptions.read(given), { options: { ...MockOptions.none, ...options }, ignored })
    })
  }

  const few = Arbitrary.array(Arbitrary.schema(Schema.Literals(["a", "b", "c"])), { maxLength: 3 })
  const any = Arbitrary.map(Arbitrary.all([few, few, few]), ([one, two, three]): MockOptions.MockOptions => ({
    ...(one[0] === undefined ? {} : { targetArch: one[0] }),
    moduleEnable: [...new Set(one)],
    yumExclude: [...new Set(two)],
    definitions: Object.fromEntries(three.map((name, index) => [name, String(index)]))
  }))
  it.prop("merging is associative, and nothing is its neutral element", [any, any, any], ([a, b, c]) => {
    assert.deepStrictEqual(
      MockOptions.merge(MockOptions.merge(a, b), c),
      MockOptions.merge(a, MockOptions.merge(b, c))
    )
    assert.deepStrictEqual(MockOptions.merge(a, MockOptions.none), a)
    assert.deepStrictEqual(MockOptions.merge(MockOptions.none, a), a)
  })

  it("takes the dist macro from references that name a minor release", () => {
    assert.strictEqual(MockOptions.distOf("imports/c8/chan-1-1.el8_4"), ".el8_4")
    assert.isUndefined(MockOptions.distOf("c8"))
    assert.isUndefined(MockOptions.distOf(undefined))
  })
})

describe("platform data", () => {
  const decode = Schema.decodeUnknownResult(PlatformData.PlatformData, { errors: "all" })
  const message = (given: unknown): string => {
    const result = decode(given)
    return Result.isFailure(result) ? String(result.failure) : ""
  }

  it("of a flavor goes into the platform's: macros are added, lists joined, and the flavor holds where both say one thing", () => {
    const platform = {
      mock: { chroot_setup_cmd: "install a", macros: { m: "1", n: "1" }, module_enable: ["perl:5"] },
      yum: { exclude: "gcc" },
      definitions: { dist: ".el8" },
      timeout: 60,
      custom: { kept: true }
    }
    const flavor = {
      mock: { chroot_setup_cmd: "install b", macros: { n: "2" }, module_enable: ["perl:5", "php:8"] },
      yum: { exclude: "clang" },
      definitions: { beta: "1" },
      timeout: 90
    }
    assert.deepStrictEqual(PlatformData.merge(platform, flavor), {
      mock: { chroot_setup_cmd: "install b", macros: { m: "1", n: "2" }, module_enable: ["perl:5", "php:8"] },
      yum: { exclude: "gcc clang" },
      definitions: { dist: ".el8", beta: "1" },
      timeout: 90,
      custom: { kept: true }
    })
    assert.deepStrictEqual(PlatformData.merge(platform, {}), platform)
  })

  it("finds versions of modules in either place, the newest last", () => {
    const version = (name: string) => ({ name, dist_prefix: `el${name}`, version_prefix: name.replace(".", "0") })
    const platform = PlatformData.withModularity({ versions: [version("8.5")] }, { versions: [version("8.4")] })
    const all = PlatformData.merge(platform, PlatformData.withModularity({}, { versions: [version("8.6")] }))
    assert.strictEqual(PlatformData.versionNamed(all, undefined)?.name, "8.6")
    assert.strictEqual(PlatformData.versionNamed(all, "8.4")?.dist_prefix, "el8.4")
    assert.deepStrictEqual(PlatformData.withModularity({}, { versions: "none" }), {})
  })

  it("keeps keys that nobody here knows", () => {
    const given = { mock: { releasever: "8", macros: { "%x": "1" } }, future: { a: [1] }, definitions: {} }
    assert.deepStrictEqual(Result.getOrThrow(decode(given)), given)
  })

  const refused: ReadonlyArray<[string, unknown, RegExp]> = [
    [
      "an empty exclude, with its reason",
      { yum: { exclude: "" } },
      /makes every build of the node fail[^]*\["yum"\]\["exclude"\]/
    ],
    ["a blank exclude", { yum: { exclude: "  " } }, /every build/],
    ["a command that is no text", { mock: { chroot_setup_cmd: ["install"] } }, /chroot_setup_cmd/],
    ["modules that are no list", { mock: { module_enable: "perl:5.26" } }, /module_enable/],
    ["a macro that is a list", { definitions: { dist: [".el8"] } }, /dist/],
    ["a timeout of nothing", { timeout: 0 }, /timeout/],
    ["a version without its prefixes", { versions: [{ name: "8.4" }] }, /dist_prefix/],
    ["no object", [], /object/]
  ]
  for (const [what, given, expected] of refused) {
    it(`refuses ${what}`, () => assert.match(message(given), expected))
  }

  it("names all that is wrong at once", () => {
    const said = message({ yum: { exclude: "" }, timeout: -1, mock: { module_enable: 3 } })
    for (const part of ["exclude", "timeout", "module_enable"]) assert.include(said, part)
  })

  it("puts the options of a task where nodes look for them, and leaves the platform as it is", () => {
    const data: PlatformData.PlatformData = {
      mock: {
        chroot_setup_cmd: "install tar",
        module_enable: ["a:1"],
        secure_boot_additional_packages: ["sbsigntools"]
      },
      yum: { exclude: "gcc" },
      definitions: { dist: ".el8", vendor: "V" },
      timeout: 60
    }
    const before = structuredClone(data)
    const options: MockOptions.MockOptions = {
      targetArch: "i686",
      moduleEnable: ["b:2", "a:1"],
      yumExclude: ["clang", "llvm*"],
      definitions: { dist: ".el8x" }
    }
    assert.deepStrictEqual(
      PlatformData.forTask(data, options, { secureBoot: true, modularityLabel: "m:1:2:3" }),
      {
        mock: {
          chroot_setup_cmd: "install tar sbsigntools",
          module_enable: ["a:1", "b:2"],
          secure_boot_additional_packages: ["sbsigntools"],
          target_arch: "i686"
        },
        yum: { exclude: "gcc clang llvm*" },
        definitions: { dist: ".el8x", vendor: "V", _module_build: "1", modularitylabel: "m:1:2:3" },
        timeout: 60
      }
    )
    assert.deepStrictEqual(data, before)
  })

  it("gives nodes the keys that they take for granted, and never an empty exclude", () => {
    assert.deepStrictEqual(PlatformData.forTask({}, MockOptions.none, { secureBoot: true }), {
      mock: { module_enable: [] },
      yum: {},
      definitions: {}
    })
  })
})
