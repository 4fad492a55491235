/**
 * Filters as people type them: `state:failed,build -owner:ann took:>2h perl "two words"`. Which keys there are is said by whoever
 * filters; what is wrong is told with its place in the text and with what could stand there.
 *
 * All terms have to fit; of the values of one term any one; a `-` before a term says that it must not.
 */
import * as Result from "effect/Result"

/** What the values of a key are. */
export type Kind =
  /** Any text; a `*` at its end stands for more of it. */
  | "text"
  /** One of a closed set of words. */
  | "word"
  /** Hexadecimal digits, the first of them. */
  | "hex"
  /** `>2h` or `<10m`. */
  | "duration"
  /** `3d` for the last three days, or a date or time in UTC. */
  | "since"

/** One key of a filter. */
export interface Key {
  readonly name: string
  readonly kind: Kind
  /** Of a `word`: what it can be. */
  readonly words?: ReadonlyArray<string>
}

/** One value of a term. */
export type Value =
  | { readonly _tag: "Text"; readonly text: string; readonly isPrefix: boolean }
  | { readonly _tag: "Longer"; readonly seconds: number }
  | { readonly _tag: "Shorter"; readonly seconds: number }
  | { readonly _tag: "Within"; readonly seconds: number }
  /** `at` is in milliseconds since the epoch, `text` as it was written. */
  | { readonly _tag: "From"; readonly at: number; readonly text: string }

/** What has to fit; a word without a key has `key` undefined. */
export interface Term {
  readonly key: string | undefined
  readonly isNot: boolean
  readonly values: ReadonlyArray<Value>
}

/** Something that cannot be understood. `at` and `length` count UTF-16 units, as editors do. */
export interface Problem {
  readonly at: number
  readonly length: number
  /** One sentence. */
  readonly message: string
  /** What could stand there; empty where that is no closed set. */
  readonly allowed: ReadonlyArray<string>
}

/** Longer texts are refused: nobody types them. */
export const maximumLength = 1000
/** More values than that are refused. */
export const maximumValues = 100

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

interface Piece {
  readonly text: string
  readonly at: number
  readonly length: number
  readonly isQuoted: boolean
}

interface Token {
  readonly at: number
  readonly length: number
  readonly isNot: boolean
  readonly key: Piece | undefined
  readonly values: ReadonlyArray<Piece>
  readonly isOpen: boolean
}

/** Reads a filter; fails with all that is wrong in it. A text of blanks has no terms. */
export const parse = (
  text: string,
  keys: ReadonlyArray<Key>
): Result.Result<ReadonlyArray<Term>, ReadonlyArray<Problem>> => {
  if (text.length > maximumLength) {
    return Result.fail([{
      at: maximumLength,
      length: text.length - maximumLength,
      message: `A filter has at most ${maximumLength} characters.`,
      allowed: []
    }])
  }
  const known = new Map(keys.map((key) => [key.name, key]))
  const problems: Array<Problem> = []
  const terms: Array<Term> = []
  let values = 0
  for (const token of tokens(text)) {
    values += token.values.length
    if (token.isOpen) {
      problems.push(problem(token, "The quotation mark is never closed.", ["\""]))
      continue
    }
    const read = term(token, known)
    if (Result.isSuccess(read)) terms.push(read.success)
    else problems.push(...read.failure)
  }
  if (values > maximumValues) {
    problems.push({
      at: 0,
      length: text.length,
      message: `A filter has at most ${maximumValues} values.`,
      allowed: []
    })
  }
  return problems.length > 0 ? Result.fail(problems) : Result.succeed(terms)
}

/** The same filter in the form that `parse` reads to the same terms. */
export const format = (terms: ReadonlyArray<Term>): string =>
  terms.map(({ isNot, key, values }) =>
    `${isNot ? "-" : ""}${key === undefined ? "" : `${key}:`}${values.map(formatValue).join(",")}`
  ).join(" ")

/** A problem with the text it is about marked, for people: two lines and the sentence. */
export const formatProblem = (text: string, { at, length, message }: Problem): string =>
  `${text.replaceAll(/\s/g, " ")}\n${" ".repeat(at)}${"^".repeat(Math.max(1, length))} ${message}`

const formatValue = (value: Value): string => {
  switch (value._tag) {
    case "Text":
      return `${/^[^\s",:-][^\s",:]*$/.test(value.text) && !value.text.endsWith("*") ? value.text : quote(value.text)}${
        value.isPrefix ? "*" : ""
      }`
    case "Longer":
      return `>${value.seconds}s`
    case "Shorter":
      return `<${value.seconds}s`
    case "Within":
      return `${value.seconds}s`
    case "From":
      return quote(value.text)
  }
}

const quote = (text: string): string => `"${text.replaceAll(/[\\"]/g, "\\$&")}"`

/** Reads token by token; a quotation mark keeps blanks, commas and colons, a backslash within keeps what follows it. */
const tokens = function*(text: string): Generator<Token> {
  let at = 0
  const piece = (ends: RegExp): Piece & { readonly isOpen: boolean } => {
    const start = at
    let read = ""
    let isQuoted = false
    while (at < text.length && !ends.test(text[at]!)) {
      if (text[at] !== "\"") {
        read += text[at++]
        continue
      }
      isQuoted = true
      at++
      while (at < text.length && text[at] !== "\"") {
        if (text[at] === "\\" && at + 1 < text.length) at++
        // A star that is quoted is a star.
        read += text[at] === "*" ? "\uE000" : text[at]
        at++
      }
      if (at >= text.length) return { text: read, at: start, length: at - start, isQuoted, isOpen: true }
      at++
    }
    return { text: read, at: start, length: at - start, isQuoted, isOpen: false }
  }
  for (;;) {
    while (at < text.length && /\s/.test(text[at]!)) at++
    if (at >= text.length) return
    const start = at
    const isNot = text[at] === "-" && at + 1 < text.length && !/\s/.test(text[at + 1]!)
    if (isNot) at++
    const first = piece(/[\s:,]/)
    const isKey = text[at] === ":" && !first.isQuoted && !first.isOpen
    const values: Array<Piece> = []
    let isOpen = first.isOpen
    if (isKey) {
      do {
        at++
        const value = piece(/[\s,]/)
        values.push(value)
        isOpen ||= value.isOpen
      } while (text[at] === ",")
    } else {
      // A word goes to the next blank, whatever is in it.
      const rest = piece(/\s/)
      isOpen ||= rest.isOpen
      values.push({ ...first, text: first.text + rest.text, length: at - first.at })
    }
    yield { at: start, length: at - start, isNot, key: isKey ? first : undefined, values, isOpen }
  }
}

const problem = (
  { at, length }: { readonly at: number; readonly length: number },
  message: string,
  allowed: ReadonlyArray<string> = []
): Problem => ({ at, length, message, allowed })

const term = (
  token: Token,
  known: ReadonlyMap<string, Key>
): Result.Result<Term, ReadonlyArray<Problem>> => {
  if (token.key === undefined) {
    const [word] = token.values
    return word === undefined || word.text === ""
      ? Result.fail([problem(token, "There is nothing to look for between the quotation marks.")])
      : Result.succeed({ key: undefined, isNot: token.isNot, values: [text(word, false)] })
  }
  const key = known.get(token.key.text.toLowerCase())
  if (key === undefined) {
    return Result.fail([
      problem(
        token.key,
        `There is no key "${shorten(token.key.text)}"; a word with a colon is written in quotation marks.`,
        [
          ...known.keys()
        ]
      )
    ])
  }
  const values: Array<Value> = []
  const problems: Array<Problem> = []
  for (const piece of token.values) {
    const read = value(key, piece)
    if (Result.isSuccess(read)) values.push(read.success)
    else problems.push(read.failure)
  }
  return problems.length > 0
    ? Result.fail(problems)
    : Result.succeed({ key: key.name, isNot: token.isNot, values })
}

const text = ({ text }: Piece, mayBePrefix: boolean): Value => {
  const isPrefix = mayBePrefix && text.endsWith("*") && text.length > 1
  return { _tag: "Text", text: (isPrefix ? text.slice(0, -1) : text).replaceAll("\uE000", "*"), isPrefix }
}

const value = (key: Key, piece: Piece): Result.Result<Value, Problem> => {
  const fail = (message: string, allowed: ReadonlyArray<string> = []) => Result.fail(problem(piece, message, allowed))
  if (piece.text === "") return fail(`"${key.name}:" wants something after the colon.`, key.words ?? [])
  switch (key.kind) {
    case "text":
      return Result.succeed(text(piece, true))
    case "word": {
      const word = piece.text.toLowerCase()
      return key.words?.includes(word) === true
        ? Result.succeed({ _tag: "Text", text: word, isPrefix: false })
        : fail(`"${shorten(piece.text)}" is no ${key.name}.`, key.words ?? [])
    }
    case "hex":
      return /^[0-9a-f]{4,64}\*?$/i.test(piece.text)
        ? Result.succeed({ _tag: "Text", text: piece.text.replace("*", "").toLowerCase(), isPrefix: true })
        : fail(`"${shorten(piece.text)}" is no beginning of a ${key.name}: 4 to 64 hexadecimal digits.`)
    case "duration": {
      const seconds = /^[<>]/.test(piece.text) ? duration(piece.text.slice(1)) : undefined
      return seconds === undefined
        ? fail(`"${shorten(piece.text)}" says no duration: > or <, a number, and s, m, h, d or w.`, [">2h", "<10m"])
        : Result.succeed({ _tag: piece.text.startsWith(">") ? "Longer" : "Shorter", seconds })
    }
    case "since": {
      const seconds = duration(piece.text)
      if (seconds !== undefined) return Result.succeed({ _tag: "Within", seconds })
      const at = instant(piece.text)
      return at === undefined
        ? fail(`"${shorten(piece.text)}" is no time: how long ago, or a date or time in UTC.`, [
          "3d",
          "2026-11-20",
          "2026-11-20T14:00Z"
        ])
        : Result.succeed({ _tag: "From", at, text: piece.text })
    }
  }
}

const duration = (text: string): number | undefined => {
  const found = /^(\d{1,6})([smhdw])$/.exec(text)
  return found === null ? undefined : Number(found[1]) * unitSeconds[found[2]!]!
}

const instant = (text: string): number | undefined => {
  const found = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)Z?)?$/.exec(text)
  if (found === null) return undefined
  const at = Date.parse(`${found[1]}T${found[2] ?? "00:00"}Z`)
  // What is no day of its month is taken for one of the next by some and refused by others.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== found[1] ? undefined : at
}

const shorten = (text: string): string => text.length > 60 ? `${text.slice(0, 60)}…` : text
