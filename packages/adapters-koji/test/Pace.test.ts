import { assert, describe, it } from "@effect/vitest"
import { Pace } from "@orch/adapters-koji"
import * as Schema from "effect/Schema"

const limits: Pace.Limits = { longest: 30_000 }
const positive = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3_000_000 }))

/** Asks for as long as told, as often as it is due, about things that never end; the times of the questions. */
const questions = (things: number, millis: number, step = 100) => {
  const open = Array.from({ length: things }, () => ({ since: 0, askedAt: 0 }))
  const asked: Array<number> = []
  for (let now = 0; now <= millis; now += step) {
    const due = Pace.due(open, now, limits)
    if (due.length === 0) continue
    asked.push(now)
    for (const one of due) one.askedAt = now
  }
  return asked
}

describe("how often a hub is asked", () => {
  it.each([[1], [10], [100]])(
    "%i young tasks are asked about within two seconds",
    (things) => assert.isAtMost(questions(things, 3000)[0] ?? Infinity, 2000)
  )

  it("a thousand tasks get at most two questions a minute, from the first minute on", () => {
    assert.isAtMost(questions(1000, 60_000).length, 2)
    const hour = questions(1000, 3_600_000, 1000)
    assert.isAtMost(hour.length, 120)
  })

  it("a batch of three hundred that takes five minutes costs few questions", () =>
    assert.isAtMost(questions(300, 300_000).length, 11))

  it("one young task is asked about soon beside a thousand old ones, without asking about those each time", () => {
    const old = Array.from({ length: 1000 }, () => ({ since: -3_600_000, askedAt: -1000 }))
    const young = { since: 0, askedAt: 0 }
    assert.deepStrictEqual(Pace.due([...old, young], 1000, limits), [young])
  })

  it("nothing is asked about long before the shortest time that is known, up to the longest pause", () => {
    const one = { since: 0, askedAt: 0 }
    assert.deepStrictEqual(Pace.due([one], 5000, { ...limits, shortest: 10_000 }), [])
    assert.deepStrictEqual(Pace.due([one], 7000, { ...limits, shortest: 10_000 }), [one])
    assert.deepStrictEqual(Pace.due([one], 30_000, { ...limits, shortest: 1e9 }), [one])
  })

  it.prop("nobody waits longer than half of the age, a second, or what the crowd takes", [positive], ([age]) => {
    const pause = Pace.pause(age, 1, limits)
    assert.isAtMost(pause, Math.max(1000, age / 2 + 1))
    assert.isAtMost(pause, limits.longest)
    assert.isAtLeast(pause, 1000)
  })

  it.prop(
    "a larger company never has a shorter pause",
    [positive, positive],
    ([age, company]) => assert.isAtLeast(Pace.pause(age, company + 1, limits), Pace.pause(age, company, limits))
  )
})
