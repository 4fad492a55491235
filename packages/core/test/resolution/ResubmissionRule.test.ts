import { assert, describe, it } from "@effect/vitest"
import * as ResubmissionRule from "@orch/core/resolution/ResubmissionRule"

describe("ResubmissionRule", () => {
  const existing = { state: "failed" as const, rebuildStrategy: "all", trace: ["init", "wait", "failed"] as const }
  const request = { scratch: false }

  it("continues failed builds where they stopped, and skips all others", () => {
    assert.deepStrictEqual(ResubmissionRule.decide(request, "c", existing), {
      _tag: "Resume",
      state: "wait",
      resetBatch: true
    })
    assert.deepStrictEqual(ResubmissionRule.decide(request, "c", { ...existing, trace: ["init", "failed"] }), {
      _tag: "Resume",
      state: "init",
      resetBatch: false
    })
    assert.deepStrictEqual(ResubmissionRule.decide(request, "c", { ...existing, state: "build" }), {
      _tag: "Skip",
      state: "build"
    })
    assert.strictEqual(
      ResubmissionRule.decide({ ...request, rebuildStrategy: "only-changed" }, "c", existing)._tag,
      "Refuse"
    )
  })

  it("names components that would be built differently", () => {
    const recorded = [{ name: "a", batch: 2, scmurl: "x?#1", ref: "1" }, {
      name: "b",
      batch: 3,
      scmurl: "y?#1",
      ref: "1"
    }]
    const planned = [recorded[0]!, { ...recorded[1]!, batch: 2 }, { ...recorded[0]!, name: "new" }]
    assert.deepStrictEqual(ResubmissionRule.changedComponents(recorded, planned), ["b"])
  })

  it("gives every scratch build a context of its own", () => {
    assert.deepStrictEqual(ResubmissionRule.decide({ scratch: true }, "c1", undefined, ["c1_1", "c2_1"]), {
      _tag: "Create",
      contextSuffix: "_2"
    })
  })
})
