/** What differs between two states of a repository. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as RepositoryDrift from "../../src/release/RepositoryDrift.ts"
import { oneOf } from "../support/Choice.ts"

const side = (nevra: string, sha256 = "1"): RepositoryDrift.Side => ({ nevra, sha256 })

const anySide = Arbitrary.map(
  Arbitrary.all({ name: oneOf("a", "b", "c"), evr: oneOf("0:1-1", "0:2-1", "1:1-1"), arch: oneOf("noarch", "x86_64") }),
  ({ arch, evr, name }) => side(`${name}-${evr}.${arch}`)
)
const anySides = Arbitrary.array(anySide, { maxLength: 6 })

describe("drift", () => {
  it("names what is missing, added, older, newer and other", () => {
    const expected = [
      side("a-0:1-1.noarch"),
      side("b-0:2-1.noarch"),
      side("c-0:1-1.noarch"),
      side("d-0:1-1.noarch"),
      side("d-0:2-1.noarch")
    ]
    const actual = [side("b-0:1-1.noarch"), side("c-0:1-1.noarch", "2"), side("d-0:3-1.noarch"), side("e-0:1-1.noarch")]
    assert.deepStrictEqual(RepositoryDrift.compare(expected, actual), [
      { _tag: "Missing", nevra: "a-0:1-1.noarch" },
      { _tag: "Older", nevra: "b-0:1-1.noarch", expected: "b-0:2-1.noarch" },
      { _tag: "Other", nevra: "c-0:1-1.noarch" },
      { _tag: "Newer", nevra: "d-0:3-1.noarch", expected: "d-0:2-1.noarch" },
      { _tag: "Added", nevra: "e-0:1-1.noarch" }
    ])
  })

  it("tells streams of a module apart, of which an older one may lag behind", () => {
    const of = (module: string, nevra: string) => ({ ...side(nevra), module })
    const old = of("nodejs:18", "nodejs-1:18.1-1.x86_64")
    const expected = [of("nodejs:18", "nodejs-1:18.2-1.x86_64"), of("nodejs:20", "nodejs-1:20.1-1.x86_64")]
    assert.deepStrictEqual(RepositoryDrift.compare(expected, [old, expected[1]!]), [
      { _tag: "Older", nevra: old.nevra, expected: expected[0]!.nevra }
    ])
    // The very package is there, and not as one of a module: its document tells.
    assert.deepStrictEqual(RepositoryDrift.compare(expected, expected.map(({ nevra }) => side(nevra))), [])
  })

  it("compares modules by stream, context and architecture", () => {
    assert.deepStrictEqual(
      RepositoryDrift.compareModules(
        ["a:1:9:c0:x86_64", "a:1:10:c0:x86_64", "b:1:20220101000000001:c0:x86_64", "c:1:1:c0:x86_64"],
        ["a:1:9:c0:x86_64", "b:1:20220101000000002:c0:x86_64", "c:1:1:c1:x86_64"]
      ),
      [
        { _tag: "Older", nevra: "a:1:9:c0:x86_64", expected: "a:1:10:c0:x86_64" },
        { _tag: "Newer", nevra: "b:1:20220101000000002:c0:x86_64", expected: "b:1:20220101000000001:c0:x86_64" },
        { _tag: "Missing", nevra: "c:1:1:c0:x86_64" },
        { _tag: "Added", nevra: "c:1:1:c1:x86_64" }
      ]
    )
  })

  it.prop("is nothing between equal states, in whatever order", [anySides], ([sides]) => {
    assert.deepStrictEqual(RepositoryDrift.compare(sides, sides.toReversed()), [])
  })

  it.prop("is seen from the other side as its mirror", [anySides, anySides], ([one, other]) => {
    const mirror = { Added: "Missing", Missing: "Added", Older: "Newer", Newer: "Older", Other: "Other" }
    const tags = (all: ReadonlyArray<RepositoryDrift.Drift>) => all.map(({ _tag }) => _tag).sort()
    const seen = tags(RepositoryDrift.compare(one, other)).map((tag) => mirror[tag]).sort()
    assert.deepStrictEqual(seen, tags(RepositoryDrift.compare(other, one)))
  })
})
