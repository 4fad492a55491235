/** The macros package as rpm itself reads and builds it; skipped, with a word, where rpmbuild is not installed. */
import { assert, describe, it } from "@effect/vitest"
import { ModuleBuildMacros, SourceRpm } from "@orch/adapters-koji"
import type { BuildrootPlan } from "@orch/core/ports/BuildSystem"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const plan: BuildrootPlan = {
  key: "module-build-7",
  name: "perl",
  stream: "5.30",
  version: 20261121000000n,
  context: "c0ffee42",
  platform: "el9",
  arches: ["x86_64"],
  distTag: "module_el9+7+1a2b3c4d",
  macros: "%dist .module_el9+7+1a2b3c4d\n%_module_build 1\n%with_%{name} 1\n%greet() hello %1 100%%\n",
  packages: [],
  modules: [],
  groups: {},
  blocked: [],
  scratch: false
}
const conflicts = [{ name: "perl-Old", epoch: 1, version: "2", release: "3.el9" }]

describe("ModuleBuildMacros", () => {
  it("conflicts with exactly what the buildroot must not have", () =>
    assert.include(ModuleBuildMacros.spec(plan, conflicts), "Conflicts: perl-Old = 1:2-3.el9"))

  it("gives the same bytes for the same plan, so that a repeated upload changes nothing", () => {
    const bytes = () => Buffer.from(SourceRpm.write(ModuleBuildMacros.sourceRpm(plan, conflicts))).toString("hex")
    assert.strictEqual(bytes(), bytes())
  })

  it("is named as the build that Koji makes of it", () =>
    assert.strictEqual(
      SourceRpm.filename(ModuleBuildMacros.sourceRpm(plan, [])),
      `${ModuleBuildMacros.nvr(plan)}.src.rpm`
    ))
})

const rpmbuild = spawnSync("rpmbuild", ["--version"]).status === 0
if (!rpmbuild) console.warn("skipped: what rpm makes of our source packages needs the command rpmbuild")

describe.skipIf(!rpmbuild)(`SourceRpm${rpmbuild ? "" : " [skipped: there is no rpmbuild]"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "source-rpm-"))
  const source = ModuleBuildMacros.sourceRpm(plan, conflicts)
  const path = join(folder, SourceRpm.filename(source))
  writeFileSync(path, SourceRpm.write(source))
  const run = (command: string, ...args: ReadonlyArray<string>) =>
    execFileSync(command, args, { cwd: folder, encoding: "utf8" })

  it("has digests that rpm agrees with", () => {
    const output = run("rpm", "-Kv", path)
    assert.strictEqual(output.match(/digest: OK/g)?.length, 4, output)
  })

  it("says what it is", () => {
    const format = "%{NAME}|%{VERSION}|%{RELEASE}|%{SOURCEPACKAGE}|%{LICENSE}|[%{FILENAMES} ]"
    assert.strictEqual(
      run("rpm", "-qp", "--qf", format, path),
      "module-build-macros|0.1|1.module_el9+7+1a2b3c4d|1|MIT|macros.zz-modules module-build-macros.spec "
    )
  })

  it("is built by rpmbuild into a package with the macros and the conflicts", () => {
    run("rpmbuild", "--define", `_topdir ${folder}/top`, "--rebuild", path)
    const built = join(folder, "top/RPMS/noarch", `${ModuleBuildMacros.nvr(plan)}.noarch.rpm`)
    assert.include(run("rpm", "-qp", "--conflicts", built), "perl-Old = 1:2-3.el9")
    run("sh", "-c", `rpm2cpio '${built}' | cpio -id --quiet`)
    assert.strictEqual(run("cat", "etc/rpm/macros.zz-modules"), plan.macros)
  }, 120_000)
})
