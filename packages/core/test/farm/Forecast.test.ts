import { assert, describe, it } from "@effect/vitest"
import type { Usual } from "@orch/core/farm/ExpectedTime"
import * as Forecast from "@orch/core/farm/Forecast"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

const now = 1_000_000
const takes = (seconds: number, spread = 0): Usual => ({
  seconds,
  low: seconds - spread,
  high: seconds + spread,
  runs: 5
})
const part = (name: string, usual: Usual | undefined, fields: Partial<Forecast.Part> = {}): Forecast.Part => ({
  name,
  state: "left",
  usual,
  after: [],
  group: 1,
  afterGroup: 0,
  priority: 0,
  kind: "",
  ...fields
})
const endless = () => Infinity
const known = (forecast: Forecast.Forecast) => {
  if (forecast._tag !== "Known") throw new Error(`it is ${JSON.stringify(forecast)}`)
  return forecast
}
const seconds = (parts: ReadonlyArray<Forecast.Part>, slots = endless) =>
  (known(Forecast.play(parts, slots, now)).at - now) / 1000

describe("a forecast", () => {
  it("says nothing where a part was seen too rarely, and which", () =>
    assert.deepStrictEqual(
      Forecast.play(
        [part("a", takes(10)), part("b", undefined), part("c", undefined, { state: "done" })],
        endless,
        now
      ),
      { _tag: "Unknown", parts: ["b"] }
    ))

  it("is done where all parts are", () =>
    assert.deepStrictEqual(Forecast.play([part("a", undefined, { state: "done" })], endless, now), { _tag: "Done" }))

  it("says nothing of parts that wait for each other", () =>
    assert.deepStrictEqual(
      Forecast.play([part("a", takes(1), { after: ["b"] }), part("b", takes(1), { after: ["a"] })], endless, now),
      { _tag: "Unknown", parts: ["a", "b"] }
    ))

  it("follows the longest way, by names and by groups", () => {
    const parts = [
      part("a", takes(10)),
      part("b", takes(20), { after: ["a"] }),
      part("c", takes(5), { group: 2, afterGroup: 1 }),
      part("d", takes(1), { group: 2, afterGroup: 1, after: ["gone"] })
    ]
    assert.strictEqual(seconds(parts), 35)
    assert.deepStrictEqual(known(Forecast.play(parts, endless, now)).critical, ["a", "b", "c"])
  })

  it("waits for slots, and gives them to what is more urgent first", () => {
    const parts = [part("a", takes(10)), part("b", takes(20), { priority: 1 }), part("c", takes(30), { kind: "s390x" })]
    const one = known(Forecast.play(parts, () => 1, now))
    assert.deepStrictEqual(one.spans.get("a"), { start: now + 20_000, end: now + 30_000 })
    assert.deepStrictEqual(one.spans.get("c"), { start: now, end: now + 30_000 })
  })

  it("counts what runs from when it began, and says so when it takes longer than usual", () => {
    const runs = (ago: number) => part("a", takes(100, 20), { state: "running", startedAt: now - ago * 1000 })
    assert.strictEqual(seconds([runs(30)]), 70)
    assert.strictEqual(seconds([runs(105)]), 15)
    assert.strictEqual(seconds([runs(1000)]), 100)
    assert.deepStrictEqual(known(Forecast.play([runs(30)], endless, now)).late, [])
    assert.deepStrictEqual(known(Forecast.play([runs(1000)], endless, now)).late, [
      "a has taken 16 min 40 s, usually it is done after 1 min 40 s"
    ])
  })

  it("says why parts are done again", () =>
    assert.deepStrictEqual(
      known(Forecast.play([part("a", takes(1), { again: "resumed by ann" })], endless, now)).late,
      [
        "a is done again: resumed by ann"
      ]
    ))

  it("adds spreads of a chain as errors add", () => {
    const { at, earliest, latest } = known(
      Forecast.play([part("a", takes(100, 30)), part("b", takes(100, 40), { after: ["a"] })], endless, now)
    )
    assert.deepStrictEqual([at - earliest, latest - at], [50_000, 50_000])
  })

  const small = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 })))
  const anyParts = Arbitrary.map(
    Arbitrary.array(Arbitrary.all([small, small, small]), { minLength: 1, maxLength: 12 }),
    (draws) =>
      draws.map(([length, first, other], index) =>
        part(`p${index}`, takes(length + 1, length / 2), {
          group: 1 + Math.floor(index / 4),
          afterGroup: first % 3 === 0 ? Math.floor(index / 4) : 0,
          after: index > 0 && other % 2 === 0 ? [`p${other % index}`] : [],
          ...(first % 5 === 1 ? { state: "running", startedAt: now - other * 1000 } as const : {}),
          priority: other
        })
      )
  )
  it.prop(
    "keeps order and slots, and ends no later with more slots than it would one after the other",
    [anyParts],
    ([parts]) => {
      for (const slots of [1, 3, Infinity]) {
        const { at, critical, earliest, latest, spans } = known(Forecast.play(parts, () => slots, now))
        assert.isTrue(earliest <= at && at <= latest && earliest >= now)
        assert.strictEqual(spans.size, parts.length)
        const total = parts.reduce((sum, { usual }) => sum + usual!.high * 1000 * 2, now + 100_000)
        assert.isTrue(at <= total)
        assert.strictEqual(spans.get(critical.at(-1)!)!.end, at)
        for (const one of parts) {
          if (one.state === "running") continue
          const { start } = spans.get(one.name)!
          for (const name of one.after) assert.isTrue(spans.get(name)!.end <= start)
          for (const before of parts) {
            if (before.group <= one.afterGroup) assert.isTrue(spans.get(before.name)!.end <= start)
          }
          const beside = parts.filter(({ name }) => spans.get(name)!.start <= start && spans.get(name)!.end > start)
          assert.isTrue(beside.length <= Math.max(slots, parts.filter(({ state }) => state === "running").length))
        }
      }
    }
  )

  const words: ReadonlyArray<readonly [number, string]> = [
    [0, "0 s"],
    [41, "41 s"],
    [60, "1 min"],
    [100, "1 min 40 s"],
    [
      3600,
      "1 h"
    ],
    [4800, "1 h 20 min"]
  ]
  for (const [given, said] of words) it(`says ${said}`, () => assert.strictEqual(Forecast.words(given), said))
})
