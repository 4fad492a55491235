/** What is kept of texts is what was kept last, within its bound, the ones asked for lately rather than others. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as KnownTexts from "../../src/modulebuilds/documents/KnownTexts.ts"

const keys = Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))), {
  minLength: 0,
  maxLength: 60
})

describe("texts that are known", () => {
  it.prop("are what was kept of them last, and never more than the bound", { asked: keys }, ({ asked }) => {
    const known = KnownTexts.make(40)
    const model: Array<readonly [string, string]> = []
    for (const [step, number] of asked.entries()) {
      const key = `k${number}`
      const place = model.findIndex(([one]) => one === key)
      const found = known.find(key)
      assert.strictEqual(found, model[place]?.[1])
      const kept = place < 0 ? [key, `${step}`.padStart(6, "0")] as const : model.splice(place, 1)[0]!
      if (place < 0) known.keep(...kept)
      model.push(kept)
      // Eight characters each: five of them fit.
      if (model.length > 5) model.shift()
    }
  })

  it("are not kept where one alone is too large", () => {
    const known = KnownTexts.make(10)
    known.keep("a", "1")
    known.keep("b", "x".repeat(20))
    assert.deepStrictEqual([known.find("a"), known.find("b")], [undefined, undefined])
  })
})
