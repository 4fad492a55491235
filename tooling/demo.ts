/**
 * Shows the whole way: a modulemd in a git repository goes in, a repository that `dnf` installs the module from comes out.
 *
 * Everything happens below `.demo` in this checkout, on this machine, with an embedded database. The server stays up to be
 * looked at until Ctrl-C; with `--once` it is stopped, and the exit code says whether all went well.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import * as DemoServer from "./demo/DemoServer.ts"
import * as DistGit from "./demo/DistGit.ts"
import * as Installation from "./demo/Installation.ts"

const root = join(import.meta.dirname, "..")
const orch = join(root, "packages/client/bin/orch.js")
const demos = join(root, ".demo")

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A new directory; those of demos that have ended are removed, as they are large. */
const newDirectory = (): string => {
  mkdirSync(demos, { recursive: true })
  for (const name of readdirSync(demos)) {
    const owner = join(demos, name, "pid")
    if (!existsSync(owner) || !isRunning(Number(readFileSync(owner, "utf8")))) {
      rmSync(join(demos, name), { recursive: true, force: true })
    }
  }
  const directory = join(demos, `${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}-${process.pid}`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, "pid"), String(process.pid))
  return directory
}

const run = (args: ReadonlyArray<string>): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [orch, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    // The repository is told once, at the end.
    createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("repository: ") || say(line))
    child.on("error", () => resolve(1))
    child.on("close", (code) => resolve(code ?? 1))
  })

const say = (text = ""): void => console.log(text)

interface Build {
  readonly id: number
  readonly state: string
  readonly repository: { readonly url: string; readonly path: string | null } | null
}

const newest = async (url: string): Promise<Build> => {
  const list = await (await fetch(`${url}/rida/module-builds/`)).json() as ReadonlyArray<{ readonly id: number }>
  const id = list.at(-1)?.id
  if (id === undefined) throw new Error("the server knows of no build")
  return await (await fetch(`${url}/orch/v1/module-builds/${id}`)).json() as Build
}

/** Answers whether all went well. */
const show = async (server: DemoServer.DemoServer, distGit: DistGit.DistGit, directory: string): Promise<boolean> => {
  say(`$ orch module-build submit '${distGit.wrong}'`)
  if (await run(["module-build", "submit", distGit.wrong, "--url", server.url]) === 0) {
    say("A module whose components have no spec files was taken")
    return false
  }
  say()
  say(`$ orch module-build submit '${distGit.module}' --watch`)
  const code = await run(["module-build", "submit", distGit.module, "--watch", "--url", server.url])
  if (code !== 0) {
    say(`The build did not get ready (orch ended with ${code}); the server's log is ${server.log}`)
    return false
  }
  const build = await newest(server.url)
  const path = build.repository?.path ?? undefined
  if (build.state !== "ready" || path === undefined) {
    say(`Build ${build.id} is in state ${build.state} and has no repository`)
    return false
  }
  say()
  say(`repository: ${path}`)
  const installRoot = join(directory, "root")
  const proof = Installation.prove(installRoot, path)
  say()
  if (proof._tag === "Failed") {
    say(`dnf cannot use the repository:\n${proof.output}`)
    return false
  }
  for (const line of proof._tag === "Proved" ? proof.lines : [`not tried: ${proof.reason}`]) say(`dnf: ${line}`)
  say()
  say("Install from it into an empty root yourself (as root):")
  say(`  ${Installation.command(join(directory, "my-root"), path)}`)
  return true
}

const untilInterrupted = (server: DemoServer.DemoServer): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve())
    const watch = setInterval(() => {
      if (server.isRunning()) return
      clearInterval(watch)
      resolve()
    }, 500)
    watch.unref()
    setInterval(() => {}, 60_000)
  })

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { once: { type: "boolean", default: false } } })
  const directory = newDirectory()
  const distGit = DistGit.make(join(directory, "git"))
  say(`git repositories: ${distGit.root}`)
  const server = await DemoServer.start(directory, distGit)
  say(`server: ${server.url} (pages at ${server.url}/builds, API documentation at ${server.url}/docs)`)
  say()
  const interrupted = untilInterrupted(server)
  const ok = await Promise.race([show(server, distGit, directory), interrupted.then(() => false)])
  if (!values.once && ok && server.isRunning()) {
    say()
    say(`The server goes on at ${server.url}; Ctrl-C stops it.`)
    await interrupted
  }
  await server.stop()
  return ok ? 0 : 1
}

main().then((code) => process.exit(code), (error) => {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})
