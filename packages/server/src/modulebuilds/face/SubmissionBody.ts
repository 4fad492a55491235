/** The body of a submission as the `/orch/v1` face takes it, read into the one request that all faces share. */
import * as ErrorBody from "@orch/api/ErrorBody"
import type { ModuleSubmission } from "@orch/api/orch/ModuleBuildsApi"
import * as Effect from "effect/Effect"
import { anonymous } from "../../auth/Caller.ts"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import * as SubmissionRequest from "../submission/SubmissionRequest.ts"

/** Whoever asks; where nobody has to say who they are, whoever they say they are. */
export const actor = (claimed: string | undefined) =>
  Effect.map(CurrentCaller, ({ name }) => name === anonymous.name && claimed !== undefined ? claimed : name)

/** The request that a body stands for. */
export const request = (
  payload: ModuleSubmission,
  owner: string
): Effect.Effect<SubmissionRequest.SubmissionRequest, ErrorBody.BadRequest> => {
  const { branch, name, scmurl, stream, yaml_modulemd: text } = payload
  if ((scmurl === undefined) === (text === undefined)) {
    return Effect.fail(ErrorBody.badRequest("Say what to build: either \"scmurl\" or \"yaml_modulemd\""))
  }
  return Effect.succeed(SubmissionRequest.make({
    source: scmurl === undefined
      ? { _tag: "Text", text: text!, branch, name, stream }
      : { _tag: "Git", scmurl, branch, name, stream },
    owner,
    scratch: payload.scratch ?? false,
    srpms: payload.srpms ?? [],
    rebuildStrategy: payload.rebuild_strategy,
    reuseComponentsFrom: payload.reuse_components_from,
    buildrequireOverrides: payload.buildrequire_overrides ?? {},
    requireOverrides: payload.require_overrides ?? {},
    refOverrides: payload.rpm_component_ref_overrides ?? {},
    sideTag: payload.side_tag,
    contexts: payload.static_contexts
  }))
}
