/** The largest set that a target can take. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as SetPromotion from "../../src/gating/SetPromotion.ts"
import * as Installability from "../../src/release/Installability.ts"
import * as Steps from "../../src/Steps.ts"
import { oneOf } from "../support/Choice.ts"

const pkg = (
  name: string,
  version: string,
  requires: ReadonlyArray<string> = [],
  provides: ReadonlyArray<string> = []
) => ({
  nevra: `${name}-0:${version}-1.x86_64`,
  name,
  version: `${version}-1`,
  requires,
  provides
})

describe("a set of candidates", () => {
  it("goes as a whole where everything can be installed afterwards", () => {
    const target = [pkg("lib", "1", [], ["libx.so.1"]), pkg("app", "1", ["libx.so.1"])]
    const lib = { id: "lib", packages: [pkg("lib", "2", [], ["libx.so.2"])] }
    const app = { id: "app", packages: [pkg("app", "2", ["libx.so.2"])] }
    assert.deepStrictEqual(SetPromotion.promote(target, [lib, app]), {
      promoted: ["lib", "app"],
      refused: [],
      isLargest: true
    })
    // One without the other would break what is there, or could not be installed itself.
    assert.deepStrictEqual(SetPromotion.promote(target, [lib]).refused, [{
      id: "lib",
      reason: "app-0:1-1.x86_64 needs libx.so.1, which lib takes away"
    }])
    assert.deepStrictEqual(SetPromotion.promote(target, [app]).refused, [{
      id: "app",
      reason: "app-0:2-1.x86_64 needs libx.so.2, which nothing there offers"
    }])
  })

  it("leaves out what may not pass, and what needs that", () => {
    const base = { id: "base", packages: [pkg("base", "1")] }
    const top = { id: "top", packages: [pkg("top", "1", ["base"])] }
    const alone = { id: "alone", packages: [pkg("alone", "1")] }
    const promotion = SetPromotion.promote([], [base, top, alone], new Map([["base", "a test failed"]]))
    assert.deepStrictEqual(promotion.promoted, ["alone"])
    assert.deepStrictEqual(promotion.refused.map(({ id }) => id), ["base", "top"])
    assert.strictEqual(promotion.refused[0]!.reason, "a test failed")
  })

  it("is not blamed for what is broken already", () => {
    const target = [pkg("old", "1", ["gone"])]
    const promotion = SetPromotion.promote(target, [{ id: "new", packages: [pkg("new", "1")] }])
    assert.deepStrictEqual(promotion.promoted, ["new"])
  })

  it("is refused where it mends what makes another package need more than there is", () => {
    const target = [pkg("a", "2", ["y2"], ["y1"]), pkg("d", "1", ["(x1 if y1)"])]
    const promotion = SetPromotion.promote(target, [{ id: "c", packages: [pkg("c", "2", [], ["y2"])] }])
    assert.deepStrictEqual(promotion, {
      promoted: [],
      refused: [{ id: "c", reason: "d-0:1-1.x86_64 needs (x1 if y1), which nothing there offers" }],
      isLargest: true
    })
  })

  it("takes the place of its whole line, and lets other lines of the same packages be", () => {
    const target = [
      { ...pkg("perl", "5.26", [], ["perl(old)"]), line: "perl:5.26" },
      { ...pkg("perl-extra", "5.26"), line: "perl:5.26" },
      pkg("app", "1", ["perl(old)", "perl-extra"])
    ]
    const other = { id: "other", line: "perl:5.30", packages: [pkg("perl", "5.30")] }
    const same = { id: "same", line: "perl:5.26", packages: [pkg("perl", "5.26.1", [], ["perl(old)"])] }
    assert.deepStrictEqual(SetPromotion.promote(target, [other, same]), {
      promoted: ["other"],
      refused: [{ id: "same", reason: "app-0:1-1.x86_64 needs perl-extra, which same takes away" }],
      isLargest: true
    })
  })

  it("has to be right in every place, and says in which it is not", () => {
    const lib = pkg("lib", "1")
    const running = SetPromotion.steps(["one", "two"], [
      { name: "x86_64", target: [lib], candidates: [{ id: "one", packages: [pkg("one", "1", ["lib"])] }] },
      { name: "aarch64", target: [], candidates: [{ id: "one", packages: [pkg("one", "1", ["lib"])] }] }
    ])
    let found = running.next()
    while (found.done !== true) found = running.next()
    assert.deepStrictEqual(found.value, {
      promoted: ["two"],
      refused: [{ id: "one", reason: "aarch64: one-0:1-1.x86_64 needs lib, which nothing there offers" }],
      isLargest: true
    })
  })

  it("loses all that cannot go in any case with one look", () => {
    const candidates = Array.from({ length: 300 }, (_, n) => ({
      id: `c${n}`,
      packages: [pkg(`p${n}`, "1", n % 3 === 0 ? [`nobody-offers-${n}`] : [])]
    }))
    const ids = candidates.map(({ id }) => id)
    const promotion = Steps.finish(SetPromotion.steps(ids, [{ name: "", target: [], candidates }], new Map(), 2))
    assert.deepStrictEqual([promotion.promoted.length, promotion.isLargest], [200, true])
    assert.deepStrictEqual(promotion.refused[1], {
      id: "c3",
      reason: "p3-0:1-1.x86_64 needs nobody-offers-3, which nothing there offers"
    })
  })

  it("is looked for in more steps the more packages there are, so that others have their turn", () => {
    const stepsWith = (size: number): number => {
      const target = Array.from({ length: size }, (_, n) => pkg(`t${n}`, "1", n === 0 ? [] : [`t${n - 1}`]))
      const running = SetPromotion.steps(["one"], [{
        name: "",
        target,
        candidates: [{ id: "one", packages: [pkg("t0", "2")] }]
      }])
      let steps = 0
      while (running.next().done !== true) steps++
      return steps
    }
    // One step for a thousand packages at most, though each look goes over all of them.
    assert.isAtLeast(stepsWith(20_000), 3 * 20)
  })

  const text = (...values: readonly [string, ...Array<string>]) =>
    Schema.Array(Schema.Literals(values)).check(Schema.isMaxLength(2))
  const packages = Arbitrary.map(
    Arbitrary.schema(
      Schema.Array(Schema.Struct({
        name: Schema.Literals(["a", "b", "c", "d"]),
        version: Schema.Literals(["1", "2"]),
        requires: text("x1", "x2", "y1", "y2", "a", "b", "(x1 if y1)", "(a or b)"),
        provides: text("x1", "x2", "y1", "y2")
      })).check(Schema.isMaxLength(5))
    ),
    (all) => [
      ...new Map(all.map((one) => [one.name, pkg(one.name, one.version, one.requires, one.provides)])).values()
    ]
  )
  const works = (target: ReadonlyArray<ReturnType<typeof pkg>>, set: ReadonlyArray<SetPromotion.Candidate>) => {
    const places = new Map<string, Installability.Installable>(target.map((each) => [each.name, each]))
    for (const one of set) for (const each of one.packages) places.set(each.name, each)
    return Installability.newly(Installability.broken(target), Installability.broken([...places.values()])).size === 0
  }

  it.prop(
    "is the largest there is, as trying all sets finds it",
    [packages, packages, packages, oneOf(1, 2)],
    ([target, offered, more, size]) => {
      const candidates: Array<SetPromotion.Candidate> = []
      for (let at = 0; at < offered.length; at += size) {
        candidates.push({ id: `${at}`, packages: offered.slice(at, at + size) })
      }
      // Brings packages that others bring as well.
      if (more.length > 0) candidates.push({ id: "rival", packages: more.slice(0, 2) })
      const promotion = SetPromotion.promote(target, candidates)
      const chosen = candidates.filter(({ id }) => promotion.promoted.includes(id))
      assert.isTrue(works(target, chosen))
      let best = 0
      for (let mask = 0; mask < 2 ** candidates.length; mask++) {
        const set = candidates.filter((_, index) => (mask >> index) % 2 === 1)
        if (set.length > best && works(target, set)) best = set.length
      }
      assert.strictEqual(chosen.length, best)
      assert.deepStrictEqual(
        [...promotion.promoted, ...promotion.refused.map(({ id }) => id)].sort(),
        candidates.map(({ id }) => id).sort()
      )
    },
    { arbitrary: { runs: 2000 } }
  )
})
