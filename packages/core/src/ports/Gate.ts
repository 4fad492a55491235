/**
 * Decides whether a finished build may be used by others, and says why. Without a policy, everything may.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export class GateError extends Schema.TaggedError<GateError>()("GateError", {
  reason: Schema.Literals(["unreachable", "refused"]),
  message: Schema.String
}) {
  get isRetryable(): boolean {
    return this.reason === "unreachable"
  }
}

export interface Subject {
  /** Greenwave's vocabulary: `redhat-module`, `koji_build`, … */
  readonly type: string
  readonly identifier: string
}

export type Verdict =
  | { readonly _tag: "Satisfied"; readonly reason: string }
  /** Not yet, or not at all; asked again after `retryAfterSeconds`. */
  | { readonly _tag: "Unsatisfied"; readonly reason: string; readonly retryAfterSeconds: number }

export interface Interface {
  readonly decide: (subject: Subject) => Effect.Effect<Verdict, GateError>
}

export const Gate: Context.Reference<Interface> = Context.Reference("@orch/core/ports/Gate", {
  defaultValue: (): Interface => ({
    decide: () => Effect.succeed({ _tag: "Satisfied", reason: "no gate is configured" })
  })
})
