/**
 * What an installation lets be asked for, for every face alike. Faces whose order of checks is fixed have made some of them
 * already, in their own words.
 */
import * as SrpmOverrides from "@orch/core/resolution/SrpmOverrides"
import * as Result from "effect/Result"
import { forbidden, malformed, type SubmissionRefused } from "./SubmissionRefused.ts"
import type { SubmissionRequest } from "./SubmissionRequest.ts"
import type { Values } from "./SubmissionSettings.ts"

type Rules = Pick<Values, "allowScratch" | "allowYaml" | "rebuildStrategies" | "rebuildStrategy">

/** Fails with the first option that may not be given, or not so. */
export const check = (
  { rebuildAt, rebuildStrategy, reuseComponentsFrom, scratch, sideTag, source, srpms }: SubmissionRequest,
  rules: Rules
): Result.Result<void, SubmissionRefused> => {
  // A rebuild is the server's own request, and no person chose for it.
  if (scratch && rebuildAt === undefined && !rules.allowScratch) {
    return Result.fail(forbidden("Scratch builds are not enabled"))
  }
  if (srpms.length > 0 && !scratch) {
    return Result.fail(forbidden("srpms may only be specified for scratch builds"))
  }
  if (source._tag === "Text" && !scratch && !rules.allowYaml) {
    return Result.fail(forbidden("YAML submission is not enabled"))
  }
  if (rebuildStrategy !== undefined && rebuildAt === undefined && !rules.rebuildStrategies.includes(rebuildStrategy)) {
    return Result.fail(malformed(
      rules.rebuildStrategies.length === 0
        ? "The request contains the \"rebuild_strategy\" parameter but overriding the default isn't allowed"
        : `The rebuild method of "${rebuildStrategy}" is not allowed. Choose from: ${
          rules.rebuildStrategies.join(", ")
        }.`
    ))
  }
  if (reuseComponentsFrom !== undefined && rebuildStrategy === "all") {
    return Result.fail(malformed(
      "You cannot specify the parameter \"reuse_components_from\" when the \"rebuild_strategy\" parameter is set to \"all\""
    ))
  }
  if (typeof reuseComponentsFrom === "string" && reuseComponentsFrom.split(":").length !== 4) {
    return Result.fail(malformed("The parameter \"reuse_components_from\" contains an invalid module identifier"))
  }
  if (sideTag !== undefined && !/^[A-Za-z0-9_.+-]{1,256}$/.test(sideTag)) {
    return Result.fail(malformed("The \"side_tag\" parameter must be the name of a tag"))
  }
  const { invalid } = SrpmOverrides.read(srpms)
  return invalid.length > 0
    ? Result.fail(malformed(`Invalid srpms list encountered: ${invalid.join(", ")}`))
    : Result.void
}
