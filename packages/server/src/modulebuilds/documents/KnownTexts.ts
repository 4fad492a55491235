/**
 * What was made of a text and is asked for again and again: pages of builds that have ended show the same documents each time. Bounded in
 * characters; what was asked for longest ago goes first.
 */

/** Characters that are kept: some tens of megabytes at most, two thousand builds of twenty components. */
const most = 8_000_000

/** Remembers answers by what they were made of. */
export interface KnownTexts {
  readonly find: (key: string) => string | undefined
  readonly keep: (key: string, text: string) => void
}

export const make = (limit: number = most): KnownTexts => {
  const texts = new Map<string, string>()
  let characters = 0
  const forget = (key: string, text: string): void => {
    texts.delete(key)
    characters -= key.length + text.length
  }
  return {
    find: (key) => {
      const text = texts.get(key)
      if (text === undefined) return undefined
      // The newest are at the end.
      texts.delete(key)
      texts.set(key, text)
      return text
    },
    keep: (key, text) => {
      const before = texts.get(key)
      if (before !== undefined) forget(key, before)
      texts.set(key, text)
      characters += key.length + text.length
      for (const [oldest, old] of texts) {
        if (characters <= limit) break
        forget(oldest, old)
      }
    }
  }
}
