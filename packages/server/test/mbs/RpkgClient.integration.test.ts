/** rpkg, unchanged, against our server: what fedpkg and rhpkg do. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import * as RpkgClient from "./RpkgClient.ts"

const document = (name: string): string =>
  TestServer.modulemd({ [name]: ["ref: main"] }).replace("name: demo", `name: ${name}`).replace("  stream: \"1\"\n", "")

const missing = "missing" in RpkgClient.client
  ? RpkgClient.client.missing
  : SmallProcess.isInstalled("rpmbuild") && SmallProcess.isInstalled("createrepo_c")
  ? undefined
  : "rpmbuild and createrepo_c are not installed"

describe(`rpkg${missing === undefined ? "" : ` [skipped: ${missing}]`}`, () => {
  it.live.skipIf(missing !== undefined)(
    "submits, watches, shows, lists and cancels builds, and tries a file",
    () =>
      Effect.gen(function*() {
        const { git, url } = yield* TestServer.start({
          ORCH_ALLOW_SCRATCH: "true",
          ORCH_REBUILD_STRATEGIES: "all,only-changed",
          ORCH_RECONCILE_INTERVAL: "500"
        })
        const [good, slow] = [["good", "true"], ["slow", "sleep 120"]].map(([name, script]) => {
          TestRepository.make(Path.join(git, "rpms", name!)).commit({
            [`${name}.spec`]: SpecFile.make(name!, { build: script! })
          })
          const module = TestRepository.make(Path.join(git, "modules", name!))
          module.git("checkout", "--quiet", "-b", "1")
          return `${module.url}?#${module.commit({ [`${name}.yaml`]: document(name!) })}`
        })
        const file = Path.join(git, "tried.yaml")
        writeFileSync(file, document("good"))
        const told = yield* Effect.promise(() => RpkgClient.run(url, good!, slow!, file))
        assert.strictEqual(told.version, 2)
        assert.deepStrictEqual(told.states, ["ready"])
        assert.deepStrictEqual([told.latest, told.strategy], [told.ids[0], "only-changed"])
        assert.deepStrictEqual(told.canceled, ["failed", "Canceled by anonymous."])
        assert.include(told.refusal, "Module (state=5) already exists.")
        assert.deepStrictEqual(told.scratch, ["done"])
        assert.match(told.printed, /^Name: {11}good\n[^]*State: {10}ready\n[^]* {4}NVR: {8}good-1-1\.module\+el9\+1\+/)
        assert.match(told.printed, /^ID: {7}2\nName: {5}slow\n[^]*State: {4}failed\n[^]*^ID: {7}3\nName: {5}good\n/m)
      }).pipe(Effect.scoped),
    300_000
  )
})
