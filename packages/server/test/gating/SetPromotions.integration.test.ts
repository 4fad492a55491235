/** Sets on their way to a target: the largest that keeps it installable goes there, the others are refused with their reasons. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import { databases } from "../support/Databases.ts"
import * as TestServer from "../support/TestServer.ts"

const primary = `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="2">
<package type="rpm"><name>libx</name><arch>x86_64</arch><version epoch="0" ver="1" rel="1"/>
<checksum type="sha256" pkgid="YES">${"a".repeat(64)}</checksum><location href="libx.rpm"/>
<format><rpm:provides><rpm:entry name="libx.so.1()(64bit)"/></rpm:provides></format></package>
<package type="rpm"><name>app</name><arch>x86_64</arch><version epoch="0" ver="1" rel="1"/>
<checksum type="sha256" pkgid="YES">${"b".repeat(64)}</checksum><location href="app.rpm"/>
<format><rpm:requires><rpm:entry name="libx.so.1()(64bit)"/></rpm:requires></format></package>
</metadata>`

const repository = Effect.map(
  Effect.acquireRelease(
    Effect.promise(() =>
      new Promise<Server>((resolve) => {
        const server = createServer(({ url }, response) =>
          void response.end(
            url?.endsWith("repomd.xml") === true
              ? `<repomd><data type="primary"><location href="repodata/primary.xml"/></data></repomd>`
              : primary
          )
        )
        server.listen(0, "127.0.0.1", () => resolve(server))
      })
    ),
    (server) => Effect.sync(() => void server.close().closeAllConnections())
  ),
  (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
)

const policy = [
  "--- !Policy",
  "id: sets",
  "product_versions: [dist-9]",
  "decision_context: stable",
  "subject_type: koji_build",
  "rules:",
  "  - !PassingTestCaseRule {test_case_name: smoke}",
  ""
].join("\n")

const targets = (url: string) =>
  [
    "- name: el9-stable",
    "  arches: [x86_64]",
    `  repositories: ["${url}/{arch}/"]`,
    "  decision_context: stable",
    "  subject_type: koji_build",
    "- {name: open, arches: [x86_64, aarch64]}",
    ""
  ].join("\n")

interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

const build = (
  name: string,
  version: string,
  requires: ReadonlyArray<string>,
  provides: ReadonlyArray<string> = []
) => ({
  id: `${name}-${version}-1`,
  packages: [{ nevra: `${name}-${version}-1.x86_64`, requires, provides }]
})

const soname = (version: number) => `libx.so.${version}()(64bit)`

describe.each(databases)("sets on $name", ({ name }) => {
  it.live(
    "go to a target as far as it stays installable, and each refusal has a reason",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const directory = yield* Effect.acquireRelease(
          Effect.sync(() => TestRepository.temporary()),
          (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
        )
        Fs.mkdirSync(Path.join(directory, "policies"))
        Fs.writeFileSync(Path.join(directory, "policies", "sets.yaml"), policy)
        Fs.writeFileSync(Path.join(directory, "targets.yaml"), targets(yield* repository))
        const { url } = yield* TestServer.start({
          ORCH_GATING_DIRECTORY: directory,
          ...(name === "PGlite" ? TestServer.embedded : {})
        })
        const ask = (method: string, path: string, body?: unknown) =>
          Effect.promise(async (): Promise<Answer> => {
            const reply = await fetch(`${url}${path}`, {
              method,
              headers: { "content-type": "application/json" },
              ...(body === undefined ? {} : { body: JSON.stringify(body) })
            })
            return { status: reply.status, body: await reply.json() }
          })
        const promote = (target: string, candidates: ReadonlyArray<unknown>, dry_run = false) =>
          ask("POST", `/orch/v1/gates/targets/${target}/promotions`, { candidates, dry_run })
        const passed = (item: string) =>
          ask("POST", "/api/v2.0/results", {
            testcase: "smoke",
            outcome: "PASSED",
            data: { item, type: "koji_build" }
          })

        const lib = build("libx", "2", [], [soname(2)])
        const app = build("app", "2", [soname(2)])
        const tool = build("tool", "1", [soname(1)])
        const lone = build("lone", "1", ["nothing-has-this"])
        for (const { id } of [lib, app, lone]) yield* passed(id)

        const first = yield* promote("el9-stable", [lib, tool, lone])
        assert.strictEqual(first.status, 200)
        assert.deepStrictEqual(first.body.promoted, [])
        assert.deepStrictEqual(first.body.refused, [
          { id: "libx-2-1", reason: `x86_64: app-0:1-1.x86_64 needs ${soname(1)}, which libx-2-1 takes away` },
          { id: "tool-1-1", reason: "the gate does not let it through: dist-9: Of 1 required test, 1 result missing" },
          { id: "lone-1-1", reason: "x86_64: lone-0:1-1.x86_64 needs nothing-has-this, which nothing there offers" }
        ])

        const tried = yield* promote("el9-stable", [lib, app, lone], true)
        assert.strictEqual(tried.body.number, null)
        const second = yield* promote("el9-stable", [lib, app, lone])
        assert.deepStrictEqual(second.body.promoted, ["libx-2-1", "app-2-1"])
        assert.deepStrictEqual(second.body.promoted, tried.body.promoted)
        assert.isTrue(second.body.is_largest)

        // What was promoted is there for those that come later.
        yield* passed("tool-1-1")
        const third = yield* promote("el9-stable", [tool, build("tool2", "1", [soname(2)])])
        assert.deepStrictEqual(third.body.refused.map(({ id }: { readonly id: string }) => id), [
          "tool-1-1",
          "tool2-1-1"
        ])
        yield* passed("tool2-1-1")
        assert.deepStrictEqual(
          (yield* promote("el9-stable", [build("tool2", "1", [soname(2)])])).body.promoted,
          ["tool2-1-1"]
        )

        const known = yield* ask("GET", "/orch/v1/gates/targets")
        assert.deepStrictEqual(
          known.body.map((one: Record<string, unknown>) => [one["name"], one["packages"], one["decision_context"]]),
          [["el9-stable", 3, "stable"], ["open", 0, null]]
        )
        const all = yield* ask("GET", "/orch/v1/gates/targets/el9-stable/promotions?limit=2")
        assert.strictEqual(all.body.length, 2)
        const before = yield* ask("GET", `/orch/v1/gates/targets/el9-stable/promotions?before=${all.body[1].number}`)
        assert.deepStrictEqual(before.body.map((one: Record<string, unknown>) => one["promoted"]), [
          ["libx-2-1", "app-2-1"],
          []
        ])

        // Without a gate and on two architectures; two of one line at once; what is no package, and no module build.
        const noarch = (version: string) => ({
          id: `web:1:${version}`,
          line: "web:1",
          packages: [{ nevra: `web-${version}-1.noarch` }]
        })
        const open = yield* promote("open", [noarch("1"), noarch("2"), { id: "x", packages: [{ nevra: "?" }] }, {
          id: "9"
        }])
        assert.deepStrictEqual(open.body.promoted, ["web:1:2"])
        assert.deepStrictEqual(open.body.refused.map(({ id }: { readonly id: string }) => id), ["web:1:1", "x", "9"])
        assert.strictEqual((yield* promote("open", [{ id: "a", packages: [] }, { id: "a", packages: [] }])).status, 400)
        assert.strictEqual((yield* promote("open", [])).status, 400)
        assert.strictEqual((yield* promote("elsewhere", [noarch("1")])).status, 404)
      })),
    60_000
  )
})
