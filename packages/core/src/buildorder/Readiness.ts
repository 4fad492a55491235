/**
 * Which components may start now, given what is already in the buildroot's repository.
 *
 * A component never waits for more than it must: for its `buildafter` prerequisites and for the batches before its
 * barrier, not for unrelated components that happen to share an earlier batch.
 */
import type { BuildOrder, Placement } from "./BuildOrder.ts"

/** What keeps a component from starting. */
export type Blocker =
  /** Components that its own `buildafter` names. */
  | { readonly _tag: "Prerequisites"; readonly keys: ReadonlyArray<string> }
  /** Components of the batches that its `buildorder` puts before it. */
  | { readonly _tag: "Barrier"; readonly afterBatch: number; readonly keys: ReadonlyArray<string> }

const completeBatches = (order: BuildOrder, isIn: (key: string) => boolean): number => {
  const first = order.batches.findIndex((batch) => !batch.every(({ key }) => isIn(key)))
  return first < 0 ? order.batches.length : first
}

/**
 * The components that may start and have not, longest downstream path first, whatever their batch.
 *
 * `isIn` says whether a key's result is in the buildroot's repository, `isStarted` whether it needs no start any more.
 */
export const ready = (
  order: BuildOrder,
  isIn: (key: string) => boolean,
  isStarted: (key: string) => boolean
): ReadonlyArray<Placement> => {
  const complete = completeBatches(order, isIn)
  return order.placements
    .filter((placement) =>
      placement.afterBatch <= complete && !isIn(placement.key) && !isStarted(placement.key)
      && placement.after.every((name) => isIn(`rpms/${name}`))
    )
    .sort((a, b) => b.downstream - a.downstream)
}

/**
 * What a component waits for: at most one `Prerequisites` and one `Barrier`, each with the keys that are still missing.
 * Empty when it may start.
 */
export const blockers = (
  order: BuildOrder,
  placement: Placement,
  isIn: (key: string) => boolean
): ReadonlyArray<Blocker> => {
  const missing = (keys: ReadonlyArray<string>) => keys.filter((key) => !isIn(key))
  const prerequisites = missing(placement.after.map((name) => `rpms/${name}`))
  const barrier = missing(order.batches.slice(0, placement.afterBatch).flat().map(({ key }) => key))
  return [
    ...prerequisites.length > 0 ? [{ _tag: "Prerequisites" as const, keys: prerequisites }] : [],
    ...barrier.length > 0
      ? [{ _tag: "Barrier" as const, afterBatch: placement.afterBatch, keys: barrier }]
      : []
  ]
}
