/** rpkg, unchanged, against our server: what fedpkg and rhpkg do. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"
import * as RpkgClient from "./RpkgClient.ts"

const spec = (name: string, script: string): string =>
  [
    `Name: ${name}`,
    "Version: 1",
    "Release: 1%{?dist}",
    "Summary: Test",
    "License: MIT",
    "BuildArch: noarch",
    "%description",
    "Test.",
    "%build",
    script,
    "%files",
    ""
  ].join("\n")

const document = (name: string): string =>
  TestServer.modulemd({ [name]: ["ref: main"] }).replace("name: demo", `name: ${name}`).replace("  stream: \"1\"\n", "")

const missing = "missing" in RpkgClient.client
  ? RpkgClient.client.missing
  : spawnSync("rpmbuild", ["--version"]).status === 0 && spawnSync("createrepo_c", ["--version"]).status === 0
  ? undefined
  : "rpmbuild and createrepo_c are not installed"

describe(`rpkg${missing === undefined ? "" : ` [skipped: ${missing}]`}`, () => {
  it.live.skipIf(missing !== undefined)("submits, watches, shows and cancels builds", () =>
    Effect.gen(function*() {
      const { git, url } = yield* TestServer.start({
        ORCH_REBUILD_STRATEGIES: "all,only-changed",
        ORCH_RECONCILE_INTERVAL: "500"
      })
      const [good, slow] = [["good", "true"], ["slow", "sleep 120"]].map(([name, script]) => {
        TestRepository.make(Path.join(git, "rpms", name!)).commit({ [`${name}.spec`]: spec(name!, script!) })
        const module = TestRepository.make(Path.join(git, "modules", name!))
        module.git("checkout", "--quiet", "-b", "1")
        return `${module.url}?#${module.commit({ [`${name}.yaml`]: document(name!) })}`
      })
      const told = yield* Effect.promise(() => RpkgClient.run(url, good!, slow!))
      assert.strictEqual(told.version, 2)
      assert.deepStrictEqual(told.states, ["ready"])
      assert.deepStrictEqual([told.latest, told.strategy], [told.ids[0], "only-changed"])
      assert.deepStrictEqual(told.canceled, ["failed", "Canceled by anonymous."])
      assert.include(told.refusal, "Module (state=5) already exists.")
    }).pipe(Effect.scoped), 300_000)
})
