import { assert, describe, it } from "@effect/vitest"
import { KojiHub, KojiRepositoryHost } from "@orch/adapters-koji"
import type * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import type { Change } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as farm from "./farm.ts"

const document = (arch: string) =>
  `---
document: modulemd-stream
version: 2
data:
  name: five
  stream: "1-0"
  version: 20261121000000
  context: c0ffee42
  arch: ${arch}
  summary: Five packages
  description: >-
    Five packages
  license:
    module:
    - MIT
  xmd:
    mbs:
      scmurl: https://git.example.org/modules/five?#1a2b3c
...
`
const change: Change = {
  key: "module-build-7",
  add: [
    { _tag: "Package", nevra: "alpha-0:1.0-1.noarch", location: "https://koji.example.org/x" },
    ...["x86_64", "aarch64"].map((arch) => ({
      _tag: "Modulemd" as const,
      id: `five:1-0:20261121000000:c0ffee42:${arch}`,
      text: document(arch)
    }))
  ],
  remove: []
}
const nvr = "five-1_0-20261121000000.c0ffee42"

const host = (options: FakeKojiHub.Options = {}, settings: KojiRepositoryHost.Settings = {}) =>
  Effect.gen(function*() {
    const hub = yield* farm.startHub(options)
    hub.addTag("el9-modular-updates-candidate")
    hub.addTag("module-five-1-0-20261121000000-c0ffee42")
    hub.addBuild("alpha-1.0-1", "git+https://git.example.org/rpms/alpha#1")
    const koji = yield* KojiHub.scoped(farm.hubOptions(hub))
    const generator = { contentGenerator: "orch-cg", moduleTag: "el9-modular-updates-candidate" }
    return { hub, host: KojiRepositoryHost.make(koji, { ...generator, ...settings }) }
  })

const imports = (hub: FakeKojiHub.FakeKojiHub) => hub.journal.filter(({ method }) => method === "CGImport")

describe("KojiRepositoryHost", () => {
  it.live("imports a module once, with its metadata, and tags it", () =>
    Effect.gen(function*() {
      const at = yield* host()
      yield* at.host.ensure("modules/five")
      for (const _ of [1, 2]) {
        yield* at.host.change("modules/five", change)
        yield* at.host.publish("modules/five")
      }
      assert.lengthOf(imports(at.hub), 1)
      assert.deepStrictEqual(at.hub.tagged("el9-modular-updates-candidate"), [nvr])
      assert.deepStrictEqual(at.hub.tagged("module-five-1-0-20261121000000-c0ffee42"), ["alpha-1.0-1"])
      const metadata = JSON.parse(String(imports(at.hub)[0]?.params[0]))
      assert.deepInclude(metadata.build, {
        name: "five",
        version: "1_0",
        release: "20261121000000.c0ffee42",
        source: "https://git.example.org/modules/five?#1a2b3c"
      })
      assert.deepInclude(metadata.build.extra.typeinfo.module, {
        module_build_service_id: 7,
        content_koji_tag: "module-five-1-0-20261121000000-c0ffee42",
        stream: "1-0",
        version: "20261121000000"
      })
      assert.deepStrictEqual(metadata.output.map((file: { filename: string }) => file.filename), [
        "modulemd.x86_64.txt",
        "modulemd.aarch64.txt",
        "modulemd.txt",
        "build.log"
      ])
      yield* at.host.remove("modules/five")
      assert.deepStrictEqual(at.hub.tagged("el9-modular-updates-candidate"), [])
    }).pipe(Effect.scoped))

  it.live("imports once when the answer is lost", () =>
    Effect.gen(function*() {
      const at = yield* host()
      at.hub.inject(({ method }) =>
        method === "CGImport" ? (at.hub.inject(undefined), { kind: "answer-lost" }) : undefined
      )
      yield* at.host.change("modules/five", change)
      assert.deepStrictEqual(imports(at.hub).map(({ fault }) => fault), [undefined])
    }).pipe(Effect.scoped))

  it.live("names the missing right to import", () =>
    Effect.gen(function*() {
      const at = yield* host({ users: [{ name: "orch", password: "orchpw", permissions: ["tag"] }] })
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
      const add = [{ _tag: "Package" as const, nevra: "beta-0:1.0-1.noarch", location: "x" }, ...change.add.slice(1)]
      const error = yield* Effect.flip(at.host.change("modules/five", { ...change, add }))
      assert.strictEqual(error.reason, "rejected")
      assert.include(error.message, "beta-0:1.0-1.noarch")
    }).pipe(Effect.scoped))

  it.live("refuses what is no module, and names that lead elsewhere", () =>
    Effect.gen(function*() {
      const at = yield* host()
      const packages = { ...change, add: change.add.slice(0, 1) }
      assert.strictEqual((yield* Effect.flip(at.host.change("modules/five", packages))).reason, "rejected")
      assert.strictEqual((yield* Effect.flip(at.host.ensure("../five"))).reason, "rejected")
      assert.strictEqual((yield* Effect.flip(at.host.publish("modules/other"))).reason, "gone")
    }).pipe(Effect.scoped))
})
