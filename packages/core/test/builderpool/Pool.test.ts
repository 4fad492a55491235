import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Durations from "../../src/builderpool/PoolDurations.ts"
import * as Forecast from "../../src/builderpool/PoolForecast.ts"
import * as Lease from "../../src/builderpool/PoolLease.ts"
import * as Matching from "../../src/builderpool/PoolMatching.ts"
import * as PoolTask from "../../src/builderpool/PoolTask.ts"
import * as QueueExplanation from "../../src/builderpool/QueueExplanation.ts"

const task = (id: number, owner: string, fields: Partial<PoolTask.PoolTask> = {}): PoolTask.PoolTask =>
  PoolTask.make({ id, build: id, arch: "x86_64", owner, ...fields })
const leased = (id: number, owner: string, fields: Partial<PoolTask.PoolTask> = {}): PoolTask.PoolTask =>
  Lease.grant(task(id, owner, fields), "n9", 0, Lease.defaults)
const ask: Matching.Ask = { node: "n1", arches: ["x86_64", "src"], excluded: [], draining: false }
const choose = (
  tasks: ReadonlyArray<PoolTask.PoolTask>,
  fields: Partial<Matching.Ask> = {},
  limits?: Matching.Limits
) => Matching.choose(tasks, { ...ask, ...fields }, Matching.active(tasks), limits)?.id

describe("choose", () => {
  const limits = (fields: Partial<Matching.Limits>): Matching.Limits => ({ ...Matching.unlimited, ...fields })
  const cases: ReadonlyArray<
    [string, number | undefined, ReadonlyArray<PoolTask.PoolTask>, Partial<Matching.Ask>?, Matching.Limits?]
  > = [
    ["the older build first", 1, [task(2, "a"), task(1, "a")]],
    ["the higher priority first, whoever has more in the works", 2, [
      task(1, "a"),
      task(2, "b", { priority: 1 }),
      leased(3, "b")
    ]],
    ["the owner who has least in the works", 5, [leased(1, "a"), task(2, "a"), task(5, "b")]],
    ["of one owner what most work waits for", 7, [task(2, "a", { path: 10 }), task(7, "a", { path: 900 })]],
    ["long chains do not jump other owners' turns", 2, [task(2, "a", { path: 1 }), task(7, "b", { path: 900 })]],
    ["only architectures that the node builds", undefined, [task(1, "a", { arch: "aarch64" })]],
    ["no package that the node refuses, whatever the case", 2, [
      task(1, "a", { url: "https://x/Kernel.git" }),
      task(2, "a")
    ], {
      excluded: ["kernel", ""]
    }],
    ["nothing while draining", undefined, [task(1, "a")], { draining: true }],
    ["nothing that somebody has", undefined, [leased(1, "a")]],
    [
      "no more than an owner may have",
      3,
      [leased(1, "a"), task(2, "a"), task(3, "b", { build: 9 }), leased(4, "b", { arch: "src" })],
      {},
      limits({ perOwnerArch: 1 })
    ],
    [
      "nothing at all when all owners have what they may",
      undefined,
      [leased(1, "a"), task(2, "a")],
      {},
      limits({ perOwner: 1 })
    ],
    [
      "a reserved slot only to its class",
      9,
      [task(1, "a"), task(9, "b", { class: "release" })],
      {},
      limits({
        reservations: [{ class: "release", arch: "x86_64", slots: 1 }],
        capacity: new Map([["x86_64", 1]])
      })
    ],
    [
      "what is left beside the reserved slots to everybody",
      1,
      [task(1, "a"), task(9, "b", { class: "release" })],
      {},
      limits({
        reservations: [{ class: "release", arch: "x86_64", slots: 1 }],
        capacity: new Map([["x86_64", 2]])
      })
    ],
    [
      "a reservation that is used keeps nothing back",
      1,
      [task(1, "a"), leased(9, "b", { class: "release" })],
      {},
      limits({
        reservations: [{ class: "release", arch: "x86_64", slots: 1 }],
        capacity: new Map([["x86_64", 2]])
      })
    ]
  ]
  for (const [what, expected, tasks, fields, limit] of cases) {
    it(what, () => assert.strictEqual(choose(tasks, fields, limit), expected))
  }

  const small = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 })))
  const anyTasks = Arbitrary.map(
    Arbitrary.array(Arbitrary.all([small, small, small, small]), { maxLength: 30 }),
    (draws) =>
      draws.map(([owner, priority, path, state], id) => {
        const one = task(id, `o${owner}`, { priority, path, arch: state % 2 === 0 ? "src" : "x86_64" })
        return state === 3 ? Lease.grant(one, "n9", 0, Lease.defaults) : one
      })
  )
  it.prop(
    "does not depend on the order of the queue, and gives somebody something whenever it can",
    [anyTasks, small],
    ([tasks, perOwner]) => {
      const limit = limits({ perOwner: perOwner + 1 })
      const now = Matching.active(tasks)
      const chosen = choose(tasks, {}, limit)
      assert.strictEqual(choose(tasks.toReversed(), {}, limit), chosen)
      const possible = tasks.filter((one) => Matching.refusal(one, ask, now, limit) === undefined)
      assert.strictEqual(chosen === undefined, possible.length === 0)
      if (chosen === undefined) return
      const top = Math.max(...possible.map(({ priority }) => priority))
      assert.strictEqual(tasks.find(({ id }) => id === chosen)!.priority, top)
    }
  )
})

describe("leases", () => {
  const settings = { millis: 100, tries: 2 }
  const first = Lease.grant(task(1, "a"), "n1", 0, settings)

  it("a sign of the node renews them, one of another node does not", () => {
    assert.strictEqual(Lease.extend(first, "n1", 50, settings).lease!.until, 150)
    assert.strictEqual(Lease.extend(first, "n2", 50, settings), first)
  })

  it("lapsed, the task goes to the next node, and the first one's report is late", () => {
    const lapsed = Lease.expire(first, 100, settings)
    assert.strictEqual(lapsed.state, "queued")
    const second = Lease.grant(lapsed, "n2", 100, settings)
    const late = Lease.settle(second, "n1", undefined)
    assert.strictEqual(Result.isFailure(late) ? late.failure.reason : undefined, "OtherNode")
    assert.isTrue(Result.isSuccess(Lease.settle(second, "n2", 2)))
  })

  it("lapsed, and nobody took the task: the node may go on and report", () => {
    const lapsed = Lease.expire(first, 100, settings)
    assert.strictEqual(Lease.extend(lapsed, "n1", 120, settings).state, "leased")
    assert.isTrue(Result.isSuccess(Lease.settle(lapsed, "n1", 1)))
  })

  it("a token tells apart two hand-outs to the same node", () => {
    const again = Lease.grant(Lease.expire(first, 100, settings), "n1", 100, settings)
    const late = Lease.settle(again, "n1", 1)
    assert.strictEqual(Result.isFailure(late) ? late.failure.reason : undefined, "OtherHandOut")
  })

  it("a task that is tried often enough is given up instead of circling", () => {
    let circling = first
    for (let round = 1; circling.state === "leased"; round++) {
      circling = Lease.expire(circling, round * 1000, settings)
      if (circling.state === "queued") circling = Lease.grant(circling, "n1", round * 1000, settings)
    }
    assert.strictEqual(circling.state, "abandoned")
    assert.strictEqual(circling.tries, 2)
  })

  const step = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99 }))
  it.prop("however nodes die, double and delay their reports: each task counts once, from the node that had it last", [
    Arbitrary.array(Arbitrary.schema(step), { maxLength: 120 })
  ], ([script]) => {
    let tasks = [task(1, "a"), task(2, "a"), task(3, "b")]
    const handOuts: Array<{ readonly id: number; readonly node: string; readonly token: number }> = []
    const counted: Array<number> = []
    for (const [at, choice] of script.entries()) {
      const node = `n${choice % 3}`
      tasks = tasks.map((one) => Lease.expire(one, at * 30, settings))
      if (choice % 4 === 0) {
        const chosen = Matching.choose(tasks, { ...ask, node }, Matching.active(tasks))
        if (chosen === undefined) continue
        const granted = Lease.grant(chosen, node, at * 30, settings)
        handOuts.push({ id: chosen.id, node, token: granted.lease!.token })
        tasks = tasks.map((one) => one.id === chosen.id ? granted : one)
      } else if (choice % 4 === 1) {
        tasks = tasks.map((one) => Lease.extend(one, node, at * 30, settings))
      } else if (handOuts.length > 0) {
        const out = handOuts[choice % handOuts.length]!
        const own = tasks.find(({ id }) => id === out.id)!
        const settled = Lease.settle(own, out.node, out.token)
        if (Result.isFailure(settled)) continue
        assert.isTrue(handOuts.findLast(({ id }) => id === out.id) === out, "only the last hand-out counts")
        counted.push(out.id)
        tasks = tasks.map((one) => one.id === out.id ? settled.success : one)
      }
    }
    assert.lengthOf(new Set(counted), counted.length)
    for (const { tries } of tasks) assert.isAtMost(tries, settings.tries)
  })
})

describe("forecast", () => {
  const node = (name: string, fields: Partial<Forecast.PoolNode> = {}): Forecast.PoolNode => ({
    ...ask,
    node: name,
    slots: 1,
    ...fields
  })

  it("plays the queue forward: when, where, in which order", () => {
    const tasks = [
      Lease.grant(task(1, "a", { seconds: 10 }), "n1", 0, Lease.defaults),
      task(2, "a", { seconds: 10 }),
      task(3, "b", { seconds: 10 }),
      task(4, "b", { arch: "s390x" })
    ]
    assert.deepStrictEqual([...Forecast.play(tasks, [node("n1"), node("n2")], 4000)], [
      [3, { place: 1, at: 4000, node: "n2" }],
      [2, { place: 2, at: 10_000, node: "n1" }]
    ])
  })

  it("waits for limits to ease instead of giving up", () => {
    const tasks = [leased(1, "a", { seconds: 10 }), task(2, "a"), task(3, "a")]
    const places = Forecast.play(tasks, [node("n1", { slots: 2 })], 0, { ...Matching.unlimited, perOwner: 1 })
    assert.deepStrictEqual([...places.values()].map(({ at }) => at), [10_000, 310_000])
  })

  const explained = (
    own: PoolTask.PoolTask,
    others: ReadonlyArray<PoolTask.PoolTask>,
    nodes: ReadonlyArray<Forecast.PoolNode>,
    limits?: Matching.Limits
  ) => {
    const explanation = QueueExplanation.explain(own, [own, ...others], nodes, 0, limits)
    return [explanation._tag, QueueExplanation.sentence(explanation, (at) => `${at / 1000} s`)]
  }
  it("says why a task waits", () => {
    const one = task(1, "a", { url: "https://x/kernel.git" })
    assert.deepStrictEqual(explained(one, [], []), ["NoNode", "No node builds for x86_64."])
    assert.deepStrictEqual(explained(one, [], [node("n1", { draining: true })]), [
      "NoNode",
      "All nodes for x86_64 are being drained: n1."
    ])
    assert.deepStrictEqual(explained(one, [], [node("n1", { excluded: ["kernel"] })]), [
      "Excluded",
      "All nodes refuse it: n1 because of kernel."
    ])
    assert.deepStrictEqual(explained(one, [task(0, "a"), task(-1, "b")], [node("n1")]), [
      "Turn",
      "It is number 3 in the queue, expected to start at 600 s on n1."
    ])
    assert.deepStrictEqual(
      explained(one, [Lease.grant(task(2, "a"), "n1", 0, Lease.defaults)], [node("n1", { slots: 2 })], {
        ...Matching.unlimited,
        perOwner: 1
      }),
      ["Limit", "Its owner has 1 tasks in the works, as many as one owner may. It is expected to start at 300 s."]
    )
    assert.deepStrictEqual(explained(leased(1, "a"), [], []), ["NotQueued", "It is leased by n9."])
  })
})

describe("durations", () => {
  const sample = (name: string, arch: string, seconds: number, at: number): Durations.Sample => ({
    package: name,
    arch,
    seconds,
    at
  })
  const samples = [
    ...[1, 100, 3, 200, 5, 9000].map((seconds, at) => sample("a", "x86_64", seconds, at)),
    sample("b", "src", 7, 1)
  ]
  it("are the median of the newest builds of the architecture, or else of any", () => {
    assert.strictEqual(Durations.estimate(samples, "a", "x86_64"), 100)
    assert.strictEqual(Durations.estimate(samples, "b", "aarch64"), 7)
    assert.isUndefined(Durations.estimate(samples, "c", "x86_64"))
  })
})
