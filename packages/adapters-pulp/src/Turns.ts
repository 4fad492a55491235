/** One at a time for each name: those of other names do not wait. Names nobody waits for are forgotten. */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

/** `of` makes an effect wait until those given before it under the same name have ended, however they end. */
export interface Turns {
  readonly of: (name: string) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Whether somebody has the turn of this name now. */
  readonly isTaken: (name: string) => boolean
}

/** Nobody has a turn yet. */
export const make = (): Turns => {
  const waiting = new Map<string, { readonly semaphore: Semaphore.Semaphore; users: number }>()
  return {
    isTaken: (name) => waiting.has(name),
    of: (name) => (effect) =>
      Effect.suspend(() => {
        const turn = waiting.get(name) ?? { semaphore: Semaphore.makeUnsafe(1), users: 0 }
        waiting.set(name, turn)
        turn.users++
        return turn.semaphore.withPermits(1)(effect).pipe(Effect.ensuring(Effect.sync(() => {
          if (--turn.users === 0) waiting.delete(name)
        })))
      })
  }
}
