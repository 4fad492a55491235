/**
 * Waits for a `FileLock`: first for the other fibers of this process, then for other processes.
 */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as FileLock from "./FileLock.ts"

const semaphores = new Map<string, Semaphore.Semaphore>()

const semaphoreOf = (path: string): Semaphore.Semaphore => {
  const known = semaphores.get(path)
  if (known !== undefined) return known
  const made = Semaphore.makeUnsafe(1)
  semaphores.set(path, made)
  return made
}

/** Runs `use` while holding the lock; fails with `onTimeout` when another process keeps it longer than `waitMillis`. */
export const withLock = <A, E, R, E2>(
  options: { readonly path: string; readonly waitMillis: number; readonly onTimeout: () => E2 },
  use: Effect.Effect<A, E, R>
): Effect.Effect<A, E | E2, R> => {
  const acquire = Effect.gen(function*() {
    Fs.mkdirSync(Path.dirname(options.path), { recursive: true })
    const until = performance.now() + options.waitMillis
    while (!FileLock.tryAcquire(options.path)) {
      if (performance.now() > until) return yield* Effect.fail(options.onTimeout())
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 25)))
    }
  })
  return Semaphore.withPermit(
    semaphoreOf(options.path),
    Effect.acquireUseRelease(
      Effect.interruptible(acquire),
      () => use,
      () => Effect.sync(() => FileLock.release(options.path))
    )
  )
}
