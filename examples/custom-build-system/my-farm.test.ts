/** The farm of the guide, held to the promises of the port: it really builds, with git and rpmbuild. */
import { it } from "@effect/vitest"
import { BuildSystem, type Promises } from "@orch/core/ports/BuildSystem"
import { buildSystemContract, components } from "@orch/core/testing/BuildSystemContract"
import * as Effect from "effect/Effect"
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { arch, tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "orch-my-farm-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
process.env["MY_FARM"] = join(folder, "farm")
const { default: farm } = await import(new URL("my-farm.mjs", import.meta.url).href) as { readonly default: Promises }

const missing = ["git", "rpmbuild", "rpm"].filter((name) => spawnSync(name, ["--version"]).error !== undefined)
const steps: Readonly<Record<string, string>> = { broken: "exit 1", hanging: "exec sleep 600" }

const spec = (name: string) =>
  `Name: ${name}
Version: 1
Release: 1%{?dist}
Summary: Test
License: MIT
BuildArch: noarch
%description
Test.
%build
${steps[name] ?? "true"}
%files
`

/** A repository with a spec file; answers its commit. */
const commit = (name: string): string => {
  const place = join(folder, name)
  const git = (...args: ReadonlyArray<string>) =>
    execFileSync("git", ["-C", place, "-c", "user.name=Test", "-c", "user.email=test@example.org", ...args], {
      encoding: "utf8"
    }).trim()
  mkdirSync(place)
  git("init", "--quiet")
  writeFileSync(join(place, `${name}.spec`), spec(name))
  git("add", "--all")
  git("commit", "--quiet", "--message", "Import")
  return git("rev-parse", "HEAD")
}

if (missing.length > 0) it.skip(`the farm of the guide (needs ${missing.join(", ")})`, () => {})
else {
  const commits = new Map(components.map((name) => [name as string, commit(name)]))
  buildSystemContract("the farm of the guide", {
    layer: BuildSystem.fromPromises(farm),
    request: ({ component, key, outcome }) => ({
      key,
      component,
      source: outcome === "rejected"
        ? { _tag: "Srpm", location: "/nowhere.src.rpm" }
        : { _tag: "Git", repository: join(folder, component), commit: commits.get(component) ?? "" },
      arches: [arch() === "arm64" ? "aarch64" : "x86_64"],
      priority: 1,
      buildOnly: false
    }),
    available: ({ id }) =>
      Effect.sync(() => {
        const file = join(folder, "farm/buildroots", id, "packages.json")
        if (!existsSync(file)) return []
        return (JSON.parse(readFileSync(file, "utf8")) as ReadonlyArray<string>).map((nvr) => nvr.replace(/-1-1.*/, ""))
      })
  })
}
