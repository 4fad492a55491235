/** Requirements in one sentence, in Greenwave's words, which people search their mail for. */
import type { Requirement } from "./Requirement.ts"

const counted = (count: number, one: string, many: string): ReadonlyArray<string> =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]

/** The sentence, without a full stop. */
export const format = (requirements: ReadonlyArray<Requirement>): string => {
  const count = (...tags: ReadonlyArray<Requirement["_tag"]>) =>
    requirements.filter(({ _tag }) => tags.includes(_tag)).length
  const tests = count("Missing", "Incomplete", "Failed", "Errored", "Passed", "Waived")
  const unmet = [
    ...counted(count("Failed"), "test failed", "tests failed"),
    ...counted(count("Errored"), "test errored", "tests errored"),
    ...counted(count("Incomplete"), "test incomplete", "tests incomplete"),
    ...counted(count("Missing"), "result missing", "results missing")
  ]
  const files = [
    ...counted(
      count("MissingFile"),
      "error due to missing remote rule file",
      "errors due to missing remote rule files"
    ),
    ...counted(
      count("InvalidFile"),
      "error due to invalid remote rule file",
      "errors due to invalid remote rule files"
    ),
    ...counted(
      count("UnknownFile"),
      "error while trying to fetch remote rule file",
      "errors while trying to fetch remote rule files"
    )
  ]
  if (unmet.length > 0) {
    const of = `Of ${tests} required ${tests === 1 ? "test" : "tests"}`
    return [`${of}, ${unmet.join(", ")}`, ...files].join(", ")
  }
  if (files.length > 0) return files.join(", ")
  return tests > 0 ? `All required tests (${tests} total) have passed or been waived` : "No tests are required"
}
