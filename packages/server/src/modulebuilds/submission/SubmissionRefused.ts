/** Why a submission was refused, with every single thing that is wrong. Each face has its own status and words for it. */
import type { Problem } from "@orch/api/ErrorBody"
import * as NameList from "@orch/core/NameList"
import type { SourceControlError } from "@orch/core/ports/SourceControl"
import type { ResolutionError } from "@orch/core/resolution/ResolutionError"
import * as Data from "effect/Data"

/**
 * - `malformed`: the request cannot be meant: its URL, or one of its options.
 * - `forbidden`: the URL, that of a component, or what is asked for is not allowed here.
 * - `invalid`: the document breaks a rule that everybody could have known.
 * - `impossible`: the modulemd is not there, cannot be read, or asks for what does not exist.
 * - `unretrievable`: sources of components are not there, or not what they must be; each is among the problems.
 * - `unreachable`: the source did not answer; the same submission may succeed later.
 * - `conflict`: all of it exists already; only where the request asks for what is new.
 */
export type Reason =
  | "malformed"
  | "forbidden"
  | "invalid"
  | "impossible"
  | "unretrievable"
  | "unreachable"
  | "conflict"

export class SubmissionRefused extends Data.TaggedError("SubmissionRefused")<{
  readonly reason: Reason
  /** Begins with the words of the Module Build Service, where it has some. */
  readonly message: string
  readonly problems: ReadonlyArray<Problem>
  /** A further sentence, for faces whose words are not fixed. */
  readonly hint?: string | undefined
  /** The option that would have said what is missing. */
  readonly missing?: "name" | undefined
}> {}

const make = (reason: Reason) => (message: string, problems: ReadonlyArray<Problem> = []): SubmissionRefused =>
  new SubmissionRefused({ reason, message, problems })

export const malformed = make("malformed")
export const forbidden = make("forbidden")
export const invalid = make("invalid")
export const impossible = make("impossible")
export const unreachable = make("unreachable")
export const conflict = make("conflict")

/** Problems named one by one; the message says how many there are. */
const problemsAtMost = 200

/** What retrieving the source of a component ran into. */
export const ofComponent = (component: string, error: SourceControlError): Problem => ({
  code: `source-${error.what}-${error.reason}`,
  where: component,
  message: error.message
})

/** Components whose sources are not there, and those whose sources cannot be built, each with its problems. */
export const unretrievable = (
  missing: ReadonlyArray<Problem>,
  wrong: ReadonlyArray<Problem> = []
): SubmissionRefused => {
  const say = (problems: ReadonlyArray<Problem>, what: string): ReadonlyArray<string> => {
    const components = [...new Set(problems.map(({ where = "" }) => where))]
    if (components.length === 0) return []
    const whose = components.length === 1 ? "a component" : `${components.length} components`
    return [`The sources of ${whose} ${what}: ${NameList.shorten(components)}`]
  }
  return make("unretrievable")(
    [...say(missing, "cannot be retrieved"), ...say(wrong, "cannot be built")].join(". "),
    [...missing, ...wrong].slice(0, problemsAtMost)
  )
}

/** What fetching the modulemd itself ran into. */
export const ofSource = (error: SourceControlError): SubmissionRefused => {
  switch (error.reason) {
    case "forbidden":
      return forbidden(error.message)
    case "unreachable":
      return unreachable(error.message)
    case "invalid":
      return error.what === "url" ? malformed(error.message) : invalid(error.message)
    case "missing":
    case "unsuitable": {
      const message = error.reason === "missing" && error.what === "file"
        ? `The SCM repository doesn't contain a modulemd file: ${error.message}`
        : error.message
      return impossible(message, [{ code: `source-${error.what}-${error.reason}`, message: error.message }])
    }
  }
}

/** Resolution's words; for an unknown platform with those that the build system stands in for. */
export const ofResolution =
  (file: string | undefined, platforms: ReadonlyArray<string> = []) =>
  ({ inFull, isInvalidRequest, line, message, reason }: ResolutionError): SubmissionRefused => {
    const hint = reason === "BaseModuleMissing" && platforms.length > 0
      ? `the build system stands in for platform: ${platforms.join(", ")}`
      : undefined
    return new SubmissionRefused({
      reason: isInvalidRequest ? "invalid" : "impossible",
      message,
      hint,
      problems: [{
        code: "resolution",
        message: inFull,
        ...(file === undefined ? {} : { where: file }),
        ...(line === undefined ? {} : { line }),
        ...(hint === undefined ? {} : { hint })
      }]
    })
  }
