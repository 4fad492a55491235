/** Counts the statements that an effect sends to the database, by the spans that the client makes. */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/** What the effect answers, and how many statements it took. */
export const counted = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<{ readonly value: A; readonly statements: number }, E, R> =>
  Effect.suspend(() => {
    let statements = 0
    const tracer = Tracer.make({
      span: (options) => {
        if (options.kind === "client") statements++
        return new Tracer.NativeSpan(options)
      }
    })
    return Effect.map(Effect.withTracer(effect, tracer), (value) => ({ value, statements }))
  })
