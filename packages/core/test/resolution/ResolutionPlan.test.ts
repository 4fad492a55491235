/** Plans as the command line prints them: default streams, remarks, batches, platforms that nobody wrote down. */
import { assert, describe, it } from "@effect/vitest"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Component from "@orch/core/modulemd/ModulemdComponent"
import * as ModuleStreamV2 from "@orch/core/modulemd/ModuleStreamV2"
import type * as AvailableModule from "@orch/core/resolution/AvailableModule"
import type * as Dependencies from "@orch/core/resolution/ModuleDependencies"
import * as PlatformDocument from "@orch/core/resolution/PlatformDocument"
import * as RepositoryModules from "@orch/core/resolution/RepositoryModules"
import * as ResolutionPlan from "@orch/core/resolution/ResolutionPlan"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as Result from "effect/Result"
import { available, base, built } from "./Fixture.ts"

/** A library with a context for each stream of a language, as EL8 has many, and things that stand on it. */
const contexts = (streams: ReadonlyArray<string>): ReadonlyArray<AvailableModule.AvailableModule> => [
  base("platform:el8:1:00000000"),
  ...streams.flatMap((stream) => [
    built(`lang:${stream}:1:l${stream}`, "el8", { platform: ["el8"] }),
    built(`lib:1:1:y${stream}`, "el8", { platform: ["el8"], lang: [stream] })
  ]),
  built("deep:1:1:d", "el8", { platform: ["el8"], lib: ["1"] }),
  built("deeper:1:1:e", "el8", { platform: ["el8"], deep: [] }),
  built("open:1:1:o", "el8", { platform: ["el8"], lang: [] }),
  built("old:1:1:w", "el8", { platform: ["el8"], lang: [streams[0]!] })
]
const streams = ["5.24", "5.26", "5.30"]

const plan = (
  buildrequires: Dependencies.Streams,
  options: Partial<ResolutionPlan.Options> = {},
  modules = contexts(streams)
) =>
  ResolutionPlan.make(
    {
      stream: ModuleStreamV2.make({ name: "app", stream: "1" }),
      variants: [{
        dependencies: [{ buildrequires: { platform: ["el8"], ...buildrequires }, requires: {} }],
        staticContext: undefined
      }]
    },
    available(modules),
    { version: 1n, ...options }
  )
const langs = (self: ResolutionPlan.ResolutionPlan) =>
  self.builds.map(({ buildrequires }) => buildrequires["lang"]?.stream)

describe("default streams", () => {
  it("decide between contexts of what is required, at any depth and whatever their place in order", () => {
    for (const asked of ["lib", "deep", "deeper", "open"]) {
      for (const stream of streams) {
        for (const options of [{ defaultStreams: { lang: stream } }, { repositoryDefaults: { lang: stream } }]) {
          const found = plan({ [asked]: ["1"] }, options)
          assert.deepStrictEqual(langs(found), [stream], `${asked} ${JSON.stringify(options)}`)
          assert.deepStrictEqual(found.remarks, [])
          assert.match(found.builds[0]!.reasons["lang"]!, /^required by \w+:1, the default stream$/)
        }
      }
    }
    assert.deepStrictEqual(langs(plan({ lib: ["1"] })), ["5.24"])
  })

  it("of who asks come before those of the repository", () => {
    assert.deepStrictEqual(
      langs(plan({ deep: ["1"] }, { defaultStreams: { lang: "5.30" }, repositoryDefaults: { lang: "5.26" } })),
      ["5.30"]
    )
  })

  it("of the repository leave alone what the module itself asks for", () => {
    const options = { repositoryDefaults: { lang: "5.26" } }
    assert.deepStrictEqual(langs(plan({ lang: [] }, options)), streams)
    assert.deepStrictEqual(langs(plan({ lang: ["5.30"], lib: ["1"] }, options)), ["5.30"])
    assert.deepStrictEqual(langs(plan({ lang: [] }, { defaultStreams: { lang: "5.26" } })), ["5.26"])
  })

  it("that cannot be had are remarked, and cost nothing", () => {
    for (const options of [{ defaultStreams: { lang: "5.30" } }, { repositoryDefaults: { lang: "5.30" } }]) {
      const found = plan({ old: ["1"], lib: ["1"] }, options)
      assert.deepStrictEqual(langs(found), ["5.24"])
      assert.deepStrictEqual(found.problems, [])
      assert.deepStrictEqual(found.remarks, [
        "the default stream lang:5.30 is not taken: lang:5.24 is needed by old:1, lib:1"
      ])
    }
  })

  it("hold together as far as they can, those asked for first", () => {
    const modules = [
      ...contexts(["1", "2"]),
      built("other:1:1:o1", "el8", { platform: ["el8"] }),
      built("other:2:1:o2", "el8", { platform: ["el8"] }),
      built("both:1:1:b1", "el8", { platform: ["el8"], lang: ["1"], other: ["2"] }),
      built("both:1:1:b2", "el8", { platform: ["el8"], lang: ["2"], other: ["1"] })
    ]
    const chosen = (options: Partial<ResolutionPlan.Options>) =>
      plan({ both: ["1"] }, options, modules).builds.map(({ buildrequires }) => buildrequires["both"]?.context)
    assert.deepStrictEqual(chosen({}), ["b1"])
    assert.deepStrictEqual(chosen({ repositoryDefaults: { other: "1" } }), ["b2"])
    // Both cannot be had: what was asked for holds, whatever the order of the names.
    assert.deepStrictEqual(chosen({ repositoryDefaults: { lang: "1", other: "1" }, defaultStreams: { other: "1" } }), [
      "b2"
    ])
    assert.deepStrictEqual(chosen({ repositoryDefaults: { lang: "1", other: "1" }, defaultStreams: { lang: "1" } }), [
      "b1"
    ])
  })
})

describe("remarks", () => {
  it("say which streams there are where one is missing", () => {
    const found = plan({ lang: ["5.3"] })
    assert.match(found.problems[0]!.message, /^Cannot find any module builds for lang:5\.3/)
    assert.deepStrictEqual(found.remarks, ["there is lang:5.24, lang:5.26, lang:5.30"])
    const elsewhere = plan({ gone: ["1"] }, {}, [
      ...contexts(streams),
      built("gone:1:1:g", "el7", { platform: ["el7"] })
    ])
    assert.deepStrictEqual(elsewhere.remarks, ["gone:1 is there, but was built for another platform"])
    assert.deepStrictEqual(plan({ nobody: ["1"] }).remarks, [])
  })

  it("name platforms on which nothing is built because they are not there", () => {
    const found = plan({ platform: ["el8", "el9"] })
    assert.lengthOf(found.builds, 1)
    assert.deepStrictEqual(found.remarks, ["platform:el9 is not available, so nothing is built on it"])
  })
})

describe("components", () => {
  it("are in batches from 1, in the list and in its reasons", () => {
    const stream = ModuleStreamV2.make({
      name: "app",
      stream: "1",
      components: {
        rpms: new Map([["a", Component.rpm({})], ["b", Component.rpm({ buildorder: 10n })]]),
        modules: new Map()
      }
    })
    const { components } = ResolutionPlan.make({ stream, variants: [] }, available([]), { version: 1n })
    assert.deepStrictEqual(components.map(({ batch, name }) => `${name} ${batch}`), ["a 1", "b 2"])
    assert.strictEqual(components[1]!.reason, "b is in batch 2 because its buildorder is 10: batch 1 comes first")
  })
})

describe("the platform", () => {
  const without = [built("lang:1:1:l", "el8.2.0", { platform: ["el8"] })]

  it("is that of its document, the one given, the one most require, or the one wanted, in this order", () => {
    const assumed = (
      modules: ReadonlyArray<AvailableModule.AvailableModule>,
      given?: string,
      ...wanted: Array<string>
    ) => RepositoryModules.assuming(modules, given, wanted).platform
    const withBase = [base("platform:el7:1:00000000"), ...without]
    assert.deepStrictEqual(assumed(withBase, undefined, "el9"), { streams: ["el7"], origin: "available" })
    assert.deepStrictEqual(assumed(withBase, "el9"), { streams: ["el9"], origin: "given" })
    assert.deepStrictEqual(assumed(without, undefined, "el9"), { streams: ["el8"], origin: "required" })
    assert.deepStrictEqual(assumed([], undefined, "el9", "el8"), { streams: ["el9", "el8"], origin: "wanted" })
    assert.deepStrictEqual(assumed([], undefined), { streams: [], origin: "wanted" })
    assert.deepStrictEqual(
      RepositoryModules.assuming([], undefined, ["el9", "el8"]).available.all.map(({ stream }) => stream),
      ["el9", "el8"]
    )
  })

  it("has a document that a repository may hold, and that is a base module again when it is read", () => {
    for (const [stream, virtual] of [["el9", []], ["el8.4.0", ["el8"]], ["f28", []], ["rhel-9", []]] as const) {
      const text = Modulemd.write(PlatformDocument.make(stream))
      const { documents, problems } = Modulemd.read(text, { profile: "repository" })
      assert.deepStrictEqual(problems, [])
      const [document] = documents
      assert(document?._tag === "ModuleStreamV2")
      const module = StreamDocument.availableModule(document)!
      assert.deepInclude(module, { name: "platform", stream, context: "00000000", virtualStreams: [...virtual] })
      assert.strictEqual(module.disttagMarking, stream === "rhel-9" ? "rhel9" : undefined)
      const toBuild = ModuleStreamV2.make({
        name: "app",
        stream: "1",
        dependencies: [{ buildrequires: new Map([["platform", [stream]]]), requires: new Map() }]
      })
      const [one] = Result.getOrThrow(StreamDocument.toBuild(toBuild))
      assert.lengthOf(ResolutionPlan.make(one!, available([module]), { version: 1n }).builds, 1)
    }
  })
})
