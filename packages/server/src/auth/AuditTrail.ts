/** Where it is written down who changed what. Nothing is, where nobody provides for it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** A change that somebody asked for, and how it was answered. */
export interface AskedChange {
  readonly name: string
  readonly method: string
  /** Without its query. */
  readonly path: string
  readonly status: number
  readonly request: string | undefined
}

/** Writes it down; what keeps it from that is logged, and keeps nobody from the change. */
export const AuditTrail: Context.Reference<(change: AskedChange) => Effect.Effect<void>> = Context.Reference(
  "@orch/server/auth/AuditTrail",
  { defaultValue: () => (_: AskedChange): Effect.Effect<void> => Effect.void }
)
