import { assert, describe, it } from "@effect/vitest"
import { KojiCall, KojiHub, KojiRepositoryHost } from "@orch/adapters-koji"
import type * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import { type Change, RepositoryHost } from "@orch/core/ports/RepositoryHost"
import { repositoryHostContract } from "@orch/core/testing/RepositoryHostContract"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as farm from "./farm.ts"

/** A module's document, for one architecture with the packages that it ships there. */
const document = (arch: string | undefined, shipped: ReadonlyArray<string> = [], name = "five") =>
  `---
document: modulemd-stream
version: 2
data:
  name: ${name}
  stream: "1-0"
  version: 20261121000000
  context: c0ffee42
${arch === undefined ? "" : `  arch: ${arch}\n`}  summary: Five packages
  description: >-
    Five packages
  license:
    module:
    - MIT
  xmd:
    mbs:
      scmurl: https://git.example.org/modules/five?#1a2b3c
    other: kept
  dependencies:
  - buildrequires:
      platform: [el9]
    requires:
      platform: [el9]
  profiles:
    default:
      rpms: [alpha]
  api:
    rpms: [alpha]
  filter:
    rpms: [beta]
  components:
    rpms:
      alpha:
        rationale: Wanted
        repository: https://git.example.org/rpms/alpha
        cache: https://git.example.org/cache/alpha
        ref: 1a2b3c
      beta:
        rationale: Built with
      gamma:
        rationale: Built with
        buildonly: true
${shipped.length === 0 ? "" : `  artifacts:\n    rpms: [${shipped.map((nevra) => `"${nevra}"`).join(", ")}]\n`}...
`
const arches = ["x86_64", "aarch64"]
const packagesOf = (...names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.flatMap((name) => [`${name}-0:1.0-1.noarch`, `${name}-0:1.0-1.src`])
const documents = (name: string, shipped: ReadonlyArray<string>) =>
  arches.map((arch) => ({
    id: `${name}:1-0:20261121000000:c0ffee42:${arch}`,
    text: document(arch, shipped, name)
  }))
const change: Change = {
  key: "module-build-7",
  origin: {
    build: 7,
    owner: "orch",
    platform: "el9",
    scmurl: "https://git.example.org/modules/five?#1a2b3c",
    begun: 1_795_300_000_123,
    ended: 1_795_300_900_456,
    modulemd: document(undefined),
    complement: {
      modulemd: document(undefined, [], "five-devel"),
      documents: documents("five-devel", packagesOf("beta", "gamma"))
    },
    submitted: "# by hand\n",
    nvrs: ["alpha-1.0-1", "beta-1.0-1", "gamma-1.0-1"],
    log: "alpha: built\n"
  },
  add: [
    { _tag: "Package", nevra: "alpha-0:1.0-1.noarch", location: "https://koji.example.org/x" },
    ...documents("five", packagesOf("alpha")).map((one) => ({ _tag: "Modulemd" as const, ...one }))
  ],
  remove: []
}
const tag = "module-five-1-0-20261121000000-c0ffee42"
const candidates = "el9-modular-updates-candidate"
const nvr = "five-1_0-20261121000000.c0ffee42"
const develNvr = "five-devel-1_0-20261121000000.c0ffee42"

const host = (options: FakeKojiHub.Options = {}, settings: KojiRepositoryHost.Settings = {}) =>
  Effect.gen(function*() {
    const hub = yield* farm.startHub(options)
    hub.addTag(candidates)
    hub.addTag(tag, "x86_64", ["alpha", "beta", "gamma"])
    for (const name of ["alpha", "beta", "gamma"]) {
      hub.addBuild(`${name}-1.0-1`, `git+https://git.example.org/rpms/${name}#1`)
    }
    const koji = yield* KojiHub.scoped(farm.hubOptions(hub))
    const generator = { contentGenerator: "orch-cg", moduleTags: ["{}-candidate", "{}-modular-updates-candidate"] }
    const host = KojiRepositoryHost.make(koji, { ...generator, ...settings })
    yield* host.ensure("modules/five")
    return { hub, koji, host }
  })

const imports = (hub: FakeKojiHub.FakeKojiHub) => hub.journal.filter(({ method }) => method === "CGImport")

const bare = "Koji keeps packages in builds: a repository of its own holds one module, and no package without it"
const fixed = "what is imported cannot be changed"

repositoryHostContract("KojiRepositoryHost", {
  layer: Layer.effect(RepositoryHost, Effect.map(host(), ({ host }) => host)),
  packages: [
    { _tag: "Package", nevra: "alpha-0:1.0-1.noarch", location: "alpha" },
    { _tag: "Package", nevra: "beta-0:1.0-1.noarch", location: "beta" },
    { _tag: "Package", nevra: "gamma-0:1.0-1.noarch", location: "gamma" },
    { _tag: "Package", nevra: "alpha-0:1.0-1.src", location: "alpha" }
  ],
  skip: [
    "keeps what a repository holds when it is ensured again",
    "adds and removes as one change, and says what it holds, sorted",
    "ignores what is to be removed and is not there",
    "holds a package once that is added twice",
    "keeps a package that is removed and added in one change",
    "does a change of one key once",
    "does a change of one key once when several ask at once",
    "loses no change when several come at once",
    "takes nothing of a change that it cannot take as a whole",
    "publishes what it holds, also nothing, and twice the same",
    "shows readers nothing of a change before it is published, and all of it afterwards",
    "keeps repositories apart",
    "removes a repository, and once more, and begins anew afterwards",
    "leaves a repository alone whose neighbour of the same prefix is removed"
  ].map((test) => ({ test, reason: bare })).concat(
    [
      "holds and publishes the metadata of a module beside its packages",
      "tells what it holds: every identity, and of files the checksum that they have",
      "keeps the documents of a module's other contexts, whichever change brings or takes one"
    ].map((test) => ({ test, reason: fixed }))
  )
})

describe("KojiRepositoryHost", () => {
  it.live("imports a module and its complement once, with their metadata, and tags them", () =>
    Effect.gen(function*() {
      const at = yield* host()
      yield* at.host.ensure("modules/five")
      for (const _ of [1, 2]) {
        yield* at.host.change("modules/five", change)
        yield* at.host.publish("modules/five")
      }
      assert.lengthOf(imports(at.hub), 2)
      assert.deepStrictEqual(at.hub.tagged(candidates), [nvr, develNvr])
      // A composing tool sees what the package list has, too.
      const seen = yield* at.koji.read(KojiCall.make("listTagged", [candidates]))
      assert.lengthOf(seen as ReadonlyArray<unknown>, 2)
      assert.deepStrictEqual(at.hub.tagged(tag), ["alpha-1.0-1", "beta-1.0-1", "gamma-1.0-1"])
      const [main, devel] = imports(at.hub).map(({ params }) => JSON.parse(String(params[0])))
      const build = {
        name: "five",
        version: "1_0",
        release: "20261121000000.c0ffee42",
        source: "https://git.example.org/modules/five?#1a2b3c",
        start_time: 1_795_300_000,
        end_time: 1_795_300_900,
        owner: "orch"
      }
      const module = {
        module_build_service_id: 7,
        content_koji_tag: tag,
        name: "five",
        stream: "1-0",
        version: "20261121000000",
        context: "c0ffee42"
      }
      assert.strictEqual(main.metadata_version, 0)
      assert.deepInclude(main.build, build)
      assert.deepInclude(main.build.extra.typeinfo.module, module)
      assert.deepInclude(devel.build, { ...build, name: "five-devel" })
      assert.deepInclude(devel.build.extra.typeinfo.module, { ...module, name: "five-devel" })
      for (const { buildroots, output } of [main, devel]) {
        assert.deepInclude(buildroots[0], { id: 1, components: [] })
        assert.strictEqual(buildroots[0].content_generator.name, "orch-cg")
        const files = output.map(({ arch, filename, type }: Record<string, string>) => [filename, arch, type])
        assert.deepStrictEqual(files, [
          ["modulemd.x86_64.txt", "x86_64", "file"],
          ["modulemd.aarch64.txt", "aarch64", "file"],
          ["modulemd.txt", "noarch", "file"],
          ["modulemd.src.txt", "src", "file"],
          ["build.log", "noarch", "log"]
        ])
      }
      const names = (output: ReadonlyArray<{ readonly components?: ReadonlyArray<{ name: string; arch: string }> }>) =>
        output.map(({ components = [] }) => components.map(({ arch, name }) => `${name}.${arch}`).sort().join(" "))
      const all = ["alpha", "beta", "gamma"].flatMap((name) => [`${name}.noarch`, `${name}.src`]).join(" ")
      const shipped = "alpha.noarch alpha.src"
      const others = "beta.noarch beta.src gamma.noarch gamma.src"
      assert.deepStrictEqual(names(main.output), [shipped, shipped, all, all, ""])
      assert.deepStrictEqual(names(devel.output), [others, others, all, all, ""])
      yield* at.host.remove("modules/five")
      assert.deepStrictEqual(at.hub.tagged(candidates), [])
    }).pipe(Effect.scoped))

  it.live("uploads the documents that it was given, as they are", () =>
    Effect.gen(function*() {
      const at = yield* host()
      yield* at.host.change("modules/five", change)
      const uploaded = (file: string) =>
        [...at.hub.uploads()].filter(([path]) => path.endsWith(`/${file}`)).map(([, bytes]) =>
          Buffer.from(bytes).toString("utf8")
        )
      const { complement, modulemd } = change.origin!
      for (const [index, arch] of arches.entries()) {
        assert.deepStrictEqual(uploaded(`modulemd.${arch}.txt`), [
          documents("five", packagesOf("alpha"))[index]!.text,
          complement!.documents[index]!.text
        ])
      }
      assert.deepStrictEqual(uploaded("modulemd.txt"), [modulemd, complement!.modulemd])
      assert.deepStrictEqual(uploaded("build.log"), ["alpha: built\n", "alpha: built\n"])
    }).pipe(Effect.scoped))

  it.live("takes five requests whatever the architectures and documents", () =>
    Effect.gen(function*() {
      const at = yield* host()
      // The login.
      yield* at.koji.readAsUser([KojiCall.make("getLoggedInUser")])
      const before = at.hub.requests()
      yield* at.host.change("modules/five", change)
      yield* at.host.publish("modules/five")
      assert.strictEqual(at.hub.requests() - before, 5)
    }).pipe(Effect.scoped))

  it.live("replaces the files of an attempt that was cut short, also where they say something else", () =>
    Effect.gen(function*() {
      const at = yield* host({}, { develModules: false })
      yield* at.host.change("modules/five", change)
      const [path = ""] = [...at.hub.uploads().keys()]
      const directory = path.slice(0, path.lastIndexOf("/"))
      const again = yield* host({}, { develModules: false })
      for (const [file] of at.hub.uploads()) {
        const name = file.slice(directory.length + 1)
        yield* again.koji.upload(directory, name, Buffer.from(`${"older and longer ".repeat(500)}${name}`))
      }
      yield* again.host.change("modules/five", change)
      assert.deepStrictEqual([...again.hub.uploads()], [...at.hub.uploads()])
      assert.lengthOf(imports(again.hub).filter(({ fault }) => fault === undefined), 1)
    }).pipe(Effect.scoped))

  it.live("uploads in chunks where a hub takes no files in calls", () =>
    Effect.gen(function*() {
      const at = yield* host({ without: ["uploadFile"] })
      yield* at.host.change("modules/five", change)
      yield* at.host.publish("modules/five")
      assert.deepStrictEqual(at.hub.tagged(candidates), [nvr, develNvr])
      const files = [...at.hub.uploads().keys()].map((path) => path.slice(path.lastIndexOf("/") + 1))
      assert.lengthOf(files.filter((name) => name === "modulemd.aarch64.txt"), 2)
    }).pipe(Effect.scoped))

  it.live("looks again where the tag for modules has changed since the import", () =>
    Effect.gen(function*() {
      const at = yield* host()
      yield* at.host.change("modules/five", change)
      // Somebody else is faster with one of the two.
      yield* at.koji.writeAll([
        KojiCall.make("packageListAdd", [candidates, "five"], { owner: "orch" }),
        KojiCall.make("tagBuildBypass", [candidates, nvr])
      ])
      yield* at.host.publish("modules/five")
      assert.sameMembers([...at.hub.tagged(candidates)], [nvr, develNvr])
      yield* at.koji.writeAll([KojiCall.make("untagBuild", [candidates, nvr])])
      yield* at.host.publish("modules/five")
      assert.sameMembers([...at.hub.tagged(candidates)], [nvr, develNvr])
    }).pipe(Effect.scoped))

  it.live("imports no complement where nothing is said of one", () =>
    Effect.gen(function*() {
      const at = yield* host()
      const { complement: _, ...origin } = change.origin!
      yield* at.host.change("modules/five", { ...change, origin })
      yield* at.host.publish("modules/five")
      assert.deepStrictEqual(at.hub.tagged(candidates), [nvr])
    }).pipe(Effect.scoped))

  it.live("imports no complement where none is wanted", () =>
    Effect.gen(function*() {
      const at = yield* host({}, { develModules: false })
      yield* at.host.change("modules/five", change)
      yield* at.host.publish("modules/five")
      assert.deepStrictEqual(at.hub.tagged(candidates), [nvr])
    }).pipe(Effect.scoped))

  it.live("leaves the owner out when the hub does not know them", () =>
    Effect.gen(function*() {
      const at = yield* host()
      yield* at.host.change("modules/five", { ...change, origin: { ...change.origin!, owner: "stranger" } })
      assert.notProperty(JSON.parse(String(imports(at.hub)[0]?.params[0])).build, "owner")
    }).pipe(Effect.scoped))

  it.live("says which tags for imported modules the hub does not have", () =>
    Effect.gen(function*() {
      const at = yield* host({}, { moduleTags: ["{}-none", "nowhere"] })
      yield* at.host.change("modules/five", change)
      const error = yield* Effect.flip(at.host.publish("modules/five"))
      assert.strictEqual(error.reason, "rejected")
      assert.include(error.message, "el9-none and none nowhere")
    }).pipe(Effect.scoped))

  it.live("uploads metadata that is too long for a request", () =>
    Effect.gen(function*() {
      const at = yield* host({}, { develModules: false })
      const modulemd = document(undefined).replace(
        "  description: >-\n    Five packages",
        `  description: ${"x".repeat(2e6)}`
      )
      yield* at.host.change("modules/five", { ...change, origin: { ...change.origin!, modulemd } })
      assert.strictEqual(imports(at.hub)[0]?.params[0], "metadata.json")
    }).pipe(Effect.scoped))

  it.live.each(["answer-lost", "reset", "reset-applied", "bad-gateway-applied"] as const)(
    "imports once with %s at one request after the other",
    (kind) =>
      Effect.gen(function*() {
        const { hub: quiet, host: undisturbed } = yield* host()
        const before = quiet.requests()
        yield* undisturbed.change("modules/five", change)
        yield* undisturbed.publish("modules/five")
        for (let fault = 0; fault < quiet.requests() - before; fault++) {
          yield* Effect.scoped(Effect.gen(function*() {
            const at = yield* host()
            const from = at.hub.requests()
            at.hub.inject(({ index }) => index - from === fault ? { kind } : undefined)
            yield* at.host.change("modules/five", change)
            yield* at.host.publish("modules/five")
            const done = imports(at.hub).filter((one) => one.fault === undefined)
            assert.lengthOf(done, 2, `at request ${fault}`)
            assert.sameMembers([...at.hub.tagged(candidates)], [nvr, develNvr])
          }))
        }
      }).pipe(Effect.scoped),
    30_000
  )

  it.live("takes over an import that somebody else was faster with", () =>
    Effect.gen(function*() {
      const at = yield* host({}, { develModules: false })
      at.hub.inject(({ methods }) => {
        if (methods.includes("CGImport")) at.hub.addBuild(nvr, "https://git.example.org/modules/five?#1a2b3c")
        return undefined
      })
      yield* at.host.change("modules/five", change)
      assert.lengthOf(imports(at.hub).filter(({ fault }) => fault !== undefined), 1)
      yield* at.host.publish("modules/five")
      assert.deepStrictEqual(at.hub.tagged(candidates), [nvr])
    }).pipe(Effect.scoped))

  it.live("names the missing right to import", () =>
    Effect.gen(function*() {
      const users = [{ name: "orch", password: "orchpw", permissions: ["tag"] }, { name: "x", generators: ["orch-cg"] }]
      const at = yield* host({ users })
      const error = yield* Effect.flip(at.host.change("modules/five", change))
      assert.strictEqual(error.reason, "refused")
      assert.include(error.message, "grant-cg-access")
    }).pipe(Effect.scoped))

  it.live("imports nothing without a content generator, and points at the module's own repository", () =>
    Effect.gen(function*() {
      const at = yield* host({}, { contentGenerator: undefined, topurl: "https://koji.example.org/kojifiles" })
      yield* at.host.change("modules/five", change)
      const { url } = yield* at.host.publish("modules/five")
      assert.lengthOf(imports(at.hub), 0)
      assert.strictEqual(
        url,
        "https://koji.example.org/kojifiles/repos/module-five-1-0-20261121000000-c0ffee42/latest/"
      )
    }).pipe(Effect.scoped))

  it.live("refuses a package that the hub does not have", () =>
    Effect.gen(function*() {
      const at = yield* host()
      const add = [{ _tag: "Package" as const, nevra: "delta-0:1.0-1.noarch", location: "x" }, ...change.add.slice(1)]
      const error = yield* Effect.flip(at.host.change("modules/five", { key: change.key, add, remove: [] }))
      assert.strictEqual(error.reason, "rejected")
      assert.include(error.message, "delta-0:1.0-1.noarch")
    }).pipe(Effect.scoped))

  it.live("refuses what is no module, and names that lead elsewhere", () =>
    Effect.gen(function*() {
      const at = yield* host()
      const packages = { ...change, add: change.add.slice(0, 1) }
      assert.strictEqual((yield* Effect.flip(at.host.change("modules/five", packages))).reason, "rejected")
      assert.strictEqual((yield* Effect.flip(at.host.ensure("../five"))).reason, "rejected")
      assert.strictEqual((yield* Effect.flip(at.host.publish("modules/other"))).reason, "gone")
      assert.strictEqual((yield* Effect.flip(at.host.publish("modules/five"))).reason, "gone")
    }).pipe(Effect.scoped))

  it.live("refuses to change what was imported", () =>
    Effect.gen(function*() {
      const at = yield* host()
      const first = yield* at.host.change("modules/five", change)
      assert.deepStrictEqual(yield* at.host.change("modules/five", change), first)
      const error = yield* Effect.flip(at.host.change("modules/five", { ...change, key: "module-build-8" }))
      assert.deepStrictEqual([error.reason, error.isRetryable], ["conflict", false])
      assert.include(error.message, nvr)
    }).pipe(Effect.scoped))
})
