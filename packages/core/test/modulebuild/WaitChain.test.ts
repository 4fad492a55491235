import { assert, describe, it } from "@effect/vitest"
import { explain } from "@orch/core/modulebuild/Explanation"
import * as WaitChain from "@orch/core/modulebuild/WaitChain"
import { anyPlan, anyScript, component, modulePlan } from "./plans.ts"
import { Simulation } from "./Simulation.ts"

describe("what a module build waits for, as a chain", () => {
  it.prop(
    "says in every state what the explanation says, and speaks of parts that it has",
    [anyPlan, anyScript],
    ([plan, script]) => {
      const simulation = new Simulation(plan)
      const names = new Set(plan.components.map(({ name }) => name))
      for (const number of [...script, 0]) {
        const { build } = simulation
        const chain = WaitChain.of(build)
        const now = chain.filter(({ when }) => when === "now").map(({ sentence }) => sentence)
        // In `wait` the explanation also tells of what the preparation began.
        if (build.state !== "wait") assert.deepStrictEqual(now, explain(build).waitsFor)
        else assert.strictEqual(now.length, explain(build).waitsFor.length)
        const isOver = build.state === "ready" || build.state === "garbage"
        assert.strictEqual(chain.length === 0, isOver || (build.state === "done" && plan.scratch) || chain.length === 0)
        for (const { queued, references, sentence } of chain) {
          assert.match(sentence, /\S/)
          assert.isAtMost(references.length, 20)
          for (const one of references) if ("component" in one) assert.isTrue(names.has(one.component))
          for (const one of queued) {
            assert.include(["submitting", "building"], build.components.get(one)!.state)
          }
        }
        simulation.step(number, true)
      }
    }
  )

  it("names what follows: the next batch, those after it, the publication and the gate", () => {
    const { build } = new Simulation(
      modulePlan([component("a", { batch: 1 }), component("b", { batch: 2 }), component("c", { batch: 3 })])
    )
    assert.deepStrictEqual(WaitChain.of(build).map(({ kind, when }) => `${when} ${kind}`), [
      "now buildroot",
      "then batch",
      "then batch",
      "then publication",
      "then gate"
    ])
    assert.deepStrictEqual(WaitChain.of(build)[1], {
      kind: "batch",
      when: "then",
      sentence: "a of batch 1 is built.",
      references: [{ _tag: "Component", component: "a" }],
      queued: []
    })
    assert.strictEqual(WaitChain.of(build)[2]!.sentence, "2 more components of batches 2, 3 are built.")
  })
})
