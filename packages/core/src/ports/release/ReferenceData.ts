/** Where other distributions have packages, for releases that bring packages nobody released before. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ReferencePackage } from "../../release/ReleaseTarget.ts"

/** The reference data cannot be asked; `isRetryable` says whether it may answer later. */
export class ReferenceDataError extends Schema.TaggedError<ReferenceDataError>()("ReferenceDataError", {
  reason: Schema.Literals(["unreachable", "rejected"]),
  message: Schema.String,
  /** For `unreachable`: which system does not answer. */
  away: Schema.optional(Schema.String)
}) {
  get isRetryable(): boolean {
    return this.reason === "unreachable"
  }
}

/** A distribution that reference data speaks of. */
export interface Distribution {
  /** The platform's name here. */
  readonly platform: string
  /** Its name and version there: `AlmaLinux`, `8`. */
  readonly name: string
  readonly version: string
}

/** What is asked for. */
export interface Question {
  /** The best first: where one of them knows a package, the ones behind are not heard about it. */
  readonly distributions: ReadonlyArray<Distribution>
  /** File names of source packages: `bash-5.1.8-6.el9.src.rpm`. */
  readonly sources: ReadonlyArray<string>
}

/** Reference data. */
export interface Interface {
  /** Where the packages of these sources lie; nothing about what is not known. */
  readonly find: (question: Question) => Effect.Effect<ReadonlyArray<ReferencePackage>, ReferenceDataError>
}

/** The port: what is known of other distributions. */
export class ReferenceData extends Context.Service<ReferenceData, Interface>()(
  "@orch/core/ports/release/ReferenceData"
) {}
