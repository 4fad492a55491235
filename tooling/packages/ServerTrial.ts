/** Starts the installed server in a folder, with the embedded database, and builds a module through it. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { run } from "./Command.ts"
import type { EmptyFolder } from "./EmptyFolder.ts"

export interface Running {
  readonly url: string
  readonly stop: () => Promise<void>
}

const git = (folder: string, ...args: ReadonlyArray<string>) =>
  run("git", ["-C", folder, ...args], {
    cwd: folder,
    env: {
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "Newcomer",
      GIT_AUTHOR_EMAIL: "newcomer@example.org",
      GIT_COMMITTER_NAME: "Newcomer",
      GIT_COMMITTER_EMAIL: "newcomer@example.org"
    }
  })

const commit = (folder: string, name: string, text: string) => {
  mkdirSync(folder, { recursive: true })
  git(folder, "init", "--quiet", "--initial-branch=main")
  writeFileSync(join(folder, name), text)
  git(folder, "add", "--all")
  git(folder, "commit", "--quiet", "--message", "Import")
}

const spec = `Name: hello
Version: 1
Release: 1%{?dist}
Summary: A package
License: MIT
BuildArch: noarch
%description
A package.
%files
`

const modulemd = `document: modulemd
version: 2
data:
  name: greetings
  stream: "1"
  summary: A module
  description: A module
  license: {module: [MIT]}
  dependencies:
    - buildrequires: {platform: [el9]}
      requires: {platform: [el9]}
  components:
    rpms:
      hello: {rationale: The only one, ref: main}
`

/** A package and a module in git, below `git` of the folder; answers the URL to submit. */
export const makeSources = ({ path }: EmptyFolder): string => {
  commit(join(path, "git/rpms/hello"), "hello.spec", spec)
  commit(join(path, "git/modules/greetings"), "greetings.yaml", modulemd)
  return `file://${path}/git/modules/greetings?#main`
}

/** Settings under which the sources above can be built. */
export const settings = ({ path }: EmptyFolder): Readonly<Record<string, string>> => ({
  ORCH_PORT: "0",
  ORCH_DRAIN: "0",
  ORCH_SCM_ALLOW: `file://${path}/git`,
  ORCH_RPMS_REPOSITORY: `file://${path}/git/rpms/`,
  ORCH_RECONCILE_INTERVAL: "500"
})

const end = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null) return resolve()
    const patience = setTimeout(() => child.kill("SIGKILL"), 20_000)
    child.once("exit", () => {
      clearTimeout(patience)
      resolve()
    })
    child.kill("SIGTERM")
  })

/** Resolves once the server says where it listens. */
export const start = (folder: EmptyFolder, environment: Readonly<Record<string, string>>): Promise<Running> =>
  new Promise((resolve, reject) => {
    const inherited = Object.entries(process.env)
      .filter(([name]) => name !== "DATABASE_URL" && !name.startsWith("ORCH_"))
    const child = spawn(join(folder.path, "node_modules/.bin/orch-server"), [], {
      cwd: folder.path,
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ["ignore", "pipe", "pipe"]
    })
    const said: Array<string> = []
    const patience = setTimeout(() => child.kill("SIGKILL"), 60_000)
    const listen = (line: string) => {
      said.push(line)
      const url = /"message":"Listening".*"url":"([^"]+)"|"url":"([^"]+)".*"message":"Listening"/.exec(line)
      if (url === null) return
      clearTimeout(patience)
      resolve({ url: url[1] ?? url[2] ?? "", stop: () => end(child) })
    }
    createInterface({ input: child.stdout }).on("line", listen)
    createInterface({ input: child.stderr }).on("line", listen)
    child.once("error", reject)
    child.once("exit", (code) => {
      clearTimeout(patience)
      reject(new Error(`orch-server ended with ${code}\n${said.slice(-15).join("\n")}`))
    })
  })
