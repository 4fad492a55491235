/** Who is asking, or why that is not known. */
import * as Data from "effect/Data"
import type * as Option from "effect/Option"

export interface Caller {
  readonly name: string
  readonly groups: ReadonlySet<string>
}

/** What of a request says who is asking. */
export interface Asking {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly remoteAddress: Option.Option<string>
}

/** `unknown`: say who you are. `unavailable`: the identity provider does not answer. `limited`: too many tries. */
export class AuthenticationFailed extends Data.TaggedError("AuthenticationFailed")<{
  readonly reason: "unknown" | "unavailable" | "limited"
  readonly message: string
}> {}

/** Who everybody is without authentication, as in the Module Build Service. */
export const anonymous: Caller = { name: "anonymous", groups: new Set(["packager"]) }
