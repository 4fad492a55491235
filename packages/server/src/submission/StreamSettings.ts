/**
 * What an installation decides about the streams that modules are built with. Names and defaults follow the configuration
 * of the Module Build Service.
 */
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as Setting from "../Setting.ts"

export const settings = {
  branchStreamModule: Setting.text("ORCH_BRANCH_STREAM_MODULE", {
    about: "The buildrequired module whose stream a branch name may choose; see ORCH_BRANCH_STREAM_PATTERNS.",
    fallback: "platform"
  }),
  branchStreamPatterns: Setting.patterns("ORCH_BRANCH_STREAM_PATTERNS", {
    about:
      "Regular expressions, as a JSON array, that are looked for in the branch a module is submitted from. The groups of "
      + "the first that is found, put together, are the stream of ORCH_BRANCH_STREAM_MODULE: with "
      + "[\"rh(el)-([0-9.]+)$\"] branch 10-rhel-8.0.0 is built on el8.0.0. An override in the submission goes before."
  }),
  scratchOnlyBranches: Setting.patterns("ORCH_SCRATCH_ONLY_BRANCHES", {
    about: "Regular expressions, as a JSON array; from branches in which one is found only scratch builds are made."
  })
}

/** What the domain has to know of them. */
export const resolution = (config: {
  readonly branchStreamModule: string
  readonly branchStreamPatterns: ReadonlyArray<string>
  readonly scratchOnlyBranches: ReadonlyArray<string>
}): ResolutionSettings.ResolutionSettings =>
  ResolutionSettings.make({
    branchStreamModule: config.branchStreamModule,
    branchStreamPatterns: config.branchStreamPatterns,
    scratchOnlyBranches: config.scratchOnlyBranches
  })

/** Whether only scratch builds are made from a branch. */
export const isScratchOnly = (
  config: { readonly scratchOnlyBranches: ReadonlyArray<string> },
  branch: string | undefined
): boolean =>
  branch !== undefined
  && config.scratchOnlyBranches.some((pattern) => ResolutionSettings.pattern(pattern).test(branch))

/** What is said then. */
export const scratchOnly = "Only scratch module builds can be built from this branch."
