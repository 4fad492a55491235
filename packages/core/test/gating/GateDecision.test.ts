import { assert, describe, it } from "@effect/vitest"
import * as GateDecision from "@orch/core/gating/GateDecision"
import type * as GatingPolicy from "@orch/core/gating/GatingPolicy"
import type * as GatingResult from "@orch/core/gating/GatingResult"
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import * as Requirement from "@orch/core/gating/Requirement"
import * as RequirementSummary from "@orch/core/gating/RequirementSummary"
import * as SubjectType from "@orch/core/gating/SubjectType"
import * as Arbitrary from "effect/Arbitrary"
import { oneOf } from "../support/Choice.ts"

const build: SubjectType.SubjectType = { ...SubjectType.generic("koji_build"), aliases: ["brew-build"], isNvr: true }
const subject = GatingSubject.make("koji_build", "tool-chain-1.0-1", [build])

const policy = (changes: Partial<GatingPolicy.GatingPolicy> = {}): GatingPolicy.GatingPolicy => ({
  id: "gate",
  productVersions: ["p-*"],
  decisionContexts: ["stable"],
  contextForm: "one",
  subjectType: "koji_build",
  rules: [],
  excludedPackages: [],
  packages: [],
  relevance: { key: undefined, value: undefined },
  ...changes
})

const test = (testCase: string, changes: Partial<GatingPolicy.GatingRule & { _tag: "PassingTestCase" }> = {}) =>
  ({
    _tag: "PassingTestCase",
    testCase,
    scenario: undefined,
    validSince: undefined,
    validUntil: undefined,
    ...changes
  }) as const satisfies GatingPolicy.GatingRule

const result = (id: number, testCase: string, outcome: string, data: GatingResult.GatingResult["data"] = {}) => ({
  id,
  testCase,
  outcome,
  data,
  errorReason: undefined
})

const waiver = (id: number, testCase: string, changes: Partial<GatingResult.Waiver> = {}): GatingResult.Waiver => ({
  id,
  subjectType: "koji_build",
  subjectIdentifier: "tool-chain-1.0-1",
  testCase,
  productVersion: "p-1",
  scenario: null,
  waived: true,
  ...changes
})

const decide = (
  policies: ReadonlyArray<GatingPolicy.GatingPolicy>,
  results: ReadonlyArray<GatingResult.GatingResult>,
  waivers: ReadonlyArray<GatingResult.Waiver> = [],
  files: GateDecision.RemoteFile = { _tag: "Absent", sources: [] }
) =>
  GateDecision.decide(
    { subjects: [subject], productVersion: "p-1", policies, decisionContexts: ["stable"] },
    {
      results: (_, testCase) => results.filter((one) => one.testCase === testCase),
      remoteFile: () => files,
      builtAt: () => 1_000,
      waivers
    }
  )

const said = (decision: GateDecision.GateDecision): string =>
  decision._tag === "NoPolicy"
    ? "no policy"
    : `${decision.isSatisfied ? "pass" : "hold"}: ${RequirementSummary.format(decision.requirements)}`

describe("a gate's decision", () => {
  it.each<[string, string, GateDecision.GateDecision]>([
    [
      "one test passed",
      "pass: All required tests (1 total) have passed or been waived",
      decide([policy({ rules: [test("a")] })], [result(1, "a", "PASSED")])
    ],
    [
      "information counts as passed",
      "pass: All required tests (1 total) have passed or been waived",
      decide([policy({ rules: [test("a")] })], [result(1, "a", "INFO")])
    ],
    [
      "a running test holds",
      "hold: Of 1 required test, 1 test incomplete",
      decide([policy({ rules: [test("a")] })], [result(1, "a", "RUNNING")])
    ],
    [
      "an outcome that nobody knows holds",
      "hold: Of 1 required test, 1 test failed",
      decide([policy({ rules: [test("a")] })], [result(1, "a", "ODD")])
    ],
    [
      "all that is missing is counted",
      "hold: Of 3 required tests, 1 test errored, 2 results missing",
      decide([policy({ rules: [test("a"), test("b"), test("c")] })], [result(1, "b", "ERROR")])
    ],
    [
      "equal rules of two policies are asked once",
      "hold: Of 1 required test, 1 result missing",
      decide([policy({ rules: [test("a")] }), policy({ id: "two", rules: [test("a")] })], [])
    ],
    ["no policy is for the version", "no policy", decide([policy({ productVersions: ["q-*"] })], [])],
    ["a policy without rules lets pass", "pass: No tests are required", decide([policy()], [])],
    [
      "a rule that begins later is not asked",
      "pass: No tests are required",
      decide([policy({ rules: [test("a", { validSince: 2_000 })] })], [])
    ],
    [
      "a rule that ends at the build is not asked",
      "pass: No tests are required",
      decide([policy({ rules: [test("a", { validUntil: 1_000 })] })], [])
    ],
    [
      "an excluded package passes",
      "pass: No tests are required",
      decide([policy({ excludedPackages: ["tool-*"], rules: [test("a")] })], [])
    ],
    [
      "a package that is not listed passes",
      "pass: No tests are required",
      decide([policy({ packages: ["other"], rules: [test("a")] })], [])
    ],
    [
      "a waiver covers a missing result",
      "pass: All required tests (1 total) have passed or been waived",
      decide([policy({ rules: [test("a")] })], [], [waiver(1, "a")])
    ],
    [
      "a waiver under an alias covers",
      "pass: All required tests (1 total) have passed or been waived",
      decide([policy({ rules: [test("a")] })], [], [waiver(1, "a", { subjectType: "brew-build" })])
    ],
    [
      "a waiver of another scenario does not cover",
      "hold: Of 1 required test, 1 result missing",
      decide([policy({ rules: [test("a", { scenario: "bios" })] })], [], [waiver(1, "a", { scenario: "uefi" })])
    ],
    [
      "a waiver that is taken back does not cover",
      "hold: Of 1 required test, 1 result missing",
      decide([policy({ rules: [test("a")] })], [], [waiver(1, "a", { waived: false })])
    ],
    [
      "a required file that is missing holds",
      "hold: 1 error due to missing remote rule file",
      decide([policy({ rules: [{ _tag: "Remote", sources: [], required: true }] })], [])
    ],
    [
      "a file that is not required and missing passes",
      "pass: No tests are required",
      decide([policy({ rules: [{ _tag: "Remote", sources: [], required: false }] })], [])
    ],
    [
      "rules of the subject's own file count",
      "hold: Of 1 required test, 1 result missing",
      decide([policy({ rules: [{ _tag: "Remote", sources: [], required: false }] })], [], [], {
        _tag: "Read",
        source: "u",
        policies: [policy({ id: undefined, subjectType: undefined, rules: [test("own")] })]
      })
    ],
    [
      "an own file for another point does not count",
      "pass: No tests are required",
      decide([policy({ rules: [{ _tag: "Remote", sources: [], required: false }] })], [], [], {
        _tag: "Read",
        source: "u",
        policies: [policy({ decisionContexts: ["later"], rules: [test("own")] })]
      })
    ]
  ])("%s", (_, expected, decision) => assert.strictEqual(said(decision), expected))

  const names = oneOf("a", "b", "c", "d")
  const outcomes = oneOf("PASSED", "INFO", "FAILED", "ERROR", "RUNNING", "NEEDS_INSPECTION")
  const rules = Arbitrary.map(Arbitrary.array(names, { maxLength: 4 }), (all) => [...new Set(all)])
  const results = Arbitrary.map(
    Arbitrary.array(Arbitrary.all([names, outcomes]), { maxLength: 8 }),
    (all) => all.map(([name, outcome], index) => result(index + 1, name, outcome))
  )

  it.prop("more waivers never hold what passed", [rules, results, names], ([asked, found, waived]) => {
    const policies = [policy({ rules: asked.map((name) => test(name)) })]
    const before = decide(policies, found)
    const after = decide(policies, found, [waiver(1, waived)])
    assert.isTrue(before._tag === "Decided" && after._tag === "Decided" && (!before.isSatisfied || after.isSatisfied))
  })

  it.prop(
    "it passes exactly when every test asked for has results and all of them passed",
    [rules, results],
    ([asked, found]) => {
      const passes = asked.every((name) => {
        const own = found.filter(({ testCase }) => testCase === name)
        return own.length > 0 && own.every(({ outcome }) => outcome === "PASSED" || outcome === "INFO")
      })
      const decision = decide([policy({ rules: asked.map((name) => test(name)) })], found)
      assert.strictEqual(decision._tag === "Decided" && decision.isSatisfied, passes)
    }
  )
})

describe("a subject", () => {
  it.each([
    ["tool-chain-1.0-1", "tool-chain"],
    ["nodejs-18-20260101.c0ffee42", "nodejs"],
    ["odd", "odd"]
  ])(
    "%s is a build of %s",
    (identifier, name) =>
      assert.strictEqual(GatingSubject.packageName(GatingSubject.make("koji_build", identifier, [build])), name)
  )

  it("of the old form is found by the key of its type", () => {
    const compose = { ...SubjectType.generic("compose"), itemKey: "productmd.compose.id" }
    const found = GatingSubject.fromObject({ "productmd.compose.id": "C-1" }, [build, compose])
    assert.strictEqual(`${found?.type.id} ${found?.identifier}`, "compose C-1")
    assert.isUndefined(GatingSubject.fromObject({ foo: 1 }, [build, compose]))
  })
})

describe("requirements", () => {
  it("of files vanish where they are waived", () => {
    const missing: Requirement.Requirement = { _tag: "MissingFile", subject, sources: [] }
    assert.deepStrictEqual(Requirement.waive([missing], [waiver(1, "missing-gating-yaml")]), [])
  })
})
