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
    const found = yield* LogReading.find(
      { read: (from, size) => Effect.succeed(bytes.subarray(from, from + size)) },
      index,
      LineTester.make(pattern),
      (one) => LinePattern.find(pattern, one),
      1,
      10
    )
    clearInterval(timer)
    assert.deepStrictEqual([found.matches, found.looked, found.next], [[], 30, undefined])
    assert.isAbove(turns, 3)
  }))
