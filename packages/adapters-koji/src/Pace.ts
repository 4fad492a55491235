/**
 * How often it is worth asking a hub about something that is not finished.
 *
 * Pure. What is young may end any moment, what has run for an hour will not end within the next second: the pause grows with
 * the age, so that nobody waits longer than half of the time that the work itself took, and a long task costs few
 * questions. Where many are open, the hub's load counts more: the pauses are longer, and a thousand tasks get at most two
 * questions a minute, whatever their age.
 */

/** Milliseconds between two questions about a few young things. */
const soonest = 1000

/** The part of the age that is waited before the next question. */
const partOfAge = 1 / 2

/**
 * With so many open things, pauses are twice as long: each question about them has others in its wake, about those that have
 * ended meanwhile.
 */
const many = 300

/** The part of its pause after which a thing is asked about along with others. */
const soon = 0.75

/** The part of the shortest known time before which nothing is expected. */
const mostLikely = 0.7

/** So many open things make a question expensive enough to be asked at the longest pause only. */
const crowd = 1000

/** How long the pauses are at the most, and from which age on an end can be expected. */
export interface Limits {
  /** The longest pause for a few things, in milliseconds; twice that for hundreds, and above a thousand in proportion. */
  readonly longest: number
  /** No such thing is known to have ended at a lower age (milliseconds); 0 where nothing is known. */
  readonly shortest?: number
}

/**
 * Milliseconds from one question to the next.
 *
 * @param age since the thing was begun, in milliseconds.
 * @param company how many open things there are that are not older, itself included.
 */
export const pause = (age: number, company: number, { longest, shortest = 0 }: Limits): number => {
  const first = Math.min(soonest, longest)
  const share = company / crowd
  // The cube keeps a batch of three hundred near the soonest, and reaches the longest pause at a thousand.
  const forCompany = share >= 1 ? longest * share : first + (longest - first) * share ** 3
  const factor = 1 + Math.min(1, (company - 1) / many)
  const untilPossible = shortest * mostLikely - age
  const forAge = Math.min(longest * factor, Math.max(first, age * partOfAge * factor, untilPossible))
  return Math.round(Math.max(forCompany, forAge))
}

/** Something that has not ended: when it was begun, and when the hub was last asked about it. */
export interface Open {
  /** When it was begun, or first heard of (milliseconds since 1970). */
  readonly since: number
  /** When it was last asked about. */
  readonly askedAt: number
}

/** For each thing how many there are that were begun at the same time or later, itself included. */
const companies = (all: ReadonlyArray<Open>): ReadonlyMap<number, number> => {
  const times = all.map(({ since }) => since).sort((a, b) => b - a)
  // Of equal times the last one counts all of them.
  return new Map(times.map((since, index) => [since, index + 1]))
}

/** When each thing is to be asked about next (milliseconds since 1970), in the order given. */
export const dueTimes = (all: ReadonlyArray<Open>, limits: Limits): ReadonlyArray<number> => {
  const company = companies(all)
  return all.map(({ askedAt, since }) => askedAt + pause(Math.max(0, askedAt - since), company.get(since) ?? 1, limits))
}

/**
 * Which things to ask about now: none before one of them is due; then also those that are due soon, so that things of one
 * age keep sharing their questions.
 */
export const due = <A extends Open>(all: ReadonlyArray<A>, now: number, limits: Limits): ReadonlyArray<A> => {
  const times = dueTimes(all, limits)
  if (!times.some((time) => time <= now)) return []
  return all.filter(({ askedAt }, index) => {
    const time = times[index] ?? now
    return time <= now || now - askedAt >= (time - askedAt) * soon
  })
}
