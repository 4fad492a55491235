import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { type Active, type Candidate, type Limits, share } from "../../src/farm/FairShare.ts"

const none: Active = { total: 0, byOwner: new Map(), byArch: new Map(), byRebuild: new Map() }

const candidate = (owner: string, part: string, fields: Partial<Candidate> = {}): Candidate => ({
  life: "module-build",
  process: 1,
  part,
  owner,
  arches: ["x86_64"],
  urgency: 0,
  priority: 1,
  ...fields
})

const check = (
  what: string,
  candidates: ReadonlyArray<Candidate>,
  limits: Limits,
  expected: ReadonlyArray<string>,
  active: Active = none
) =>
  it(
    what,
    () => assert.deepStrictEqual(share(candidates, active, limits).granted.map(({ part }) => part), expected)
  )

describe("share", () => {
  check(
    "takes turns between owners",
    [candidate("a", "a1"), candidate("a", "a2"), candidate("a", "a3"), candidate("b", "b1", { process: 2 })],
    { total: 2 },
    ["a3", "b1"]
  )
  check("counts what runs already", [candidate("a", "a1"), candidate("b", "b1")], { total: 3 }, ["b1"], {
    total: 2,
    byOwner: new Map([["a", 2]]),
    byArch: new Map(),
    byRebuild: new Map()
  })
  check("takes what most others wait for first", [candidate("a", "leaf"), candidate("a", "root", { priority: 9 })], {
    total: 1
  }, ["root"])
  check(
    "takes the more urgent build first, even of an owner who has more in the works",
    [
      candidate("a", "a1"),
      candidate("a", "urgent", { process: 9, urgency: 5 }),
      candidate("b", "b1", { process: 2 }),
      candidate("b", "scratch", { process: 1, urgency: -10, priority: 9 })
    ],
    { total: 6 },
    ["urgent", "b1"],
    { total: 4, byOwner: new Map([["a", 4]]), byArch: new Map(), byRebuild: new Map() }
  )
  check(
    "lets a full architecture wait and the others go",
    [candidate("a", "x"), candidate("a", "arm", { arches: ["aarch64"] })],
    { perArch: 1 },
    ["arm"],
    {
      total: 1,
      byOwner: new Map([["z", 1]]),
      byArch: new Map([["x86_64", 1]]),
      byRebuild: new Map()
    }
  )

  const rebuilt = (campaign: number, part: string, fields: Partial<Candidate> = {}) =>
    candidate("a", part, { rebuild: `campaign/${campaign}`, urgency: -20, ...fields })
  check(
    "leaves to what people wait for what rebuilds may not have",
    [rebuilt(1, "m1"), rebuilt(1, "m2"), rebuilt(2, "m3"), candidate("a", "mine"), candidate("b", "yours")],
    { rebuilds: 2 },
    ["yours", "mine", "m2"],
    { total: 1, byOwner: new Map([["a", 1]]), byArch: new Map(), byRebuild: new Map([["campaign/2", 1]]) }
  )
  check(
    "takes turns between the rebuilds of one owner, and in each takes what the longest chain waits for",
    [
      rebuilt(1, "short", { priority: 10 }),
      rebuilt(1, "long", { priority: 900 }),
      rebuilt(2, "other", { priority: 20, process: 8 }),
      rebuilt(2, "late", { priority: 1, process: 7 })
    ],
    { rebuilds: 3 },
    ["long", "other", "short"]
  )
  check(
    "has the rebuild with least in the works stand for its owner, whatever another owner has",
    [
      rebuilt(1, "first", { process: 1 }),
      rebuilt(2, "second", { process: 3 }),
      candidate("b", "theirs", { process: 2, urgency: -20 })
    ],
    { total: 3 },
    ["theirs"],
    {
      total: 2,
      byOwner: new Map([["a", 1], ["b", 1]]),
      byArch: new Map(),
      byRebuild: new Map([["campaign/1", 1]])
    }
  )
  check(
    "lets a rebuild that somebody made urgent pass",
    [rebuilt(1, "mass"), rebuilt(1, "urgent", { urgency: 0 })],
    { rebuilds: 1 },
    ["urgent"],
    { total: 1, byOwner: new Map(), byArch: new Map(), byRebuild: new Map([["campaign/1", 1]]) }
  )

  it("says which limit holds a component", () => {
    const { held } = share([candidate("a", "a1"), candidate("a", "a2")], none, { perOwner: 1 })
    assert.deepStrictEqual(held.map(({ reason }) => reason), [
      "Waits for a slot: a has 1 packages building, as many as one owner may"
    ])
  })

  it("says of a rebuild that it gives way", () => {
    const { held } = share([rebuilt(1, "m1"), rebuilt(1, "m2")], none, { rebuilds: 1 })
    assert.deepStrictEqual(held.map(({ reason }) => reason), [
      "Waits for a slot: rebuilds leave the rest of the farm to what people wait for"
    ])
  })

  const small = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 })))
  it.prop("grants or holds everyone once, never exceeds a limit, and leaves no slot free while somebody fits", [
    Arbitrary.array(Arbitrary.all([small, small, small]), { maxLength: 30 }),
    small,
    small,
    small,
    small
  ], ([draws, total, perOwner, perArch, rebuilds]) => {
    const candidates = draws.map(([owner, arch, priority], index) =>
      candidate(`o${owner}`, `c${index}`, {
        arches: [`arch${arch}`],
        priority,
        ...(priority > 1 ? { rebuild: `campaign/${priority}`, urgency: -20 } : {})
      })
    )
    const limits = { total: total + 1, perOwner: perOwner + 1, perArch: perArch + 1, rebuilds: rebuilds + 1 }
    const { granted, held } = share(candidates, none, limits)
    assert.strictEqual(granted.length + held.length, candidates.length)
    assert.isAtMost(granted.length, limits.total)
    const count = (of: (one: Candidate) => string) => {
      const counts = new Map<string, number>()
      for (const one of granted) counts.set(of(one), (counts.get(of(one)) ?? 0) + 1)
      return counts
    }
    const owners = count(({ owner }) => owner)
    const arches = count(({ arches }) => arches[0]!)
    for (const n of owners.values()) assert.isAtMost(n, limits.perOwner)
    for (const n of arches.values()) assert.isAtMost(n, limits.perArch)
    const ofRebuilds = granted.filter(({ rebuild }) => rebuild !== undefined).length
    assert.isAtMost(ofRebuilds, limits.rebuilds)
    for (const { candidate: { arches: [arch], owner, rebuild } } of held) {
      assert.isTrue(
        (rebuild !== undefined && ofRebuilds >= limits.rebuilds) || granted.length >= limits.total ||
          owners.get(owner)! >= limits.perOwner || arches.get(arch!)! >= limits.perArch
      )
    }
  })
})
