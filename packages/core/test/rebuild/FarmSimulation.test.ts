/** The rule by which work is handed out, and simulations of farms that follow it. */
import { assert, describe, it } from "@effect/vitest"
import * as DependencyGraph from "@orch/core/rebuild/DependencyGraph"
import * as DispatchOrder from "@orch/core/rebuild/DispatchOrder"
import * as FarmSimulation from "@orch/core/rebuild/FarmSimulation"
import * as RandomGraphs from "./RandomGraphs.ts"

const rules = ["tier-barrier", "fifo", "most-dependants", "ours"] as const

describe("a simulated farm", () => {
  it("builds everything once, never faster than the bound and never worse than all work in a row", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const next = RandomGraphs.random(seed)
      const size = 3 + Math.floor(next() * 40)
      const graph = RandomGraphs.graph(next, size, Math.floor(next() * 100))
      const seconds = Float64Array.from({ length: size }, () => Math.ceil(next() * 100))
      const workers = 1 + Math.floor(next() * 8)
      const work = seconds.reduce((sum, one) => sum + one, 0)
      for (const rule of rules) {
        const { attempts, bound, built, makespan } = FarmSimulation.run({ graph, seconds, workers }, rule)
        assert.deepStrictEqual([built, attempts], [size, size], `seed ${seed}, ${rule}`)
        assert.isAtLeast(makespan, bound - 1e-6)
        assert.isAtMost(makespan, work + 1e-6)
        if (workers === 1) assert.closeTo(makespan, work, 1e-6)
      }
    }
  })

  it("makes failed attempts again, waits for repositories, and cuts off what stays the same", () => {
    const graph = DependencyGraph.make(["a", "b", "c"], [
      { from: "b", to: "a", kind: "build" },
      { from: "c", to: "b", kind: "build" }
    ])
    const setting = { graph, seconds: Float64Array.of(10, 10, 10), workers: 2 }
    const run = (more: Partial<FarmSimulation.Setting>) => FarmSimulation.run({ ...setting, ...more }, "ours")
    assert.strictEqual(run({}).makespan, 30)
    assert.strictEqual(run({ publishing: 5 }).makespan, 40)
    assert.strictEqual(run({ hasFailed: (node, attempt) => node === 1 && attempt === 1 }).makespan, 40)
    const cut = run({ changed: new Set([0]), isUnchanged: (node) => node === 1 })
    assert.deepStrictEqual([cut.built, cut.makespan], [2, 20])
    assert.strictEqual(run({ changed: new Set() }).built, 0)
  })

  it("ours is within a twentieth of the bound on wide graphs, also where durations are guessed badly", () => {
    const next = RandomGraphs.random(42)
    const size = 4000
    const graph = RandomGraphs.graph(next, size, 6000)
    const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
    const seconds = Float64Array.from({ length: size }, () => 240 * Math.exp(normal()))
    const predicted = seconds.map((one) => one * Math.exp(0.5 * normal()))
    for (const workers of [25, 100]) {
      for (const guess of [seconds, predicted]) {
        const { bound, makespan } = FarmSimulation.run({ graph, seconds, predicted: guess, workers }, "ours")
        assert.isAtMost(makespan / bound, 1.05, `${workers} workers`)
      }
    }
  })
})

describe("the order of hand-outs", () => {
  const candidate = (name: string, more: Partial<DispatchOrder.Candidate> = {}): DispatchOrder.Candidate => ({
    name,
    class: "mass",
    owner: "releng",
    downstream: 1,
    since: 0,
    ...more
  })
  const order = (all: ReadonlyArray<DispatchOrder.Candidate>, usage: Readonly<Record<string, number>> = {}) =>
    DispatchOrder.sort(all, (owner) => usage[owner] ?? 0).map(({ name }) => name)

  it("puts first what people wait for, then who had least, then the longest way, then who waited longest", () => {
    assert.deepStrictEqual(
      order([
        candidate("late", { since: 5 }),
        candidate("early", { since: 1 }),
        candidate("long", { downstream: 9 }),
        candidate("greedy", { owner: "eve", downstream: 99 }),
        candidate("mine", { class: "interactive", owner: "eve" }),
        candidate("usual", { class: "normal" })
      ], { eve: 10 }),
      ["mine", "usual", "long", "early", "late", "greedy"]
    )
  })

  it("does not depend on the order of its input", () => {
    const all = Array.from({ length: 50 }, (_, n) => candidate(`c${n}`, { downstream: n % 5, since: n % 3 }))
    assert.deepStrictEqual(order(all), order(all.toReversed()))
  })

  it("forgets half of what somebody used in four hours", () => {
    const used = DispatchOrder.use(undefined, 100, 0)
    assert.closeTo(DispatchOrder.usageAt(used, 4 * 3600 * 1000), 50, 1e-9)
    assert.closeTo(DispatchOrder.use(used, 10, 4 * 3600 * 1000).seconds, 60, 1e-9)
  })

  it("leaves a worker to others than a mass, where there is more than one", () => {
    for (const workers of [1, 2, 3, 10, 100]) {
      const { interactive, mass, normal } = DispatchOrder.capacity(workers)
      assert.isAtLeast(mass, 1)
      assert.isTrue(mass <= normal && normal <= interactive && interactive === workers)
      if (workers > 1) assert.isBelow(mass, workers)
    }
  })
})
