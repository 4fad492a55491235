/** Why a submission was refused, with every single thing that is wrong. */
import type { Problem } from "@orch/api/ErrorBody"
import type { SourceControlError } from "@orch/core/ports/SourceControl"
import * as Data from "effect/Data"
import type { DefaultModulesUnavailable } from "./PlatformDefaults.ts"

/**
 * - `malformed`: the URL cannot be read.
 * - `forbidden`: the URL, or that of a component, is not allow-listed.
 * - `invalid`: the modulemd is not there, cannot be read, or asks for what does not exist.
 * - `unretrievable`: components cannot be retrieved; each is among the problems.
 * - `unreachable`: the source did not answer; the same submission may succeed later.
 */
export class SubmissionRefused extends Data.TaggedError("SubmissionRefused")<{
  readonly reason: "malformed" | "forbidden" | "invalid" | "unretrievable" | "unreachable"
  readonly message: string
  readonly problems: ReadonlyArray<Problem>
}> {}

export const malformed = (message: string): SubmissionRefused =>
  new SubmissionRefused({ reason: "malformed", message, problems: [] })

export const invalid = (message: string, problems: ReadonlyArray<Problem> = []): SubmissionRefused =>
  new SubmissionRefused({ reason: "invalid", message, problems })

export const unretrievable = (
  failed: ReadonlyArray<{ readonly component: string; readonly error: SourceControlError }>
): SubmissionRefused =>
  new SubmissionRefused({
    reason: "unretrievable",
    message: `The sources of ${
      failed.length === 1 ? "a component" : `${failed.length} components`
    } cannot be retrieved: ${failed.map(({ component }) => component).join(", ")}`,
    problems: failed.map(({ component, error }) => ({
      code: `source-${error.what}-${error.reason}`,
      where: component,
      message: error.message
    }))
  })

/** What fetching the modulemd itself ran into. */
export const ofSource = (error: SourceControlError): SubmissionRefused => {
  switch (error.reason) {
    case "forbidden":
      return new SubmissionRefused({ reason: "forbidden", message: error.message, problems: [] })
    case "unreachable":
      return new SubmissionRefused({ reason: "unreachable", message: error.message, problems: [] })
    case "invalid":
      return error.what === "url" ? malformed(error.message) : invalid(error.message)
    case "missing":
    case "unsuitable":
      return invalid(error.message, [{ code: `source-${error.what}-${error.reason}`, message: error.message }])
  }
}

/** What looking for the default modules ran into. */
export const ofDefaults = ({ message, reason }: DefaultModulesUnavailable): SubmissionRefused =>
  reason === "unreachable" ? new SubmissionRefused({ reason, message, problems: [] }) : invalid(message)
