import { assert, describe, it } from "@effect/vitest"
import * as ExpectedTime from "@orch/core/farm/ExpectedTime"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

const seconds = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 }))
const runs = Arbitrary.array(Arbitrary.schema(seconds), { minLength: 3, maxLength: 20 })

describe("what is usual", () => {
  const cases: ReadonlyArray<readonly [ReadonlyArray<number>, ExpectedTime.Usual | undefined]> = [
    [[], undefined],
    [[60, 61], undefined],
    [[60, Number.NaN, 61], undefined],
    [[60, 60, 60], { seconds: 60, low: 60, high: 60, runs: 3 }],
    [[10, 20, 30, 40, 50, 60], { seconds: 35, low: 20, high: 50, runs: 6 }]
  ]
  for (const [given, expected] of cases) {
    it(`of ${JSON.stringify(given)}`, () => assert.deepStrictEqual(ExpectedTime.usual(given), expected))
  }

  it("looks at the newest twenty", () => {
    const given = [...Array.from({ length: 20 }, () => 10), ...Array.from({ length: 80 }, () => 500)]
    assert.deepStrictEqual(ExpectedTime.usual(given), { seconds: 10, low: 10, high: 10, runs: 20 })
  })

  it.prop("lies among what was seen, with its spread around it, in whatever order it was seen", [runs], ([given]) => {
    const usual = ExpectedTime.usual(given)!
    assert.isTrue(Math.min(...given) <= usual.low && usual.low <= usual.seconds)
    assert.isTrue(usual.seconds <= usual.high && usual.high <= Math.max(...given))
    assert.deepStrictEqual(ExpectedTime.usual(given.toReversed()), usual)
  })

  it.prop("is not moved beyond what was seen by one run that hung", [runs], ([given]) => {
    const some = given.slice(0, 19)
    const usual = ExpectedTime.usual([1_000_000_000, ...some])!
    assert.isTrue(usual.seconds <= Math.max(...some))
  })
})
