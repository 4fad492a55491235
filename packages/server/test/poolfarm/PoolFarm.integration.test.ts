/** A whole server whose module builds run on the builder pool, with the local farm as the pool's only node. */
import { assert, describe, it } from "@effect/vitest"
import * as LocalBuildSystem from "@orch/server/localbuild/LocalBuildSystem"
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"

interface Build {
  readonly id: number
  readonly state: string
  readonly remark: string | null
  readonly repository: { readonly url: string } | null
}

describe.skipIf(TestFarm.missing.length > 0)(`module builds on the pool (needs ${TestFarm.missing.join(", ")})`, () => {
  it.live(
    "build each component with what the one before brought, on whichever node takes it",
    () =>
      Effect.gen(function*() {
        const server = yield* TestServer.start({ ORCH_BUILD_SYSTEM: "pool", ORCH_LOCAL_WORKER: "2" })
        const ask = (method: string, path: string, body?: unknown) =>
          Effect.promise(async () => {
            const reply = await fetch(`${server.url}${path}`, {
              method,
              headers: { "content-type": "application/json" },
              ...(body === undefined ? {} : { body: JSON.stringify(body) })
            })
            const text = await reply.text()
            return { status: reply.status, body: text === "" ? undefined : JSON.parse(text) }
          })
        const made = yield* ask("POST", "/api/v1/platforms/", {
          name: "Test-9",
          type: "rpm",
          distr_type: "rhel",
          distr_version: "9",
          test_dist_name: "rhel",
          arch_list: [LocalBuildSystem.hostArch],
          data: { mock: {}, yum: {}, definitions: { dist: ".el9" } }
        })
        assert.strictEqual(made.status, 200, JSON.stringify(made.body))
        const specs = {
          tool: SpecFile.make("tool"),
          user: SpecFile.make("user", { buildRequires: ["tool"], build: "rpm --eval '%{?_module_name}' | grep -q ." })
        }
        for (const [name, spec] of Object.entries(specs)) {
          TestRepository.make(Path.join(server.git, "rpms", name)).commit({ [`${name}.spec`]: spec })
        }
        const commit = TestRepository.make(Path.join(server.git, "modules/demo")).commit({
          "demo.yaml": TestServer.modulemd({ tool: [], user: ["buildafter: [tool]"] })
        })
        const path = "/rida/module-builds/"
        // Which platforms nodes build for is looked at every few seconds.
        let submitted = yield* ask("POST", path, { scmurl: `file://${server.git}/modules/demo?#${commit}` })
        for (let tries = 0; submitted.status !== 201 && tries < 50; tries++) {
          yield* Effect.sleep("200 millis")
          submitted = yield* ask("POST", path, { scmurl: `file://${server.git}/modules/demo?#${commit}` })
        }
        assert.strictEqual(submitted.status, 201, JSON.stringify(submitted.body))
        const { id } = submitted.body as Build
        let build: Build | undefined
        for (let tries = 0; tries < 400 && build?.state !== "ready" && build?.state !== "failed"; tries++) {
          yield* Effect.sleep("250 millis")
          build = (yield* ask("GET", `/orch/v1/module-builds/${id}`)).body as Build
        }
        assert.strictEqual(build?.state, "ready", JSON.stringify(build))
        const index = yield* Effect.promise(() =>
          fetch(new URL(`${build?.repository?.url}repodata/repomd.xml`, server.url))
        )
        assert.strictEqual(index.status, 200)
        const nodes = (yield* ask("GET", "/orch/v1/build-nodes")).body as ReadonlyArray<{ readonly name: string }>
        assert.strictEqual(nodes.length, 1)
        assert.match(nodes[0]!.name, /^local-[A-Za-z0-9.-]+-[0-9a-f]{8}$/)
      }).pipe(Effect.scoped),
    180_000
  )
})
