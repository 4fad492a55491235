import { assert, describe, it } from "@effect/vitest"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as StorableText from "../../src/database/StorableText.ts"
import * as LargeDocuments from "../../src/modulebuilds/documents/LargeDocuments.ts"
import * as Slices from "../../src/Slices.ts"
import * as TestServer from "../support/TestServer.ts"

const large = TestServer.modulemd(Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`c${n}`, []])))

/** Whether others had their turn while an effect ran. */
const lettingOthers = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    let turns = 0
    const others = yield* Effect.forkChild(
      Effect.forever(Effect.andThen(Effect.sync(() => turns++), Effect.sleep(1)))
    )
    yield* Effect.yieldNow
    const before = turns
    const answer = yield* effect
    yield* Effect.sleep(5)
    const during = turns - before
    yield* Fiber.interrupt(others)
    return { answer, during }
  })

describe("a large document", () => {
  it.live("is read while others have their turns, and reads as any other", () =>
    Effect.gen(function*() {
      const { answer, during } = yield* lettingOthers(LargeDocuments.read(large))
      assert.deepStrictEqual(answer.documents, Modulemd.read(large, { profile: "source" }).documents)
      assert.deepStrictEqual([answer.errors, answer.count], [[], 0])
      assert.isAbove(during, 5)
    }), 60_000)

  it.live("that is nothing but errors tells the first of them and how many there are", () =>
    Effect.gen(function*() {
      const text = `document: modulemd\nversion: 2\ndata:\n${
        Array.from({ length: 40_000 }, (_, n) => `  wrong${n}: 1\n`).join("")
      }`
      const { count, errors } = yield* LargeDocuments.read(text)
      assert.strictEqual(errors.length, 200)
      assert.isAtLeast(count, 40_000)
    }), 60_000)

  it.live(
    "whose components wait for each other in too many ways is refused before it is handed over",
    () =>
      Effect.gen(function*() {
        const names = Array.from({ length: 500 }, (_, n) => `c${n}`)
        const text = TestServer.modulemd(
          Object.fromEntries(names.map((name, n) => [name, [`buildafter: [${names.slice(0, n).join(", ")}]`]]))
        )
        const { documents, errors } = yield* LargeDocuments.read(text)
        assert.deepStrictEqual(documents, [])
        assert.include(errors[0]?.message ?? "", "124750 others in buildafter")
      }),
    60_000
  )

  it.live("of many documents brings two of them, enough to refuse it", () =>
    Effect.gen(function*() {
      const { documents } = yield* LargeDocuments.read(`---\n${TestServer.modulemd({ a: [] })}`.repeat(1000))
      assert.strictEqual(documents.length, 2)
    }), 60_000)
})

describe("a long list", () => {
  it.live("becomes JSON in pieces, with turns for others in between", () =>
    Effect.gen(function*() {
      const items = Array.from({ length: 10_000 }, (_, n) => n)
      let turns = 0
      const others = yield* Effect.forkChild(
        Effect.forever(Effect.andThen(Effect.sync(() => turns++), Effect.yieldNow))
      )
      const text = yield* Slices.toJson(items, (n) => ({ n, text: "a\0b" }), StorableText.json)
      yield* Fiber.interrupt(others)
      assert.deepStrictEqual(JSON.parse(text), items.map((n) => ({ n, text: "a\ufffdb" })))
      assert.isAtLeast(turns, 5)
      assert.strictEqual(yield* Slices.toJson([], String), "[]")
      assert.deepStrictEqual(yield* Slices.map(items, (n) => n + 1), items.map((n) => n + 1))
    }))
})
