import { assert, describe, it } from "@effect/vitest"
import * as NodeRotation from "../../src/repository/NodeRotation.ts"

const node = (id: number, over: Partial<NodeRotation.Node> = {}): NodeRotation.Node => ({
  id,
  host: `n${id}`,
  healthy: true,
  draining: false,
  weight: 1,
  due: 0n,
  lastUsed: 0n,
  downCount: 0,
  ...over
})

const turns = (nodes: ReadonlyArray<NodeRotation.Node>, count: number): ReadonlyArray<string> => {
  let pool = [...nodes]
  const hosts: Array<string> = []
  for (let now = 1; now <= count; now++) {
    const chosen = NodeRotation.next(pool, BigInt(now))
    if (chosen === undefined) break
    hosts.push(chosen.host)
    pool = pool.map((each) => each.id === chosen.id ? chosen : each)
  }
  return hosts
}

describe("NodeRotation.next", () => {
  it("turns strictly among equals", () =>
    assert.deepStrictEqual(turns([node(1), node(2), node(3)], 7), ["n1", "n2", "n3", "n1", "n2", "n3", "n1"]))
  it("leaves out the unhealthy and the draining", () =>
    assert.deepStrictEqual(turns([node(1, { healthy: false }), node(2, { draining: true }), node(3)], 2), ["n3", "n3"]))
  it("has nobody to name in an empty or sick pool", () =>
    assert.deepStrictEqual(turns([node(1, { healthy: false })], 1), []))
  it("gives turns in proportion to weights", () => {
    const counts = new Map<string, number>()
    for (const host of turns([node(1, { weight: 3 }), node(2, { weight: 2 }), node(3)], 600)) {
      counts.set(host, (counts.get(host) ?? 0) + 1)
    }
    assert.deepStrictEqual([...counts].sort(), [["n1", 300], ["n2", 200], ["n3", 100]])
  })
  it("lets a node that joins take the next turn, and only that one out of turn", () => {
    const old = [
      node(1, { due: 10n * NodeRotation.fullTurn, lastUsed: 9n }),
      node(2, { due: 10n * NodeRotation.fullTurn, lastUsed: 8n })
    ]
    const joining = node(3)
    const joined = { ...joining, due: NodeRotation.joinDue(joining.due, old) }
    assert.deepStrictEqual(turns([...old, joined], 4), ["n3", "n2", "n1", "n3"])
  })
})

describe("NodeRotation.probed", () => {
  it("takes a node out after enough failures in a row, heals it with one success", () => {
    let one = node(1)
    for (const healthy of [true, true, false, false]) {
      one = NodeRotation.probed(one, false, 3, false)
      assert.strictEqual(one.healthy, healthy)
    }
    one = NodeRotation.probed(one, true, 3, false)
    assert.deepStrictEqual([one.healthy, one.downCount], [true, 0])
  })
  it("takes a registering node out at once", () =>
    assert.deepStrictEqual(NodeRotation.probed(node(1), false, 3, true), node(1, { healthy: false })))
})
