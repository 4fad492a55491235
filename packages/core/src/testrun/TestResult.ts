/** What a test system says about one package: stages that succeeded or not, and logs. */
import type * as Schema from "effect/Schema"

/** A log by its name and where it can be read. */
export interface TestLog {
  readonly name: string
  readonly href: string
}

/** What a report comes to. */
export interface TestResult {
  readonly success: boolean
  /** Names of stages that did not succeed; `tests.NAME` for a single test. */
  readonly failed: ReadonlyArray<string>
  readonly logs: ReadonlyArray<TestLog>
}

type JsonObject = { readonly [key: string]: Schema.Json }
const isObject = (value: Schema.Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const succeeded = (value: Schema.Json | undefined): boolean => isObject(value) && value["success"] === true

/**
 * Reads the `result` of a report. Every key is a stage that has to say `success: true`, but `logs`, a list of names and hrefs, and
 * `tests`, whose members are stages of their own. Total: what is not as it should be is a stage that failed.
 */
export const read = (result: Schema.Json): TestResult => {
  if (!isObject(result)) return { success: false, failed: ["result"], logs: [] }
  const failed: Array<string> = []
  for (const [stage, value] of Object.entries(result)) {
    if (stage === "logs" || stage === "revision") continue
    if (stage !== "tests") {
      if (!succeeded(value)) failed.push(stage)
    } else if (isObject(value)) {
      for (const [name, one] of Object.entries(value)) if (!succeeded(one)) failed.push(`tests.${name}`)
    } else {
      failed.push(stage)
    }
  }
  return { success: failed.length === 0, failed, logs: logsOf(result["logs"]) }
}

const logsOf = (value: Schema.Json | undefined): ReadonlyArray<TestLog> =>
  (Array.isArray(value) ? value : []).flatMap((one: Schema.Json) => {
    if (!isObject(one)) return []
    const { href, name } = one
    return typeof name === "string" && typeof href === "string" ? [{ name, href }] : []
  })
