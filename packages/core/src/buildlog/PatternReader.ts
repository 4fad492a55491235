/** Reads regular expressions into their parts; what cannot be looked for in linear time is refused. See `LinePattern`. */
import * as Result from "effect/Result"

/** What is wrong with a pattern, and where. */
export interface PatternProblem {
  readonly at: number
  readonly message: string
}

/** Whether a character, by its code point, fits. */
export type Test = (code: number) => boolean

/** A pattern as it is written, in parts. */
export type Node =
  | { readonly _tag: "Empty" }
  | { readonly _tag: "One"; readonly test: Test }
  | { readonly _tag: "Start" }
  | { readonly _tag: "End" }
  | { readonly _tag: "Both"; readonly parts: ReadonlyArray<Node> }
  | { readonly _tag: "Either"; readonly parts: ReadonlyArray<Node> }
  | { readonly _tag: "Repeat"; readonly part: Node; readonly least: number; readonly most: number | undefined }

const lower = (code: number): number => {
  const text = String.fromCodePoint(code).toLowerCase()
  return [...text].length === 1 ? text.codePointAt(0)! : code
}

/** Fits one character, in either case where that makes no difference. */
export const same = (code: number, ignoreCase: boolean): Test => {
  if (!ignoreCase) return (one) => one === code
  const wanted = lower(code)
  return (one) => one === code || lower(one) === wanted
}

const isDigit: Test = (code) => code >= 48 && code <= 57
const isWord: Test = (code) => isDigit(code) || code === 95 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
const isSpace: Test = (code) => code === 32 || (code >= 9 && code <= 13) || code === 160
const not = (test: Test): Test => (code) => !test(code)
const classes: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace)
}
const controls: Readonly<Record<string, string>> = { t: "\t", f: "\f", v: "\v", e: "\u001b", r: "\r" }

/** Thrown within, where a pattern is not understood. */
export class Refused extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** Reads one pattern. */
export class Reader {
  private at = 0
  private depth = 0
  readonly text: ReadonlyArray<string>
  readonly ignoreCase: boolean
  constructor(text: ReadonlyArray<string>, ignoreCase: boolean) {
    this.text = text
    this.ignoreCase = ignoreCase
  }

  read(): Result.Result<Node, PatternProblem> {
    try {
      const node = this.either()
      return this.at < this.text.length
        ? Result.fail({ at: this.at, message: "There is no group to close." })
        : Result.succeed(node)
    } catch (error) {
      if (error instanceof Refused) return Result.fail({ at: error.at, message: error.message })
      throw error
    }
  }

  private either(): Node {
    const parts = [this.both()]
    while (this.text[this.at] === "|") {
      this.at++
      parts.push(this.both())
    }
    return parts.length === 1 ? parts[0]! : { _tag: "Either", parts }
  }

  private both(): Node {
    const parts: Array<Node> = []
    while (this.at < this.text.length && this.text[this.at] !== "|" && this.text[this.at] !== ")") {
      parts.push(this.repeated())
    }
    return parts.length === 0 ? { _tag: "Empty" } : { _tag: "Both", parts }
  }

  private repeated(): Node {
    const begin = this.at
    const part = this.one()
    const times = this.times()
    if (times === undefined) return part
    // Asking for as few as possible makes no difference to whether there is a match.
    if (this.text[this.at] === "?") this.at++
    if (this.times() !== undefined) throw new Refused(begin, "A repetition cannot be repeated; put it into a group.")
    return { _tag: "Repeat", part, ...times }
  }

  private times(): { readonly least: number; readonly most: number | undefined } | undefined {
    switch (this.text[this.at]) {
      case "*":
        this.at++
        return { least: 0, most: undefined }
      case "+":
        this.at++
        return { least: 1, most: undefined }
      case "?":
        this.at++
        return { least: 0, most: 1 }
      case "{": {
        const found = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.text.slice(this.at, this.at + 12).join(""))
        if (found === null) return undefined
        const begin = this.at
        this.at += found[0].length
        const least = Number(found[1])
        const most = found[2] === undefined ? least : found[3] === "" ? undefined : Number(found[3])
        if (most !== undefined && most < least) throw new Refused(begin, "The larger number stands second.")
        return { least, most }
      }
      default:
        return undefined
    }
  }

  private one(): Node {
    const begin = this.at
    const character = this.text[this.at++]!
    switch (character) {
      case "(": {
        if (this.text[this.at] === "?") {
          if (this.text[this.at + 1] !== ":") {
            throw new Refused(begin, "Looking around and named groups are not possible here.")
          }
          this.at += 2
        }
        if (++this.depth > 50) throw new Refused(begin, "There are too many groups in each other.")
        const node = this.either()
        if (this.text[this.at] !== ")") throw new Refused(begin, "The group is never closed.")
        this.at++
        this.depth--
        return node
      }
      case "[":
        return { _tag: "One", test: this.set(begin) }
      case ".":
        return { _tag: "One", test: () => true }
      case "^":
        return { _tag: "Start" }
      case "$":
        return { _tag: "End" }
      case "*":
      case "+":
      case "?":
        throw new Refused(begin, "There is nothing to repeat.")
      case "\\":
        return { _tag: "One", test: this.escape(begin) }
      default:
        return { _tag: "One", test: same(character.codePointAt(0)!, this.ignoreCase) }
    }
  }

  private escape(begin: number): Test {
    const character = this.text[this.at++]
    if (character === undefined) throw new Refused(begin, "A backslash stands before something.")
    const known = classes[character]
    if (known !== undefined) return known
    if (/[1-9]/.test(character)) throw new Refused(begin, "References to groups are not possible here.")
    const control = controls[character]
    if (control === undefined && /[A-Za-z0]/.test(character)) {
      throw new Refused(begin, `\\${character} is not known here.`)
    }
    return same((control ?? character).codePointAt(0)!, this.ignoreCase)
  }

  private set(begin: number): Test {
    const isNot = this.text[this.at] === "^"
    if (isNot) this.at++
    const tests: Array<Test> = []
    for (let isFirst = true;; isFirst = false) {
      const character = this.text[this.at]
      if (character === undefined) throw new Refused(begin, "The set is never closed.")
      if (character === "]" && !isFirst) break
      this.at++
      const first = character === "\\" ? this.escape(this.at - 1) : same(character.codePointAt(0)!, this.ignoreCase)
      const last = this.text[this.at + 1]
      if (character === "\\" || this.text[this.at] !== "-" || last === undefined || last === "]") {
        tests.push(first)
        continue
      }
      this.at += 2
      if (last === "\\") throw new Refused(this.at - 1, "A range ends with a character.")
      tests.push(this.range(begin, character.codePointAt(0)!, last.codePointAt(0)!))
    }
    this.at++
    const any: Test = (code) => tests.some((test) => test(code))
    return isNot ? not(any) : any
  }

  private range(begin: number, from: number, to: number): Test {
    if (to < from) throw new Refused(begin, "The range goes backwards.")
    if (!this.ignoreCase) return (code) => code >= from && code <= to
    const isIn = (code: number): boolean => code >= from && code <= to
    return (code) => isIn(code) || isIn(lower(code)) || isIn(upper(code))
  }
}

const upper = (code: number): number => {
  const text = String.fromCodePoint(code).toUpperCase()
  return [...text].length === 1 ? text.codePointAt(0)! : code
}
