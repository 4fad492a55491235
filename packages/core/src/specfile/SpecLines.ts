/** The lines of a spec file as rpm reads them: what stands in open brackets of a macro, or before a `\`, goes on in the next. */

/** One such line, and where it begins. */
export interface SpecLine {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** How many brackets of each kind a macro has open, and whether the line ends with a `\`. */
interface Open {
  brace: number
  parenthesis: number
  bracket: number
  isContinued: boolean
}

/** Goes on counting with one more line. */
const count = (open: Open, text: string): void => {
  open.isContinued = false
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "\\":
        open.isContinued = at === text.length - 1
        at++
        break
      case "%":
        if (text[at + 1] === "{") open.brace++
        else if (text[at + 1] === "(") open.parenthesis++
        else if (text[at + 1] === "[") open.bracket++
        else if (text[at + 1] !== "%") break
        at++
        break
      case "{":
        if (open.brace > 0) open.brace++
        break
      case "}":
        if (open.brace > 0) open.brace--
        break
      case "(":
        if (open.parenthesis > 0) open.parenthesis++
        break
      case ")":
        if (open.parenthesis > 0) open.parenthesis--
        break
      case "[":
        if (open.bracket > 0) open.bracket++
        break
      case "]":
        if (open.bracket > 0) open.bracket--
        break
    }
  }
}

/** The lines of a text; a line that is never closed ends with the text. */
export const of = (text: string): ReadonlyArray<SpecLine> => {
  const lines: Array<SpecLine> = []
  let begun: { readonly line: number; readonly parts: Array<string>; readonly open: Open } | undefined
  for (const [index, part] of text.split(/\r?\n/).entries()) {
    begun ??= {
      line: index + 1,
      parts: [],
      open: { brace: 0, parenthesis: 0, bracket: 0, isContinued: false }
    }
    begun.parts.push(part)
    const { open } = begun
    count(open, part)
    if (open.brace + open.parenthesis + open.bracket > 0 || open.isContinued) continue
    lines.push({ line: begun.line, text: begun.parts.join("\n") })
    begun = undefined
  }
  if (begun !== undefined) lines.push({ line: begun.line, text: begun.parts.join("\n") })
  return lines
}
