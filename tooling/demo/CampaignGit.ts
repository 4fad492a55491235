/**
 * Five modules in three tiers, in git: `demo-base`, then `demo-tool` and `demo-web`, which are built with what it says, then `demo-app` and
 * `demo-site`, one behind each.
 */
import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { commitAll, env } from "./DistGit.ts"

/** The modules, each with the one that it is built with. */
export const modules = [
  ["demo-base", undefined],
  ["demo-tool", "demo-base"],
  ["demo-web", "demo-base"],
  ["demo-app", "demo-tool"],
  ["demo-site", "demo-web"]
] as const
/** The name of one of them. */
export type Module = typeof modules[number][0]

const document = (name: string, after: string | undefined): string =>
  [
    "document: modulemd",
    "version: 2",
    "data:",
    `  name: ${name}`,
    "  stream: \"1\"",
    "  summary: One package of the demo",
    "  description: Says what it was built with.",
    "  license: {module: [MIT]}",
    "  dependencies:",
    `    - buildrequires: {platform: [el8]${after === undefined ? "" : `, ${after}: ["1"]`}}`,
    "      requires: {platform: [el8]}",
    "  components:",
    "    rpms:",
    `      ${name}: {rationale: The package., ref: main}`,
    ""
  ].join("\n")

/** A package with one program, whose output is made by `make`, shell, while it is built. */
const spec = (name: string, after: string | undefined, make: string, comment: string): string =>
  [
    ...comment === "" ? [] : [`# ${comment}`],
    `Name: ${name}`,
    "Version: 1.0",
    "Release: 1%{?dist}",
    "Summary: Says what it was built with",
    "License: MIT",
    "BuildArch: noarch",
    ...after === undefined ? [] : [`BuildRequires: ${after}`],
    "%description",
    "A program that says what it was built with.",
    "%build",
    `said="$(${make})"`,
    `printf '#!/bin/sh\\necho "%%s"\\n' "$said" > ${name}`,
    "%install",
    `install -D -m 0755 ${name} %{buildroot}%{_bindir}/${name}`,
    "%files",
    `%{_bindir}/${name}`,
    ""
  ].join("\n")

/** What is pushed: shell that says the program's words, and a comment for the head of the spec file. */
export interface Change {
  readonly make: string
  readonly comment?: string
}

/** What each package says before anything is pushed. */
export const first: Readonly<Record<Module, string>> = {
  "demo-base": "echo Hello",
  "demo-tool": "echo tool, $(demo-base)",
  "demo-web": "echo web, $(demo-base)",
  "demo-app": "echo app, $(demo-tool)",
  "demo-site": "echo site, $(demo-web)"
}

/** The repositories, and what is done with them. */
export interface CampaignGit {
  readonly root: string
  /** What is submitted of a module. */
  readonly scmurl: (name: Module) => string
  /** Commits to a package's clone and pushes to its repository, which tells the server; the commit. */
  readonly push: (name: Module, change: Change, message: string) => string
  /** Has the repositories tell the server of pushes, as a forge does. */
  readonly tell: (url: string, secret: string) => void
}

/** Fills `root` with `modules/NAME.git` and `rpms/NAME.git`, and clones to push from. */
export const make = (root: string): CampaignGit => {
  const clone = (name: string) => join(root, "clones", name)
  const bare = (kind: "modules" | "rpms", name: string) => join(root, kind, kind === "modules" ? `${name}.git` : name)
  const git = (at: string, ...args: ReadonlyArray<string>) =>
    execFileSync("git", ["-C", at, ...args], { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim()
  const afterOf = (name: Module) => modules.find(([one]) => one === name)![1]
  const write = (name: Module, { comment = "", make }: Change) =>
    writeFileSync(join(clone(name), `${name}.spec`), spec(name, afterOf(name), make, comment))
  const publish = (kind: "modules" | "rpms", name: string, work: string) => {
    git(work, "init", "--quiet", "--initial-branch=main")
    commitAll(work, "Import")
    execFileSync("git", ["clone", "--quiet", "--bare", "--no-hardlinks", work, bare(kind, name)], {
      env,
      stdio: "pipe"
    })
  }
  for (const [name, after] of modules) {
    const module = join(root, "clones", `module-${name}`)
    mkdirSync(module, { recursive: true })
    mkdirSync(clone(name), { recursive: true })
    writeFileSync(join(module, `${name}.yaml`), document(name, after))
    publish("modules", name, module)
    write(name, { make: first[name] })
    publish("rpms", name, clone(name))
    git(clone(name), "remote", "add", "origin", bare("rpms", name))
  }
  const pushed = (name: Module) => {
    git(clone(name), "push", "--quiet", "origin", "main")
    return git(clone(name), "rev-parse", "HEAD")
  }
  return {
    root,
    scmurl: (name) => `file://${bare("modules", name)}?#main`,
    push: (name, change, message) => {
      write(name, change)
      commitAll(clone(name), message)
      return pushed(name)
    },
    tell: (url, secret) => {
      for (const [name] of modules) {
        const hooks = join(bare("rpms", name), "hooks")
        cpSync(join(import.meta.dirname, "PostReceive.ts"), join(hooks, "PostReceive.ts"))
        const forge = { url, secret, cloneUrl: `file://${bare("rpms", name)}`, name: `rpms/${name}` }
        writeFileSync(join(hooks, "forge.json"), JSON.stringify(forge), { mode: 0o600 })
        const hook = join(hooks, "post-receive")
        writeFileSync(hook, `#!/bin/sh\nexec '${process.execPath}' hooks/PostReceive.ts\n`)
        chmodSync(hook, 0o755)
      }
    }
  }
}
