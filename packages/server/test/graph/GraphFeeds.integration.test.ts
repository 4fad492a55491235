/** What feeds the graph beside plans: finished composes, posted or read from where they lie, and what packages of builds need. */
import { assert, describe, it } from "@effect/vitest"
import { OrchClient } from "@orch/client"
import * as InstalledPackages from "@orch/core/farm/InstalledPackages"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as Path from "node:path"
import { gzipSync } from "node:zlib"
import * as BuildNeeds from "../../src/graph/BuildNeeds.ts"
import * as ComposeMetadata from "../../src/graph/ComposeMetadata.ts"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import { databases } from "../support/Databases.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"

const compose = (id: string) => ({ id, date: "20180815", respin: 0, type: "nightly" })

const rpms = (id: string, packages: Readonly<Record<string, ReadonlyArray<string>>>) => ({
  header: { type: "productmd.rpms", version: "1.2" },
  payload: {
    compose: compose(id),
    rpms: {
      Server: {
        x86_64: Object.fromEntries(
          Object.entries(packages).map(([source, binaries]) => [
            `${source}-0:1-1.src`,
            Object.fromEntries([
              [`${source}-0:1-1.src`, { category: "source", path: "x", sigkey: null }],
              ...binaries.map((name) => [`${name}-0:1-1.x86_64`, { category: "binary", path: "x", sigkey: null }])
            ])
          ])
        )
      }
    }
  }
})

const modules = (id: string, path?: string) => ({
  header: { type: "productmd.modules", version: "1.2" },
  payload: {
    compose: compose(id),
    modules: {
      Server: {
        x86_64: {
          "web:1:2018:c0ffee": {
            metadata: { uid: "web:1:2018:c0ffee", name: "web", stream: "1", version: "2018", context: "c0ffee" },
            ...(path === undefined ? {} : { modulemd_path: { binary: path } }),
            rpms: ["httpd-0:1-1.x86_64", "httpd-0:1-1.src"]
          }
        }
      }
    }
  }
})

const document = [
  "---",
  "document: modulemd",
  "version: 2",
  "data:",
  "  name: web",
  "  stream: 1",
  "  version: 2018",
  "  context: c0ffee",
  "  summary: Web",
  "  description: Web",
  "  license: {module: [MIT]}",
  "  dependencies:",
  "  - buildrequires: {perl: [5.26], platform: [f29]}",
  "    requires: {perl: [5.26], python: [-3.9]}",
  "...",
  ""
].join("\n")

const served = (files: Readonly<Record<string, string | Buffer>>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() =>
        new Promise<Server>((resolve) => {
          const server = createServer(({ url = "" }, response) => {
            response.statusCode = files[url] === undefined ? 404 : 200
            response.end(files[url] ?? "")
          })
          server.listen(0, "127.0.0.1", () => resolve(server))
        })
      ),
      (server) => Effect.sync(() => void server.close().closeAllConnections())
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  )

interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

describe.each(databases)("composes on $name", ({ name }) => {
  it.live(
    "feed the graph, the newest of each product, in whatever order they are told of",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { url } = yield* TestServer.start({
          ORCH_OUTGOING_ALLOW: "127.0.0.1",
          ORCH_IMPORT_GROUPS: "packager",
          ...(name === "PGlite" ? TestServer.embedded : {})
        })
        const ask = (method: string, path: string, body?: unknown) =>
          Effect.promise(async (): Promise<Answer> => {
            const reply = await fetch(`${url}/orch/v1/graph/${path}`, {
              method,
              headers: { "content-type": "application/json" },
              ...(body === undefined ? {} : { body: JSON.stringify(body) })
            })
            return { status: reply.status, body: await reply.json() }
          })
        const dependants = (node: string, more = "") =>
          Effect.map(
            ask("GET", `dependants?node=${encodeURIComponent(node)}${more}`),
            ({ body }) =>
              body.items.map((one: Record<string, unknown>) => [one["node"], one["depth"], one["type"], one["via"]])
          )
        const id = "Fedora-Server-29-20180815.n.0"
        const first = yield* ask("POST", "composes", {
          rpms: rpms(id, { httpd: ["httpd", "httpd-tools"], zlib: ["zlib", "zlib-devel"] }),
          modules: modules(id),
          modulemds: [document]
        })
        assert.deepInclude(first.body, { compose: id, product: "Fedora-Server-29.n", packages: 2, modules: 1 })
        assert.strictEqual(first.body.edges, 7)
        // It may have been brought up to date by itself.
        yield* ask("POST", "repair")
        assert.deepStrictEqual(yield* dependants("rpms/httpd"), [
          ["composes/Fedora-Server-29.n", 1, "component", "rpms/httpd"],
          ["modules/web:1", 1, "component", "rpms/httpd"]
        ])
        assert.deepStrictEqual(yield* dependants("modules/perl:5.26", "&types=runtime"), [
          ["modules/web:1", 1, "runtime", "modules/perl:5.26"]
        ])
        assert.deepStrictEqual((yield* ask("POST", "repair")).body, { begun: 0, ended: 0 })

        const before = new Date().toISOString()
        yield* Effect.sleep("10 millis")
        // One that is read from where it lies is newer, and one that is told of late is older.
        const newer = "Fedora-Server-29-20180816.n.0"
        const path = "compose/Server/x86_64/os/repodata/modules.yaml.gz"
        const base = yield* served({
          "/29/compose/metadata/rpms.json": JSON.stringify(rpms(newer, { httpd: ["httpd"] })),
          "/29/compose/metadata/modules.json": JSON.stringify(modules(newer, path)),
          [`/29/${path}`]: gzipSync(document)
        })
        const read = yield* ask("POST", "composes", { url: `${base}/29/compose/` })
        assert.deepInclude(read.body, { compose: newer, packages: 1, modules: 1, edges: 6 })
        const late = yield* ask("POST", "composes", {
          rpms: rpms("Fedora-Server-29-20180815.n.1", { httpd: [], zlib: [], bash: [] })
        })
        assert.strictEqual(late.status, 200)
        yield* ask("POST", "repair")
        assert.deepStrictEqual(yield* dependants("rpms/zlib"), [])
        assert.lengthOf(yield* dependants("rpms/zlib", `&at=${before}`), 1)
        assert.deepStrictEqual((yield* ask("GET", "audit")).body, { missing: [], surplus: [] })
        const known = yield* ask("GET", "composes")
        assert.deepStrictEqual(
          known.body.map((one: Record<string, unknown>) => [one["compose"], one["counts"]]),
          [["Fedora-Server-29-20180815.n.1", false], [newer, true], [id, false]]
        )

        assert.strictEqual((yield* ask("POST", "composes", {})).status, 400)
        assert.strictEqual((yield* ask("POST", "composes", { rpms: { payload: {} } })).status, 400)
        assert.strictEqual(
          (yield* ask("POST", "composes", { rpms: rpms(id, {}), modules: modules(newer) })).status,
          400
        )
        assert.strictEqual((yield* ask("POST", "composes", { url: `${base}/nowhere` })).status, 400)
        // Nobody named that private address.
        const inside = base.replace("127.0.0.1", "127.0.0.2")
        assert.strictEqual((yield* ask("POST", "composes", { url: inside })).status, 400)
        assert.strictEqual((yield* ask("POST", "composes", { url: `${base}/29`, rpms: rpms(id, {}) })).status, 400)
        assert.strictEqual((yield* ask("POST", "composes", { rpms: rpms(id, {}), status: "DOOMED" })).status, 400)
      })),
    60_000
  )
})

describe("what packages need", () => {
  it("is every name in what a source package asks for", () => {
    const names = BuildNeeds.buildNeeds("web", [
      "zlib-devel >= 1.2",
      "pkgconfig(libxml-2.0)",
      "(python3-devel or pypy(abi) >= 3)",
      "/usr/bin/perl",
      "rpmlib(CompressedFileNames) <= 3.0.4-1",
      "zlib-devel"
    ]).map(({ capability, plain }) => [capability, plain])
    assert.deepStrictEqual(names, [
      ["zlib-devel", "zlib-devel"],
      ["pkgconfig(libxml-2.0)", null],
      ["python3-devel", "python3-devel"],
      ["pypy(abi)", null],
      ["/usr/bin/perl", null]
    ])
  })

  it("is what mock says that a buildroot held", () => {
    const log = "bash-5.1.8-6.el9.x86_64 1661 7700 abc baseos\nglibc-2.34-40.el9.x86_64 1 2 3 baseos\n\nnonsense\n"
    const held = InstalledPackages.names(log).map((name) => ({ name }))
    const needs = BuildNeeds.buildrootNeeds("web", [...held, { name: "zlib-devel", source: "zlib" }])
    assert.deepStrictEqual(needs.map(({ capability, plain, type }) => [capability, plain, type]), [
      ["bash", "bash", "buildroot"],
      ["glibc", "glibc", "buildroot"],
      ["source package zlib", "zlib", "buildroot"]
    ])
  })

  it("is said by composes of before, too", () => {
    const old = { payload: { compose: compose("RHEL-7.1-20150101.3"), manifest: rpms("", { a: ["b"] }).payload.rpms } }
    const found = ComposeMetadata.read(old, undefined)
    assert.isTrue(found._tag === "Success" && found.success.offers.some(({ capability }) => capability === "b"))
  })

  const missing = TestFarm.missing.length === 0 ? "" : ` [skipped: needs ${TestFarm.missing.join(", ")}]`
  it.live.skipIf(missing !== "")(
    `is read of the packages of finished modules${missing}`,
    () =>
      Effect.gen(function*() {
        const { git, url } = yield* TestServer.start({})
        TestRepository.make(Path.join(git, "rpms", "one")).commit({ "one.spec": SpecFile.make("one") })
        TestRepository.make(Path.join(git, "rpms", "two")).commit({
          "two.spec": SpecFile.make("two", { buildRequires: ["one >= 1"] })
        })
        const commit = TestRepository.make(Path.join(git, "modules", "pair")).commit({
          "pair.yaml": TestServer.modulemd({ one: [], two: ["buildafter: [one]"] })
        })
        const client = yield* Effect.provide(OrchClient.OrchClient, OrchClient.OrchClient.layer({ url }))
        yield* client.moduleBuilds.submit({ payload: { scmurl: `file://${git}/modules/pair?#${commit}` } })
        const found = yield* Effect.andThen(
          Effect.ignore(client.graph.repair()),
          client.graph.dependants({ query: { node: "rpms/one", types: "build" } })
        ).pipe(
          Effect.repeat({ until: ({ total }) => total > 0, schedule: Schedule.spaced("500 millis") }),
          Effect.timeout("120 seconds")
        )
        assert.deepStrictEqual(found.items.map(({ node, type }) => [node, type]), [["rpms/two", "build"]])
        // What its buildroot really held is an edge as well, and there is nothing to mend.
        const held = yield* client.graph.dependants({ query: { node: "rpms/one", types: "buildroot" } })
        assert.deepStrictEqual(held.items.map(({ node, type }) => [node, type]), [["rpms/two", "buildroot"]])
        const before = yield* client.graph.dependants({
          query: { node: "rpms/one", types: "buildroot", at: new Date(Date.now() - 3_600_000).toISOString() }
        })
        assert.strictEqual(before.total, 0)
        assert.deepStrictEqual(yield* client.graph.audit(), { missing: [], surplus: [] })
        const composed = yield* client.graph.dependants({ query: { node: "rpms/one" } })
        assert.deepStrictEqual(composed.items.map(({ node }) => node), ["modules/demo:1", "rpms/two"])
      }).pipe(Effect.scoped),
    240_000
  )
})
