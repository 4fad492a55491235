/**
 * Shell patterns (`*`, `?`, `[a-z]`, `[!a]`, `\x`) as fnmatch knows them, in time linear in pattern times text.
 */

/** Whether the whole text matches. */
export const matches = (pattern: string, text: string): boolean => {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++
      resume = t
      continue
    }
    const next = p < pattern.length ? step(pattern, p, text[t]!) : -1
    if (next >= 0) {
      p = next
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++resume
    } else return false
  }
  while (pattern[p] === "*") p++
  return p === pattern.length
}

/** Where the pattern goes on when its element at `p` takes the character, -1 when it does not. */
const step = (pattern: string, p: number, char: string): number => {
  const element = pattern[p]!
  if (element === "?") return p + 1
  if (element === "\\" && p + 1 < pattern.length) return pattern[p + 1] === char ? p + 2 : -1
  if (element !== "[") return element === char ? p + 1 : -1
  const negated = pattern[p + 1] === "!" || pattern[p + 1] === "^"
  const first = p + (negated ? 2 : 1)
  const close = pattern.indexOf("]", first + 1)
  if (close < 0) return char === "[" ? p + 1 : -1
  let found = false
  for (let i = first; i < close; i++) {
    if (pattern[i + 1] === "-" && i + 2 < close) {
      if (pattern[i]! <= char && char <= pattern[i + 2]!) found = true
      i += 2
    } else if (pattern[i] === char) found = true
  }
  return found === negated ? -1 : close + 1
}
