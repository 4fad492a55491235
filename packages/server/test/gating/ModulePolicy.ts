/** A gate for modules: a directory with one policy, which asks for these tests. */
import * as Fs from "node:fs"
import * as Path from "node:path"

/** The product version that it is for. */
export const productVersion = "dist-9"

/** The settings of a server that has the policy, which is written below the directory. It never asks by itself: messages have to be enough. */
export const settings = (directory: string, ...tests: ReadonlyArray<string>) => {
  const policies = Path.join(directory, "policies")
  Fs.mkdirSync(policies, { recursive: true })
  Fs.writeFileSync(
    Path.join(policies, "modules.yaml"),
    [
      "--- !Policy",
      "id: modules",
      `product_versions: [${productVersion}]`,
      "decision_context: stable",
      "subject_type: redhat-module",
      "rules:",
      ...tests.map((test) => `  - !PassingTestCaseRule {test_case_name: ${test}}`),
      ""
    ].join("\n")
  )
  return {
    ORCH_GATING_DIRECTORY: directory,
    ORCH_GREENWAVE_DECISION_CONTEXT: "stable",
    ORCH_GREENWAVE_INTERVAL: "3600"
  }
}
