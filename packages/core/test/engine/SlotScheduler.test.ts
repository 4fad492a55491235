/** When the scheduler of slots looks for work. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as SlotScheduler from "../../src/engine/SlotScheduler.ts"
import { SubmissionLimits } from "../../src/engine/SubmissionLimits.ts"
import { FarmWork } from "../../src/ports/FarmWork.ts"
import { Outbox } from "../../src/ports/Outbox.ts"
import * as MemoryOutbox from "../../src/testing/MemoryOutbox.ts"

const held = {
  candidate: {
    life: "sample",
    process: 1,
    part: "zlib",
    owner: "bob",
    arches: ["x86_64"],
    urgency: 0,
    priority: 0,
    rebuild: "campaign/1"
  },
  reason: "the farm is full"
}

describe("the scheduler of slots", () => {
  it.effect("looks when something was announced, and seldom while what waits can do nothing but wait", () => {
    let looks = 0
    const work = {
      grant: () => Effect.sync(() => (looks++, { granted: [], held: [held] }))
    } as unknown as FarmWork["Service"]
    return Effect.gen(function*() {
      yield* SlotScheduler.schedule([], { interval: 500 })
      yield* TestClock.adjust("60 seconds")
      assert.isAtMost(looks, 12)
      const before = looks
      const outbox = yield* Outbox
      // However much is told at once, it looks once for all of it.
      for (let n = 0; n < 100; n++) yield* outbox.append([{ topic: "sample.part", subject: "sample/1", body: n }], 0)
      yield* TestClock.adjust("600 millis")
      assert.isAtLeast(looks - before, 1)
      assert.isAtMost(looks - before, 2)
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.mergeAll(
        MemoryOutbox.layer,
        Layer.succeed(FarmWork, work),
        Layer.succeed(SubmissionLimits, { total: 1 })
      ))
    )
  })
})
