/** Runs of tests for the contract suites. */
import type { TestPlan } from "../testrun/TestRun.ts"
import { type TestRunLife, testRunLife } from "../testrun/TestRunLife.ts"
import * as Contract from "./Contract.ts"
import type { Specimen } from "./ProcessSpecimen.ts"

const at = 1_700_000_000_000

const plan = (tests: ReadonlyArray<string>): TestPlan => {
  const build = Contract.uniqueNumber()
  return {
    build,
    firstTest: build * 1_000,
    subjects: tests.map((name, index) => ({
      name,
      task: build * 1_000 + index,
      revision: 1,
      package: name,
      version: "1",
      release: "1",
      arch: "x86_64"
    })),
    tries: 1_000
  }
}

/** Tests of packages are the parts; taken and lost in turn, they change a run again and again. */
export const testRunSpecimen: Specimen<TestRunLife> = {
  life: testRunLife,
  placeless: true,
  unrefused: true,
  subject: (id) => `test-run/${id}`,
  plan,
  submitted: { _tag: "Made", at },
  begin: (_, tests) => [{ _tag: "TestsTaken", at: at + 1, tests, by: "alts" }],
  end: (_, test) => ({ _tag: "TestReported", at: at + 2, test, success: true, failed: [], response: {} }),
  stale: { _tag: "TestsTaken", at: at + 9, tests: ["nowhere"], by: "alts" },
  again: {
    reach: () => [],
    event: (n) =>
      n % 2 === 0
        ? { _tag: "TestsLapsed", at: at + 10 + n, tests: ["a"] }
        : { _tag: "TestsTaken", at: at + 10 + n, tests: ["a"], by: "alts" }
  },
  gone: { _tag: "CancelRequested", at: at + 8, by: "bob" },
  back: { _tag: "TestsTaken", at: at + 11, tests: [], by: "alts" },
  beside: (wanted) => [{ ...wanted, subjects: [] }],
  rich: () => {
    const base = plan(["zeta", "ström \"quoted\" \\ 𝄞\n"])
    return {
      plan: { ...base, subjects: base.subjects.map((one) => ({ ...one, attempt: 2 })) },
      events: () => [
        { _tag: "TestsTaken", at: at + 1, tests: ["zeta"], by: "alts" },
        {
          _tag: "TestReported",
          at: at + 2,
          test: "zeta",
          success: false,
          failed: ["install", "tests.ä"],
          response: { api_version: "0.1.0", result: { install: { success: false } } },
          stats: { seconds: 3.5 }
        },
        { _tag: "CommandRejected", at: at + 3, command: "PushTests", reason: "line 1\nline 2 € 𝄞" }
      ]
    }
  },
  text: (_, text) => ({
    events: [{ _tag: "TestReported", at: at + 3, test: "a", success: true, failed: [], response: text, stats: text }],
    read: ({ tests }) => [String(tests.get("a")?.response), String(tests.get("a")?.stats)]
  }),
  commands: [{ _tag: "PushTests", tests: ["ä \"quoted\"", ""] }, { _tag: "ReadLogs", test: "a" }]
}
