/** Long work in small steps: a server has one thread for all requests, and nobody waits until the work of another one is done. */
import * as Effect from "effect/Effect"

/** Milliseconds after which others have their turn. */
const turn = 5

/** What the steps come to, each of which takes less than a few milliseconds; rejects with what they throw, or when the signal says so. */
export const take = async <A>(steps: Generator<void, A>, signal?: AbortSignal): Promise<A> => {
  for (;;) {
    const until = performance.now() + turn
    do {
      const { done, value } = steps.next()
      if (done === true) return value
    } while (performance.now() < until)
    await new Promise<void>((resume) => setImmediate(resume))
    signal?.throwIfAborted()
  }
}

/** The same for steps that throw nothing. */
export const taken = <A>(steps: Generator<void, A>): Effect.Effect<A> => Effect.promise((signal) => take(steps, signal))
