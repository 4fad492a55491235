/** The build system contract on the local farm: what is asked for is really built, by rpmbuild. */
import { afterAll, it } from "@effect/vitest"
import { buildSystemContract, components } from "@orch/core/testing/BuildSystemContract"
import * as LocalBuildSystem from "@orch/server/localbuild/LocalBuildSystem"
import * as Repodata from "@orch/server/localbuild/Repodata"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestFarm from "./TestFarm.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const steps: Readonly<Record<string, string>> = { broken: "exit 1", hanging: "sleep 600" }

if (TestFarm.missing.length > 0) {
  it.skip(`the local farm's contract (needs ${TestFarm.missing.join(", ")})`, () => {})
} else {
  const fixture = TestFarm.fixture(root)
  for (const name of components) {
    fixture.add(name, { [`${name}.spec`]: SpecFile.make(name, { build: steps[name] ?? "true" }) })
  }
  const tasks = Path.join(root, "data/farm/tasks")

  buildSystemContract("LocalBuildSystem", {
    layer: TestFarm.layer(fixture),
    plan: { arches: [LocalBuildSystem.hostArch] },
    request: ({ component, key, outcome }) => ({
      key,
      component,
      source: outcome === "rejected"
        ? { _tag: "Git", repository: "file:///not/allowed", commit: "0".repeat(40) }
        : { _tag: "Git", repository: fixture.url(component), commit: fixture.commit(component) },
      arches: [LocalBuildSystem.hostArch],
      priority: 1,
      buildOnly: false
    }),
    begun: (key) =>
      Effect.sync(() =>
        Fs.readdirSync(tasks).filter((task) =>
          Fs.readFileSync(Path.join(tasks, task, "request.json"), "utf8").includes(JSON.stringify(key))
        ).length
      ),
    available: ({ id }) =>
      Effect.sync(() =>
        [...Repodata.packages(Path.join(root, "data/farm/buildroots", id, "repository/current"))].map((file) =>
          file.replace(/-1-1.*/, "")
        )
      ),
    timeout: 120_000
  })
}
