/**
 * Long work as generators: whoever runs one decides whether others have their turn between two steps.
 *
 * ```ts run
 * import * as Steps from "@orch/core/Steps"
 *
 * const seen: Array<number> = []
 * const steps = Steps.each([1, 2, 3], (one) => seen.push(one), 2)
 * steps.next() // the first two, and now it is somebody else's turn
 * Steps.finish(steps)
 * seen // => [1, 2, 3]
 * ```
 */

/** What the steps come to, taken at once. */
export const finish = <A>(steps: Generator<void, A>): A => {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** Does the same with each, so many at a time. */
export function* each<A>(all: Iterable<A>, visit: (one: A) => void, atOnce: number = 500): Generator<void, void> {
  let done = 0
  for (const one of all) {
    visit(one)
    if (++done % atOnce === 0) yield
  }
}
