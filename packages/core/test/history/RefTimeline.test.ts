import { assert, describe, it } from "@effect/vitest"
import * as RefTimeline from "@orch/core/history/RefTimeline"
import * as Schema from "effect/Schema"

const change = (
  sequence: number,
  before: string | null | undefined,
  after: string | null,
  at = sequence * 10
): RefTimeline.RefChange => ({ sequence, before, after, at })

const commits = (base: RefTimeline.Base, told: ReadonlyArray<RefTimeline.RefChange>) =>
  RefTimeline.intervals(base, told).map(({ commit }) => commit)

/** Each number takes one of what is left, so that any list of numbers is an order. */
const shuffled = <A>(items: ReadonlyArray<A>, choices: ReadonlyArray<number>): ReadonlyArray<A> => {
  const left = [...items]
  return items.map((_, index) => left.splice((choices[index] ?? 0) % left.length, 1)[0]!)
}

const choices = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 })))

describe("a ref's history", () => {
  it.prop(
    "is the same in whatever order its pushes are told of, and however often, whether or not anything was known before",
    [choices, choices, Schema.Boolean],
    ([order, again, isKnown]) => {
      const base = isKnown ? "c0" : undefined
      const chain = Array.from({ length: 12 }, (_, index) => [`c${index}`, `c${index + 1}`] as const)
      const told: Array<RefTimeline.RefChange> = []
      const hear = (before: string, after: string) => {
        const next = change(told.length + 1, before, after)
        if (!RefTimeline.isRepeat(base, told, next)) told.push(next)
      }
      for (const [before, after] of shuffled(chain, order)) hear(before, after)
      for (const [before, after] of shuffled(chain, again).slice(0, 6)) hear(before, after)
      assert.strictEqual(told.length, chain.length)
      assert.deepStrictEqual(commits(base, told), chain.map(([, after]) => after))
    }
  )

  it.prop("has one answer for each instant", [choices], ([order]) => {
    const told = shuffled(["a", "b", "c", "d", "e"], order).map((after, index) => change(index, undefined, after, 7))
    const known = RefTimeline.intervals(undefined, told)
    const starts = known.map(({ from }) => from)
    assert.deepStrictEqual(starts, [...new Set(starts)].sort((a, b) => a - b))
  })

  it("marks what follows pushes that nobody told of", () => {
    const known = RefTimeline.intervals("a", [change(1, "a", "b"), change(2, "x", "y")])
    assert.deepStrictEqual(known.map(({ commit, gap }) => [commit, gap]), [["b", false], ["y", true]])
  })

  it("closes a gap when the missing push is told of late", () => {
    const known = RefTimeline.intervals("a", [change(1, "b", "c"), change(2, "a", "b")])
    assert.deepStrictEqual(known.map(({ commit, from, gap }) => [commit, from, gap]), [["b", 10, false], [
      "c",
      11,
      false
    ]])
  })

  it("puts a late push before a look that had seen its outcome", () =>
    assert.deepStrictEqual(
      commits("a", [change(1, undefined, "c"), change(2, "a", "b"), change(3, "b", "c")]),
      ["b", "c"]
    ))

  it("keeps both lives of a branch that was deleted and made anew", () =>
    assert.deepStrictEqual(
      commits(null, [change(1, null, "a"), change(2, "a", null), change(3, null, "b")]),
      ["a", null, "b"]
    ))

  it("goes back and forth as a branch that is set back and pushed again", () => {
    const told = [change(1, "a", "b"), change(2, "b", "a")]
    const again = change(3, "a", "b")
    assert.isFalse(RefTimeline.isRepeat("a", told, again))
    assert.deepStrictEqual(commits("a", [...told, again]), ["b", "a", "b"])
  })

  it("does not take back a push that a look has seen already", () =>
    assert.isTrue(RefTimeline.isRepeat("a", [change(1, undefined, "b")], change(2, "a", "b"))))
})
