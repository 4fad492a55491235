/**
 * Builds one task with `rpmbuild`: the source package from git, or the packages of an architecture from the source package.
 *
 * A real farm builds in a chroot of its own (mock); this builds on the machine it runs on, and takes what is installed there.
 */
import { spawn } from "node:child_process"
import { createWriteStream, promises as fs } from "node:fs"
import { basename, join } from "node:path"
import type { ServerConnection, Task } from "./ServerConnection.ts"

/** What a build left behind. */
export interface Built {
  readonly status: "done" | "failed" | "excluded"
  readonly packages: ReadonlyArray<string>
  readonly logs: ReadonlyArray<string>
  readonly commit: string | null
}

/** A command that said no. */
class CommandFailed extends Error {}

/** Runs a program without a shell, its output to the log; answers what it wrote to its standard output. */
const run = (
  log: NodeJS.WritableStream,
  signal: AbortSignal,
  command: string,
  ...args: ReadonlyArray<string>
): Promise<string> =>
  new Promise((resolve, reject) => {
    log.write(`$ ${command} ${args.join(" ")}\n`)
    const child = spawn(command, args, {
      signal,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"] ?? "/usr/bin:/bin",
        LC_ALL: "C.UTF-8",
        HOME: "/nonexistent",
        GIT_TERMINAL_PROMPT: "0"
      }
    })
    let output = ""
    child.stdout.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-1_000_000)
      log.write(chunk)
    })
    child.stderr.on("data", (chunk: Buffer) => log.write(chunk))
    child.on("error", reject)
    child.on(
      "close",
      (code) => code === 0 ? resolve(output) : reject(new CommandFailed(`${command} ended with ${code}`))
    )
  })

const find = async (directory: string, suffix: string): Promise<ReadonlyArray<string>> => {
  const entries = await fs.readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(suffix)).map((entry) =>
    join(entry.parentPath, entry.name)
  )
}

/** Builds in `directory`, which must be empty. */
export const build = async (
  server: ServerConnection,
  task: Task,
  directory: string,
  signal: AbortSignal
): Promise<Built> => {
  const logFile = join(directory, `mock_build.${task.id}.log`)
  const log = createWriteStream(logFile)
  const top = join(directory, "top")
  const define = (name: string, value: string): ReadonlyArray<string> => ["--define", `${name} ${value}`]
  const options = [
    ...define("_topdir", top),
    ...define("_dbpath", join(directory, "db")),
    ...Object.entries(task.platform.data.definitions ?? {}).flatMap(([name, value]) => define(name, value)),
    "--nodeps"
  ]
  const end = async (status: Built["status"], commit: string | null): Promise<Built> => {
    await new Promise<void>((resolve) => log.end(resolve))
    const all = status === "done" ? await find(top, ".rpm") : []
    const packages = all.filter((path) => path.endsWith(".src.rpm") === (task.arch === "src"))
    return { status, packages, logs: [logFile], commit }
  }
  try {
    await fs.mkdir(join(top, "SRPMS"), { recursive: true })
    if (task.arch === "src") {
      const commit = await makeSource(
        server,
        task,
        directory,
        top,
        options,
        (...command) => run(log, signal, ...command)
      )
      return await end("done", commit)
    }
    const source = join(directory, basename(new URL(task.built_srpm_url ?? "").pathname))
    await server.download(task.built_srpm_url ?? "", source)
    const exclusive = await run(
      log,
      signal,
      "rpm",
      "-qp",
      "--qf",
      "[%{EXCLUSIVEARCH} ][!%{EXCLUDEARCH} ]",
      source
    )
    if (isExcluded(exclusive, task.arch)) {
      log.write(`${basename(source)} is not meant for ${task.arch}\n`)
      return await end("excluded", null)
    }
    await run(log, signal, "rpmbuild", "--rebuild", "--target", task.arch, ...options, source)
    return await end("done", null)
  } catch (cause) {
    log.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
    return await end("failed", null)
  }
}

const isExcluded = (said: string, arch: string): boolean => {
  const words = said.trim().split(/\s+/).filter((word) => word !== "")
  const only = words.filter((word) => !word.startsWith("!"))
  return words.includes(`!${arch}`) || (only.length > 0 && !only.includes(arch) && !only.includes("noarch"))
}

const makeSource = async (
  server: ServerConnection,
  { ref }: Task,
  directory: string,
  top: string,
  options: ReadonlyArray<string>,
  command: (program: string, ...args: ReadonlyArray<string>) => Promise<string>
): Promise<string | null> => {
  if (ref.ref_type === 3) {
    await server.download(ref.url, join(top, "SRPMS", basename(new URL(ref.url).pathname)))
    return null
  }
  const checkout = join(directory, "source")
  await command("git", "clone", "--quiet", "--no-checkout", "--", ref.url, checkout)
  await command(
    "git",
    "-C",
    checkout,
    "checkout",
    "--quiet",
    "--detach",
    ref.git_commit_hash ?? ref.git_ref ?? "HEAD",
    "--"
  )
  const commit = (await command("git", "-C", checkout, "rev-parse", "HEAD")).trim()
  const [spec] = await find(checkout, ".spec")
  if (spec === undefined) throw new Error("there is no spec file")
  await command("rpmbuild", "-bs", ...options, "--define", `_sourcedir ${checkout}`, spec)
  return commit
}
