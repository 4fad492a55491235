/** A farm in one file: it builds packages from git with rpmbuild, on this machine. What it knows is in files. */
import { execFile } from "node:child_process"
import { randomUUID } from "node:crypto"
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)
const home = resolve(process.env.MY_FARM ?? "my-farm")
const rootAt = (id) => join(home, "buildroots", id)
const taskAt = (task) => join(home, "tasks", task)
/** The builds that run in this process, by task, and how to end them. */
const running = new Map()

const read = (file) => readFile(file, "utf8").then(JSON.parse, () => undefined)

/** Whole or not at all: a crash leaves no half record. */
const write = async (file, value) => {
  const part = `${file}.${randomUUID()}`
  await writeFile(part, JSON.stringify(value))
  await rename(part, file)
}

const build = async (task, { component, distTag, macros, source }, signal) => {
  const tree = join(taskAt(task), "tree")
  const sources = join(tree, "SOURCES")
  await rm(tree, { recursive: true, force: true })
  await run("git", ["clone", "--quiet", "--", source.repository, sources], { signal })
  await run("git", ["-C", sources, "checkout", "--quiet", source.commit], { signal })
  await writeFile(join(tree, "macros"), macros)
  const defined = { _topdir: tree, _dbpath: join(tree, "db"), dist: `.${distTag}` }
  const defines = Object.entries(defined).flatMap(([name, value]) => ["--define", `${name} ${value}`])
  const spec = join(sources, `${component}.spec`)
  // Nothing is installed before the build: whoever needs that gives each buildroot a system of its own here.
  await run("rpmbuild", ["-ba", "--nodeps", "--load", join(tree, "macros"), ...defines, spec], { signal })
  const files = (await readdir(tree, { recursive: true })).filter((name) => name.endsWith(".rpm"))
  const query = ["-qp", "--qf", "%{name} %{epochnum} %{version}-%{release} %{arch}"]
  const packages = await Promise.all(files.map(async (file) => {
    const [name, epoch, release, arch] = (await run("rpm", [...query, join(tree, file)])).stdout.split(" ")
    return { name, epoch, release, arch: file.endsWith(".src.rpm") ? "src" : arch, location: join(tree, file) }
  }))
  const { name, release } = packages.find(({ arch }) => arch === "src")
  return {
    nvr: `${name}-${release}`,
    artifacts: packages.map((one) => ({
      nevra: `${one.name}-${one.epoch}:${one.release}.${one.arch}`,
      location: one.location
    }))
  }
}

/** Builds what a task was asked for, and writes down how it ended. */
const begin = (task, request) => {
  const stop = new AbortController()
  const ended = build(task, request, stop.signal).then(
    (result) => ({ state: "closed", ...result }),
    (error) => ({ state: stop.signal.aborted ? "canceled" : "failed", reason: error.message, artifacts: [] })
  ).then((status) => write(join(taskAt(task), "status.json"), status)).finally(() => running.delete(task))
  running.set(task, { stop, ended })
}

const observe = async (task) => {
  const request = await read(join(taskAt(task), "request.json"))
  if (request === undefined) return { task, state: "gone", artifacts: [] }
  const status = await read(join(taskAt(task), "status.json"))
  if (status !== undefined) return { task, ...status }
  // The process that built it has died: this one takes over.
  if (!running.has(task)) begin(task, request)
  return { task, state: "open", artifacts: [] }
}

/** @type {import("@orch/core/ports/BuildSystem").Promises} */
export default {
  capabilities: {
    name: "my-farm",
    arches: [process.arch === "arm64" ? "aarch64" : "x86_64"],
    platforms: undefined,
    hints: false,
    bulk: 100
  },

  prepare: async ({ distTag, key, macros }) => {
    await mkdir(rootAt(key), { recursive: true })
    await write(join(rootAt(key), "plan.json"), { distTag, macros })
    return { key, id: key }
  },

  submit: async (buildroot, { component, key, source }) => {
    const plan = await read(join(rootAt(buildroot.id), "plan.json"))
    if (plan === undefined) throw Object.assign(new Error(`there is no buildroot ${buildroot.id}`), { reason: "gone" })
    if (source._tag !== "Git") return { _tag: "Rejected", key, reason: "this farm builds from git only" }
    // The key is the task's name, and only one can move a directory there: whoever asks again finds the first task.
    const task = encodeURIComponent(key)
    const request = { component, source, ...plan }
    const asked = join(home, "tasks", `.${randomUUID()}`)
    await mkdir(asked, { recursive: true })
    await write(join(asked, "request.json"), request)
    const adopted = await rename(asked, taskAt(task)).then(() => false, () => true)
    if (adopted) await rm(asked, { recursive: true })
    else begin(task, request)
    return { _tag: "Accepted", key, task, adopted }
  },

  observe: (tasks) => Promise.all(tasks.map(observe)),

  cancel: async (tasks) => {
    for (const task of tasks) {
      const build = running.get(task)
      build?.stop.abort()
      await build?.ended
    }
  },

  admit: async (buildroot, builds) => {
    const file = join(rootAt(buildroot.id), "packages.json")
    const packages = [...new Set([...(await read(file) ?? []), ...builds.map(({ nvr }) => nvr)])]
    await write(file, packages)
    return { buildroot: buildroot.id, id: `${packages.length}` }
  },

  observeRepository: async ({ buildroot, id }) => {
    const packages = await read(join(rootAt(buildroot), "packages.json")) ?? []
    return Number(id) <= packages.length ? { _tag: "Ready" } : { _tag: "Failed", reason: `nobody asked for ${id}` }
  },

  finish: async () => {}
}
