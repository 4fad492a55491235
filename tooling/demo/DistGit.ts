/** Makes git repositories of the folders in `examples/demo-distgit`, as a distribution would have them on a server. */
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const source = join(import.meta.dirname, "../../examples/demo-distgit")

/** Nothing of the user's own configuration, such as signing, has a say in the demo. */
export const env = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Demo",
  GIT_AUTHOR_EMAIL: "demo@example.org",
  GIT_COMMITTER_NAME: "Demo",
  GIT_COMMITTER_EMAIL: "demo@example.org"
}

/** Commits everything that is in a working tree. */
export const commitAll = (work: string, message: string): void => {
  execFileSync("git", ["-C", work, "add", "--all"], { env, stdio: "pipe" })
  execFileSync("git", ["-C", work, "commit", "--quiet", "--message", message], { env, stdio: "pipe" })
}

const makeRepository = (from: string, to: string): void => {
  const work = `${to}.work`
  rmSync(work, { recursive: true, force: true })
  cpSync(from, work, { recursive: true })
  const git = (...args: ReadonlyArray<string>) => execFileSync("git", ["-C", work, ...args], { env, stdio: "pipe" })
  git("init", "--quiet", "--initial-branch=main")
  commitAll(work, "Import")
  execFileSync("git", ["clone", "--quiet", "--bare", "--no-hardlinks", work, to], { env, stdio: "pipe" })
  rmSync(work, { recursive: true, force: true })
}

/** A package of compiled C that takes a few seconds to build, as most packages do at least. */
const compiled = (name: string): string =>
  [
    `Name: ${name}`,
    "Version: 1.0",
    "Release: 1%{?dist}",
    "Summary: A library with many functions",
    "License: MIT",
    "BuildRequires: gcc",
    "%global debug_package %{nil}",
    "%description",
    "Numbers, and functions that mix them.",
    "%build",
    `awk 'BEGIN { for (i = 0; i < 400; i++) printf "int ${
      name.replaceAll("-", "_")
    }_%%d(int a, int b) { for (int i = 0; i < b; i++) a = (a * %%d) ^ (b + i); return a; }\\n", i, i + 3 }' > mix.c`,
    `gcc -O2 -fPIC -shared -o lib${name}.so mix.c`,
    "%install",
    `install -D -m 0755 lib${name}.so %{buildroot}%{_libdir}/lib${name}.so`,
    "%files",
    `%{_libdir}/lib${name}.so`,
    ""
  ].join("\n")

/** Adds packages that take a few seconds to build, below the components of the demo. */
export const addCompiled = (root: string, names: ReadonlyArray<string>): void => {
  for (const name of names) {
    const from = join(root, `${name}.source`)
    mkdirSync(from, { recursive: true })
    writeFileSync(join(from, `${name}.spec`), compiled(name))
    makeRepository(from, join(root, "rpms", name))
  }
}

export interface DistGit {
  /** All repositories lie below. */
  readonly root: string
  /** URL of the module's modulemd, as it is submitted. */
  readonly module: string
  /** URL of a module that cannot be built, which the server says at once. */
  readonly wrong: string
  /** URL to which a component's name is added. */
  readonly components: string
}

/** Fills `root` with `modules/MODULE.git` and `rpms/COMPONENT`. */
export const make = (root: string): DistGit => {
  for (const kind of ["modules", "rpms"]) {
    mkdirSync(join(root, kind), { recursive: true })
    for (const name of readdirSync(join(source, kind))) {
      makeRepository(join(source, kind, name), join(root, kind, kind === "modules" ? `${name}.git` : name))
    }
  }
  const module = (name: string) => `file://${root}/modules/${name}.git?#main`
  return { root, module: module("demo"), wrong: module("demo-wrong"), components: `file://${root}/rpms/` }
}
