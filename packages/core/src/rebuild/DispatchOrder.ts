/**
 * Who gets a free worker next, among everything that could be begun. Pure: usage and time are arguments.
 *
 * A class of work that people wait for goes first, as far as it does not take more than there is; within a class the owner goes first
 * who has had least of the farm lately, and of one owner's nodes the one with the longest way behind it.
 */

/** Work that people wait for, work that somebody will look at today, and work by the thousand. */
export const classes = ["interactive", "normal", "mass"] as const
/** One of `classes`. */
export type WorkClass = (typeof classes)[number]

/** Something that could be begun. */
export interface Candidate {
  readonly name: string
  readonly class: WorkClass
  readonly owner: string
  /** Seconds of the longest chain that begins with it. */
  readonly downstream: number
  /** Since when it could have been begun, in milliseconds since 1970. */
  readonly since: number
}

/** How much of the farm an owner has had: worker seconds, those of long ago counting less. */
export interface Usage {
  readonly seconds: number
  /** When that was so, in milliseconds since 1970. */
  readonly at: number
}

/** After so many milliseconds what somebody used counts half. */
const halfLife = 4 * 3600 * 1000

/** An owner's usage at a later time, in worker seconds. */
export const usageAt = ({ at, seconds }: Usage, now: number): number =>
  seconds * 0.5 ** (Math.max(0, now - at) / halfLife)

/** An owner's usage with some more worker seconds at a time. */
export const use = (usage: Usage | undefined, seconds: number, now: number): Usage => ({
  seconds: (usage === undefined ? 0 : usageAt(usage, now)) + Math.max(0, seconds),
  at: now
})

/**
 * The order in which these are begun; ties go by time and then by name, so that it is the same for the same input.
 *
 * @param usageOf worker seconds of an owner now, as `usageAt` tells.
 */
export const sort = <C extends Candidate>(
  candidates: ReadonlyArray<C>,
  usageOf: (owner: string) => number
): ReadonlyArray<C> => {
  const usage = new Map(candidates.map(({ owner }) => [owner, 0]))
  for (const owner of usage.keys()) usage.set(owner, usageOf(owner))
  return candidates.toSorted((one, two) =>
    classes.indexOf(one.class) - classes.indexOf(two.class)
    || usage.get(one.owner)! - usage.get(two.owner)!
    || two.downstream - one.downstream
    || one.since - two.since
    || (one.name < two.name ? -1 : 1)
  )
}

/**
 * How many of the workers each class may hold, so that something that people wait for finds one free within one build's end: a mass of
 * work leaves a tenth of them, at least one of two, to the others.
 */
export const capacity = (workers: number): Readonly<Record<WorkClass, number>> => ({
  interactive: workers,
  normal: Math.max(1, workers - Math.floor(workers / 20)),
  mass: Math.max(1, workers - Math.max(workers > 1 ? 1 : 0, Math.ceil(workers / 10)))
})
