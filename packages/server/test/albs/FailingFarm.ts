/**
 * Whole builds on nodes that fail: killed in the middle of builds, reporting twice and late, while test systems report twice as well. Of each
 * build is looked at what must hold however much of that happened: see `problemsOf`.
 */
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Repodata from "../../src/localbuild/Repodata.ts"
import * as FaceServer from "./FaceServer.ts"

/** What is built, by how many, and until when. */
export interface Options {
  readonly names: ReadonlyArray<string>
  readonly arches: ReadonlyArray<string>
  readonly nodes: number
  /** Builds under way at the same time. */
  readonly together: number
  /** Whether no further build begins, when so many have begun. */
  readonly isOver: (begun: number) => boolean
}

/** What was done, and everything that does not hold. */
export interface Outcome {
  readonly builds: number
  readonly tasks: number
  readonly handed: number
  readonly killed: number
  readonly doubled: number
  readonly late: number
  readonly refused: number
  readonly problems: ReadonlyArray<string>
}

const platform = "wide"
/** Seconds a lease lasts, the shortest that can be set. */
const lease = 5
/** Each file twice, of different bytes, as builds that are repeated have. */
const variants = 2

const spec = (name: string): string =>
  [
    `Name: ${name}`,
    "Version: 1.0",
    "Release: 1",
    "Summary: Test",
    "License: MIT",
    "%global debug_package %{nil}",
    "%package doc",
    "Summary: Texts",
    "BuildArch: noarch",
    "%description",
    "Test.",
    "%description doc",
    "Test.",
    "%files",
    "%files doc",
    ""
  ].join("\n")

const fileNames = (name: string, arch: string): ReadonlyArray<string> =>
  arch === "src" ? [`${name}-1.0-1.src.rpm`] : [`${name}-1.0-1.${arch}.rpm`, `${name}-doc-1.0-1.noarch.rpm`]

/** Files that a task leaves, by variant, architecture and name; `undefined` where the machine cannot make them. */
export const makePackages = (
  names: ReadonlyArray<string>,
  arches: ReadonlyArray<string>
): ReadonlyMap<string, Uint8Array> | undefined => {
  const made = new Map<string, Uint8Array>()
  const directory = Fs.mkdtempSync(Path.join(process.env["TMPDIR"] ?? "/tmp", "orch-packages-"))
  try {
    for (let variant = 0; variant < variants; variant++) {
      // Packages hold the second in which they were made.
      if (variant > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100)
      for (const name of names) {
        const file = Path.join(directory, `${name}.spec`)
        Fs.writeFileSync(file, spec(name))
        for (const arch of ["src", ...arches]) {
          const top = Path.join(directory, `${variant}`, name, arch)
          const how = arch === "src" ? ["-bs"] : ["-bb", "--target", arch]
          execFileSync("rpmbuild", [...how, "--define", `_topdir ${top}`, file], { stdio: "ignore" })
          for (const path of Fs.globSync("{SRPMS,RPMS/*}/*.rpm", { cwd: top })) {
            made.set(`${variant}/${arch}/${Path.basename(path)}`, Fs.readFileSync(Path.join(top, path)))
          }
        }
      }
    }
    return made
  } catch {
    return undefined
  } finally {
    Fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** Numbers that look random and are the same in each run. */
const dice = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return seed / 2_147_483_648
}

interface Held {
  readonly token: string
  readonly task: FaceServer.Task
  readonly artifacts: ReadonlyArray<FaceServer.Reported>
}

/**
 * What does not hold of a finished build: every task is completed and was reported once; each architecture has its own packages, the source
 * package and what all share once, and that is the same file everywhere; each package is tested once, and once in the repositories.
 */
const problemsOf = (
  { arches, names }: Options,
  build: FaceServer.Build,
  counted: ReadonlyMap<number, number>,
  listed: (arch: string) => ReadonlyArray<string>
): ReadonlyArray<string> => {
  const found: Array<string> = []
  const must = (isSo: boolean, what: string): void => void (isSo || found.push(`build ${build.id}: ${what}`))
  must(build.tasks.length === names.length * (arches.length + 1), `${build.tasks.length} tasks`)
  for (const { arch, error, id, status, test_tasks } of build.tasks) {
    must(status === 2 && error === null, `task ${id} ended with ${status}: ${error}`)
    must(counted.get(id) === 1, `${counted.get(id)} reports of task ${id} counted`)
    const tests = test_tasks.map((test) => `${test.revision} ${test.status}`).join()
    must(tests === (arch === "src" ? "" : "1 3,1 3"), `tests of task ${id}: ${tests}`)
  }
  for (const [index, name] of names.entries()) {
    const own = build.tasks.filter((task) => task.index === index)
    for (const { arch, artifacts, id } of own) {
      const rpms = artifacts.map((one) => one.name).filter((file) => file.endsWith(".rpm")).sort()
      const right = [...fileNames(name, arch), ...(arch === "src" ? [] : fileNames(name, "src"))].sort()
      must(rpms.join() === right.join(), `task ${id} for ${arch} has ${rpms.join()}`)
    }
    for (const shared of [`${name}-1.0-1.src.rpm`, `${name}-doc-1.0-1.noarch.rpm`]) {
      const hrefs = own.flatMap(({ artifacts }) => artifacts.filter((one) => one.name === shared))
      must(new Set(hrefs.map(({ href }) => href)).size === 1, `${shared} is not one file`)
    }
  }
  for (const arch of ["src", ...arches]) {
    const right = names.flatMap((name) => fileNames(name, arch)).sort()
    const there = [...listed(arch)].sort()
    must(there.join() === right.join(), `the repository for ${arch} has ${there.join()}`)
  }
  return found
}

/** Runs until it is over and all builds have ended. */
export const run = (options: Options, packages: ReadonlyMap<string, Uint8Array>) =>
  Effect.gen(function*() {
    const { arches, isOver, names, nodes, together } = options
    const data = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(process.env["TMPDIR"] ?? "/tmp", "orch-farm-"))),
      (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true, maxRetries: 20 }))
    )
    const server = yield* FaceServer.start({
      ORCH_BUILDER_LEASE: String(lease),
      ORCH_BUILDER_TRIES: "50",
      ORCH_DATA_DIR: data,
      ...(yield* FaceServer.database)
    })
    yield* server.ask("POST", "/platforms/", "root", { ...FaceServer.platform, name: platform, arch_list: arches })
    const tokens: Array<string> = []
    for (let node = 0; node < nodes; node++) {
      const { body } = yield* server.send("POST", `/orch/v1/build-nodes/n${node}/token`, "root")
      tokens.push((body as { readonly token: string }).token)
    }
    const say = (token: string, path: string, body: unknown) =>
      Effect.promise(async () => {
        const reply = await fetch(`${server.url}/api/v1/build_node/${path}`, {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: JSON.stringify(body)
        })
        return { status: reply.status, body: await reply.json() as unknown }
      })
    const files = new Map<string, FaceServer.Reported>()
    for (const [key, bytes] of packages) {
      files.set(key, yield* server.upload("node1", Path.basename(key), bytes))
    }

    const said = { handed: 0, killed: 0, doubled: 0, late: 0, refused: 0 }
    const problems: Array<string> = []
    /** Reports that were taken, by task. */
    const counted = new Map<number, number>()
    const dead: Array<Held & { readonly at: number }> = []
    let done = false
    const bring = Effect.fnUntraced(function*({ artifacts, task, token }: Held) {
      const report = { task_id: task.id, status: "done", artifacts, lease: task.lease }
      const { status } = yield* say(token, "build_done", report)
      if (status === 200) counted.set(task.id, (counted.get(task.id) ?? 0) + 1)
      else if (status === 409) said.refused++
      else problems.push(`a report of task ${task.id} was answered with ${status}`)
    })
    const node = Effect.fnUntraced(function*(index: number) {
      const token = tokens[index]!
      const roll = dice((index + 1) * 2_654_435)
      while (!done) {
        const { body, status } = yield* say(token, "get_task", { supported_arches: ["src", ...arches], wait: 1 })
        if (status !== 200 && status !== 503) problems.push(`get_task was answered with ${status}`)
        if (status !== 200 || body === null) continue
        said.handed++
        const task = body as FaceServer.Task
        const name = /([a-z]+)\.git$/.exec(task.ref.url)![1]!
        const variant = roll() < 0.5 ? 0 : 1
        const artifacts = fileNames(name, task.arch).map((file) => files.get(`${variant}/${task.arch}/${file}`)!)
        const held = { token, task, artifacts }
        const chance = roll()
        // Counted, since in a short run chance would spare all of them now and then.
        if (said.handed % 8 === 3) {
          // Killed in the middle; its ghost reports what it began, later.
          said.killed++
          dead.push({ ...held, at: performance.now() })
        } else if (chance < 0.4) {
          said.doubled++
          yield* Effect.all([bring(held), bring(held)], { concurrency: 2 })
        } else {
          yield* bring(held)
          if (chance > 0.55) continue
          said.late++
          yield* say(token, "build_done", { task_id: task.id, status: "failed", artifacts: [], lease: task.lease })
        }
      }
    })
    const ghosts = Effect.gen(function*() {
      while (!done) {
        yield* Effect.sleep("1 second")
        // By then another node has the task, mostly.
        const old = dead.filter(({ at }) => performance.now() - at > lease * 2_000)
        dead.splice(0, dead.length, ...dead.filter((one) => !old.includes(one)))
        for (const held of old) yield* bring(held)
      }
    })
    /** A test system that reports each test twice, and then something else. */
    const tester = Effect.gen(function*() {
      const result = (success: boolean) => ({
        api_version: "1.0",
        result: { install_package: { success }, tests: {}, logs: [] }
      })
      while (!done) {
        const { body } = yield* server.ask("GET", "/tests/get_test_tasks/", "tester1")
        const given = body as ReadonlyArray<{ readonly id: number }>
        for (const { id } of given) {
          const tell = (success: boolean) => server.ask("POST", `/tests/${id}/result/`, "tester1", result(success))
          const twice = yield* Effect.all([tell(true), tell(true)], { concurrency: 2 })
          const other = yield* tell(false)
          const answers = [...twice, other].map(({ status }) => status).join()
          if (answers !== "200,200,409") problems.push(`results of test ${id} were answered with ${answers}`)
        }
        if (given.length === 0) yield* Effect.sleep("200 millis")
      }
    })
    let begun = 0
    let tasks = 0
    const builder = Effect.gen(function*() {
      while (!isOver(begun)) {
        begun++
        const id = yield* server.submit(names, { platforms: [{ name: platform, arch_list: arches }] })
        const finished = yield* server.finished(id)
        tasks += finished.tasks.length
        const listed = (arch: string) => {
          const repository = Path.join(data, "repositories", "builds", `${platform}-${arch}-${id}-br`)
          return Repodata.listed(repository).map(({ nevra }) => `${nevra.replace(/-\d+:/, "-")}.rpm`)
        }
        // As it is now: what is finished is complete.
        const there = new Map(["src", ...arches].map((arch) => [arch, listed(arch)]))
        const tested = yield* server.until(
          server.get(id),
          (build) =>
            build.tasks.every(({ arch, test_tasks }) =>
              arch === "src" || (test_tasks.length > 0 && test_tasks.every(({ status }) => status > 2))
            )
        )
        problems.push(...problemsOf(options, tested, counted, (arch) => there.get(arch) ?? []))
      }
    })
    const watch = Effect.andThen(
      Effect.forEach(Array.from({ length: together }), () => builder, { concurrency: together, discard: true }),
      Effect.sync(() => {
        done = true
      })
    )
    yield* Effect.all([watch, ghosts, tester, ...Array.from({ length: nodes }, (_, index) => node(index))], {
      concurrency: "unbounded",
      discard: true
    })
    const before = new Map(counted)
    for (const held of dead.splice(0)) yield* bring(held)
    for (const [task, times] of counted) {
      if (before.get(task) !== times) problems.push(`a report of task ${task} counted after its build`)
    }
    return { ...said, builds: begun, tasks, problems } satisfies Outcome
  })
