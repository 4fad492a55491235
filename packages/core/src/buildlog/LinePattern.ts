/**
 * Regular expressions over lines that take time linear in what they are looked for in, whatever they are and whatever it is: people's
 * patterns run in the server, and one that goes back and tries again could hold it for hours.
 *
 * Characters, `.`, classes, groups, `|`, `*`, `+`, `?`, `{2,5}`, `^`, `$`, `\d \w \s` and their opposites. What needs going back, such as
 * references to groups and looking around, is refused.
 */
import * as Result from "effect/Result"
import { type Node, type PatternProblem, Reader, Refused, same, type Test } from "./PatternReader.ts"

export type { PatternProblem } from "./PatternReader.ts"

/** One step of a pattern; the numbers are places in the program. */
export type Instruction =
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
/**
 * Larger programs are refused, which repetitions of repetitions would make: each character costs as much as there are instructions,
 * in the worst case.
 */
const maximumProgram = 1000
/** Repetitions of nothing make no program, and are as much work. */
const maximumSteps = 20 * maximumProgram

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

/** Thompson's construction, from the end: each node is told what follows it. `undefined` where it becomes too large. */
const compile = (node: Node): LinePattern | undefined => {
  const program: Array<Instruction> = [{ _tag: "Match" }]
  const add = (instruction: Instruction): number => {
    if (program.length > maximumProgram) throw new Refused(0, "")
    return program.push(instruction) - 1
  }
  let steps = 0
  const build = (node: Node, next: number): number => {
    if (++steps > maximumSteps) throw new Refused(0, "")
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

/** Instructions that were reached, each once, in the order in which they were, and where what reached them began. */
interface Reached {
  size: number
  readonly places: Int32Array
  readonly begins: Int32Array
}

/**
 * The first place where a pattern fits a line, and of those that begin there the longest; `undefined` where it does not. A character
 * costs as many steps as the program has instructions, at most.
 */
export const find = ({ program, start }: LinePattern, line: string): Found | undefined => {
  const reached = (): Reached => ({
    size: 0,
    places: new Int32Array(program.length),
    begins: new Int32Array(program.length)
  })
  // What began first is taken first, so that whoever reaches an instruction first has begun first.
  const seen = new Int32Array(program.length).fill(-1)
  const open = new Int32Array(2 * program.length + 1)
  let best: { from: number; to: number } | undefined
  const reach = (set: Reached, instruction: number, from: number, at: number): void => {
    let waiting = 0
    open[waiting++] = instruction
    while (waiting > 0) {
      const place = open[--waiting]!
      if (seen[place] === at) continue
      seen[place] = at
      const one = program[place]!
      if (one._tag === "One") {
        set.places[set.size] = place
        set.begins[set.size++] = from
      } else if (one._tag === "Split") {
        open[waiting++] = one.other
        open[waiting++] = one.next
      } else if (one._tag === "Match") {
        if (best === undefined || from < best.from || (from === best.from && at > best.to)) best = { from, to: at }
      } else if (one._tag === "Start" ? at === 0 : at === line.length) open[waiting++] = one.next
    }
  }
  let now = reached()
  let next = reached()
  for (let at = 0; at <= line.length;) {
    if (best === undefined) reach(now, start, at, at)
    if (at === line.length || (best !== undefined && now.size === 0)) break
    const code = line.codePointAt(at)!
    const after = at + (code > 0xffff ? 2 : 1)
    next.size = 0
    for (let index = 0; index < now.size; index++) {
      const from = now.begins[index]!
      // What began later than a match that was found is of no interest.
      if (best !== undefined && from > best.from) break
      const one = program[now.places[index]!]!
      if (one._tag === "One" && one.test(code)) reach(next, one.next, from, after)
    }
    at = after
    ;[now, next] = [next, now]
  }
  return best === undefined ? undefined : { at: best.from, length: best.to - best.from }
}
