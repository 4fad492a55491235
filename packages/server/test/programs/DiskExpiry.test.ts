import { assert, describe, it } from "@effect/vitest"
import * as DiskExpiry from "@orch/server/programs/DiskExpiry"
import * as Schema from "effect/Schema"

const item = (id: string, usedAt: number, bytes = 10, isNeeded = false): DiskExpiry.Item => ({
  id,
  usedAt,
  bytes,
  isNeeded
})
const limits: DiskExpiry.Limits = { now: 1_000, maxAge: 0, maxBytes: 0, minAge: 10 }

describe("DiskExpiry.choose", () => {
  const items = [item("old", 100), item("needed", 50, 10, true), item("young", 995), item("middle", 500)]
  const cases: ReadonlyArray<readonly [string, Partial<DiskExpiry.Limits>, ReadonlyArray<string>]> = [
    ["nothing without limits", {}, []],
    ["what is too old", { maxAge: 600 }, ["old"]],
    ["at its age, not after it", { maxAge: 500 }, ["old", "middle"]],
    ["the oldest of what is too much", { maxBytes: 30 }, ["old"]],
    ["as much as is needed", { maxBytes: 25 }, ["old", "middle"]],
    ["not what was used just now, nor what is needed", { maxAge: 1, maxBytes: 1 }, ["old", "middle"]],
    ["nothing more when enough went by age", { maxAge: 600, maxBytes: 30 }, ["old"]]
  ]
  for (const [name, given, expected] of cases) {
    it(`chooses ${name}`, () => assert.deepStrictEqual(DiskExpiry.choose(items, { ...limits, ...given }), expected))
  }

  const number = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000 }))
  const anyItem = Schema.Struct({ usedAt: number, bytes: number, isNeeded: Schema.Boolean })
  it.prop("never takes what is needed, and leaves too much only when nothing else may go", [
    Schema.Array(anyItem),
    number,
    number
  ], ([drawn, maxAge, maxBytes]) => {
    const all = drawn.map((one, index) => ({ ...one, id: String(index) }))
    const chosen = new Set(DiskExpiry.choose(all, { ...limits, maxAge, maxBytes }))
    const left = all.filter(({ id }) => !chosen.has(id))
    assert.isFalse(all.some(({ id, isNeeded }) => isNeeded && chosen.has(id)))
    const bytes = left.reduce((sum, one) => sum + one.bytes, 0)
    if (maxBytes > 0 && bytes > maxBytes) assert.isTrue(left.every((one) => one.isNeeded || 1_000 - one.usedAt < 10))
    if (maxAge >= 10) assert.isTrue(left.every((one) => one.isNeeded || 1_000 - one.usedAt < maxAge))
  })
})
