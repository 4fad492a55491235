import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as BuildOrder from "../../src/buildorder/BuildOrder.ts"
import * as BuildOrderProblem from "../../src/buildorder/BuildOrderProblem.ts"
import type { Orderable } from "../../src/buildorder/Orderable.ts"
import * as Readiness from "../../src/buildorder/Readiness.ts"

/** `a` has no order, `a@10` a buildorder, `a<b,c` a buildafter, `a*5` a weight; `M:` in front makes a module. */
const component = (text: string): Orderable => {
  const match = /^(M:)?(\w+)(?:@(-?\d+))?(?:<([\w,]+))?(?:\*(\d+))?$/.exec(text)
  assert.isNotNull(match, text)
  const [, module, name = "", buildorder, buildafter, weight] = match as RegExpExecArray
  return {
    kind: module === undefined ? "rpm" : "module",
    name,
    ...buildorder === undefined ? {} : { buildorder: BigInt(buildorder) },
    ...buildafter === undefined ? {} : { buildafter: buildafter.split(",") },
    ...weight === undefined ? {} : { weight: Number(weight) }
  }
}
const components = (text: string): ReadonlyArray<Orderable> => text.split(" ").filter(Boolean).map(component)

const batches = (listed: ReadonlyArray<Orderable>) =>
  BuildOrder.planUnsafe(listed).batches.map((batch) => batch.map(({ component }) => component.name).join(" "))

const orders = (text: string, expected: ReadonlyArray<string>) =>
  assert.deepStrictEqual(batches(components(text)), expected)

const problems = (listed: ReadonlyArray<Orderable>) => {
  const result = BuildOrder.plan(listed)
  return Result.isFailure(result) ? result.failure.problems : []
}
const refuses = (text: string, ...expected: ReadonlyArray<BuildOrderProblem.BuildOrderProblem>) =>
  assert.deepStrictEqual(problems(components(text)), expected)

const explains = (text: string, name: string, expected: string) => {
  const placement = BuildOrder.planUnsafe(components(text)).placements.find((p) => p.component.name === name)
  assert.strictEqual(placement && BuildOrder.explain(placement), expected)
}

describe("BuildOrder.plan", () => {
  it("of nothing is nothing", () => orders("", []))
  it("puts components without an order into one batch, as listed", () => orders("b a c", ["b a c"]))
  it("makes a batch of each buildorder, ascending", () => orders("c@20 a@-5 b b2 d@20", ["a", "b b2", "c d"]))
  it("takes an explicit 0 for unset", () => orders("a@0<b b@0", ["b", "a"]))
  it("orders values beyond 2^53 exactly", () =>
    orders("b@9007199254740993 a@9007199254740992 c@9223372036854775807", ["a", "b", "c"]))
  it("accepts numbers for buildorder", () =>
    assert.deepStrictEqual(batches([{ kind: "rpm", name: "b", buildorder: 2 }, { kind: "rpm", name: "a" }]), [
      "a",
      "b"
    ]))
  it("puts a component behind the last of its prerequisites", () => orders("d<b,c c<b b<a a x", ["a x", "b", "c", "d"]))
  it("takes a repeated prerequisite for one", () => orders("b<a,a a", ["a", "b"]))
  it("starts the longest downstream path first", () =>
    orders("short long b<long c<b e<short*1", ["long short", "b e", "c"]))
  it("weighs paths by the effort of their components", () => orders("a b*5 c<a*9 d<b", ["a b", "c d"]))
  it("builds rpm components before module components of one buildorder", () => orders("M:m a", ["a m"]))
  it("lets a module's buildorder stand beside buildafter", () =>
    orders("a b<a M:m@10 M:first@-1", ["first", "a", "b", "m"]))
  it("orders a name that is both an rpm and a module", () => orders("M:a@1 a", ["a", "a"]))

  it("names the reason of each placement", () => {
    explains("a b<a", "a", "a is in batch 1 because nothing has to be built before it")
    explains("a b<a x c<x,b", "c", "c is in batch 3 because it is built after b (batch 2)")
    explains("a b@10", "b", "b is in batch 2 because its buildorder is 10: batch 1 comes first")
    explains("a b@1 c@2", "c", "c is in batch 3 because its buildorder is 2: batches 1 to 2 come first")
  })
  it("names a critical path", () => {
    const path = (text: string) => BuildOrder.planUnsafe(components(text)).criticalPath.map((p) => p.component.name)
    assert.deepStrictEqual(path("a b<a c<b x"), ["a", "b", "c"])
    assert.deepStrictEqual(path("a*9 b c<a,d d<b"), ["a", "c"])
    assert.deepStrictEqual(path("a a2*3 b@1 b2@1*2 c@2"), ["a2", "b2", "c"])
    assert.strictEqual(path("a*0 b*0").length, 1)
  })
})

describe("BuildOrder.plan with included modules", () => {
  const including = (name: string, buildorder: number, included: string): Orderable => ({
    kind: "module",
    name,
    buildorder,
    included: components(included)
  })
  it("builds an included module as a group at its buildorder", () =>
    assert.deepStrictEqual(batches([including("m", 10, "x y@5"), ...components("a z@20")]), ["a", "x", "y", "z"]))
  it("lets an included component of the same buildorder join the batch", () =>
    assert.deepStrictEqual(batches([including("m", 10, "x@10 y@11"), ...components("a@10 z@20")]), ["a x", "y", "z"]))
  it("continues in the last batch of an included module", () =>
    assert.deepStrictEqual(batches([including("m", 0, "x y@1"), including("n", 0, "p"), ...components("a")]), [
      "a x",
      "y p"
    ]))
  it("keeps numbering behind an included module without components", () =>
    assert.deepStrictEqual(batches([including("m", 5, ""), ...components("a z@9")]), ["a", "z"]))
  it("keeps buildafter within the document that names it", () => {
    assert.deepStrictEqual(batches([including("m", 0, "x<y y"), ...components("a")]), ["y a", "x"])
    assert.deepStrictEqual(problems([including("m", 0, "x<a"), ...components("a")]), [
      { _tag: "UnknownPrerequisite", component: "x", prerequisite: "a", suggestion: undefined }
    ])
  })
  it("refuses a package of both the module and an included one", () =>
    assert.deepStrictEqual(problems([including("m", 0, "a"), ...components("a")]), [
      { _tag: "DuplicateComponent", component: "a", kind: "rpm" }
    ]))
  it("counts as its readers do", () => {
    const order = BuildOrder.planUnsafe(components("a b@1 c@2"))
    assert.deepStrictEqual(order.placements.map((placement) => BuildOrder.explainCounting(placement, 2)), [
      "a is in batch 2 because nothing has to be built before it",
      "b is in batch 3 because its buildorder is 1: batch 2 comes first",
      "c is in batch 4 because its buildorder is 2: batches 2 to 3 come first"
    ])
  })
  it("says by which module a component is included", () => {
    const order = BuildOrder.planUnsafe([including("m", 0, "x")])
    assert.deepStrictEqual(order.placements.map(BuildOrder.explain), [
      "x (included by m) is in batch 1 because nothing has to be built before it"
    ])
  })
})

describe("BuildOrder.plan refuses", () => {
  it("a circle, and shows it", () => refuses("a<b b<c c<a x<a", { _tag: "Cycle", path: ["a", "b", "c", "a"] }))
  it("a component built after itself", () => refuses("a<a", { _tag: "Cycle", path: ["a", "a"] }))
  it("several circles, each once", () =>
    refuses("a<b b<a x c<d d<c", { _tag: "Cycle", path: ["a", "b", "a"] }, { _tag: "Cycle", path: ["c", "d", "c"] }))
  it("an unknown name, with what was probably meant", () =>
    refuses("binutils gcc<binutil", {
      _tag: "UnknownPrerequisite",
      component: "gcc",
      prerequisite: "binutil",
      suggestion: "binutils"
    }))
  it("the real name of a package in place of its key", () =>
    assert.deepStrictEqual(
      problems([{ kind: "rpm", name: "a", packageName: "areal" }, { kind: "rpm", name: "b", buildafter: ["areal"] }]),
      [{ _tag: "UnknownPrerequisite", component: "b", prerequisite: "areal", suggestion: "a" }]
    ))
  it("a module as prerequisite", () =>
    refuses("M:m a<m", { _tag: "UnknownPrerequisite", component: "a", prerequisite: "m", suggestion: undefined }))
  it("a module with prerequisites", () => refuses("M:m<a a", { _tag: "BuildafterInModule", component: "m" }))
  it("both keys in one component", () =>
    refuses("a@1<b b", { _tag: "MixedInComponent", component: "a", buildorder: 1n }))
  it("both keys in one stream, naming all offenders as listed", () =>
    refuses("c@1 a b<a d@2", { _tag: "MixedInStream", withBuildorder: ["c", "d"], withBuildafter: ["b"] }))
  it("a buildorder that is no integer", () =>
    assert.deepStrictEqual(problems([{ kind: "rpm", name: "a", buildorder: 1.5 }]), [
      { _tag: "InvalidBuildorder", component: "a", buildorder: 1.5 }
    ]))
  it("a name listed twice", () => refuses("a a a", { _tag: "DuplicateComponent", component: "a", kind: "rpm" }))
  it("everything at once, in one message", () => {
    const result = BuildOrder.plan(components("a<b b<a c<zzz"))
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) {
      assert.strictEqual(
        result.failure.message,
        "c is to be built after zzz, which is no rpm component here; components are built after each other in a circle: a -> b -> a"
      )
    }
  })
})

const names = "abcdefghij".split("")
/** Relations only to names earlier in the alphabet, listed in any order: never a circle. */
const acyclic = Arbitrary.all(names.map((name, i) =>
  Arbitrary.all({
    after: Arbitrary.array(Arbitrary.schema(Schema.Literals(names)), { maxLength: 3 }),
    weight: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })))
  }).pipe(Arbitrary.map(({ after, weight }): Orderable => ({
    kind: "rpm",
    name,
    buildafter: after.filter((other) => names.indexOf(other) < i),
    weight
  })))
)).pipe(Arbitrary.map((all) => [...all].sort((a, b) => (a.weight ?? 0) - (b.weight ?? 0))))
const barriers = Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: -3, maximum: 3 }))))
  .pipe(
    Arbitrary.map((orders) => orders.map((buildorder, i): Orderable => ({ kind: "rpm", name: `c${i}`, buildorder })))
  )
const anyGraph = Arbitrary.all(
  names.map((name) =>
    Arbitrary.array(Arbitrary.schema(Schema.Literals(names)), { maxLength: 2 }).pipe(
      Arbitrary.map((buildafter): Orderable => ({ kind: "rpm", name, buildafter }))
    )
  )
)

describe("laws of BuildOrder", () => {
  it.prop("every prerequisite lies in an earlier batch, the last one in the batch before", [acyclic], ([listed]) => {
    const { placements } = BuildOrder.planUnsafe(listed)
    const batch = new Map(placements.map((p) => [p.component.name, p.batch]))
    for (const p of placements) {
      const before = (p.component.buildafter ?? []).map((name) => batch.get(name) ?? Infinity)
      assert.strictEqual(p.batch, 1 + Math.max(0, ...before))
    }
  }, { arbitrary: { runs: 300 } })

  it.prop("batches are exactly the different buildorders", [barriers], ([listed]) => {
    const order = BuildOrder.planUnsafe(listed)
    const values = [...new Set(listed.map((c) => Number(c.buildorder)))].sort((a, b) => a - b)
    assert.strictEqual(order.batches.length, values.length)
    for (const p of order.placements) {
      assert.strictEqual(values[p.batch - 1], Number(p.component.buildorder))
      assert.strictEqual(p.afterBatch, p.batch - 1)
    }
  })

  it.prop("nothing is lost and nothing repeated", [acyclic], ([listed]) => {
    const placed = BuildOrder.planUnsafe(listed).placements.map((p) => p.component)
    assert.sameMembers(placed, listed)
    assert.strictEqual(placed.length, listed.length)
  })

  it.prop("a circle is reported exactly when following prerequisites can return", [anyGraph], ([listed]) => {
    const after = new Map(listed.map((c) => [c.name, c.buildafter ?? []]))
    const reach = (from: string): Set<string> => {
      const seen = new Set<string>()
      const queue = [...after.get(from) ?? []]
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
        if (!seen.has(name)) queue.push(...after.get(name) ?? [])
        seen.add(name)
      }
      return seen
    }
    const circles = problems(listed)
    assert.strictEqual(circles.length > 0, names.some((name) => reach(name).has(name)))
    for (const circle of circles) {
      assert.strictEqual(circle._tag, "Cycle")
      if (circle._tag !== "Cycle") continue
      assert.strictEqual(circle.path[0], circle.path.at(-1))
      circle.path.slice(1).forEach((name, i) => assert.include(after.get(circle.path[i] as string) ?? [], name))
    }
  }, { arbitrary: { runs: 300 } })

  it.prop("the critical path weighs what its first component says, and no chain weighs more", [acyclic], ([listed]) => {
    const order = BuildOrder.planUnsafe(listed)
    const weight = order.criticalPath.reduce((sum, p) => sum + (p.component.weight ?? 1), 0)
    assert.strictEqual(weight, order.criticalPath[0]?.downstream)
    assert.strictEqual(weight, Math.max(...order.placements.map((p) => p.downstream)))
  })
})

describe("Readiness", () => {
  const drive = (listed: ReadonlyArray<Orderable>, choose: (count: number) => number) => {
    const order = BuildOrder.planUnsafe(listed)
    const done = new Set<string>()
    const running: Array<BuildOrder.Placement> = []
    const started = new Set<string>()
    while (done.size < order.placements.length) {
      for (const p of Readiness.ready(order, (key) => done.has(key), (key) => started.has(key))) {
        assert.isEmpty(Readiness.blockers(order, p, (key) => done.has(key)))
        for (const name of p.component.buildafter ?? []) assert.isTrue(done.has(`rpms/${name}`))
        for (const other of order.placements) if (other.batch <= p.afterBatch) assert.isTrue(done.has(other.key))
        started.add(p.key)
        running.push(p)
      }
      assert.isNotEmpty(running)
      const [finished] = running.splice(choose(running.length), 1)
      done.add((finished as BuildOrder.Placement).key)
    }
    return started.size
  }
  const picks = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })))

  it.prop(
    "everything gets built, and nothing before its prerequisites",
    [acyclic, barriers, picks],
    ([dag, flat, pick]) => {
      let seed = pick
      const choose = (count: number) => (seed = (seed * 7 + 11) % 1_000_003) % count
      assert.strictEqual(drive(dag, choose), dag.length)
      assert.strictEqual(drive(flat, choose), flat.length)
    }
  )
  it("does not wait for unrelated components of an earlier batch", () => {
    const order = BuildOrder.planUnsafe(components("a slow b<a"))
    const ready = Readiness.ready(order, (key) => key === "rpms/a", (key) => key === "rpms/slow")
    assert.deepStrictEqual(ready.map((p) => p.key), ["rpms/b"])
  })
  it("names what a component waits for", () => {
    const order = BuildOrder.planUnsafe(components("a b<a M:m@10"))
    const of = (key: string) => order.placements.find((p) => p.key === key) as BuildOrder.Placement
    const isIn = (key: string) => key === "rpms/a"
    assert.deepStrictEqual(Readiness.blockers(order, of("rpms/b"), () => false), [
      { _tag: "Prerequisites", keys: ["rpms/a"] }
    ])
    assert.deepStrictEqual(Readiness.blockers(order, of("modules/m"), isIn), [
      { _tag: "Barrier", afterBatch: 2, keys: ["rpms/b"] }
    ])
  })
})

describe("size", () => {
  const count = 20_000
  it("a chain of twenty thousand components is ordered without exhausting the stack", () => {
    const chain = Array.from({ length: count }, (_, i): Orderable => ({
      kind: "rpm",
      name: `c${i}`,
      buildafter: i === 0 ? [] : [`c${i - 1}`]
    }))
    const order = BuildOrder.planUnsafe(chain)
    assert.strictEqual(order.batches.length, count)
    assert.strictEqual(order.criticalPath.length, count)
  })
  it("a circle of twenty thousand components is reported whole", () => {
    const circle = Array.from({ length: count }, (_, i): Orderable => ({
      kind: "rpm",
      name: `c${i}`,
      buildafter: [`c${(i + 1) % count}`]
    }))
    const [problem] = problems(circle)
    assert.strictEqual(problem?._tag === "Cycle" && problem.path.length, count + 1)
  })
})
