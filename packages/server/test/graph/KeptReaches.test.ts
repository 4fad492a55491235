/** Pages of what is kept are those of the whole list, and no more is kept than is meant to be. */
import * as KeptReaches from "@orch/server/graph/KeptReaches"
import { assert, describe, it } from "vitest"

const nodes = (count: number) =>
  Array.from({ length: count }, (_, index) => [`n${index}`, 1 + Math.floor(index / 7), "build", "start"] as const)

const reach = (count: number, revision = "1"): KeptReaches.Reach => {
  const all = nodes(count)
  const texts = Array.from(
    { length: Math.ceil(count / KeptReaches.together) },
    (_, index) => JSON.stringify(all.slice(index * KeptReaches.together, (index + 1) * KeptReaches.together))
  )
  return { revision, total: count, texts }
}

describe("what questions reached", () => {
  it("has the pages that the whole list has", () => {
    const whole = reach(1730)
    const all = nodes(1730).map(([node]) => node)
    for (const offset of [0, 1, 499, 500, 501, 999, 1500, 1729, 1730, 5000]) {
      for (const limit of [1, 100, 500, 1000]) {
        assert.deepStrictEqual(
          KeptReaches.page(whole, limit, offset).map(({ node }) => node),
          all.slice(offset, offset + limit),
          `${limit} from ${offset}`
        )
      }
    }
    assert.deepStrictEqual(KeptReaches.page(reach(0), 10, 0), [])
  })

  it("is kept while the graph is the same, and until others were asked for later", () => {
    const kept = KeptReaches.make(1000)
    kept.keep("a", reach(300))
    kept.keep("b", reach(300))
    assert.isUndefined(kept.get("a", "2"))
    assert.strictEqual(kept.get("a", "1")?.total, 300)
    // Each costs a hundred more than its nodes, so there is room for two; "b" is what nobody asked for the longest.
    kept.keep("c", reach(300))
    assert.isUndefined(kept.get("b", "1"))
    assert.isDefined(kept.get("a", "1"))
    assert.isDefined(kept.get("c", "1"))
    // What alone is too large drops nothing else.
    kept.keep("d", reach(950))
    assert.isUndefined(kept.get("d", "1"))
    assert.isDefined(kept.get("a", "1"))
    kept.keep("a", reach(400, "2"))
    assert.isUndefined(kept.get("a", "1"))
    assert.strictEqual(kept.get("a", "2")?.total, 400)
    assert.isDefined(kept.get("c", "1"))
  })
})
