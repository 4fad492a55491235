/** Which points and which subjects there is something to decide about, however many there are and however long they are called. */
import { assert, describe, it } from "@effect/vitest"
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import * as Result from "effect/Result"
import * as GatePoints from "../../src/gating/GatePoints.ts"
import * as PendingSubjects from "../../src/gating/PendingSubjects.ts"
import * as PolicyFile from "../../src/gating/PolicyFile.ts"

const versions = Array.from({ length: 60 }, (_, index) => `dist-${index}`)
const policies = Result.getOrThrow(PolicyFile.policies([
  "--- !Policy",
  "id: modules",
  `product_versions: [${versions.join(", ")}]`,
  "decision_context: stable",
  "subject_type: redhat-module",
  "rules:",
  "  - !PassingTestCaseRule {test_case_name: install}",
  ""
].join("\n")))

describe("points", () => {
  const { type } = GatingSubject.make("redhat-module", "perl-5-1.c", [])

  it("are forty at once, and each of all is there where it is asked for", () => {
    assert.lengthOf(GatePoints.of(policies, type, []), 40)
    assert.deepStrictEqual(
      GatePoints.of(policies, type, ["dist-59"], ({ productVersion }) => productVersion === "dist-59"),
      [{ context: "stable", productVersion: "dist-59" }]
    )
  })
})

describe("the subjects of a result", () => {
  it("are those that an index of the database can hold", () => {
    const item = [..."éx"].map((character) => character.repeat(1500))
    assert.deepStrictEqual(
      PendingSubjects.ofResult({ data: { item, type: ["redhat-module"] } }, []),
      [{ type: "redhat-module", identifier: item[1]! }]
    )
  })
})
