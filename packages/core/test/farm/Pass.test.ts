import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Evr from "../../src/Evr.ts"
import * as Pass from "../../src/farm/Pass.ts"
import * as Waiting from "../../src/farm/Waiting.ts"

const components = Schema.Array(Schema.Struct({
  name: Schema.String,
  package: Schema.Literals(["alpha", "beta", "gamma"])
}))

describe("passes over one package", () => {
  it("are numbered in the order they are built, the last one not", () => {
    const passes = Pass.number([
      { name: "alpha-boot", package: "alpha" },
      { name: "beta", package: "beta" },
      { name: "alpha-again", package: "alpha" },
      { name: "alpha", package: "alpha" }
    ])
    assert.deepStrictEqual([...passes], [["alpha-boot", 1], ["alpha-again", 2]])
  })

  it.prop("leave one component of each package without a number", [components], ([drawn]) => {
    const all = drawn.map((one, index) => ({ ...one, name: `${index}` }))
    const passes = Pass.number(all)
    const last = all.filter(({ name }) => !passes.has(name)).map((one) => one.package)
    assert.sameMembers(last, [...new Set(all.map((one) => one.package))])
    assert.lengthOf(last, new Set(last).size)
  })

  it("have releases that RPM orders as they are built", () => {
    const dist = "1.module+el9+7+1a2b3c4d"
    const releases = [Pass.distTag(dist, 1), Pass.distTag(dist, 2), Pass.distTag(dist, undefined)]
    assert.strictEqual(releases[2], dist)
    for (const [index, release] of releases.slice(1).entries()) {
      const [a, b] = [releases[index]!, release].map((one) => Evr.parseUnsafe(`0:1-${one}`))
      assert.strictEqual(Evr.Order(a!, b!), -1)
    }
  })
})

describe("what is waited for", () => {
  it("is told with its name, since when, and why", () =>
    assert.strictEqual(
      Waiting.describe({
        on: "hub fedora",
        since: Date.UTC(2026, 10, 21, 22, 41, 7, 12),
        reason: "connection refused"
      }),
      "waiting for hub fedora since 2026-11-21T22:41:07Z: connection refused"
    ))
})
