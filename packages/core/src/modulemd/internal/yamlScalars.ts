/**
 * Plain, quoted and block scalars of YAML 1.1, read as libyaml reads them (0.2.5): a quote may close at column 0, which
 * libyaml's own emitter produces and real metadata is full of.
 */
import type { YamlCursor } from "./yamlCursor.ts"
import { isBlankOrEnd, isBreak } from "./yamlCursor.ts"
import { scalarNode, type YamlNode } from "./yamlNode.ts"

/** What ends or may end a run of plain text: white space, colon, and in flow collections their indicators. */
const stops = (flow: boolean): Uint8Array => {
  const table = new Uint8Array(128)
  for (const char of flow ? " \t\n\r:,[]{}" : " \t\n\r:") table[char.charCodeAt(0)] = 1
  return table
}
const blockStops = stops(false)
/** What the lines behind plain text begin with. A dash may begin the marker of a document, which is at column 0. */
const starts = new Uint8Array(128)
for (const char of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-\"'") starts[char.charCodeAt(0)] = 1
const flowStops = stops(true)

/** The cursor ends behind the white space that follows the text, where libyaml leaves it. */
export const plainScalar = (cursor: YamlCursor, indent: number, flow: boolean): YamlNode => {
  const { text } = cursor
  const table = flow ? flowStops : blockStops
  const start = cursor.pos
  let value = ""
  let end = start
  let pos = start
  for (;;) {
    const run = pos
    for (;;) {
      const code = text.charCodeAt(pos)
      if (code < 128) {
        if (table[code] === 0) {
          pos++
          continue
        }
        if (code !== 58) break
        const next = text.charCodeAt(pos + 1)
        if (isBlankOrEnd(next)) break
        if (flow && (next === 44 || next === 63 || next === 91 || next === 93 || next === 123 || next === 125)) {
          cursor.fail("a colon here would end the key", pos, "put a space after it, or quotes around the text")
        }
        pos++
      } else if (code !== code || isBreak(code)) break
      else pos++
    }
    if (pos > run) {
      value = run === start ? text.slice(start, pos) : value + text.slice(run, pos)
      end = pos
    }
    const spaces = pos
    let code = text.charCodeAt(pos)
    if (code === 10 && !flow) {
      const next = lineBehind(text, pos + 1, indent)
      if (next >= 0) {
        cursor.lineStart = pos + 1
        cursor.pos = next
        return scalarNode(start, end, value, "plain")
      }
    }
    while (code === 32 || code === 9) code = text.charCodeAt(++pos)
    if (!isBreak(code)) {
      if (pos === spaces || code === 35 || code !== code || isEnd(text, pos, code, table)) break
      value += text.slice(spaces, pos)
      continue
    }
    cursor.pos = pos
    const breaks = foldedBreaks(cursor, flow ? -1 : indent)
    pos = cursor.pos
    code = text.charCodeAt(pos)
    if (
      code === 35 || code !== code || (!flow && pos - cursor.lineStart < indent) || cursor.atMarker(45) ||
      cursor.atMarker(46) || isEnd(text, pos, code, table)
    ) break
    value += breaks
  }
  cursor.pos = pos
  return scalarNode(start, end, value, "plain")
}

/**
 * Where the next line begins with a letter, digit, dash or quote, if it is indented less than text that goes on would have to
 * be; -1 for all other lines. Nearly all plain text ends before such a line, so that nothing else has to be looked at.
 */
export const lineBehind = (text: string, from: number, indent: number): number => {
  let pos = from
  let code = text.charCodeAt(pos)
  while (code === 32) code = text.charCodeAt(++pos)
  return pos - from < indent && code < 128 && starts[code] === 1 ? pos : -1
}

/** Whether this character begins a word: a letter or digit. */
const isWord = (code: number): boolean => code < 128 && starts[code] === 1 && code !== 45 && code !== 34 && code !== 39

/** Where the word that begins here with a letter or digit ends; `from` itself for anything else. */
export const wordEnd = (text: string, from: number): number => {
  let code = text.charCodeAt(from)
  if (!isWord(code)) return from
  let pos = from
  // A colon with something behind it is as good as a letter; what is not in the table is left to who looks closer.
  while (code < 128 && (blockStops[code] === 0 || (code === 58 && !isBlankOrEnd(text.charCodeAt(pos + 1))))) {
    code = text.charCodeAt(++pos)
  }
  return pos
}

const isEnd = (text: string, pos: number, code: number, table: Uint8Array): boolean =>
  code < 128 && table[code] === 1 && (code !== 58 || isBlankOrEnd(text.charCodeAt(pos + 1)))

/** Steps over line breaks and blanks; one break reads as a space, n breaks as n - 1 line breaks. */
const foldedBreaks = (cursor: YamlCursor, indent: number): string => {
  let breaks = ""
  let first = true
  for (;;) {
    let code = cursor.code()
    while (code === 32 || code === 9) {
      if (code === 9 && !first && cursor.column < indent) {
        cursor.fail("a tab cannot indent", cursor.pos, "use spaces")
      }
      cursor.pos++
      code = cursor.code()
    }
    if (!isBreak(code)) break
    if (!first) breaks += breakText(code)
    else if (code === 0x2028 || code === 0x2029) breaks = `${breakText(code)}`
    first = false
    cursor.lineBreak()
  }
  return breaks === "" ? " " : breaks
}

const breakText = (code: number): string => code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : "\n"

export const singleQuoted = (cursor: YamlCursor): YamlNode => {
  const { text } = cursor
  const start = cursor.pos++
  let value = ""
  for (;;) {
    const run = cursor.pos
    let code = cursor.code()
    while (code !== 39 && !isBreak(code) && code === code) code = text.charCodeAt(++cursor.pos)
    const line = text.slice(run, cursor.pos)
    if (code === 39) {
      if (text.charCodeAt(cursor.pos + 1) === 39) {
        value += `${line}'`
        cursor.pos += 2
        continue
      }
      cursor.pos++
      return scalarNode(start, cursor.pos, value + line, "single")
    }
    if (code !== code) cursor.fail("this quote is not closed", start)
    value += line.replace(/[ \t]+$/, "") + quotedBreaks(cursor, start)
  }
}

/** Line breaks within quotes; a document marker there means that the quote was never closed. */
const quotedBreaks = (cursor: YamlCursor, start: number): string => {
  const breaks = foldedBreaksInQuotes(cursor, start)
  return breaks
}

const foldedBreaksInQuotes = (cursor: YamlCursor, start: number): string => {
  let breaks = ""
  let first = true
  for (;;) {
    let code = cursor.code()
    while (code === 32 || code === 9) {
      cursor.pos++
      code = cursor.code()
    }
    if (!isBreak(code)) break
    if (!first || code === 0x2028 || code === 0x2029) breaks += breakText(code)
    first = false
    cursor.lineBreak()
    if (cursor.atMarker(45) || cursor.atMarker(46)) {
      cursor.fail("this quote is not closed before the document ends", start)
    }
  }
  return breaks === "" ? " " : breaks
}

const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\u0007",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\u001b",
  " ": " ",
  "\"": "\"",
  "/": "/",
  "\\": "\\",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029"
}

const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

export const doubleQuoted = (cursor: YamlCursor): YamlNode => {
  const { text } = cursor
  const start = cursor.pos++
  let value = ""
  for (;;) {
    const run = cursor.pos
    let code = cursor.code()
    while (code !== 34 && code !== 92 && !isBreak(code) && code === code) code = text.charCodeAt(++cursor.pos)
    const line = text.slice(run, cursor.pos)
    if (code === 34) {
      cursor.pos++
      return scalarNode(start, cursor.pos, value + line, "double")
    }
    if (code !== code) cursor.fail("this quote is not closed", start)
    if (code === 92) {
      value += line + escapeSequence(cursor, start)
      continue
    }
    // White space before a line break is not part of the text, unless it was written as an escape.
    value += line.replace(/[ \t]+$/, "") + quotedBreaks(cursor, start)
  }
}

const escapeSequence = (cursor: YamlCursor, start: number): string => {
  const { text } = cursor
  const at = cursor.pos
  const char = text[at + 1] ?? ""
  if (isBreak(char.charCodeAt(0))) {
    cursor.pos++
    cursor.lineBreak()
    if (cursor.atMarker(45) || cursor.atMarker(46)) {
      cursor.fail("this quote is not closed before the document ends", start)
    }
    let code = cursor.code()
    let breaks = ""
    while (code === 32 || code === 9 || isBreak(code)) {
      if (isBreak(code)) {
        breaks += breakText(code)
        cursor.lineBreak()
        if (cursor.atMarker(45) || cursor.atMarker(46)) {
          cursor.fail("this quote is not closed before the document ends", start)
        }
      } else cursor.pos++
      code = cursor.code()
    }
    return breaks
  }
  const short = Object.hasOwn(escapes, char) ? escapes[char] : undefined
  if (short !== undefined) {
    cursor.pos += 2
    return short
  }
  const length = Object.hasOwn(escapeLengths, char) ? escapeLengths[char]! : 0
  const digits = text.slice(at + 2, at + 2 + length)
  if (length === 0) cursor.fail(`\\${char} is not an escape`, at, "double the backslash, or use single quotes")
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) {
    cursor.fail(`\\${char} takes ${length} hexadecimal digits`, at)
  }
  const point = Number.parseInt(digits, 16)
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) cursor.fail(`\\${char}${digits} is not a character`, at)
  cursor.pos += 2 + length
  return String.fromCodePoint(point)
}

/** `|` and `>`; `parent` is the indentation of the collection around, -1 at the root. */
export const blockScalar = (cursor: YamlCursor, parent: number): YamlNode => {
  const { text } = cursor
  const start = cursor.pos
  const literal = cursor.code() === 124
  const header = /[|>](?:([+-])([0-9])?|([0-9])([+-])?)?/y
  header.lastIndex = start
  const [whole, chompA, indentA, indentB, chompB] = header.exec(text)!
  cursor.pos += whole.length
  const chomping = chompA ?? chompB ?? ""
  const increment = Number(indentA ?? indentB ?? "-1")
  if (increment === 0) cursor.fail("an indentation of 0 is not possible")
  let code = cursor.code()
  while (code === 32 || code === 9) code = text.charCodeAt(++cursor.pos)
  if (code === 35) { while (!isBreak(code) && code === code) code = text.charCodeAt(++cursor.pos) }
  if (isBreak(code)) cursor.lineBreak()
  else if (code === code) cursor.fail("a line break or comment is expected here")
  let indent = increment < 0 ? 0 : Math.max(parent, 0) + increment
  const lead = leadingBreaks(cursor, indent)
  let trailing = lead.breaks
  if (indent === 0) indent = Math.max(lead.widest, parent + 1, 1)
  let value = ""
  let leading = ""
  let blank = false
  let end = cursor.pos
  while (cursor.column === indent && cursor.pos < text.length) {
    code = cursor.code()
    const startsBlank = code === 32 || code === 9
    if (!literal && leading === "\n" && !blank && !startsBlank) value += trailing === "" ? " " : ""
    else value += leading
    value += trailing
    blank = startsBlank
    const run = cursor.pos
    while (!isBreak(code) && code === code) code = text.charCodeAt(++cursor.pos)
    value += text.slice(run, cursor.pos)
    end = cursor.pos
    leading = ""
    if (code === code) {
      leading = breakText(code)
      cursor.lineBreak()
    }
    trailing = leadingBreaks(cursor, indent).breaks
  }
  if (chomping !== "-") value += leading
  if (chomping === "+") value += trailing
  return scalarNode(start, end, value, literal ? "literal" : "folded")
}

/** Empty lines up to the next line with text; the widest indentation among them when none is known yet. */
const leadingBreaks = (cursor: YamlCursor, indent: number): { breaks: string; widest: number } => {
  let breaks = ""
  let widest = 0
  for (;;) {
    while ((indent === 0 || cursor.column < indent) && cursor.code() === 32) cursor.pos++
    widest = Math.max(widest, cursor.column)
    const code = cursor.code()
    if (code === 9 && (indent === 0 || cursor.column < indent)) {
      cursor.fail("a tab cannot indent", cursor.pos, "use spaces")
    }
    if (!isBreak(code)) return { breaks, widest }
    breaks += breakText(code)
    cursor.lineBreak()
  }
}
