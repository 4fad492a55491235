/** Modules that were built with each other are built until nothing changes any more, or the rounds are spent; then they are named. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { type BuiltModule, fromList } from "../../src/campaign/BuiltModules.ts"
import { isOpen } from "../../src/campaign/Campaign.ts"
import { mostRounds, oscillating } from "../../src/campaign/CampaignCircles.ts"
import { plan } from "../../src/campaign/CampaignPlanning.ts"
import { CampaignWorld, planOf } from "./CampaignWorld.ts"

const built = (name: string, buildroot: ReadonlyArray<string>): BuiltModule => ({
  name,
  builds: [1],
  scmurl: `https://git.example.org/modules/${name.split(":")[0]}?#0`,
  seconds: 60,
  components: [],
  buildroot
})

/** `a` and `b` are built with each other, `c` with `b`, and `z` with `c`. */
const modules = [built("a:1", ["b:1"]), built("b:1", ["a:1"]), built("c:1", ["b:1"]), built("z:1", ["c:1"])]

const worldOf = (all: ReadonlyArray<BuiltModule>, changed: string, contentOf: CampaignWorld["contentOf"]) => {
  const world = new CampaignWorld(planOf(plan(fromList(all), [{ subject: changed }])))
  world.contentOf = contentOf
  return world
}

describe("modules that were built with each other", () => {
  it("say in the plan in which circle they are, and what they are built with that comes later", () => {
    const nodes = plan(fromList(modules), [{ subject: "b:1" }])
    assert.deepStrictEqual(
      nodes.map(({ after, back, circle, name }) => ({ name, after, circle, back })),
      [
        { name: "a:1", after: [], circle: "a:1", back: ["b:1"] },
        { name: "b:1", after: ["a:1"], circle: "a:1", back: undefined },
        { name: "c:1", after: ["b:1"], circle: undefined, back: undefined },
        { name: "z:1", after: ["c:1"], circle: undefined, back: undefined }
      ]
    )
  })

  it("are built once more with what came out otherwise, until nothing does; what comes after them waits for that", () => {
    // What comes out of `a` follows from its first rebuild of `b`, and not from the second.
    const world = worldOf(modules, "b:1", (name) => `new ${name}`)
    world.settle()
    assert.deepStrictEqual(world.begun, ["b:1", "a:1", "b:1", "c:1", "z:1"])
    assert.strictEqual(world.campaign.state, "done")
    assert.deepStrictEqual(oscillating(world.campaign), [])
  })

  it("that come out as they were are built once, and what comes after them is cut off", () => {
    const world = worldOf(modules, "b:1", () => "")
    world.settle()
    assert.deepStrictEqual(world.begun, ["b:1"])
    assert.strictEqual(world.state("z:1"), "cut")
  })

  it("that never come to rest end after some rounds, and are named", () => {
    let count = 0
    const world = worldOf(modules, "b:1", (name) => `${name} ${++count}`)
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
    for (const name of ["a:1", "b:1"]) {
      assert.isAtMost(world.begun.filter((one) => one === name).length, mostRounds)
    }
    assert.deepStrictEqual(oscillating(world.campaign), [["a:1", "b:1"]])
    assert.include(world.campaign.reason, "these did not come to rest: a:1 with b:1")
  })

  it("hold up what comes after any of them when one fails", () => {
    const world = worldOf([...modules, built("d:1", ["a:1"])], "b:1", (name) => name)
    world.fates.set("b:1", "fails")
    world.settle()
    assert.strictEqual(world.campaign.state, "failed")
    assert.strictEqual(world.state("d:1"), "blocked")
    world.fates.delete("b:1")
    world.tell({ _tag: "ResumeRequested", by: "bob" })
    world.settle()
    assert.deepStrictEqual([world.campaign.state, world.state("d:1")], ["done", "done"])
  })

  it("are no circle to one that follows its own sources alone", () => {
    const nodes = plan(fromList(modules), [{ subject: "a:1" }, { subject: "b:1" }], {
      projects: [{ module: "a:1", trigger: "source" }]
    })
    assert.deepStrictEqual(nodes.flatMap(({ circle }) => circle ?? []), [])
  })
})

/** Modules that were built with each other, and an order in which things happen to them. */
const Circles = Schema.Struct({
  /** For each module bits that say which others it was built with. */
  edges: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))).check(
    Schema.isMinLength(2),
    Schema.isMaxLength(8)
  ),
  /** For each module whether what it is built with shows in what comes out of it. */
  absorbs: Schema.Array(Schema.Boolean).check(Schema.isMaxLength(8)),
  turns: Schema.Array(Schema.Struct({
    choice: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })),
    shuffle: Schema.Boolean
  })).check(Schema.isMaxLength(40))
})

const holds = ({ absorbs, edges, turns }: Schema.Schema.Type<typeof Circles>): void => {
  const name = (index: number) => `m${index}:1`
  const all = edges.map((bits, index) =>
    built(
      name(index),
      edges.flatMap((_, other) => other !== index && (bits >> other) % 2 === 1 ? [name(other)] : [])
    )
  )
  const uses = new Map(all.map(({ buildroot, name }) => [name, buildroot]))
  /** What each build was made with is known when it began: the world is asked when it ends, so it is noted then. */
  const content = new Map<string, string>()
  const world = worldOf(all, name(0), (one) => {
    const index = Number(one.slice(1, -2))
    const made = absorbs[index] === true && index !== 0
      ? ""
      : index === 0
      ? "changed"
      : uses.get(one)!.some((other) => (content.get(other) ?? "") !== "")
      ? `with ${one}`
      : ""
    content.set(one, made)
    return made
  })
  for (const { choice, shuffle } of turns) {
    world.turn(choice, shuffle)
    assert.deepStrictEqual(world.forgotten().filter((one) => uses.get(one)!.length === 0), [])
  }
  world.settle()
  assert.strictEqual(world.campaign.state, "done")
  assert.deepStrictEqual([...world.campaign.nodes.values()].filter(isOpen), [])
  for (const node of world.campaign.nodes.values()) {
    assert.isAtMost(world.begun.filter((one) => one === node.name).length, mostRounds)
  }
  // What follows settles after at most as many rounds as there are: contents only ever become other ones once.
  if (oscillating(world.campaign).length > 0) return
  for (const [index, { buildroot, name: one }] of all.entries()) {
    if (index === 0 || absorbs[index] === true) continue
    const isReached = buildroot.some((other) => (content.get(other) ?? "") !== "")
    assert.strictEqual(content.get(one) ?? "", isReached ? `with ${one}` : "", one)
  }
}

describe("in every graph with circles", () => {
  it.prop(
    "a campaign ends, builds nothing more often than its rounds allow, and leaves nothing built with what came out otherwise",
    [Arbitrary.schema(Circles)],
    ([one]) => holds(one),
    { arbitrary: { runs: 2000 } }
  )

  it.each([
    ["and nothing is behind them", []],
    ["and what is behind them waits for that", [8]]
  ])(
    "modules are built once more also where the last one that their circle waited for is cut off, %s",
    (_, behind) =>
      holds({
        edges: [0, 4, 8, 80, 201, 84, 3, 58, ...behind],
        absorbs: [false, false, true, false, true, false, false, true],
        turns: [[1, true], [0, true], [19, false], [20, false], [2, true], [20, false], [18, false]].map(
          ([choice, shuffle]) => ({ choice: Number(choice), shuffle: shuffle === true })
        )
      })
  )
})
