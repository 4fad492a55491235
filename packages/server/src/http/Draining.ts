/**
 * Whether the server is on its way out: requests that would begin something are turned away, those under way finish. Streams of events, which
 * never do, go on until it is over.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"

/** How far this server is with stopping. */
export interface Interface {
  /** Whether it has begun: the server says that it is not ready, and answers as before. */
  readonly isDraining: Effect.Effect<boolean>
  /** Says that it stops. */
  readonly begin: Effect.Effect<void>
  /** Nothing new comes to this server any more. */
  readonly end: Effect.Effect<void>
  /** Done once it has ended. */
  readonly over: Effect.Effect<void>
}

/** Tells of the end of this server those who answer for long, or say whether it is ready. */
export class Draining extends Context.Service<Draining, Interface>()("@orch/server/http/Draining") {
  static readonly layer: Layer.Layer<Draining> = Layer.effect(
    Draining,
    Effect.gen(function*() {
      const state = yield* Ref.make(false)
      const ended = Latch.makeUnsafe(false)
      return {
        isDraining: Ref.get(state),
        begin: Ref.set(state, true),
        end: Effect.asVoid(ended.open),
        over: Effect.asVoid(ended.await)
      }
    })
  )
}
