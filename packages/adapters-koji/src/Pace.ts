/**
 * How often it is worth asking a hub about something that is not finished.
 *
 * Pure. What is expected to take a while is asked about when it should have ended, and often from then on. Of what nobody has
 * seen before, what is young may end any moment, and what has run for an hour will not end within the next second: the
 * pause grows with the age. Where many are open, the hub's load counts more: the pauses are longer, and a thousand tasks get
 * at most two questions a minute, whatever their age.
 */

/** Milliseconds between two questions about a few young things. */
const soonest = 1000

/** The part of the age that is waited before the next question, where nothing is expected. */
const partOfAge = 1 / 2

/** The same for what is so old that the longest pause would be a small part of its age. */
const partOfOldAge = 1 / 4

/** The part of the age that is waited where the end was expected before, and of the time that has passed since then. */
const partWhenOverdue = 1 / 16
const partOfOverdue = 1 / 2

/** How much later than expected it is worth a question: most things take a little longer than those before. */
const margin = 1.02

/** So many of the longest pauses may pass without a question, however late the end is expected. */
const pausesWithoutNews = 10

/**
 * With so many open things, pauses are twice as long: each question about them has others in its wake, about those that have
 * ended meanwhile.
 */
const many = 300

/** The part of its pause after which a thing is asked about along with others. */
const soon = 0.75

/** So many open things make a question expensive enough to be asked at the longest pause only. */
const crowd = 1000

/** How long the pauses are at the most. */
export interface Limits {
  /**
   * The longest pause for a few things, in milliseconds; twice that for hundreds, above a thousand in proportion, and a quarter of
   * the age for what is older than four such pauses.
   */
  readonly longest: number
}

const unexpected = (age: number, factor: number, first: number, longest: number): number =>
  Math.min(Math.max(longest * factor, age * partOfOldAge), Math.max(first, age * partOfAge * factor))

const untilExpected = (age: number, expected: number, first: number, longest: number): number =>
  Math.min(longest * pausesWithoutNews, Math.max(first, expected * margin - age))

const overdue = (age: number, expected: number, first: number, longest: number): number =>
  Math.min(
    Math.max(longest, age * partOfOldAge),
    Math.max(first, age * partWhenOverdue, (age - expected) * partOfOverdue)
  )

/**
 * Milliseconds from one question to the next.
 *
 * @param age since the thing was begun, in milliseconds.
 * @param company how many open things there are that are not older, itself included.
 * @param expected the age at which it should have ended, as far as others of its kind tell.
 */
export const pause = (age: number, company: number, { longest }: Limits, expected?: number): number => {
  const first = Math.min(soonest, longest)
  const share = company / crowd
  // The cube keeps a batch of three hundred near the soonest, and reaches the longest pause at a thousand.
  const forCompany = share >= 1 ? longest * share : first + (longest - first) * share ** 3
  const factor = 1 + Math.min(1, (company - 1) / many)
  const forAge = expected === undefined
    ? unexpected(age, factor, first, longest)
    : age < expected
    ? untilExpected(age, expected, first, longest)
    : overdue(age, expected, first, longest)
  return Math.round(Math.max(forCompany, forAge))
}

/** Something that has not ended: when it was begun, and when the hub was last asked about it. */
export interface Open {
  /** When it was begun, or first heard of (milliseconds since 1970). */
  readonly since: number
  /** When it was last asked about. */
  readonly askedAt: number
  /** The age at which it should have ended (milliseconds); absent where nothing is known. */
  readonly expected?: number | undefined
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
  return all.map(({ askedAt, expected, since }) =>
    askedAt + pause(Math.max(0, askedAt - since), company.get(since) ?? 1, limits, expected)
  )
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
