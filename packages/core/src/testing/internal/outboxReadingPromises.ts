/** Promises about reading an outbox: order, pages, subjects, following. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { Announcement } from "../../ports/Announcer.ts"
import { Outbox } from "../../ports/Outbox.ts"
import * as Contract from "../Contract.ts"
import { draft, type Harness, numbers, upTo } from "./outboxHarness.ts"

const assertGrowing = (announcements: ReadonlyArray<Announcement>): void => {
  for (const [index, { sequence }] of announcements.entries()) {
    if (index > 0) assert.isAbove(sequence, announcements[index - 1]!.sequence)
  }
}

/** Twenty writers at once, each with five announcements in two calls. */
const write = Effect.fnUntraced(function*(subject: string) {
  const outbox = yield* Outbox
  yield* Effect.forEach(
    upTo(20),
    (writer) =>
      outbox.append([1, 2, 3].map((n) => draft(subject, writer * 10 + n)), writer).pipe(
        Effect.andThen(Effect.sleep(writer % 7)),
        Effect.andThen(outbox.append([4, 5].map((n) => draft(subject, writer * 10 + n)), writer))
      ),
    { concurrency: "unbounded", discard: true }
  )
})

/** The numbers of `write`, in any order. */
const written = upTo(20).flatMap((writer) => upTo(5).map((n) => writer * 10 + n))

const assertWritten = (announcements: ReadonlyArray<Announcement>): void => {
  assertGrowing(announcements)
  const seen = numbers(announcements)
  assert.deepStrictEqual(seen.toSorted((a, b) => a - b), written)
  // What one writer said later comes later.
  for (const writer of upTo(20)) {
    assert.deepStrictEqual(seen.filter((n) => Math.floor(n / 10) === writer), upTo(5).map((n) => writer * 10 + n))
  }
}

export const readingPromises = ({ found, patience, told }: Harness): ReadonlyArray<Contract.Check<Outbox>> => [
  {
    name: "keeps announcements as they were told, in order, with growing numbers",
    check: Effect.gen(function*() {
      const outbox = yield* Outbox
      const subject = Contract.unique("subject")
      const drafts = [
        { topic: "module-build.state", subject, body: { text: "ä \"quoted\" \\ 𝄞", list: [1, null, { x: true }] } },
        { topic: "component-build.state", subject, body: null },
        { topic: "t", subject, body: 1.5 }
      ]
      yield* outbox.append(drafts, 1_700_000_000_123)
      const all = yield* found(subject, 3)
      assertGrowing(all)
      assert.isAtLeast(all[0]!.sequence, 1)
      assert.deepStrictEqual(
        all,
        drafts.map((one, index) => ({ ...one, at: 1_700_000_000_123, sequence: all[index]!.sequence }))
      )
    })
  },
  {
    name: "is not stopped by text of any characters",
    check: Effect.gen(function*() {
      const outbox = yield* Outbox
      const subject = Contract.unique("subject")
      yield* outbox.append([{ topic: "t", subject, body: { text: "a\u0000b \ud800 \\u0000" } }], 1)
      const [one] = yield* found(subject, 1)
      assert.match((one!.body as { text: string }).text, /^a.b . \\u0000$/su)
      assert.deepStrictEqual(yield* outbox.after(0, 10, { subject: `${subject}\u0000` }), [])
    })
  },
  {
    name: "takes nothing as nothing",
    check: Effect.gen(function*() {
      const outbox = yield* Outbox
      const last = yield* outbox.last
      yield* outbox.append([], 1)
      assert.strictEqual(yield* outbox.last, last)
    })
  },
  {
    name: "gives what comes after a number, up to a limit",
    check: Effect.gen(function*() {
      const outbox = yield* Outbox
      const subject = Contract.unique("subject")
      const all = yield* told(subject, upTo(5))
      const after = (sequence: number, limit: number) => Effect.map(outbox.after(sequence, limit, { subject }), numbers)
      assert.deepStrictEqual(yield* after(0, 2), [1, 2])
      assert.deepStrictEqual(yield* after(all[1]!.sequence, 2), [3, 4])
      assert.deepStrictEqual(yield* after(all[4]!.sequence, 2), [])
      assert.deepStrictEqual(yield* after(all[0]!.sequence - 1, 1), [1])
    })
  },
  {
    name: "knows the last number",
    check: Effect.gen(function*() {
      const outbox = yield* Outbox
      const all = yield* told(Contract.unique("subject"), upTo(3))
      assert.strictEqual(yield* outbox.last, all[2]!.sequence)
      assert.deepStrictEqual(yield* outbox.after(yield* outbox.last, 10), [])
    })
  },
  {
    name: "gives what is below a subject, and nothing that only begins like it",
    check: Effect.gen(function*() {
      const outbox = yield* Outbox
      const subject = Contract.unique("s_%\\")
      yield* outbox.append(
        [subject, `${subject}/a`, `${subject}2`, `${subject}2/a`, `${subject}/a/b`, subject.replace("_", "x")].map((
          one,
          index
        ) => draft(one, index)),
        1
      )
      yield* found(`${subject}2/a`, 1)
      assert.deepStrictEqual(numbers(yield* found(subject, 3)), [0, 1, 4])
      assert.deepStrictEqual(numbers(yield* outbox.after(0, 100, { subject: `${subject}/a` })), [1, 4])
      assert.deepStrictEqual(numbers(yield* outbox.after(0, 100, { subject: `${subject}2` })), [2, 3])
    })
  },
  {
    name: "never shows an announcement behind one that a reader has already seen",
    check: Effect.gen(function*() {
      const outbox = yield* Outbox
      const subject = Contract.unique("subject")
      const reader = Effect.gen(function*() {
        const seen: Array<Announcement> = []
        let last = 0
        while (seen.length < written.length) {
          const next = yield* outbox.after(last, 7, { subject })
          seen.push(...next)
          last = next.at(-1)?.sequence ?? last
          yield* Effect.sleep("1 millis")
        }
        return seen
      })
      const readers = yield* Effect.forkChild(
        Effect.all([reader, reader], { concurrency: 2 }).pipe(Effect.timeout(patience))
      )
      yield* write(subject)
      for (const seen of yield* Fiber.join(readers)) assertWritten(seen)
    })
  },
  {
    name: "lets many follow, each from where it wants, missing nothing",
    check: Effect.gen(function*() {
      const outbox = yield* Outbox
      const subject = Contract.unique("subject")
      const before = yield* told(subject, [1, 2])
      const follow = (sequence: number, count: number) =>
        outbox.follow(sequence, { subject }).pipe(
          Stream.take(count),
          Stream.runCollect,
          Effect.timeout(patience)
        )
      const followers = yield* Effect.forkChild(Effect.all([
        follow(before[1]!.sequence, written.length),
        follow(before[0]!.sequence, written.length + 1),
        follow(before[1]!.sequence, written.length)
      ], { concurrency: "unbounded" }))
      yield* write(subject)
      const [first, second, third] = yield* Fiber.join(followers)
      assertWritten(first)
      assert.deepStrictEqual(numbers(second.slice(0, 1)), [2])
      assert.deepStrictEqual(second.slice(1), first)
      assert.deepStrictEqual(third, first)
    })
  },
  {
    name: "lets one follow everything, of all subjects",
    check: Effect.gen(function*() {
      const outbox = yield* Outbox
      const last = yield* outbox.last
      const follower = yield* Effect.forkChild(
        outbox.follow(last).pipe(Stream.take(3), Stream.runCollect, Effect.timeout(patience))
      )
      const one = yield* told(Contract.unique("subject"), [1])
      const two = yield* told(Contract.unique("subject"), [2, 3])
      assert.deepStrictEqual(yield* Fiber.join(follower), [...one, ...two])
    })
  }
]
