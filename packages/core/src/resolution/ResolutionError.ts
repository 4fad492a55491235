/**
 * Why a module cannot be resolved: a closed set of reasons, each with the names it is about.
 *
 * Messages start with the words the Module Build Service uses, since scripts look for them, and go on with what the
 * original leaves out: which requirement, and where it stands.
 */
import * as Data from "effect/Data"

/**
 * - `StreamAmbiguous`: several streams are possible and the caller asked to be told.
 * - `BaseModuleMissing`: none of the base module streams exists.
 * - `NoBuilds`: a required stream has no usable build.
 * - `Conflict`: the requirements contradict each other.
 * - `NoCombination`: nothing is left to build.
 * - `BuildrequireNotReady`: a build of the same version of a buildrequired module is still under way.
 * - `StaticContextInvalid`, `OverrideNotApplicable`, `ArchesUnsupported`, `DuplicateComponent`: the request is wrong.
 */
export type Reason =
  | "StreamAmbiguous"
  | "BaseModuleMissing"
  | "NoBuilds"
  | "Conflict"
  | "NoCombination"
  | "BuildrequireNotReady"
  | "StaticContextInvalid"
  | "OverrideNotApplicable"
  | "ArchesUnsupported"
  | "DuplicateComponent"

/** A module that cannot be resolved: why, in words and as data. */
export class ResolutionError extends Data.TaggedError("ResolutionError")<{
  readonly reason: Reason
  readonly message: string
  /** The modules, streams or components it is about. */
  readonly subjects: ReadonlyArray<string>
  /** Line in the submitted document, from 1, when known. */
  readonly line?: number | undefined
}> {
  /** The message, with the subjects that the original's words leave out. */
  get inFull(): string {
    const unnamed = this.subjects.filter((subject) => !this.message.includes(subject))
    return unnamed.length === 0 ? this.message : `${this.message}: ${unnamed.join(", ")}`
  }
  /** Whether the request itself is wrong (HTTP 400), rather than what it asks for impossible (422). */
  get isInvalidRequest(): boolean {
    return this.reason === "StaticContextInvalid" || this.reason === "OverrideNotApplicable"
      || this.reason === "ArchesUnsupported" || this.reason === "NoCombination" || this.reason === "StreamAmbiguous"
  }
}

/** The error with this reason and message, about these subjects. */
export const make = (
  reason: Reason,
  message: string,
  subjects: ReadonlyArray<string> = [],
  line?: number | undefined
): ResolutionError => new ResolutionError({ reason, message, subjects, ...(line === undefined ? {} : { line }) })
