/**
 * What packages need and offer, in RPM's notation: `name`, `name >= [epoch:]version[-release]`, and boolean dependencies in
 * parentheses.
 *
 * A need and an offer fit when their names are equal and their ranges overlap; a side without a release is compared without.
 */
import * as Evr from "../Evr.ts"

/** Which versions will do: `<`, `<=`, `=`, `>=`, `>` as the set of orders that fit. */
export interface Range {
  readonly less: boolean
  readonly equal: boolean
  readonly greater: boolean
}

/** A name, and the versions of it that are meant. */
export interface Relation {
  readonly name: string
  readonly range: Range | undefined
  /** Version and release as written, the release empty where there is none. */
  readonly epoch: number
  readonly version: string
  readonly release: string
}

/** A tree of needs. */
export type Need =
  | { readonly _tag: "Simple"; readonly relation: Relation }
  | { readonly _tag: "All" | "Any"; readonly needs: ReadonlyArray<Need> }
  /** `met` where `when` holds, `otherwise` where not; absent parts hold. */
  | { readonly _tag: "If"; readonly when: Need; readonly met: Need | undefined; readonly otherwise: Need | undefined }

const form = /^(\S+)(?:\s+(<=|>=|<|>|=)\s+(?:(\d+):)?([^\s-]+)(?:-(\S+))?)?$/

/** Reads `name` or `name OPERATOR [epoch:]version[-release]`; text of another form is taken as a name. */
export const parseRelation = (text: string): Relation => {
  const [, name = text, operator, epoch = "0", version = "", release = ""] = form.exec(text.trim()) ?? []
  return {
    name,
    range: operator === undefined ? undefined : {
      less: operator.startsWith("<"),
      equal: operator.includes("="),
      greater: operator.startsWith(">")
    },
    epoch: Number(epoch),
    version,
    release
  }
}

const order = (one: Relation, two: Relation): number =>
  one.epoch - two.epoch
  || Evr.compareVersions(one.version, two.version)
  || (one.release === "" || two.release === "" ? 0 : Evr.compareVersions(one.release, two.release))

/** Whether an offer fits a need: equal names, and ranges that have a version in common. */
export const fits = (need: Relation, offer: Relation): boolean => {
  if (need.name !== offer.name) return false
  const [a, b] = [need.range, offer.range]
  if (a === undefined || b === undefined) return true
  const sign = Math.sign(order(need, offer))
  // The need's bound lies above the offer's: they meet when the need reaches down or the offer up.
  if (sign > 0) return a.less || b.greater
  if (sign < 0) return a.greater || b.less
  return a.equal && b.equal || a.less && b.less || a.greater && b.greater
}

/** Words and parentheses of a boolean dependency; a parenthesis inside of a name, as in `perl(Carp)`, belongs to it. */
const tokens = (text: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (let at = 0; at < text.length;) {
    const char = text[at]!
    if (/\s/.test(char)) at++
    else if (char === "(" || char === ")") {
      found.push(char)
      at++
    } else {
      const start = at
      for (let depth = 0; at < text.length && !/\s/.test(text[at]!) && (depth > 0 || text[at] !== ")"); at++) {
        if (text[at] === "(") depth++
        else if (text[at] === ")") depth--
      }
      found.push(text.slice(start, at))
    }
  }
  return found
}

const comparison = /^(?:<=|>=|<|>|=)$/

/** Deeper nesting than this is no dependency that anybody wrote. */
const deepest = 50

/** Reads a need. What looks like a boolean dependency and is none is `undefined`. */
export const parseNeed = (text: string): Need | undefined => {
  if (!text.trim().startsWith("(")) return { _tag: "Simple", relation: parseRelation(text) }
  const words = tokens(text)
  let at = 0
  const operand = (depth: number): Need | undefined => {
    const word = words[at++]
    if (word === undefined || word === ")" || depth > deepest) return undefined
    if (word !== "(") {
      const compared = comparison.test(words[at] ?? "") ? `${word} ${words[at++]} ${words[at++] ?? ""}` : word
      return { _tag: "Simple", relation: parseRelation(compared) }
    }
    const first = operand(depth + 1)
    if (first === undefined) return undefined
    const operator = words[at]
    const needs = [first]
    while (
      words[at] === operator && operator !== ")" && (operator !== "if" && operator !== "unless" || needs.length < 2)
    ) {
      at++
      const next = operand(depth + 1)
      if (next === undefined) return undefined
      needs.push(next)
    }
    const other = words[at] === "else" && at++ > 0 ? operand(depth + 1) : undefined
    if (words[at++] !== ")") return undefined
    switch (operator) {
      case ")":
        return first
      case "and":
      // One package must have both; that two have them is not told apart here.
      case "with":
        return { _tag: "All", needs }
      case "or":
        return { _tag: "Any", needs }
      case "without":
        return first
      case "if":
        return { _tag: "If", when: needs[1]!, met: first, otherwise: other }
      case "unless":
        return { _tag: "If", when: needs[1]!, met: other, otherwise: first }
      default:
        return undefined
    }
  }
  const whole = operand(0)
  return at === words.length ? whole : undefined
}

/** Whether a need is met, where single ones are answered by `isMet`. */
export const holds = (need: Need, isMet: (relation: Relation) => boolean): boolean => {
  switch (need._tag) {
    case "Simple":
      return isMet(need.relation)
    case "All":
      return need.needs.every((one) => holds(one, isMet))
    case "Any":
      return need.needs.some((one) => holds(one, isMet))
    case "If": {
      const branch = holds(need.when, isMet) ? need.met : need.otherwise
      return branch === undefined || holds(branch, isMet)
    }
  }
}

/** All names a need speaks of. */
export const names = (need: Need): ReadonlyArray<string> => {
  switch (need._tag) {
    case "Simple":
      return [need.relation.name]
    case "All":
    case "Any":
      return need.needs.flatMap(names)
    case "If":
      return [need.when, need.met, need.otherwise].flatMap((one) => one === undefined ? [] : names(one))
  }
}
