/** Finds the known name that somebody who mistyped probably meant. */

/** The number of insertions, deletions and substitutions between two texts, or `limit + 1` when there are more. */
const distance = (one: string, two: string, limit: number): number => {
  if (Math.abs(one.length - two.length) > limit) return limit + 1
  let row = Array.from({ length: two.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= two.length; j++) {
      const substituted = (row[j - 1] as number) + (one[i - 1] === two[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    if (Math.min(...next) > limit) return limit + 1
    row = next
  }
  return row[two.length] as number
}

/**
 * The name at most two edits away, fewer for short names, regardless of case; the first of several equally near ones.
 * Names longer than 100 characters are never suggested, which bounds the work.
 */
export const nearestName = (wanted: string, names: Iterable<string>): string | undefined => {
  if (wanted.length > 100) return undefined
  let best: string | undefined
  let bound = Math.min(2, Math.ceil(wanted.length / 2) - 1)
  if (bound < 0) return undefined
  for (const name of names) {
    const edits = distance(wanted.toLowerCase(), name.toLowerCase(), bound)
    if (edits > bound || name === wanted) continue
    if (best === undefined || edits < bound) best = name
    bound = edits
    if (edits === 0) break
  }
  return best
}
