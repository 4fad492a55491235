/** Who is asking, or why that is not known. */
import * as Data from "effect/Data"

export interface Caller {
  readonly name: string
  readonly groups: ReadonlySet<string>
}

/** `unknown`: say who you are. `unavailable`: the identity provider does not answer. */
export class AuthenticationFailed extends Data.TaggedError("AuthenticationFailed")<{
  readonly reason: "unknown" | "unavailable"
  readonly message: string
}> {}

/** Who everybody is without authentication, as in the Module Build Service. */
export const anonymous: Caller = { name: "anonymous", groups: new Set(["packager"]) }
