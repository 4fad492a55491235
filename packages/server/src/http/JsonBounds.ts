/**
 * How much structure a JSON body may have, found out before it is parsed: a megabyte of brackets becomes a hundred times as much in
 * memory, and parsing it holds up everybody else. Text in it costs nothing, so documents may be as long as the body.
 */

/** Values inside of values; what is asked of any face has ten. */
const deepest = 100

/** Values altogether; the longest reports of nodes have some ten thousand. */
const mostValues = 200_000

const quote = 0x22
const backslash = 0x5c

/** Where the text that begins at a quote ends: the place behind its closing quote, or the end where there is none. */
const behindText = (json: string, start: number): number => {
  for (let end = json.indexOf("\"", start + 1); end >= 0; end = json.indexOf("\"", end + 1)) {
    let slashes = 0
    while (json.charCodeAt(end - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return end + 1
  }
  return json.length
}

/** What is too much about a JSON text, as a sentence; `undefined` when it may be parsed, which can still fail. */
export const problem = (json: string): string | undefined => {
  let depth = 0
  let values = 0
  for (let at = 0; at < json.length;) {
    const code = json.charCodeAt(at)
    if (code === quote) {
      at = behindText(json, at)
      continue
    }
    at++
    // Opening and closing brackets and braces, and what stands between values.
    if (code === 0x5b || code === 0x7b) {
      values++
      if (++depth > deepest) return `The body is nested more than ${deepest} deep`
    } else if (code === 0x5d || code === 0x7d) depth--
    else if (code === 0x2c) values++
    if (values > mostValues) return `The body has more than ${mostValues} values`
  }
  return undefined
}
