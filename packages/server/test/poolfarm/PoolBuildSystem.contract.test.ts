/** The build system contract on the builder pool: packages are real, and brought by a node that has made them before. */
import { afterAll, it } from "@effect/vitest"
import { buildSystemContract, components } from "@orch/core/testing/BuildSystemContract"
import * as LocalBuildSystem from "@orch/server/localbuild/LocalBuildSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as PackageNode from "./PackageNode.ts"
import * as PoolServer from "./PoolServer.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

if (TestFarm.missing.length > 0) {
  it.skip(`the pool's contract (needs ${TestFarm.missing.join(", ")})`, () => {})
} else {
  const packages = Path.join(root, "packages")
  PackageNode.makePackages(packages, components)

  buildSystemContract("the builder pool", {
    layer: PackageNode.layer(packages).pipe(Layer.provideMerge(PoolServer.layer(root))),
    plan: { arches: [LocalBuildSystem.hostArch] },
    request: ({ component, key, outcome }) => ({
      key,
      component,
      source: {
        _tag: "Git",
        repository: outcome === "rejected" ? "file:///not/allowed" : `file://${root}/rpms/${component}`,
        commit: "0".repeat(40)
      },
      arches: [LocalBuildSystem.hostArch],
      priority: 1,
      buildOnly: false
    }),
    begun: (key) =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const rows = yield* sql<{ readonly count: bigint }>`
          SELECT count(*) AS count FROM builder_task JOIN pool_component ON pool_component.id = builder_task.process
          WHERE life = 'module-component' AND key = ${key} AND part = 'src'`
        return Number(rows[0]!.count)
      }),
    available: ({ id }) =>
      Effect.sync(() => {
        const repository = Path.join(root, "data/repositories/buildroots", LocalBuildSystem.hostArch, `b-${id}`)
        return Fs.readdirSync(repository, { recursive: true, encoding: "utf8" }).flatMap((file) =>
          /([^/]+)-1-1[^/]*\.rpm$/.exec(file)?.[1] ?? []
        )
      }),
    timeout: 60_000
  })
}
