/** What packages need and offer, as RPM decides it. */
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Dependency from "../../src/release/Dependency.ts"

/** The answers are those of `rpm` itself: `rpmds` ranges overlap or not. */
const pairs: ReadonlyArray<readonly [need: string, offer: string, fits: boolean]> = [
  ["bash", "bash", true],
  ["bash", "zsh", false],
  ["bash", "bash = 5.1-6", true],
  ["bash >= 5", "bash", true],
  ["bash >= 5", "bash = 5.1-6", true],
  ["bash >= 5.2", "bash = 5.1-6", false],
  ["bash = 5.1", "bash = 5.1-6", true],
  ["bash = 5.1-5", "bash = 5.1-6", false],
  ["bash > 5.1", "bash = 5.1-6", false],
  ["bash > 5.1-5", "bash = 5.1-6", true],
  ["bash < 5.1-6", "bash = 5.1-6", false],
  ["bash <= 5.1-6", "bash = 5.1-6", true],
  ["bash >= 1:1", "bash = 5.1-6", false],
  ["bash >= 5", "bash = 1:1-1", true],
  ["bash < 2", "bash >= 2", false],
  ["bash <= 2", "bash >= 2", true],
  ["bash < 3", "bash > 2", true],
  ["bash > 3", "bash < 2", false],
  ["bash >= 1.0~rc1", "bash = 1.0", true],
  ["bash >= 1.0", "bash = 1.0~rc1", false],
  ["libc.so.6(GLIBC_2.34)(64bit)", "libc.so.6(GLIBC_2.34)(64bit)", true],
  ["perl(Carp) >= 1.5", "perl(Carp) = 1.52", true]
]

const table: ReadonlyArray<readonly [need: string, offered: ReadonlyArray<string>, holds: boolean]> = [
  ["(a and b)", ["a", "b"], true],
  ["(a and b)", ["a"], false],
  ["(a and b and c)", ["a", "b"], false],
  ["(a or b)", ["b"], true],
  ["(a or b)", [], false],
  ["(a if b)", [], true],
  ["(a if b)", ["b"], false],
  ["(a if b)", ["a", "b"], true],
  ["(a if b else c)", ["c"], true],
  ["(a if b else c)", ["a"], false],
  ["(a unless b)", [], false],
  ["(a unless b)", ["b"], true],
  ["(a with b)", ["a", "b"], true],
  ["(a without b)", ["a"], true],
  ["((a and b) or c)", ["c"], true],
  ["((a or x) and (b or y))", ["x", "y"], true],
  ["(perl(Carp) >= 1.5 or perl-Carp)", ["perl(Carp) = 1.6"], true],
  ["(perl(Carp) >= 1.7 or perl-Carp)", ["perl(Carp) = 1.6"], false]
]

const offers = (texts: ReadonlyArray<string>) => (relation: Dependency.Relation) =>
  texts.some((text) => Dependency.fits(relation, Dependency.parseRelation(text)))

describe("a dependency", () => {
  for (const [need, offer, fits] of pairs) {
    it(`"${need}" is ${fits ? "" : "not "}met by "${offer}"`, () =>
      assert.strictEqual(Dependency.fits(Dependency.parseRelation(need), Dependency.parseRelation(offer)), fits))
  }

  for (const [text, offered, holds] of table) {
    it(`"${text}" ${holds ? "holds" : "does not hold"} with ${offered.join(", ") || "nothing"}`, () => {
      const need = Dependency.parseNeed(text)
      assert.isDefined(need)
      assert.strictEqual(Dependency.holds(need!, offers(offered)), holds)
    })
  }

  it("that is no boolean dependency although it begins like one is none", () => {
    for (
      const text of ["(", "(a", "(a and)", "(a and b or c)", "(a) b", "()", `${"(".repeat(100)}a${")".repeat(100)}`]
    ) {
      assert.isUndefined(Dependency.parseNeed(text), text)
    }
  })

  it.prop(
    "of any text is read without failing, and fits itself when it is an offer",
    [Schema.String],
    ([text]) => {
      Dependency.parseNeed(`(${text})`)
      const relation = Dependency.parseRelation(text)
      assert.isTrue(
        Dependency.fits(relation, { ...relation, range: { less: false, equal: true, greater: false } })
          || relation.range?.equal === false
      )
    }
  )
})
