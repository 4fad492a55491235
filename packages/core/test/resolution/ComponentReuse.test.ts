import { assert, describe, it } from "@effect/vitest"
import * as BuildArches from "@orch/core/resolution/BuildArches"
import * as ComponentReuse from "@orch/core/resolution/ComponentReuse"
import * as ComponentWeight from "@orch/core/resolution/ComponentWeight"
import * as DefaultModules from "@orch/core/resolution/DefaultModules"
import * as DependencyOverrides from "@orch/core/resolution/DependencyOverrides"
import * as MbsBatches from "@orch/core/resolution/MbsBatches"
import * as ModuleArtifacts from "@orch/core/resolution/ModuleArtifacts"
import * as ModuleContext from "@orch/core/resolution/ModuleContext"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as ResubmissionRule from "@orch/core/resolution/ResubmissionRule"
import * as ReusableModule from "@orch/core/resolution/ReusableModule"
import * as SrpmOverrides from "@orch/core/resolution/SrpmOverrides"
import * as StaticContexts from "@orch/core/resolution/StaticContexts"
import * as SupportStreams from "@orch/core/resolution/SupportStreams"
import * as Result from "effect/Result"
import { available, base, built } from "./Fixture.ts"

const message = (result: Result.Result<unknown, { readonly message: string }>): string =>
  Result.isFailure(result) ? result.failure.message : assert.fail("expected a refusal")

const component = (name: string, batch: number, ref: string | null, arches: ReadonlyArray<string> = ["x86_64"]) => ({
  name,
  batch,
  ref,
  arches
})

const before: ComponentReuse.Module = {
  components: [
    component("perl-Tangerine", 2, "1111"),
    component("perl-List-Compare", 2, "2222"),
    component("tangerine", 3, "3333")
  ],
  macros: "%m 1",
  buildrequires: ["platform:f28:3:0"]
}

/** The same module with some components replaced. */
const after = (...changed: ReadonlyArray<ComponentReuse.ComponentInputs>): ComponentReuse.Module => ({
  ...before,
  components: before.components.map((one) => changed.find(({ name }) => name === one.name) ?? one)
})

describe("ComponentReuse", () => {
  const cases: ReadonlyArray<
    readonly [string, ComponentReuse.RebuildStrategy, ComponentReuse.Module, ComponentReuse.Reason, string]
  > = [
    ["nothing changed", "changed-and-after", before, "reused", ""],
    ["strategy all", "all", before, "strategy is all", "\"all\""],
    ["the commit", "only-changed", after(component("tangerine", 3, "9999")), "commit changed", "from 3333 to 9999"],
    ["the batch", "changed-and-after", after(component("tangerine", 4, "3333")), "batch changed", "4 instead of 3"],
    ["the batch", "only-changed", after(component("tangerine", 4, "3333")), "reused", ""],
    ["the batch", "content", after(component("tangerine", 4, "3333")), "reused", "equal"],
    ["the macros", "changed-and-after", { ...before, macros: null }, "macros changed", "macros are different"],
    ["the macros", "only-changed", { ...before, macros: null }, "reused", ""],
    ["the macros", "content", { ...before, macros: null }, "macros changed", "macros"],
    [
      "an earlier component",
      "changed-and-after",
      after(component("perl-Tangerine", 2, "9999")),
      "earlier batch changed",
      "perl-Tangerine changed from 1111 to 9999"
    ],
    ["an earlier component", "only-changed", after(component("perl-Tangerine", 2, "9999")), "reused", ""],
    [
      "an earlier component",
      "content",
      after(component("perl-Tangerine", 2, "9999")),
      "prerequisite changed",
      "perl-Tangerine, which it is built after"
    ],
    [
      "the arches of an earlier component",
      "changed-and-after",
      after(component("perl-Tangerine", 2, "1111", ["i686"])),
      "earlier batch changed",
      "from x86_64 to i686"
    ],
    [
      "the arches",
      "only-changed",
      after(component("tangerine", 3, "3333", ["i686", "x86_64"])),
      "arches changed",
      "from x86_64 to i686, x86_64"
    ],
    [
      "what it is built with",
      "content",
      { ...before, buildrequires: ["platform:f28:4:0"] },
      "buildrequires changed",
      "platform:f28:4:0 instead of platform:f28:3:0"
    ],
    ["it has no commit", "only-changed", after(component("tangerine", 3, null)), "not in this build", "database"]
  ]
  for (const [what, strategy, current, reason, text] of cases) {
    it(`${strategy}: ${what}: ${reason}`, () => {
      const decision = ComponentReuse.decide("tangerine", strategy, current, before)
      assert.strictEqual(decision.reason, reason)
      assert.strictEqual(decision.reused, reason === "reused")
      assert.include(decision.message, text)
    })
  }

  it("needs a previous build with the component in it", () => {
    assert.strictEqual(
      ComponentReuse.decide("tangerine", "only-changed", before, undefined).reason,
      "no previous build"
    )
    const without = { ...before, components: before.components.slice(0, 2) }
    assert.strictEqual(
      ComponentReuse.decide("tangerine", "only-changed", before, without).reason,
      "not in the previous build"
    )
  })

  it("ignores the macros package and its batch", () => {
    const macros = { name: "module-build-macros", batch: 1, ref: null }
    const current = { ...before, components: [macros, ...before.components] }
    assert.deepStrictEqual(ComponentReuse.decideAll("changed-and-after", current, before).map(({ reused }) => reused), [
      true,
      true,
      true
    ])
  })

  it("stops at the first batch that is not reused completely", () => {
    const decisions = ComponentReuse.decideAll("changed-and-after", after(component("perl-Tangerine", 2, "9")), before)
    assert.deepStrictEqual(decisions.map(({ reason }) => reason), [
      "commit changed",
      "reused",
      "previous batch not reused"
    ])
  })

  it("by content, reuses what stands beside a change but not what comes after it", () => {
    const dag = (ref: string): ComponentReuse.Module => ({
      components: [
        { name: "a", batch: 2, ref, after: [] },
        { name: "b", batch: 2, ref: "b", after: ["a"] },
        { name: "c", batch: 3, ref: "c", after: [] },
        { name: "d", batch: 4, ref: "d", after: ["b", "c"] }
      ]
    })
    assert.deepStrictEqual(ComponentReuse.decideAll("content", dag("2"), dag("1")).map(({ reused }) => reused), [
      false,
      false,
      true,
      false
    ])
  })
})

describe("reuse of everything", () => {
  it("needs every component, the macros aside", () => {
    const macros = { name: "module-build-macros", batch: 1, ref: null }
    assert.isTrue(
      ComponentReuse.canReuseAll("changed-and-after", { ...before, components: [macros, ...before.components] }, before)
    )
    assert.isFalse(ComponentReuse.canReuseAll("only-changed", after(component("tangerine", 3, "9")), before))
    assert.isFalse(ComponentReuse.canReuseAll("only-changed", before, undefined))
    assert.isFalse(ComponentReuse.canReuseAll("only-changed", { components: [macros] }, undefined))
  })
})

describe("ComponentWeight", () => {
  it("estimates by time and architectures, with a ceiling", () => {
    for (const nothing of [undefined, null, 0, -3600]) assert.strictEqual(ComponentWeight.estimate(nothing, 4), 1.5)
    assert.strictEqual(ComponentWeight.estimate(4800, 2), 6.5)
    assert.strictEqual(ComponentWeight.estimate(1e6, 1), 7.5)
    assert.strictEqual(ComponentWeight.ofTasks([1.5, 2, 0.5]), 4)
    assert.deepStrictEqual(ComponentWeight.byWeight(["a", "bb", "c"], ({ length }) => length), ["bb", "a", "c"])
  })
})

describe("ReusableModule", () => {
  const el8 = ["el8.0.0", "el8.1.0"].map((stream) => base(`platform:${stream}:0:c0`, "el8"))
  const candidate = (id: number, platform: string, fields: Partial<ReusableModule.Candidate> = {}) => ({
    id,
    name: "app",
    stream: "1",
    state: "ready" as const,
    scmurl: "git://host/app?#1",
    timeCompleted: id,
    buildContext: ModuleContext.buildContext({ gtk: { stream: "3" }, platform: { stream: platform } }),
    buildContextNoBms: ModuleContext.buildContext({ gtk: { stream: "3" } }),
    rebuildStrategy: "all" as const,
    ...fields
  })
  const subject: ReusableModule.Subject = {
    name: "app",
    stream: "1",
    dependencies: [{ buildrequires: { platform: ["el8.1.0"] } }],
    buildrequires: { gtk: { stream: "3" }, platform: { stream: "el8.1.0" } },
    rebuildStrategy: "changed-and-after"
  }
  const find = (
    candidates: ReadonlyArray<ReusableModule.Candidate>,
    changed: Partial<ReusableModule.Subject> = {},
    settings: Partial<ResolutionSettings.ResolutionSettings> = {},
    options: ReusableModule.Options = {}
  ) => ReusableModule.find({ ...subject, ...changed }, candidates, available(el8, settings), options)?.id

  it("takes the newest on the newest compatible platform", () => {
    assert.strictEqual(find([candidate(1, "el8.1.0"), candidate(2, "el8.1.0"), candidate(3, "el8.0.0")]), 2)
    assert.strictEqual(find([candidate(3, "el8.0.0")]), 3)
    assert.strictEqual(find([candidate(3, "el8.2.0")]), undefined)
  })

  it("needs the very platform where compatible ones do not count", () => {
    const exact = { allowOnlyCompatibleBaseModules: false }
    assert.strictEqual(find([candidate(3, "el8.0.0")], {}, exact), undefined)
    assert.strictEqual(find([candidate(3, "el8.1.0")], {}, exact), 3)
  })

  it("passes over builds that are not ready, not from git, or made more liberally", () => {
    const liberal = candidate(3, "el8.1.0", { rebuildStrategy: "only-changed" })
    assert.strictEqual(
      find([candidate(1, "el8.1.0", { state: "done" }), candidate(2, "el8.1.0", { scmurl: null })]),
      undefined
    )
    assert.strictEqual(find([liberal]), undefined)
    assert.strictEqual(find([liberal], { rebuildStrategy: "only-changed" }), 3)
  })

  it("compares contexts as they were before default modules were added", () => {
    const buildrequires = { ...subject.buildrequires, defaulted: { stream: "1" } }
    assert.strictEqual(find([candidate(1, "el8.1.0")], { buildrequires }), undefined)
    assert.strictEqual(find([candidate(1, "el8.1.0")], { buildrequires, defaultModules: ["defaulted"] }), 1)
  })

  it("honours an explicit choice, and what a platform's tag lists", () => {
    assert.strictEqual(find([candidate(1, "f1"), candidate(2, "el8.1.0")], { reusedModule: 1 }), 1)
    assert.strictEqual(find([candidate(1, "f1"), candidate(2, "el8.1.0")], {}, {}, { taggedModules: () => [1] }), 1)
  })
})

describe("MbsBatches", () => {
  const plan = (components: MbsBatches.Components) =>
    Result.getOrThrow(MbsBatches.plan(components)).map(({ batch, name }) => `${name} ${batch}`)

  it("begins with batch 2 and a new one for each buildorder", () => {
    assert.deepStrictEqual(
      plan({
        rpms: [{ name: "c", buildorder: 10 }, { name: "a", buildorder: -1 }, { name: "b" }, {
          name: "d",
          buildorder: 10n
        }]
      }),
      ["a 2", "b 3", "c 4", "d 4"]
    )
  })

  it("places included modules in the current batch and goes on where they end", () => {
    assert.deepStrictEqual(
      plan({
        rpms: [{ name: "first", buildorder: 1 }, { name: "last", buildorder: 3 }],
        modules: [{
          name: "included",
          buildorder: 2,
          module: { rpms: [{ name: "x", buildorder: 2 }, { name: "y", buildorder: 5 }] }
        }]
      }),
      ["first 2", "x 3", "y 4", "last 5"]
    )
  })

  it("goes on after an included module without components", () => {
    assert.deepStrictEqual(
      plan({ rpms: [{ name: "a", buildorder: 1 }], modules: [{ name: "empty", module: {} }] }),
      ["a 3"]
    )
  })

  it("refuses a component that comes twice", () => {
    const twice = { name: "main", rpms: [{ name: "x" }], modules: [{ name: "inc", module: { rpms: [{ name: "x" }] } }] }
    assert.strictEqual(
      message(MbsBatches.plan(twice)),
      "The included module \"inc\" in \"main\" have the following conflicting components: x"
    )
  })

  it("calls an included module that brings a component twice by the name in its document", () => {
    const module = { name: "own-name", rpms: [{ name: "x" }] }
    assert.include(
      message(MbsBatches.plan({ name: "main", rpms: [{ name: "x" }], modules: [{ name: "key", module }] })),
      "The included module \"own-name\" in \"main\""
    )
  })
})

describe("DependencyOverrides", () => {
  const dependencies = [{ buildrequires: { platform: ["f28"], gtk: ["1"] }, requires: { gtk: ["1"] } }]

  it("replaces streams, buildrequires and requires apart", () => {
    assert.deepStrictEqual(
      Result.getOrThrow(
        DependencyOverrides.apply(dependencies, { buildrequires: { platform: ["f29"] }, requires: { gtk: ["2"] } })
      ),
      [{ buildrequires: { platform: ["f29"], gtk: ["1"] }, requires: { gtk: ["2"] } }]
    )
  })

  it("refuses overrides of what is not there", () => {
    assert.strictEqual(
      message(DependencyOverrides.apply(dependencies, { buildrequires: { zed: ["1"], other: [] } })),
      "The buildrequire overrides for the following modules aren't applicable: other, zed"
    )
    assert.strictEqual(
      message(DependencyOverrides.apply(dependencies, { requires: { platform: ["f29"] } })),
      "The require overrides for the following modules aren't applicable: platform"
    )
  })

  it("reads the platform from the branch, unless it is overridden or not there", () => {
    const settings = ResolutionSettings.make({
      branchStreamModule: "platform",
      branchStreamPatterns: [String.raw`(?:rh)(el)(?:\-)(\d+\.\d+\.\d+)$`]
    })
    const platform = (overrides: DependencyOverrides.Overrides) =>
      Result.getOrThrow(DependencyOverrides.apply(dependencies, overrides, settings))[0]!.buildrequires["platform"]
    assert.deepStrictEqual(platform({ branch: "10-rhel-8.0.0" }), ["el8.0.0"])
    assert.deepStrictEqual(platform({ branch: "main" }), ["f28"])
    assert.deepStrictEqual(platform({ branch: "10-rhel-8.0.0", buildrequires: { platform: ["el7"] } }), ["el7"])
    const without = DependencyOverrides.apply(
      [{ buildrequires: {}, requires: {} }],
      { branch: "10-rhel-8.0.0" },
      settings
    )
    assert.isTrue(Result.isSuccess(without))
  })
})

describe("SupportStreams", () => {
  const rules = [{
    pattern: String.raw`el\d+\.\d+\.\d+`,
    suffix: ".z",
    release: "rhel-{x}-{y}.{z}",
    majorRelease: "rhel-{x}-{y}"
  }]
  const dependencies = [{ buildrequires: { platform: ["el8.0.0", "el8.2.1"], gtk: ["el8.0.0"] }, requires: {} }]

  it("asks for the releases of base module streams", () =>
    assert.deepStrictEqual(SupportStreams.releases(dependencies, rules), ["rhel-8-0", "rhel-8-2.1"]))

  it("asks for nothing where the submitter chose the stream", () =>
    assert.deepStrictEqual(SupportStreams.releases(dependencies, rules, undefined, { platform: ["el8.0.0"] }), []))

  it("appends the suffix once released, unless overridden or there already", () => {
    const streams = (released: string, overridden = {}) =>
      SupportStreams.apply(dependencies, rules, (release) => release === released, overridden)[0]!.buildrequires
    assert.deepStrictEqual(streams("rhel-8-0"), { platform: ["el8.0.0.z", "el8.2.1"], gtk: ["el8.0.0"] })
    assert.deepStrictEqual(streams("rhel-8-0", { platform: ["x"] }), {
      platform: ["el8.0.0", "el8.2.1"],
      gtk: ["el8.0.0"]
    })
    assert.strictEqual(SupportStreams.releaseOf("el8.0.0.z", rules), undefined)
  })
})

describe("StaticContexts", () => {
  it("gives each context its one stream per module", () => {
    assert.deepStrictEqual(
      Result.getOrThrow(StaticContexts.parse({
        a: { buildrequires: { platform: "f28", gtk: "1" }, requires: { gtk: "1" } },
        b: { buildrequires: { platform: "f28" }, requires: {} }
      })),
      [
        { context: "a", dependencies: { buildrequires: { platform: ["f28"], gtk: ["1"] }, requires: { gtk: ["1"] } } },
        { context: "b", dependencies: { buildrequires: { platform: ["f28"] }, requires: {} } }
      ]
    )
  })

  const refusals: ReadonlyArray<readonly [unknown, string]> = [
    ["a", "needs to be a dict"],
    [{}, "does not contain the 'contexts' key"],
    [{ a: { requires: {} } }, "The context 'a' is missing the 'buildrequires' key!"],
    [{ a: { buildrequires: {} } }, "The context 'a' is missing the 'requires' key!"],
    [
      { a: { buildrequires: { gtk: "" }, requires: {} } },
      "The 'gtk' module in 'buildrequires' of the 'a' static context has no stream defined."
    ],
    [{ a: { buildrequires: { gtk: 1 }, requires: {} } }, "is of type 'int' should be 'str' type."],
    [
      { a: { buildrequires: {}, requires: { gtk: "-1" } } },
      "Usage of stream expansion with static context is forbidden."
    ]
  ]
  for (const [contexts, text] of refusals) {
    it(`refuses ${JSON.stringify(contexts)}`, () => assert.include(message(StaticContexts.parse(contexts)), text))
  }
})

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

describe("ResubmissionRule", () => {
  const existing = { state: "failed" as const, rebuildStrategy: "all", trace: ["init", "wait", "failed"] as const }
  const request = { scratch: false }

  it("continues failed builds where they stopped, and skips all others", () => {
    assert.deepStrictEqual(ResubmissionRule.decide(request, "c", existing), {
      _tag: "Resume",
      state: "wait",
      resetBatch: true
    })
    assert.deepStrictEqual(ResubmissionRule.decide(request, "c", { ...existing, trace: ["init", "failed"] }), {
      _tag: "Resume",
      state: "init",
      resetBatch: false
    })
    assert.deepStrictEqual(ResubmissionRule.decide(request, "c", { ...existing, state: "build" }), {
      _tag: "Skip",
      state: "build"
    })
    assert.strictEqual(
      ResubmissionRule.decide({ ...request, rebuildStrategy: "only-changed" }, "c", existing)._tag,
      "Refuse"
    )
  })

  it("names components that would be built differently", () => {
    const recorded = [{ name: "a", batch: 2, scmurl: "x?#1", ref: "1" }, {
      name: "b",
      batch: 3,
      scmurl: "y?#1",
      ref: "1"
    }]
    const planned = [recorded[0]!, { ...recorded[1]!, batch: 2 }, { ...recorded[0]!, name: "new" }]
    assert.deepStrictEqual(ResubmissionRule.changedComponents(recorded, planned), ["b"])
  })

  it("gives every scratch build a context of its own", () => {
    assert.deepStrictEqual(ResubmissionRule.decide({ scratch: true }, "c1", undefined, ["c1_1", "c2_1"]), {
      _tag: "Create",
      contextSuffix: "_2"
    })
  })
})

describe("SrpmOverrides", () => {
  it("names the package by the file", () => {
    assert.deepStrictEqual(
      SrpmOverrides.read(["cli-build/1.a/perl.src.rpm", "cli-build/2.b/perl.src.rpm", "/etc/passwd"]),
      {
        overrides: [{ package: "perl", source: "cli-build/1.a/perl.src.rpm" }],
        duplicates: [{ package: "perl", source: "cli-build/2.b/perl.src.rpm" }],
        invalid: ["/etc/passwd"]
      }
    )
  })
})

describe("ModuleArtifacts", () => {
  const rpm = (name: string, arch: string, srpm = "dhcp", fields: Partial<ModuleArtifacts.Rpm> = {}) => ({
    nevra: `${name}-0:1-1.${arch}`,
    name,
    arch,
    srpmName: srpm,
    srpmNevra: `${srpm}-0:1-1.src`,
    license: "MIT",
    ...fields
  })
  const rules = { filter: ["dhcp-devel"], components: { dhcp: {}, perl: { multilib: ["x86_64"] } } }
  const all = [
    rpm("dhcp", "src"),
    rpm("dhcp", "x86_64"),
    rpm("dhcp", "i686"),
    rpm("dhcp", "s390x"),
    rpm("dhcp-devel", "x86_64"),
    rpm("dhcp-devel-debuginfo", "x86_64"),
    rpm("dhcp-debuginfo", "x86_64"),
    rpm("dhcp-debugsource", "x86_64"),
    rpm("perl", "src", "perl", { license: "GPL" }),
    rpm("perl", "i686", "perl", { license: "GPL" }),
    rpm("perl-doc", "noarch", "perl", { excludeArch: ["x86_64"] }),
    rpm("stranger", "x86_64", "stranger")
  ]

  it("takes what fits the architecture, filter, multilib and debug rules", () => {
    assert.deepStrictEqual(ModuleArtifacts.select(all, rules, "x86_64"), {
      rpms: [
        "dhcp-0:1-1.src",
        "dhcp-0:1-1.x86_64",
        "dhcp-debuginfo-0:1-1.x86_64",
        "dhcp-debugsource-0:1-1.x86_64",
        "perl-0:1-1.i686",
        "perl-0:1-1.src"
      ],
      licenses: ["GPL", "MIT"]
    })
  })

  const names: ReadonlyArray<readonly [arch: string, exclusive: string, fits: boolean]> = [
    ["x86_64", "x86_64", true],
    ["x86_64", "amd64", false],
    ["x86_64", "i686", false],
    ["i686", "i386", true],
    ["armv7hl", "armv6hl", true],
    ["s390x", "s390", false]
  ]
  for (const [arch, exclusive, fits] of names) {
    it(`${fits ? "takes" : "leaves out"} on ${arch} what is exclusive to ${exclusive}`, () => {
      const only = rpm("dhcp", "noarch", "dhcp", { exclusiveArch: [exclusive] })
      assert.deepStrictEqual(ModuleArtifacts.select([only], rules, arch).rpms.includes(only.nevra), fits)
    })
  }

  it("gives the rest to the devel module", () => {
    assert.deepStrictEqual(ModuleArtifacts.select(all, rules, "x86_64", true).rpms, [
      "dhcp-0:1-1.i686",
      "dhcp-devel-0:1-1.x86_64",
      "dhcp-devel-debuginfo-0:1-1.x86_64",
      "stranger-0:1-1.x86_64"
    ])
  })
})
