/** Looking for a costly pattern: nobody else waits for it, and it comes to an end. */
import { assert, it } from "@effect/vitest"
import * as LinePattern from "@orch/core/buildlog/LinePattern"
import * as LineTester from "@orch/core/buildlog/LineTester"
import * as LogIndex from "@orch/core/buildlog/LogIndex"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as LogReading from "../../src/logs/LogReading.ts"

it.live("others have their turn while lines are looked at, however much a line costs", () =>
  Effect.gen(function*() {
    let seed = 7
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const line = () => `${Array.from({ length: 2000 }, () => random() < 0.5 ? "a" : "b").join("")}\n`
    const bytes = new TextEncoder().encode(Array.from({ length: 30 }, line).join(""))
    const index = LogIndex.extend(LogIndex.empty, bytes, { isLast: true })
    const pattern = Result.getOrThrow(LinePattern.parse("a[ab]{900}x"))
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const lines = { read: (from: number, size: number) => Effect.succeed(bytes.subarray(from, from + size)) }
    const tester = LineTester.make(pattern)
    let looked = 0
    // It gives up after a while and says where to go on.
    for (let next: number | undefined = 1; next !== undefined;) {
      const found: LogReading.Matches = yield* LogReading.find(
        lines,
        index,
        tester,
        (one) => LinePattern.find(pattern, one),
        next,
        10
      )
      assert.deepStrictEqual(found.matches, [])
      looked = found.looked
      next = found.next
    }
    clearInterval(timer)
    assert.strictEqual(looked, 30)
    assert.isAbove(turns, 3)
  }))
