/** Which systems are known to be away, for how long, and until when. */
import { assert, it } from "@effect/vitest"
import * as AwaySystems from "../../src/engine/AwaySystems.ts"

it("knows a system since it was first waited for, and forgets it when nobody has told of it for a while", () => {
  const systems = AwaySystems.make()
  const told = (at: number, reason: string) => systems.tell({ on: "gate", since: at, reason }, at)
  told(1000, "a")
  told(20_000, "b")
  assert.deepStrictEqual(systems.known(40_000).get("gate"), { on: "gate", since: 1000, reason: "b" })
  assert.isTrue(systems.known(60_000).has("gate"))
  assert.isUndefined(systems.known(60_000).get("gate"))
  told(90_000, "c")
  assert.strictEqual(systems.known(90_001).get("gate")?.since, 90_000)
  for (let n = 0; n < 1000; n++) systems.tell({ on: `s${n}`, since: 1, reason: "" }, 1)
  assert.isAtMost(systems.known(2).size, 200)
})
