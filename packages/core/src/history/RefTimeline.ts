/**
 * What a ref pointed to, and when, from what was told of it: repeated, late and in any order.
 *
 * Who tells of a push usually names the commit before it. A message that does not fit to what stands before it came early or late: it is put
 * where it fits, if there is such a place. One that fits nowhere is taken as it came, and marked: something before it was missed.
 */

/** What was told: from `sequence` on, in the order of arrival. Commits are `null` where the ref did not exist. */
export interface RefChange {
  readonly sequence: number
  /** `undefined` where nobody said. */
  readonly before: string | null | undefined
  readonly after: string | null
  /** Microseconds since the epoch. */
  readonly at: number
  /** Whether commits were taken away by it; `undefined` where nobody said. */
  readonly forced?: boolean | undefined
}

/** A time in which a ref pointed to one commit, or did not exist; it ends where the next one begins. */
export interface RefInterval {
  /** Microseconds since the epoch. */
  readonly from: number
  readonly commit: string | null
  readonly change: RefChange
  /** Whether pushes between this commit and the one before it are not known. */
  readonly gap: boolean
}

/** A ref's commit before anything was told. */
export type Base = string | null | undefined

const fits = (value: Base, { before }: RefChange): boolean =>
  value === undefined || before === undefined || before === value

/** Puts what does not fit where it does, one at a time; each move leaves one misfit the fewer or is not made. */
const ordered = (base: Base, told: ReadonlyArray<RefChange>): ReadonlyArray<RefChange> => {
  const changes = [...told].sort((a, b) => a.at - b.at || a.sequence - b.sequence)
  const valueBefore = (index: number): Base => index === 0 ? base : changes[index - 1]!.after
  const isLoose = (index: number): boolean =>
    changes[index]!.before === undefined || !fits(valueBefore(index), changes[index]!)
  /**
   * Where nothing is known before, what came first may follow from what was told late: from where to where that is. What ends where it
   * began, such as a branch that was made and deleted, follows from nothing and leads to nothing, and stays where its time says.
   */
  const goesFirst = (): readonly [from: number, length: number] | undefined => {
    if (base !== undefined || changes[0]?.before === undefined) return undefined
    for (let from = 1; from < changes.length; from++) {
      if (fits(valueBefore(from), changes[from]!)) continue
      let to = from
      while (to + 1 < changes.length && changes[to + 1]!.before === changes[to]!.after) to++
      const { after } = changes[to]!
      if (after === changes[0].before && after !== changes[from]!.before) return [from, to - from + 1]
    }
    return undefined
  }
  const place = (): boolean => {
    for (let late = 1; late < changes.length; late++) {
      const change = changes[late]!
      if (fits(valueBefore(late), change)) continue
      for (let to = late - 1; to >= 0; to--) {
        if (valueBefore(to) !== change.before || !isLoose(to)) continue
        changes.splice(late, 1)
        changes.splice(to, 0, change)
        return true
      }
    }
    const first = goesFirst()
    if (first !== undefined) changes.unshift(...changes.splice(...first))
    return first !== undefined
  }
  // A move makes one change fit; the bound ends what would go round in a circle of commits.
  for (let moves = changes.length * 2; moves > 0 && place(); moves--);
  return changes
}

/**
 * The intervals that follow from what was told, in order; none begins before anything was told.
 *
 * @param base what the ref pointed to before all of it, `undefined` where that is not known
 */
export const intervals = (base: Base, told: ReadonlyArray<RefChange>): ReadonlyArray<RefInterval> => {
  const changes = ordered(base, told)
  // What was told late began no later than what was told of first and comes after it.
  const earliest = changes.map(({ at }) => at)
  for (let index = earliest.length - 2; index >= 0; index--) {
    earliest[index] = Math.min(earliest[index]!, earliest[index + 1]!)
  }
  const found: Array<RefInterval> = []
  let value = base
  let last = Number.NEGATIVE_INFINITY
  changes.forEach((change, index) => {
    if (change.after === value) return
    const from = Math.max(last + 1, earliest[index]!)
    found.push({ from, commit: change.after, change, gap: !fits(value, change) })
    value = change.after
    last = from
  })
  return found
}

/** Whether a change says nothing that is not known: `told` is what was told around it, `base` what was before that. */
export const isRepeat = (base: Base, told: ReadonlyArray<RefChange>, change: RefChange): boolean => {
  if (change.before === change.after) return true
  const known = intervals(base, told)
  const value = known.filter(({ from }) => from <= change.at).at(-1)?.commit ?? (known.length === 0 ? base : undefined)
  if (change.before === undefined) return change.after === value
  const tip = known.length === 0 ? base : known.at(-1)!.commit
  // A ref may go the same way twice; then it is back where this change begins.
  if (tip === change.before) return false
  return told.some(({ after, before }) => after === change.after && before === change.before)
    || known.some(({ commit }, index) =>
      commit === change.after && (index === 0 ? base : known[index - 1]!.commit) === change.before
    )
}

/** What a ref pointed to at a time, `undefined` where that is not known. */
export const at = (known: ReadonlyArray<RefInterval>, time: number): Base =>
  known.filter(({ from }) => from <= time).at(-1)?.commit
