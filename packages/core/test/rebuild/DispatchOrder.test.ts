/** Who gets a free worker next. */
import { assert, describe, it } from "@effect/vitest"
import * as DispatchOrder from "@orch/core/rebuild/DispatchOrder"

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
