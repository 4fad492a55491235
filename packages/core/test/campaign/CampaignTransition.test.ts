/** A campaign rebuilds what a change reaches, and nothing else, whatever happens on the way. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { isOpen } from "../../src/campaign/Campaign.ts"
import { explain } from "../../src/campaign/CampaignExplanation.ts"
import { campaignLife } from "../../src/campaign/CampaignLife.ts"
import { estimate } from "../../src/campaign/CampaignPlan.ts"
import { isJoinable } from "../../src/campaign/CampaignRequests.ts"
import { oneOf } from "../support/Choice.ts"
import { CampaignWorld, type Fate, nodePlan, planOf } from "./CampaignWorld.ts"

/** `a` changed; `b` and `c` are built with it, `d` with `b`, `e` with `c`, `f` with both `d` and `e`. */
const tree = [
  nodePlan("a"),
  nodePlan("b", ["a"]),
  nodePlan("c", ["a"]),
  nodePlan("d", ["b"]),
  nodePlan("e", ["c"]),
  nodePlan("f", ["d", "e"])
]

const states = (world: CampaignWorld) =>
  Object.fromEntries([...world.campaign.nodes.values()].map(({ name, state }) => [name, state]))

describe("a campaign", () => {
  it("builds each node after those it waits for, and is done with the last", () => {
    const world = new CampaignWorld(planOf(tree))
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
    for (const { after, name } of tree) {
      for (const parent of after) assert.isBelow(world.begun.indexOf(parent), world.begun.indexOf(name))
    }
  })

  it("builds nothing before somebody approved it, unless it is small enough", () => {
    const world = new CampaignWorld(planOf(tree, { automatic: false }))
    assert.deepStrictEqual([world.campaign.state, world.pending.length], ["planned", 0])
    assert.isTrue(world.tell({ _tag: "Approved", by: "eve" }))
    assert.isFalse(world.tell({ _tag: "Approved", by: "eve" }))
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
  })

  it("stops where a node comes out as it was", () => {
    const world = new CampaignWorld(planOf(tree), new Map([["b", "same"], ["c", "same"]]))
    world.settle()
    assert.deepStrictEqual(world.begun, ["a", "b", "c"])
    assert.deepStrictEqual(states(world), { a: "done", b: "done", c: "done", d: "cut", e: "cut", f: "cut" })
    assert.strictEqual(world.campaign.state, "done")
    const { avoided, built, cut, cutRate } = explain(world.campaign, 0).numbers
    assert.deepStrictEqual({ avoided, built, cut, cutRate }, { built: 3, cut: 3, avoided: 180, cutRate: 0.5 })
  })

  it("builds a node that one changed parent reaches, though the other came out as it was", () => {
    const world = new CampaignWorld(planOf(tree), new Map([["b", "same"]]))
    world.settle()
    assert.deepStrictEqual(states(world), { a: "done", b: "done", c: "done", d: "cut", e: "done", f: "done" })
  })

  it("stops one branch where a build fails, and goes on with the others", () => {
    const world = new CampaignWorld(planOf(tree), new Map([["b", "fails"]]))
    world.settle()
    assert.deepStrictEqual(states(world), { a: "done", b: "failed", c: "done", d: "blocked", e: "done", f: "blocked" })
    assert.strictEqual(world.campaign.state, "failed")
    // Once for the cause, and not for what waits behind it.
    assert.deepStrictEqual(world.notified, ["b"])
    const waiting = explain(world.campaign, 0).nodes.find(({ plan }) => plan.name === "b")?.waiting
    assert.deepStrictEqual(waiting, ["d", "f"])
  })

  it("goes on where a build that the campaign did not ask for does what failed", () => {
    const world = new CampaignWorld(planOf(tree), new Map([["b", "fails"]]))
    world.settle()
    world.tell({ _tag: "NodeFixed", node: "b", build: { id: 99, revision: 7, state: "ready" } })
    assert.strictEqual(world.campaign.state, "running")
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
    assert.deepStrictEqual(world.begun, ["a", "b", "c", "e", "d", "f"])
  })

  it("goes on where people resumed the build that failed", () => {
    const world = new CampaignWorld(planOf(tree), new Map([["b", "fails"]]))
    world.settle()
    const [build] = world.node("b").builds
    world.tell({ _tag: "BuildMoved", node: "b", build: build!.id, revision: 10, state: "wait", reason: "" })
    assert.deepStrictEqual([world.campaign.state, world.state("d")], ["running", "waits"])
    // Older news say nothing.
    world.tell({ _tag: "BuildMoved", node: "b", build: build!.id, revision: 3, state: "failed", reason: "" })
    assert.strictEqual(world.state("b"), "builds")
    world.tell({ _tag: "BuildMoved", node: "b", build: build!.id, revision: 12, state: "ready", reason: "" })
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
  })

  it("stops at a node whose check failed, and goes on when it passes after all", () => {
    const world = new CampaignWorld(planOf(tree.slice(0, 2)))
    const build = 1
    const moved = { _tag: "BuildMoved", node: "a", build, reason: "" } as const
    world.tell({ _tag: "NodeBegun", node: "a", attempt: 1, builds: [{ id: build, revision: 0, state: "init" }] })
    world.pending = []
    world.tell({ ...moved, revision: 2, state: "done" })
    world.tell({ _tag: "CheckFailed", node: "a", build, reason: "Of 1 required test, 1 test failed" })
    assert.deepStrictEqual([world.campaign.state, states(world)], ["failed", { a: "failed", b: "blocked" }])
    world.tell({ ...moved, revision: 3, state: "ready" })
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
  })

  it("gives failed nodes another attempt when it is resumed, and builds nothing twice", () => {
    const world = new CampaignWorld(planOf(tree), new Map([["b", "fails"]]))
    world.settle()
    world.fates.set("b", "differs")
    assert.isTrue(world.tell({ _tag: "ResumeRequested", by: "bob" }))
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
    assert.deepStrictEqual(world.begun, ["a", "b", "c", "e", "b", "d", "f"])
  })

  it("says of a check that failed late that the node regressed, and stops there alone", () => {
    const world = new CampaignWorld(planOf(tree))
    world.turn(0)
    world.turn(0)
    assert.strictEqual(world.state("a"), "done")
    world.tell({ _tag: "GateDecided", node: "a", satisfied: false, reason: "upgrade test failed" })
    world.settle()
    // What was under way is let end; nothing further begins.
    assert.deepStrictEqual(states(world), { a: "done", b: "done", c: "done", d: "done", e: "done", f: "done" })
    assert.strictEqual(world.campaign.state, "failed")
    world.tell({ _tag: "GateDecided", node: "a", satisfied: true, reason: "waived" })
    assert.strictEqual(world.campaign.state, "done")
  })

  it("begins nothing behind a node that regressed", () => {
    const world = new CampaignWorld(planOf(tree, { width: 1 }))
    world.turn(0)
    world.turn(0)
    world.turn(0)
    world.tell({ _tag: "GateDecided", node: "a", satisfied: false, reason: "upgrade test failed" })
    world.settle()
    assert.strictEqual(world.state("c"), "blocked")
    assert.match(world.node("c").reason, /regressed/)
    assert.strictEqual(world.state("a"), "done")
  })

  it("holds a node with all that comes after it, until it is let go or the time is over", () => {
    const world = new CampaignWorld(planOf(tree))
    world.tell({ _tag: "HoldRequested", by: "eve", node: "b", why: "freeze" })
    world.settle()
    assert.deepStrictEqual(states(world), { a: "done", b: "held", c: "done", d: "held", e: "done", f: "held" })
    assert.strictEqual(world.campaign.state, "running")
    world.tell({ _tag: "ReleaseRequested", by: "eve", node: "b" })
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
    const timed = new CampaignWorld(planOf(tree))
    timed.tell({ _tag: "HoldRequested", by: "eve", node: "b", why: "", until: 3 })
    timed.settle()
    assert.strictEqual(timed.campaign.state, "done")
  })

  it("begins nothing while it is paused, and takes in what is under way", () => {
    const world = new CampaignWorld(planOf(tree))
    assert.isTrue(world.tell({ _tag: "HoldRequested", by: "eve", why: "freeze" }))
    world.settle()
    assert.deepStrictEqual([world.campaign.state, world.state("a"), world.state("b")], ["paused", "done", "waits"])
    world.tell({ _tag: "ReleaseRequested", by: "eve" })
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
  })

  it("calls off what is under way when it is canceled, and what comes too late", () => {
    const world = new CampaignWorld(planOf(tree))
    world.tell({ _tag: "CancelRequested", by: "eve" })
    world.settle()
    assert.deepStrictEqual([...world.calledOff], [1])
    assert.strictEqual(world.campaign.state, "canceled")
    assert.isTrue(world.tell({ _tag: "ResumeRequested", by: "eve" }))
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
  })

  it("begins with the longest chain where not everything may be under way", () => {
    const plan = planOf([
      nodePlan("short"),
      nodePlan("long"),
      nodePlan("end", ["long"], { seconds: 600 })
    ], { width: 1 })
    const world = new CampaignWorld(plan)
    world.settle()
    assert.deepStrictEqual(world.begun, ["long", "end", "short"])
    assert.deepStrictEqual(estimate(plan), { nodes: 3, tiers: 1, work: 720, longest: 660 })
  })
})

describe("a node that cannot be submitted", () => {
  it("is named by the refusal, so that no other one is taken for it", () => {
    const world = new CampaignWorld(planOf([nodePlan("a"), nodePlan("b")]))
    const refused = {
      _tag: "CommandRejected",
      command: "BeginNode",
      reason: "no such branch",
      node: "b",
      attempt: 1
    } as const
    const command = { _tag: "BeginNode", node: "b", attempt: 1 } as const
    assert.deepStrictEqual(campaignLife.rejected("BeginNode", "no such branch", 9, command), { ...refused, at: 9 })
    world.tell(refused)
    assert.deepStrictEqual(states(world), { a: "builds", b: "failed" })
    world.tell({ ...refused, attempt: 2, node: "a" })
    assert.strictEqual(world.state("a"), "builds")
  })
})

describe("a failed member of a batch", () => {
  /** `x` and `y` changed; `d` is built with both, `e` with `x` alone. */
  const batch = [nodePlan("x"), nodePlan("y"), nodePlan("d", ["x", "y"]), nodePlan("e", ["x"])]
  const fates = () => new Map<string, Fate>([["x", "fails"]])

  it("stops what is built with it and nothing else, unless the plan says otherwise", () => {
    const world = new CampaignWorld(planOf(batch), fates())
    world.settle()
    assert.deepStrictEqual(states(world), { x: "failed", y: "done", d: "blocked", e: "blocked" })
  })

  it("pauses all of it where the plan says so, until it is fixed", () => {
    const world = new CampaignWorld(planOf(batch, { onFailure: "stop", width: 1 }), fates())
    world.settle()
    assert.deepStrictEqual([world.campaign.state, world.campaign.stopped], ["paused", "x"])
    assert.strictEqual(world.state("y"), "waits")
    world.fates.delete("x")
    world.tell({ _tag: "Joined", by: "eve", causes: [], nodes: [{ name: "x", scmurl: "https://example.org/x?#2" }] })
    world.settle()
    assert.deepStrictEqual([world.campaign.state, world.campaign.stopped], ["done", undefined])
    // A pause that people asked for outlasts the fix.
    const other = new CampaignWorld(planOf(batch, { onFailure: "stop", width: 1 }), fates())
    other.settle()
    other.tell({ _tag: "HoldRequested", by: "eve", why: "freeze" })
    other.fates.delete("x")
    other.tell({ _tag: "Joined", by: "eve", causes: [], nodes: [{ name: "x", scmurl: "https://example.org/x?#2" }] })
    assert.strictEqual(other.campaign.state, "paused")
  })

  it("is left out where the plan says so: what others reach goes on without it, and once more when it is fixed", () => {
    const world = new CampaignWorld(planOf(batch, { onFailure: "leave-out" }), fates())
    world.settle()
    assert.deepStrictEqual(states(world), { x: "failed", y: "done", d: "done", e: "blocked" })
    assert.strictEqual(world.campaign.state, "failed")
    world.fates.delete("x")
    assert.isTrue(world.tell({ _tag: "ResumeRequested", by: "bob" }))
    world.settle()
    assert.deepStrictEqual(states(world), { x: "done", y: "done", d: "done", e: "done" })
    assert.deepStrictEqual(world.begun.filter((name) => name === "d"), ["d", "d"])
  })
})

describe("changes that come while a campaign is there", () => {
  const joined = { _tag: "Joined", by: "eve", causes: [{ subject: "rpms/b", ref: "main" }] } as const
  const nodes = [{ name: "b", scmurl: "https://example.org/b?#2" }]

  it("become part of it where they are about what has not begun or has failed, and resume it", () => {
    const world = new CampaignWorld(planOf(tree), new Map([["b", "fails"]]))
    world.settle()
    assert.isTrue(isJoinable(world.campaign, ["b", "d", "f"]))
    assert.isFalse(isJoinable(world.campaign, ["b", "c"]))
    assert.isFalse(isJoinable(world.campaign, ["b", "unheard-of"]))
    world.fates.delete("b")
    world.tell({ ...joined, nodes })
    assert.strictEqual(world.node("b").scmurl, "https://example.org/b?#2")
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
    assert.deepStrictEqual(world.campaign.joined, joined.causes)
    assert.isAbove(explain(world.campaign, 0).numbers.fixToGreen!, 0)
  })

  it("have what is under way built again, with what was built with it", () => {
    const world = new CampaignWorld(planOf(tree))
    world.settle()
    world.tell({ ...joined, nodes })
    world.settle()
    assert.strictEqual(world.campaign.state, "done")
    assert.deepStrictEqual(world.begun.slice(6), ["b", "d", "f"])
  })
})

const anyScript = Arbitrary.schema(Schema.Struct({
  /** For each node bits that say which of those before it it waits for. */
  edges: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4095 }))).check(
    Schema.isMinLength(1),
    Schema.isMaxLength(12)
  ),
  fates: Schema.Array(Schema.Literals(["differs", "same", "fails"])).check(Schema.isMaxLength(12)),
  width: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 })),
  onFailure: Schema.Literals(["continue", "stop", "leave-out"]),
  /** What audits of all that is cut off find. */
  audit: Schema.Literals(["", "same", "differs", "unknown"]),
  turns: Schema.Array(Schema.Struct({
    choice: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })),
    shuffle: Schema.Boolean,
    node: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 11 })),
    ask: Schema.Literals(["", "", "hold", "pause", "free", "cancel", "resume", "restart", "regress", "waive", "join"])
  })).check(Schema.isMaxLength(30))
}))

describe("in every history", () => {
  it.prop(
    "no node waits on finished parents, no campaign closes with open nodes, and what cannot be built starves nobody",
    [anyScript, oneOf<ReadonlyArray<Fate>>([], ["fails"])],
    ([{ audit, edges, fates, onFailure, turns, width }, first]) => {
      const name = (index: number) => `n${index % edges.length}`
      const nodes = edges.map((bits, index) =>
        nodePlan(
          name(index),
          edges.flatMap((_, parent) => parent < index && (bits >> parent) % 2 === 1 ? [name(parent)] : [])
        )
      )
      const all = [...first, ...fates]
      const fate = new Map(nodes.flatMap((node, index) => all[index] === undefined ? [] : [[node.name, all[index]]]))
      const world = new CampaignWorld(planOf(nodes, { onFailure, width, audit: audit === "" ? 0 : 1 }), fate)
      if (audit !== "") { for (const node of nodes) world.audits.set(node.name, audit) }
      const check = () => {
        assert.deepStrictEqual(world.forgotten(), [])
        const { state } = world.campaign
        const open = [...world.campaign.nodes.values()].filter(isOpen)
        if (state === "done" || state === "failed" || state === "canceled") assert.deepStrictEqual(open, [])
        const underWay = open.filter((one) => one.state === "builds" || one.state === "validates").length
        assert.isAtMost(underWay, world.campaign.plan.width)
      }
      for (const { ask, choice, node, shuffle } of turns) {
        const by = "eve"
        const of = name(node)
        if (ask === "hold") world.tell({ _tag: "HoldRequested", by, node: of, why: "" })
        if (ask === "pause") world.tell({ _tag: "HoldRequested", by, why: "" })
        if (ask === "free") world.tell({ _tag: "ReleaseRequested", by })
        if (ask === "cancel") world.tell({ _tag: "CancelRequested", by })
        if (ask === "resume") world.tell({ _tag: "ResumeRequested", by })
        if (ask === "restart") world.tell({ _tag: "RestartRequested", by, node: of })
        if (ask === "join") world.tell({ _tag: "Joined", by, causes: [], nodes: [{ name: of, scmurl: "new" }] })
        if (ask === "regress" || ask === "waive") {
          world.tell({ _tag: "GateDecided", node: of, satisfied: ask === "waive", reason: "a test" })
        }
        check()
        world.turn(choice, shuffle)
        check()
      }
      world.settle()
      check()
      world.tell({ _tag: "ResumeRequested", by: "eve" })
      world.tell({ _tag: "ReleaseRequested", by: "eve" })
      for (const node of nodes) world.tell({ _tag: "GateDecided", node: node.name, satisfied: true, reason: "" })
      world.settle()
      check()
      if (onFailure === "stop" && world.campaign.state === "paused") return
      assert.include(["done", "failed"], world.campaign.state)
      // What has no failed node before it was done or cut off.
      for (const { after, name } of nodes) {
        const isOut = after.some((parent) => ["failed", "blocked"].includes(world.state(parent)))
        if (onFailure !== "leave-out") assert.strictEqual(world.state(name) === "blocked", isOut, name)
        if (world.state(name) === "blocked") assert.isTrue(isOut, name)
        if (!isOut) {
          assert.include(["done", "cut", ...(fate.get(name) === "fails" ? ["failed"] : [])], world.state(name))
        }
      }
    }
  )
})
