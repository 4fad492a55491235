/**
 * Regular expressions over lines that take time linear in what they are looked for in, whatever they are and whatever it is: people's
 * patterns run in the server, and one that goes back and tries again could hold it for hours.
 *
 * Characters, `.`, classes, groups, `|`, `*`, `+`, `?`, `{2,5}`, `^`, `$`, `\d \w \s` and their opposites. What needs going back, such as
 * references to groups and looking around, is refused.
 */
import * as Result from "effect/Result"

/** What is wrong with a pattern, and where. */
export interface PatternProblem {
  readonly at: number
  readonly message: string
}

type Test = (code: number) => boolean

type Instruction =
  | { readonly _tag: "One"; readonly test: Test; next: number }
  | { readonly _tag: "Split"; next: number; other: number }
  | { readonly _tag: "Start"; next: number }
  | { readonly _tag: "End"; next: number }
  | { readonly _tag: "Match" }

/** A pattern that can be looked for. */
export interface LinePattern {
  readonly program: ReadonlyArray<Instruction>
  readonly start: number
}

/** Where a pattern was found: the place of its first character and how many there are. */
export interface Found {
  readonly at: number
  readonly length: number
}

/** Longer patterns are refused. */
export const maximumLength = 200
/** Larger programs are refused, which repetitions of repetitions would make. */
const maximumProgram = 2000

type Node =
  | { readonly _tag: "Empty" }
  | { readonly _tag: "One"; readonly test: Test }
  | { readonly _tag: "Start" }
  | { readonly _tag: "End" }
  | { readonly _tag: "Both"; readonly parts: ReadonlyArray<Node> }
  | { readonly _tag: "Either"; readonly parts: ReadonlyArray<Node> }
  | { readonly _tag: "Repeat"; readonly part: Node; readonly least: number; readonly most: number | undefined }

/** A text that is looked for as it is. */
export const literal = (text: string, ignoreCase = false): LinePattern =>
  compile({
    _tag: "Both",
    parts: [...text].map((character) => ({ _tag: "One", test: same(character.codePointAt(0)!, ignoreCase) }))
  })!

/** Reads a pattern; fails with the first thing in it that is not understood. */
export const parse = (text: string, ignoreCase = false): Result.Result<LinePattern, PatternProblem> => {
  const read = new Reader([...text], ignoreCase).read()
  if (Result.isFailure(read)) return Result.fail(read.failure)
  const compiled = text.length > maximumLength ? undefined : compile(read.success)
  return compiled === undefined
    ? Result.fail({ at: 0, message: "The pattern is too large." })
    : Result.succeed(compiled)
}

const lower = (code: number): number => {
  const text = String.fromCodePoint(code).toLowerCase()
  return [...text].length === 1 ? text.codePointAt(0)! : code
}

const same = (code: number, ignoreCase: boolean): Test => {
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

class Refused extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

class Reader {
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

/** Thompson's construction, from the end: each node is told what follows it. `undefined` where it becomes too large. */
const compile = (node: Node): LinePattern | undefined => {
  const program: Array<Instruction> = [{ _tag: "Match" }]
  const add = (instruction: Instruction): number => {
    if (program.length > maximumProgram) throw new Refused(0, "")
    return program.push(instruction) - 1
  }
  const build = (node: Node, next: number): number => {
    switch (node._tag) {
      case "Empty":
        return next
      case "One":
        return add({ _tag: "One", test: node.test, next })
      case "Start":
        return add({ _tag: "Start", next })
      case "End":
        return add({ _tag: "End", next })
      case "Both":
        return node.parts.reduceRight((after, part) => build(part, after), next)
      case "Either":
        return node.parts.map((part) => build(part, next)).reduceRight((other, one) =>
          add({ _tag: "Split", next: one, other })
        )
      case "Repeat": {
        let after = next
        if (node.most === undefined) {
          const split: Extract<Instruction, { readonly _tag: "Split" }> = { _tag: "Split", next, other: next }
          after = add(split)
          split.next = build(node.part, after)
        } else {
          for (let time = node.least; time < node.most; time++) {
            after = add({ _tag: "Split", next: build(node.part, after), other: next })
          }
        }
        for (let time = 0; time < node.least; time++) after = build(node.part, after)
        return after
      }
    }
  }
  try {
    const start = build(node, 0)
    return { program, start }
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

/** The first place where a pattern fits a line, and of those that begin there the longest; `undefined` where it does not. */
export const find = ({ program, start }: LinePattern, line: string): Found | undefined => {
  /** Where what reached an instruction began; the earliest wins. */
  let now = new Map<number, number>()
  let best: { from: number; to: number } | undefined
  const reach = (set: Map<number, number>, instruction: number, from: number, at: number): void => {
    const open = [instruction]
    while (open.length > 0) {
      const place = open.pop()!
      const known = set.get(place)
      if (known !== undefined && known <= from) continue
      set.set(place, from)
      const one = program[place]!
      if (one._tag === "Split") open.push(one.other, one.next)
      else if ((one._tag === "Start" && at === 0) || (one._tag === "End" && at === line.length)) open.push(one.next)
      else if (
        one._tag === "Match" && (best === undefined || from < best.from || (from === best.from && at > best.to))
      ) {
        best = { from, to: at }
      }
    }
  }
  for (let at = 0; at <= line.length;) {
    if (best === undefined) reach(now, start, at, at)
    if (at === line.length) break
    const code = line.codePointAt(at)!
    const width = code > 0xffff ? 2 : 1
    const next = new Map<number, number>()
    for (const [place, from] of now) {
      // What began later than a match that was found is of no interest.
      if (best !== undefined && from > best.from) continue
      const one = program[place]!
      if (one._tag === "One" && one.test(code)) reach(next, one.next, from, at + width)
    }
    at += width
    now = next
    if (best !== undefined && now.size === 0) break
  }
  return best === undefined ? undefined : { at: best.from, length: best.to - best.from }
}
