/** Whether the server is on its way out: requests that would begin something are turned away, those under way finish. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"

export interface Interface {
  readonly isDraining: Effect.Effect<boolean>
  readonly begin: Effect.Effect<void>
}

export class Draining extends Context.Service<Draining, Interface>()("@orch/server/http/Draining") {
  static readonly layer: Layer.Layer<Draining> = Layer.effect(
    Draining,
    Effect.map(Ref.make(false), (state) => ({ isDraining: Ref.get(state), begin: Ref.set(state, true) }))
  )
}
