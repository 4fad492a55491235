/** What can be installed from a set of packages, against a search that knows nothing clever. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Dependency from "../../src/release/Dependency.ts"
import * as Installability from "../../src/release/Installability.ts"
import { anyOf, oneOf } from "../support/Choice.ts"

const of = (name: string, requires: ReadonlyArray<string> = [], provides: ReadonlyArray<string> = []) => ({
  nevra: `${name}-0:1-1.noarch`,
  name,
  version: "1-1",
  requires,
  provides
})

/** Takes away what cannot be installed, one at a time, until nothing changes. */
const slowly = (packages: ReadonlyArray<Installability.Installable>): ReadonlySet<string> => {
  const left = new Set(packages)
  for (;;) {
    const offered = [...left].flatMap(({ name, provides, version }) => [`${name} = ${version}`, ...provides])
    const isMet = (relation: Dependency.Relation) =>
      offered.some((text) => Dependency.fits(relation, Dependency.parseRelation(text)))
    const bad = [...left].find(({ requires }) =>
      requires.some((text) => {
        const need = Dependency.parseNeed(text)
        return need !== undefined && !Dependency.holds(need, isMet)
      })
    )
    if (bad === undefined) return new Set(packages.filter((one) => !left.has(one)).map(({ nevra }) => nevra))
    left.delete(bad)
  }
}

const names: ReadonlyArray<string> = ["a", "b", "c", "d", "e", "f"]
const pair = <A, B>(a: Arbitrary.Arbitrary<A>, b: Arbitrary.Arbitrary<B>) => Arbitrary.all([a, b])
const anyName = oneOf("x", ...names)
const need = anyOf(
  anyName,
  Arbitrary.map(pair(anyName, oneOf(">= 1", "= 2", "< 2")), (parts) => parts.join(" ")),
  Arbitrary.map(pair(anyName, pair(oneOf("and", "or"), anyName)), ([a, [operator, b]]) => `(${a} ${operator} ${b})`)
)
const packages = Arbitrary.all(names.map((name) =>
  Arbitrary.map(
    pair(Arbitrary.array(need, { maxLength: 3 }), Arbitrary.array(oneOf("x", "x = 2"), { maxLength: 1 })),
    ([requires, provides]) => of(name, requires, provides)
  )
))

describe("installability", () => {
  it("finds what is missing, and who needs what cannot be installed", () => {
    const found = Installability.broken([of("a", ["b"]), of("b", ["nowhere >= 2"]), of("c", ["d"]), of("d", ["c"])])
    assert.deepStrictEqual([...found], [
      ["b-0:1-1.noarch", ["nowhere >= 2"]],
      ["a-0:1-1.noarch", ["b"]]
    ])
  })

  it("takes RPM's own features and files that nobody lists to be there", () => {
    assert.strictEqual(Installability.broken([of("a", ["rpmlib(PayloadIsZstd) <= 5.4.18-1", "/usr/bin/sh"])]).size, 0)
    assert.strictEqual(Installability.broken([of("a", ["/usr/bin/x"]), of("b", [], ["/usr/bin/x"])]).size, 0)
  })

  it.prop("is what a slow search finds", [packages], ([all]) => {
    assert.deepStrictEqual(new Set(Installability.broken(all).keys()), slowly(all))
  })

  it("tells what is newly broken from what was before", () => {
    const before = Installability.broken([of("a", ["x", "y"]), of("y")])
    const after = Installability.broken([of("a", ["x", "y"])])
    assert.deepStrictEqual([...Installability.newly(before, after)], [["a-0:1-1.noarch", ["y"]]])
    assert.strictEqual(Installability.newly(before, before).size, 0)
  })

  it("looks at forty thousand packages in a chain once each", () => {
    const chain = Array.from({ length: 40_000 }, (_, index) => of(`p${index}`, [`p${index + 1}`]))
    assert.strictEqual(Installability.broken(chain).size, 40_000)
  })
})
