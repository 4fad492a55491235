/** What the local farm removes of builds that have ended, and what has to stay. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import * as FarmDirectory from "@orch/server/localbuild/FarmDirectory"
import * as FarmTask from "@orch/server/localbuild/FarmTask"
import * as FarmUpkeep from "@orch/server/localbuild/FarmUpkeep"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestFarm from "./TestFarm.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))
const fixture = TestFarm.fixture(root)

const dataDir = Path.join(root, "data")
const farm = FarmDirectory.make(dataDir)
const day = 86_400_000
const age = (path: string, days: number) => {
  const time = new Date(Date.now() - days * day)
  Fs.utimesSync(path, time, time)
}

interface Ended {
  readonly id: string
  readonly buildroot: string
  readonly component: string
  readonly days: number
  readonly state?: "closed" | "failed"
  readonly bytes?: number
}

/** A task that ended some days ago, of the one line of module builds. */
const task = async ({ buildroot, bytes = 1_000, component, days, id, state = "closed" }: Ended) => {
  const directory = FarmDirectory.taskPath(farm, id)
  const request = TestFarm.request(fixture, "1", "demo-say")
  await FarmTask.create(directory, { buildroot, request: { ...request, component }, submitted: 1, line: "line" })
  await FarmTask.finish(directory, { state, artifacts: [], seconds: 1 })
  Fs.writeFileSync(Path.join(directory, "build.log"), "x".repeat(bytes))
  age(FarmTask.statusPath(directory), days)
}

const tasks = () => Fs.readdirSync(farm.tasks).sort()
const sweep = (keepDays: number, keepBytes = 0) => FarmUpkeep.sweep({ farm, keepDays, keepBytes })

describe("the upkeep of the local farm", () => {
  it.live("removes old tasks of ended builds, and keeps the newest result of each component", () =>
    Effect.gen(function*() {
      for (const folder of [farm.tasks, farm.buildroots, farm.open]) Fs.mkdirSync(folder, { recursive: true })
      yield* Effect.promise(async () => {
        await task({ id: "say-1", buildroot: "gone-1", component: "say", days: 90 })
        await task({ id: "say-2", buildroot: "gone-2", component: "say", days: 80 })
        await task({ id: "broken", buildroot: "gone-1", component: "broken", days: 90, state: "failed" })
        await task({ id: "young", buildroot: "gone-2", component: "say", days: 10, state: "failed" })
      })
      assert.deepStrictEqual([...(yield* sweep(30))].sort(), ["broken", "say-1"])
      assert.deepStrictEqual(tasks(), ["say-2", "young"])
      assert.deepStrictEqual(yield* sweep(30), [])
    }))

  it.live("keeps tasks while their buildroot is there, and removes both when nobody has touched it for long", () =>
    Effect.gen(function*() {
      const buildroot = FarmDirectory.buildrootPath(farm, "failed-1")
      Fs.mkdirSync(buildroot, { recursive: true })
      Fs.writeFileSync(Path.join(buildroot, "plan.json"), "{}")
      age(Path.join(buildroot, "plan.json"), 40)
      yield* Effect.promise(() =>
        task({ id: "kept", buildroot: "failed-1", component: "c", days: 39, state: "failed" })
      )
      assert.deepStrictEqual(yield* sweep(40), [])
      Fs.writeFileSync(Path.join(farm.open, "waiting"), "")
      yield* Effect.promise(() =>
        FarmTask.create(FarmDirectory.taskPath(farm, "waiting"), {
          buildroot: "failed-1",
          request: TestFarm.request(fixture, "1", "demo-say"),
          submitted: 1
        })
      )
      assert.deepStrictEqual(yield* sweep(30), [])
      Fs.rmSync(Path.join(farm.open, "waiting"))
      assert.deepStrictEqual([...(yield* sweep(30))].sort(), ["failed-1", "kept"])
      assert.isFalse(Fs.existsSync(buildroot))
      assert.deepStrictEqual(Fs.readdirSync(farm.buildroots), [])
    }))

  it.live("removes the oldest tasks of what is too large, but none of the last day", () =>
    Effect.gen(function*() {
      yield* Effect.promise(async () => {
        await task({ id: "large-1", buildroot: "gone", component: "x", days: 3, state: "failed", bytes: 40_000 })
        await task({ id: "large-2", buildroot: "gone", component: "x", days: 2, state: "failed", bytes: 40_000 })
        await task({ id: "large-3", buildroot: "gone", component: "x", days: 0, state: "failed", bytes: 40_000 })
      })
      assert.deepStrictEqual(yield* sweep(0, 100_000), ["young", "large-1"])
      assert.deepStrictEqual(yield* sweep(0, 10_000), ["large-2"])
    }))

  it.live.skipIf(TestFarm.missing.length > 0)(
    "keeps a result when its buildroot went, and finds it when the same is asked for again",
    () =>
      Effect.gen(function*() {
        const system = yield* BuildSystem
        const plan = TestFarm.plan("expired")
        const build = Effect.gen(function*() {
          const buildroot = yield* system.prepare(plan)
          const [answer] = yield* system.submit(buildroot, [TestFarm.request(fixture, "expired", "demo-say")])
          const id = answer?._tag === "Accepted" ? answer.task : assert.fail("rejected")
          const [end] = yield* TestFarm.wait(system, [id])
          assert.strictEqual(end!.state, "closed")
          yield* system.finish(plan, { _tag: "Failed", reason: "for the test" })
          // The runner takes its mark away after it has told how the build ended.
          while (Fs.existsSync(Path.join(farm.open, id))) yield* Effect.sleep(10)
          return id
        })
        const id = yield* build
        for (const name of ["plan.json", "macros", "repository"]) {
          age(Path.join(FarmDirectory.buildrootPath(farm, FarmDirectory.buildrootId(plan)), name), 50)
        }
        age(FarmTask.statusPath(FarmDirectory.taskPath(farm, id)), 50)
        assert.deepStrictEqual(yield* sweep(30), [FarmDirectory.buildrootId(plan)])
        assert.strictEqual((yield* system.observe([id]))[0]!.state, "closed")
        assert.strictEqual(yield* build, id)
      }).pipe(Effect.provide(TestFarm.layer(fixture, { dataDir })))
  )
})
