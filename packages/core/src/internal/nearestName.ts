/**
 * The word somebody probably meant: the one with the fewest edits, if they are few for its length.
 */

const distance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(change, previous[j]! + 1, current[j - 1]! + 1))
    }
    previous = current
  }
  return previous[b.length]!
}

export const nearestName = (word: string, candidates: ReadonlyArray<string>): string | undefined => {
  if (word.length > 40) return undefined
  const plain = word.toLowerCase().replaceAll("_", "-")
  let best: string | undefined
  let fewest = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    // It takes an edit for each letter that one has more, so that nobody has to be compared with what is very long.
    if (Math.abs(candidate.length - word.length) >= fewest) continue
    const edits = distance(plain, candidate.toLowerCase().replaceAll("_", "-"))
    if (edits < fewest) [best, fewest] = [candidate, edits]
  }
  return best
}
