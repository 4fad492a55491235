/**
 * Submissions in the words of the Module Build Service: its options become a `SubmissionRequest`, what is refused its errors.
 *
 * Answers as soon as the builds are stored, in state init: asking git for the commit of every component is done afterwards by
 * whoever runs the build, as that service does.
 */
import * as MbsError from "@orch/api/mbs/MbsError"
import type { SubmitRequest } from "@orch/api/mbs/MbsSubmitRequest"
import type { SubmissionRefused } from "../modulebuilds/submission/SubmissionRefused.ts"
import * as SubmissionRequest from "../modulebuilds/submission/SubmissionRequest.ts"

/** Submits by its rules: failed builds are resumed, and a submission of which nothing is new is refused. */
export const toRequest = (
  request: SubmitRequest,
  owner: string,
  defaultRef: string
): SubmissionRequest.SubmissionRequest => {
  const { buildrequireOverrides, refOverrides, requireOverrides, scratch, source, srpms } = request
  const branch = source._tag === "Scm" ? source.branch : request.branch
  return SubmissionRequest.make({
    source: source._tag === "Scm"
      ? { _tag: "Git", scmurl: source.scmurl, branch: source.branch }
      : { _tag: "Text", text: source.text, branch, name: source.name, stream: source.stream },
    owner,
    scratch,
    srpms,
    rebuildStrategy: request.rebuildStrategy,
    reuseComponentsFrom: request.reuseComponentsFrom,
    buildrequireOverrides,
    requireOverrides,
    refOverrides,
    sideTag: request.sideTag,
    defaultRef: defaultRef === "" ? branch : defaultRef,
    resolvesAtOnce: false,
    existing: "resume"
  })
}

const status = {
  malformed: 400,
  forbidden: 403,
  invalid: 400,
  impossible: 422,
  unretrievable: 422,
  unreachable: 503,
  conflict: 409
} as const

/** A refusal with the status and the words of that service. */
export const ofRefused = ({ message, missing, problems, reason }: SubmissionRefused): MbsError.MbsError =>
  new MbsError.MbsError({
    status: status[reason],
    message: missing === "name" ? `${message}. Please use the "module_name" parameter` : message,
    problems
  })
