/**
 * How long something usually takes, told from earlier runs: a median that a few strange runs do not move, and the spread around it.
 *
 * Fewer than three runs say nothing.
 */

/** What is usual, in seconds: most runs take between `low` and `high`. */
export interface Usual {
  readonly seconds: number
  readonly low: number
  readonly high: number
  /** How many earlier runs it is told from. */
  readonly runs: number
}

/** Fewer runs than that are no experience. */
export const fewest = 3

/** Runs that count at most, the newest: what was usual a year ago is not any more. */
export const most = 20

/**
 * What is usual after these runs, in seconds, newest first: the median, and the fifth and four fifths of them. `undefined` of fewer
 * than three.
 */
export const usual = (runs: ReadonlyArray<number>): Usual | undefined => {
  const counted = runs.filter((seconds) => Number.isFinite(seconds) && seconds >= 0).slice(0, most)
  if (counted.length < fewest) return undefined
  const sorted = counted.toSorted((a, b) => a - b)
  return { seconds: at(sorted, 0.5), low: at(sorted, 0.2), high: at(sorted, 0.8), runs: sorted.length }
}

/** The value at a part of a sorted list, between its neighbours where none stands there. */
const at = (sorted: ReadonlyArray<number>, part: number): number => {
  const place = part * (sorted.length - 1)
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return below + (above - below) * (place - Math.floor(place))
}
