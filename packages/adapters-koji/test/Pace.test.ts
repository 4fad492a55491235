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

  it("nothing is asked about before it should have ended, up to ten of the longest pauses", () => {
    const one = { since: 0, askedAt: 0, expected: 50_000 }
    assert.deepStrictEqual(Pace.due([one], 37_000, limits), [])
    assert.deepStrictEqual(Pace.due([one], 51_000, limits), [one])
    assert.deepStrictEqual(Pace.due([{ ...one, expected: 1e9 }], 300_000, limits).length, 1)
    assert.deepStrictEqual(Pace.due([{ ...one, expected: 1e9 }], 200_000, limits), [])
  })

  it("what should have ended is asked about again soon, and less often the longer it is late", () => {
    const late = [100_000, 110_000, 150_000, 300_000, 900_000].map((age) => Pace.pause(age, 1, limits, 100_000))
    assert.isAtMost(late[0]!, 7000)
    assert.deepStrictEqual(late.toSorted((a, b) => a - b), late)
    assert.isAtMost(late.at(-1)!, 225_000)
  })

  it("an hour of which nothing was known before takes few questions", () =>
    assert.isAtMost(questions(10, 3_600_000, 1000).length, 30))

  it.prop("nobody waits longer than half of the age, a second, or what the crowd takes", [positive], ([age]) => {
    const pause = Pace.pause(age, 1, limits)
    assert.isAtMost(pause, Math.max(1000, age / 2 + 1))
    assert.isAtMost(pause, Math.max(limits.longest, age / 4 + 1))
    assert.isAtLeast(pause, 1000)
  })

  it.prop(
    "a larger company never has a shorter pause",
    [positive, positive],
    ([age, company]) => assert.isAtLeast(Pace.pause(age, company + 1, limits), Pace.pause(age, company, limits))
  )
})
