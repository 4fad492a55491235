/** The order of text that Python, `strcmp` on UTF-8, RPM and git agree on; JavaScript's `<` differs beyond U+FFFF. */

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** Orders text by code point: negative where `self` comes first, 0 for equal texts. For `sort`. */
export const compareText = (self: string, that: string): number => {
  if (self === that) return 0
  const length = Math.min(self.length, that.length)
  for (let index = 0; index < length; index++) {
    if (self.charCodeAt(index) === that.charCodeAt(index)) continue
    // The first half of a surrogate pair sorts above every plain unit of the same range.
    const start = index > 0 && isHighSurrogate(self.charCodeAt(index - 1)) ? index - 1 : index
    return self.codePointAt(start)! - that.codePointAt(start)!
  }
  return self.length - that.length
}

/** A new array of the texts, in the order of `compareText`. */
export const sortedTexts = (texts: Iterable<string>): Array<string> => {
  const sorted = [...texts]
  // Units order as code points do where none is half of a pair, and that order takes no calls.
  return sorted.some(hasSurrogates) ? sorted.sort(compareText) : sorted.sort()
}

const hasSurrogates = (text: string): boolean => /[\ud800-\udfff]/.test(text)
