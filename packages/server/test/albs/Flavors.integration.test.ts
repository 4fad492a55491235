/** Builds for variants of a platform: what nodes get is the platform's settings with those of the variants. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FaceServer from "./FaceServer.ts"

it.live(
  "a build with flavors takes their settings, repositories and versions of modules",
  () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* FaceServer.start()
      const { body: made } = yield* server.ask("POST", "/platform_flavors/", "root", {
        name: "el8-beta",
        modularity: { versions: [{ name: "8.9", version_prefix: "809", dist_prefix: "el8.9.0" }] },
        data: {
          definitions: { beta: "1", dist: ".el8_beta" },
          mock: { module_enable: ["perl:5.40"] },
          yum: { exclude: "gcc" }
        },
        repositories: [{ name: "beta", arch: "x86_64", url: "https://repos/beta/", type: "rpm", debug: false }]
      })
      for (const wrong of [{ url: "nonsense" }, { url: "https://repos/a\ngpgcheck=0" }, { name: "a]\n[b" }]) {
        const repository = { name: "n", arch: "x86_64", url: "https://repos/n/", type: "rpm", debug: false, ...wrong }
        const answer = yield* server.ask("POST", "/platform_flavors/", "root", {
          name: "wrong",
          repositories: [repository]
        })
        assert.strictEqual(answer.status, 422, JSON.stringify(answer.body))
      }
      const flavors = { platform_flavors: [(made as { readonly id: number }).id] }
      yield* server.submit(["chan"], {
        ...flavors,
        mock_options: { definitions: { mine: "2" }, yum_exclude: ["clang"] }
      })
      const task = (yield* server.take("node1")) as unknown as {
        readonly platform: { readonly data: unknown }
        readonly repositories: ReadonlyArray<{ readonly name: string }>
      }
      assert.deepStrictEqual(task.platform.data, {
        mock: { module_enable: ["perl:5.40"] },
        yum: { exclude: "gcc clang" },
        definitions: { dist: ".el8_beta", beta: "1", mine: "2" },
        versions: []
      })
      assert.include(task.repositories.map(({ name }) => name), "beta")

      const modulemd = `document: modulemd
version: 2
data:
  name: chanmod
  stream: "1"
  summary: A module
  description: A module.
  license: {module: [MIT]}
  dependencies: [{buildrequires: {platform: [el8]}, requires: {platform: [el8]}}]
  components: {rpms: {chan: {rationale: It is there., ref: c8}}}
`
      const module = {
        module_name: "chanmod",
        module_stream: "1",
        module_platform_version: "8.9",
        modules_yaml: modulemd,
        enabled_modules: { buildtime: [], runtime: [] },
        refs: [{
          url: "https://git.example.org/rpms/chan.git",
          git_ref: "c8",
          ref_type: 1,
          enabled: true,
          mock_options: {}
        }]
      }
      const ask = { platforms: [{ name: "el8", arch_list: ["x86_64"] }], tasks: [module] }
      const refused = yield* server.ask("POST", "/builds/", "alice", ask)
      assert.strictEqual(refused.status, 422, "the platform has no version 8.9 by itself")
      const { body, status } = yield* server.ask("POST", "/builds/", "alice", { ...ask, ...flavors })
      assert.strictEqual(status, 200, JSON.stringify(body))
      const [, first] =
        (body as { readonly tasks: ReadonlyArray<{ readonly rpm_modules: ReadonlyArray<{ version: string }> }> })
          .tasks
      assert.match(first!.rpm_modules[0]!.version, /^809\d{14}$/)
    })),
  { timeout: 120_000 }
)
