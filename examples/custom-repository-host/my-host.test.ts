/** The repository host of the guide, held to the promises of the port, with packages and metadata that are real. */
import { it } from "@effect/vitest"
import { type Content, type Promises, type Publication, RepositoryHost } from "@orch/core/ports/RepositoryHost"
import { repositoryHostContract } from "@orch/core/testing/RepositoryHostContract"
import * as Effect from "effect/Effect"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "orch-my-host-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
process.env["MY_HOST"] = join(folder, "host")
const { default: host } = await import(new URL("my-host.mjs", import.meta.url).href) as { readonly default: Promises }

const needed = ["rpmbuild", "createrepo_c", "modifyrepo_c"]
const missing = needed.filter((name) => spawnSync(name, ["--version"]).error !== undefined)

const rpm = (name: string): Content => {
  const spec = join(folder, `${name}.spec`)
  const lines = [`Name: ${name}`, "Version: 1", "Release: 1", "Summary: Test", "License: MIT", "BuildArch: noarch"]
  writeFileSync(spec, [...lines, "%description", "Test.", "%files", ""].join("\n"))
  execFileSync("rpmbuild", ["-bb", "--define", `_topdir ${folder}`, "--define", `_dbpath ${folder}/db`, spec], {
    stdio: "pipe"
  })
  return {
    _tag: "Package",
    nevra: `${name}-0:1-1.noarch`,
    location: join(folder, `RPMS/noarch/${name}-1-1.noarch.rpm`)
  }
}

/** What readers find now: the files there are, and whether the metadata tells of modules. */
const read = ({ path }: Publication): ReadonlyArray<string> => {
  const packages = readdirSync(path!).filter((name) => name.endsWith(".rpm"))
    .map((name) => name.replace(/-1-1\.noarch\.rpm$/, "-0:1-1.noarch"))
  const hasModules = readdirSync(join(path!, "repodata")).some((name) => name.includes("modules"))
  return hasModules ? [...packages, "contract:1.0:20261121000000:c0ffee42:x86_64"] : packages
}

if (missing.length > 0) it.skip(`the repository host of the guide (needs ${missing.join(", ")})`, () => {})
else {
  repositoryHostContract("the repository host of the guide", {
    layer: RepositoryHost.fromPromises(host),
    packages: [rpm("one"), rpm("two"), rpm("three"), rpm("four")],
    unreadable: { _tag: "Package", nevra: "gone-0:1-1.noarch", location: join(folder, "gone.rpm") },
    read: (publication) => Effect.sync(() => read(publication))
  })
}
