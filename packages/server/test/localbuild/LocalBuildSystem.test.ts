/** The local farm with real rpmbuild and createrepo_c: order, faults, and what survives of a killed server. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Port from "@orch/core/ports/BuildSystem"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import * as FileLock from "@orch/server/programs/FileLock"
import * as MarkedProcesses from "@orch/server/programs/MarkedProcesses"
import * as ProcessIdentity from "@orch/server/programs/ProcessIdentity"
import * as ProcessTree from "@orch/server/programs/ProcessTree"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestFarm from "./TestFarm.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))
const fixture = TestFarm.fixture(root)
const layer = TestFarm.layer(fixture)

const minimal = (name: string, build: string, more = "") =>
  `Name: ${name}\nVersion: 1\nRelease: 1%{?dist}\nSummary: Test\nLicense: MIT\nBuildArch: noarch\n${more}\n`
  + `%description\nTest.\n%build\n${build}\n%files\n`
const add = (name: string, build: string, more = "") =>
  fixture.add(name, { [`${name}.spec`]: minimal(name, build, more) })

add("slow", "sleep 3; echo slept")
add("hang", "sleep 600 & echo $! > ../pid; setsid sleep 601 & wait")
add("broken", "echo about to fail; exit 3")
add("dist", "echo \"dist=%{dist} rhel=%{rhel} option=%{my_option} epoch=$SOURCE_DATE_EPOCH home=$HOME\"")
fixture.add("nospec", { "README": "nothing to build" })

const submit = Effect.fnUntraced(function*(farm: Port.Interface, buildroot: Port.Buildroot, ...names: Array<string>) {
  const requests = names.map((name) => TestFarm.request(fixture, buildroot.key, name))
  const answers = yield* farm.submit(buildroot, requests)
  return answers.map((answer) => answer._tag === "Accepted" ? answer.task : assert.fail(answer.reason))
})

const built = (component: string, observation: Port.Observation): Port.BuiltComponent => ({
  component,
  task: observation.task,
  nvr: observation.nvr!,
  artifacts: observation.artifacts
})

const logOf = (task: string) => Fs.readFileSync(Path.join(root, "data/farm/tasks", task, "build.log"), "utf8")

/** What `hang` has begun in the build of a task; its log may show their lines in pieces. */
const sleeping = (directory: string): ReadonlyArray<ProcessIdentity.ProcessIdentity> => {
  const runner = FileLock.holder(Path.join(directory, "runner"))
  return runner === undefined ? [] : ProcessTree.descendants(runner.pid).filter(({ pid }) => {
    try {
      return Fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep\0")
    } catch {
      return false
    }
  })
}

/** Builds and admits components one batch after the other. */
const buildAll = Effect.fnUntraced(function*(farm: Port.Interface, key: string, batches: Array<Array<string>>) {
  const plan = TestFarm.plan(key)
  const buildroot = yield* farm.prepare(plan)
  const all: Array<Port.BuiltComponent> = []
  for (const batch of batches) {
    const tasks = yield* submit(farm, buildroot, ...batch)
    const ends = yield* TestFarm.wait(farm, tasks)
    for (const [index, end] of ends.entries()) {
      assert.strictEqual(end.state, "closed", `${end.reason}\n${logOf(end.task)}`)
      all.push(built(batch[index]!, end))
    }
    const request = yield* farm.admit(buildroot, all.slice(-batch.length))
    assert.deepStrictEqual(yield* farm.observeRepositories([request]), [{ _tag: "Ready" }])
  }
  return { buildroot, all, plan }
})

describe.skipIf(TestFarm.missing.length > 0)(`the local farm (needs ${TestFarm.missing.join(", ")})`, () => {
  it.live(
    "gives each pass over a package a release of its own, the last one the newest in the buildroot",
    () =>
      Effect.gen(function*() {
        const farm = yield* BuildSystem
        const { key } = TestFarm.plan("passes")
        const buildroot = yield* farm.prepare(TestFarm.plan("passes", { passes: 1 }))
        const last = { ...TestFarm.request(fixture, key, "dist"), key: `${key}/dist/1` }
        const boot = { ...last, key: `${key}/dist-boot/1`, component: "dist-boot", pass: 1 }
        const nvrs: Array<string | undefined> = []
        for (const request of [boot, last]) {
          const [answer] = yield* farm.submit(buildroot, [request])
          assert(answer?._tag === "Accepted")
          const [end] = yield* TestFarm.wait(farm, [answer.task])
          assert.strictEqual(end?.state, "closed", end?.reason)
          nvrs.push(end?.nvr)
          yield* farm.admit(buildroot, [built(request.component, end!)])
        }
        assert.deepStrictEqual(nvrs, ["dist-1-1.module_el9+1+1a2b3c4d~pass1", "dist-1-1.module_el9+1+1a2b3c4d"])
      }).pipe(Effect.provide(layer)),
    120_000
  )

  it.live("builds the demo's components in order, each with what the earlier ones brought", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const { all, plan } = yield* buildAll(farm, "order", [
        ["demo-say", "demo-libgreet"],
        ["demo-gen", "demo-docs"],
        ["demo-hello"],
        ["demo-suite"]
      ])
      assert.strictEqual(all[0]!.nvr, "demo-say-1.0-1.module_el9+1+1a2b3c4d")
      assert.deepStrictEqual(
        all[1]!.artifacts.map(({ nevra }) => nevra),
        ["", "-devel"].map((part) => `demo-libgreet${part}-0:1.2-1.module_el9+1+1a2b3c4d.x86_64`).concat(
          "demo-libgreet-0:1.2-1.module_el9+1+1a2b3c4d.src"
        )
      )
      for (const { license, location, sha256, size } of all.flatMap(({ artifacts }) => artifacts)) {
        assert.strictEqual(Fs.statSync(location).size, size)
        assert.match(sha256!, /^[0-9a-f]{64}$/)
        assert.strictEqual(license, "MIT")
      }
      yield* farm.finish(plan, { _tag: "Succeeded", builds: all })
      assert.isTrue(Fs.existsSync(all[0]!.artifacts[0]!.location))
      yield* farm.finish(plan, { _tag: "Succeeded", builds: all })
    }).pipe(Effect.provide(layer)))

  it.live("refuses a component whose prerequisite was not built, by name, and one that was built but not admitted", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const buildroot = yield* farm.prepare(TestFarm.plan("wrong-order"))
      const [say, gen] = yield* submit(farm, buildroot, "demo-say", "demo-gen")
      const [, end] = yield* TestFarm.wait(farm, [say!, gen!])
      assert.strictEqual(end!.state, "failed")
      assert.match(end!.reason!, /demo-say >= 1\.0 is needed by demo-gen/)
    }).pipe(Effect.provide(layer)))

  it.live("explains failures: of the build, without a spec file, without its commit", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const buildroot = yield* farm.prepare(TestFarm.plan("failures"))
      const lost = TestFarm.request(fixture, "failures", "demo-say")
      const noCommit = {
        ...lost,
        key: "failures/no-commit/1",
        source: { ...lost.source, commit: "1".repeat(40) } as Port.ComponentSource
      }
      const tasks = yield* submit(farm, buildroot, "broken", "nospec")
      const [third] = yield* farm.submit(buildroot, [noCommit])
      const task = third?._tag === "Accepted" ? third.task : assert.fail("rejected")
      const reasons = (yield* TestFarm.wait(farm, [...tasks, task])).map(({ reason, state }) => `${state}: ${reason}`)
      assert.match(reasons[0]!, /^failed: rpmbuild ended with 1: Bad exit status from .* \(%build\)/)
      assert.match(reasons[1]!, /^failed: the repository must have one spec file, nospec\.spec: there is none/)
      assert.match(reasons[2]!, /^failed: sources: .*there is no commit 1111/)
      assert.include(logOf(tasks[0]!), "about to fail")
    }).pipe(Effect.provide(layer)))

  it.live("sets dist tag, platform macros, the module's macros and a steady date", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const buildroot = yield* farm.prepare(TestFarm.plan("macros", { macros: "%my_option with blanks\n" }))
      const tasks = yield* submit(farm, buildroot, "dist")
      const [end] = yield* TestFarm.wait(farm, tasks)
      assert.strictEqual(end!.nvr, "dist-1-1.module_el9+1+1a2b3c4d")
      assert.match(
        logOf(tasks[0]!),
        /^dist=\.module_el9\+1\+1a2b3c4d rhel=9 option=with blanks epoch=1700000000 home=(\/build|.*\/attempts\/.*)\/home$/m
      )
    }).pipe(Effect.provide(layer)))

  it.live("refuses foreign platforms, architectures and sources, and buildroots it does not know", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const platform = yield* Effect.flip(farm.prepare(TestFarm.plan("p", { platform: "el7" })))
      assert.strictEqual(platform.reason, "rejected")
      assert.include(platform.message, "el8, el9, f41")
      const arch = yield* Effect.flip(farm.prepare(TestFarm.plan("a", { arches: ["s390x"] })))
      assert.strictEqual(arch.reason, "rejected")
      const unknown = yield* Effect.flip(farm.submit({ key: "x", id: "../../etc" }, []))
      assert.strictEqual(unknown.reason, "gone")
      const buildroot = yield* farm.prepare(TestFarm.plan("sources"))
      const say = TestFarm.request(fixture, "sources", "demo-say")
      const answers = yield* farm.submit(buildroot, [
        { ...say, key: "1", source: { _tag: "Git", repository: "file:///etc", commit: "1".repeat(40) } },
        { ...say, key: "2", source: { _tag: "Srpm", location: "/tmp/x.src.rpm" } },
        { ...say, key: "3", arches: ["s390x"] },
        say
      ])
      assert.deepStrictEqual(answers.map(({ _tag }) => _tag), ["Rejected", "Rejected", "Rejected", "Accepted"])
      assert.deepStrictEqual(
        (yield* farm.observe(["nope", "../..", ""].map((id) => Port.TaskId.make(id)))).map(({ state }) => state),
        ["gone", "gone", "gone"]
      )
    }).pipe(Effect.provide(layer)))

  it.live("names the package to install when a tool is missing", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const path = process.env["PATH"]
      process.env["PATH"] = "/nonexistent"
      const error = yield* Effect.ensuring(
        Effect.flip(farm.prepare(TestFarm.plan("tools"))),
        Effect.sync(() => process.env["PATH"] = path)
      )
      assert.strictEqual(error.reason, "refused")
      assert.match(error.message, /^rpm is not installed: install rpm/)
    }).pipe(Effect.provide(TestFarm.layer(fixture, { dataDir: Path.join(root, "no-tools") }))))

  it.live("ends a build, and all that it started, when it is canceled or takes too long", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const buildroot = yield* farm.prepare(TestFarm.plan("cancel"))
      const [task] = yield* submit(farm, buildroot, "hang")
      const directory = Path.join(root, "data/farm/tasks", task!)
      while (sleeping(directory).length < 2) {
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
      }
      const begun = sleeping(directory)
      yield* farm.cancel([task!])
      assert.strictEqual((yield* farm.observe([task!]))[0]!.state, "canceled")
      assert.deepStrictEqual(MarkedProcesses.find(directory), [])
      assert.deepStrictEqual(begun.filter(ProcessIdentity.isAlive), [])
      assert.isFalse(Fs.existsSync(Path.join(directory, "attempts")))
      yield* farm.cancel([task!, Port.TaskId.make("unknown")])
    }).pipe(Effect.provide(layer)))

  it.live("ends a build after its time", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const buildroot = yield* farm.prepare(TestFarm.plan("timeout"))
      const [task] = yield* submit(farm, buildroot, "hang")
      const [end] = yield* TestFarm.wait(farm, [task!])
      assert.strictEqual(`${end!.state}: ${end!.reason}`, "failed: no end after 1.5 s")
      const directory = Path.join(root, "data/farm/tasks", task!)
      while (MarkedProcesses.find(directory).length > 0) {
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
      }
    }).pipe(Effect.provide(TestFarm.layer(fixture, { timeout: 1_500 }))))

  it.live("adopts what an earlier process left: running, finished and waiting tasks, and builds nothing twice", () =>
    Effect.gen(function*() {
      const first = yield* Scope.make()
      const before = yield* Layer.buildWithScope(TestFarm.layer(fixture, { concurrency: 1 }), first)
      const { buildroot, tasks } = yield* Effect.gen(function*() {
        const farm = yield* BuildSystem
        const buildroot = yield* farm.prepare(TestFarm.plan("adopt"))
        const tasks = yield* submit(farm, buildroot, "slow", "demo-say")
        while ((yield* farm.observe(tasks)).every(({ state }) => state !== "open")) yield* Effect.sleep(20)
        return { buildroot, tasks }
      }).pipe(Effect.provide(before))
      // The server goes while one task runs and the other waits.
      yield* Scope.close(first, Exit.void)
      yield* Effect.gen(function*() {
        const farm = yield* BuildSystem
        const requests = ["slow", "demo-say"].map((name) => TestFarm.request(fixture, "adopt", name))
        const again = yield* farm.submit(buildroot, requests)
        assert.deepStrictEqual(
          again,
          tasks.map((task, index) => ({
            _tag: "Accepted" as const,
            key: requests[index]!.key,
            task,
            adopted: true
          }))
        )
        const ends = yield* TestFarm.wait(farm, tasks)
        assert.deepStrictEqual(ends.map(({ state }) => state), ["closed", "closed"])
        assert.strictEqual(logOf(tasks[0]!).split("+ sleep 3").length, 2)
      }).pipe(Effect.provide(TestFarm.layer(fixture)))
    }))

  it.live("says that a task is gone whose runner was killed, and builds it anew when it is submitted again", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const buildroot = yield* farm.prepare(TestFarm.plan("killed"))
      const [task] = yield* submit(farm, buildroot, "slow")
      const directory = Path.join(root, "data/farm/tasks", task!)
      while ((yield* farm.observe([task!]))[0]!.state !== "open") yield* Effect.sleep(20)
      const runner = FileLock.holder(Path.join(directory, "runner"))!
      process.kill(runner.pid, "SIGKILL")
      const [end] = yield* TestFarm.wait(farm, [task!])
      assert.strictEqual(end!.state, "gone")
      assert.deepStrictEqual(yield* submit(farm, buildroot, "slow"), [task!])
      assert.strictEqual((yield* TestFarm.wait(farm, [task!]))[0]!.state, "closed")
    }).pipe(Effect.provide(layer)))

  it.live("gives a build up that is killed again and again", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const buildroot = yield* farm.prepare(TestFarm.plan("killed-often"))
      for (let times = 1; times <= 5; times++) {
        const [task] = yield* submit(farm, buildroot, "hang")
        const runner = Path.join(root, "data/farm/tasks", task!, "runner")
        while ((yield* farm.observe([task!]))[0]!.state !== "open") yield* Effect.sleep(20)
        process.kill(FileLock.holder(runner)!.pid, "SIGKILL")
        assert.strictEqual((yield* TestFarm.wait(farm, [task!]))[0]!.state, "gone")
      }
      const [task] = yield* submit(farm, buildroot, "hang")
      const [end] = yield* farm.observe([task!])
      assert.strictEqual(`${end!.state}: ${end!.reason}`, "failed: its build was killed 5 times")
      const directory = Path.join(root, "data/farm/tasks", task!)
      assert.deepStrictEqual(MarkedProcesses.find(directory), [])
    }).pipe(Effect.provide(layer)))

  it.live("builds below a path that shells and macros would take apart", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const buildroot = yield* farm.prepare(TestFarm.plan("path"))
      const [say] = yield* submit(farm, buildroot, "demo-say")
      const [end] = yield* TestFarm.wait(farm, [say!])
      assert.strictEqual(end!.state, "closed", end!.reason)
      yield* farm.admit(buildroot, [built("demo-say", end!)])
      const [gen] = yield* submit(farm, buildroot, "demo-gen")
      const [then] = yield* TestFarm.wait(farm, [gen!])
      assert.strictEqual(then!.state, "closed", then!.reason)
    }).pipe(Effect.provide(TestFarm.layer(fixture, { dataDir: Path.join(root, "with blank & %{name} 'quote'") }))))

  it.live("hints at tasks that end", () =>
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const hinted = yield* Effect.forkChild(
        farm.hints.pipe(
          Stream.mapEffect((task) => Effect.map(farm.observe([task]), ([one]) => `${task} ${one!.state}`)),
          Stream.filter((text) => text.endsWith("closed")),
          Stream.take(1),
          Stream.runCollect
        ),
        { startImmediately: true }
      )
      const buildroot = yield* farm.prepare(TestFarm.plan("hints"))
      const [task] = yield* submit(farm, buildroot, "demo-say")
      assert.deepStrictEqual([...(yield* Fiber.join(hinted))], [`${task} closed`])
    }).pipe(Effect.provide(layer)))

  it.live("holds its limit over two servers on one directory, the heavier first", () =>
    Effect.gen(function*() {
      const one = yield* Layer.build(TestFarm.layer(fixture, { concurrency: 2 }))
      const two = yield* Layer.build(TestFarm.layer(fixture, { concurrency: 2 }))
      const names = Array.from({ length: 5 }, (_, i) => `part-${i}`)
      for (const name of names) add(name, "sleep 0.5")
      const farm = yield* BuildSystem.pipe(Effect.provide(one))
      const other = yield* BuildSystem.pipe(Effect.provide(two))
      const buildroot = yield* farm.prepare(TestFarm.plan("limit"))
      const requests = names.map((name, i) => TestFarm.request(fixture, "limit", name, i))
      const answers = yield* Effect.all([farm.submit(buildroot, requests), other.submit(buildroot, requests)], {
        concurrency: 2
      })
      const tasks = answers[0].map((answer) => answer._tag === "Accepted" ? answer.task : assert.fail(answer.reason))
      let most = 0
      for (;;) {
        const states = (yield* other.observe(tasks)).map(({ state }) => state)
        most = Math.max(most, states.filter((state) => state === "open").length)
        if (states.every((state) => state === "closed")) break
        yield* Effect.sleep(20)
      }
      assert.strictEqual(most, 2)
      for (const task of tasks) assert.strictEqual(logOf(task).split("+ sleep 0.5").length, 2)
    }).pipe(Effect.scoped))
})
