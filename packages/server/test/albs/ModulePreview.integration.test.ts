/** What a module would be built from, from a real repository and the list of changed packages; and building just that. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"
import * as FaceServer from "./FaceServer.ts"

const packages = FaceServer.makePackages(["modlib", "modcomp"])
const document = TestServer.modulemd({ modlib: ["buildorder: 1"], modcomp: ["buildorder: 10"] }, "el8")

describe("the preview of a module", () => {
  it.live(
    "names branches by what was changed, and is what can be built",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const list = yield* Effect.acquireRelease(
          Effect.callback<ReturnType<typeof createServer>>((resume) => {
            const server = createServer((_, response) => void response.end("modified_packages:\n  - modlib\n"))
              .listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
          }),
          (server) => Effect.sync(() => server.close())
        )
        const server = yield* FaceServer.start()
        const modularity = {
          packages_git: `file://${server.git}/rpms/`,
          git_tag_prefix: { modified: "a8", non_modified: "c8" },
          modified_packages_url: `http://127.0.0.1:${(list.address() as AddressInfo).port}/a8.yml`
        }
        const versions = [{ name: "8.5", dist_prefix: "el8.5.0", version_prefix: "80500" }]
        yield* server.ask("PUT", "/platforms/", "root", {
          name: "el8",
          modularity,
          data: { ...FaceServer.platform.data, versions }
        })
        const at = Path.join(server.git, "modules", "demo")
        const module = TestRepository.make(at)
        const commit = module.commit({ "modules.yaml": document })
        const modlib = TestRepository.make(Path.join(server.git, "rpms", "modlib.git"))
        const made = modlib.commit({ "modlib.spec": "Name: modlib\n" })
        modlib.git("branch", "a8-stream-1")
        const ask = (ref: object, more: object = {}) =>
          server.ask("POST", "/builds/get_module_preview/", "alice", {
            ref: { url: `file://${at}`, git_ref: commit, is_module: true, ...ref },
            platform_name: "el8",
            platform_arches: ["x86_64"],
            flavors: [],
            ...more
          })
        const { body, status } = yield* ask({})
        assert.strictEqual(status, 200, JSON.stringify(body))
        const preview = body as {
          readonly refs: ReadonlyArray<object>
          readonly module_name: string
          readonly module_stream: string
          readonly modules_yaml: string
          readonly enabled_modules: object
        }
        const ref = { enabled: true, exist: false, added_artifacts: [], mock_options: {}, ref_type: 1 }
        assert.deepStrictEqual(preview.refs, [
          { url: `file://${server.git}/rpms/modlib.git`, git_ref: "a8-stream-1", ...ref, exist: true },
          { url: `file://${server.git}/rpms/modcomp.git`, git_ref: "c8-stream-1", ...ref }
        ])
        assert.deepInclude(preview, {
          module_name: "demo",
          module_stream: "1",
          modules_yaml: document,
          enabled_modules: { buildtime: [], runtime: [] }
        })

        const { modules_yaml, module_name, module_stream, enabled_modules, refs } = preview
        const built = yield* server.ask("POST", "/builds/", "alice", {
          platforms: [{ name: "el8", arch_list: ["x86_64"], parallel_mode_enabled: false }],
          tasks: [{ modules_yaml, module_name, module_stream, enabled_modules, refs, module_platform_version: "8.5" }],
          product_id: 1
        })
        assert.strictEqual(built.status, 200, JSON.stringify(built.body))
        const { id: first } = built.body as { readonly id: number }

        assert.strictEqual((yield* ask({}, { platform_name: "el99" })).status, 404)
        assert.strictEqual((yield* ask({}, { flavors: [7] })).status, 404)
        assert.strictEqual((yield* ask({ git_ref: "nowhere" })).status, 400)
        assert.strictEqual((yield* ask({ url: "https://git.example.org/modules/x.git" })).status, 400)
        assert.strictEqual((yield* server.ask("POST", "/builds/get_module_preview/", "alice", { ref: {} })).status, 422)

        // A flavor may have branches of its own.
        const flavor = {
          name: "beta",
          modularity: { git_tag_prefix: { modified: "a8-beta", non_modified: "c8-beta" } }
        }
        const added = yield* server.ask("POST", "/platform_flavors/", "root", { ...flavor, repositories: [] })
        assert.strictEqual(added.status, 200, JSON.stringify(added.body))
        assert.strictEqual((yield* server.ask("POST", "/platform_flavors/", "root", flavor)).status, 409)
        const { id } = added.body as { readonly id: number }
        const beta = (yield* ask({}, { flavors: [id] })).body as { readonly refs: ReadonlyArray<object> }
        assert.deepInclude(beta.refs[0]!, { git_ref: "a8-beta-stream-1" })
        if (packages === undefined) return

        // What a released build made of the commit that the branch is at is not built again.
        for (let n = 0; n < 4; n++) {
          const task = (yield* server.take("node1"))!
          const name = /([^/]+)\.git$/.exec(task.ref.url)![1]!
          const file = `${name}-1.0-1.${task.arch === "src" ? "src" : "noarch"}.rpm`
          const done = yield* server.done("node1", task, [
            yield* server.upload("node1", file, packages.get(file)!)
          ], { git_commit_hash: made })
          assert.strictEqual(done.status, 200)
        }
        yield* server.finished(first)
        const refsNow = Effect.map(ask({}), ({ body }) => (body as { readonly refs: ReadonlyArray<object> }).refs)
        assert.deepInclude((yield* refsNow)[0]!, { enabled: true, added_artifacts: [] })
        yield* server.sql`UPDATE package_build SET released = true`
        const [lib, comp] = yield* refsNow
        const artifacts = ["modlib-0:1.0-1.noarch", "modlib-0:1.0-1.src"]
        assert.deepInclude(lib!, { enabled: false, added_artifacts: artifacts })
        assert.deepInclude(comp!, { enabled: true, added_artifacts: [] })

        const again = (refs: ReadonlyArray<object>) =>
          server.ask("POST", "/builds/", "alice", {
            platforms: [{ name: "el8", arch_list: ["x86_64"] }],
            tasks: [{ modules_yaml, module_name, module_stream, enabled_modules, refs, module_platform_version: "8.5" }]
          })
        const second = (yield* again([lib!, comp!])).body as FaceServer.Build
        assert.deepStrictEqual(second.tasks.map(({ index }) => index), [0, 0])
        const [plan] = yield* server.sql<{ readonly text: string }>`
          SELECT plan->'modules'->0->>'modulemd' AS text FROM package_build WHERE id = ${second.id}`
        for (const one of artifacts) assert.include(plan!.text, `- ${one}\n`)
        const wrong = yield* again([{ ...lib!, added_artifacts: ["modlib", 7] }, comp!])
        assert.strictEqual(wrong.status, 422)
        assert.lengthOf((wrong.body as { readonly detail: ReadonlyArray<unknown> }).detail, 2)
      })),
    300_000
  )
})
