/**
 * Decides whether a finished build may be used by others, and says why. Without a policy, everything may.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * Why a gate cannot decide. `unreachable`: nobody answered, so it is asked again. `refused`: it does not let us ask.
 */
export class GateError extends Schema.TaggedError<GateError>()("GateError", {
  reason: Schema.Literals(["unreachable", "refused"]),
  message: Schema.String,
  /** For `unreachable`: the system that is away, such as `Greenwave at https://greenwave.example.org`; absent where it is not known to be the cause. */
  away: Schema.optional(Schema.String)
}) {
  get isRetryable(): boolean {
    return this.reason === "unreachable"
  }
}

/** What is to be decided about. */
export interface Subject {
  /** Greenwave's vocabulary: `redhat-module`, `koji_build`, … */
  readonly type: string
  readonly identifier: string
  /** The platform stream that it was built for; absent where it was built for none. */
  readonly platform?: string
}

/** What the gate says, and why, for people. */
export type Verdict =
  | { readonly _tag: "Satisfied"; readonly reason: string }
  /** Not yet, or not at all; asked again after `retryAfterSeconds`. */
  | { readonly _tag: "Unsatisfied"; readonly reason: string; readonly retryAfterSeconds: number }

/** What a gate offers. */
export interface Interface {
  readonly decide: (subject: Subject) => Effect.Effect<Verdict, GateError>
}

/** The port. It has a value where none is provided: a gate that lets everything pass. */
export const Gate: Context.Reference<Interface> = Context.Reference("@orch/core/ports/Gate", {
  defaultValue: (): Interface => ({
    decide: () => Effect.succeed({ _tag: "Satisfied", reason: "no gate is configured" })
  })
})
