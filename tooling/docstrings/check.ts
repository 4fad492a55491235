/**
 * What a docstring must say at least, as far as a program can tell: that it is there, that it has a sentence, and, where the
 * declared result can be a failure or absent, that it speaks of this.
 */
import type { Export } from "./Exports.ts"

/** What is wrong with the docstring of one export; nothing when it will do. */
export const complaint = ({ docstring, name, result }: Export): string | undefined => {
  if (docstring === undefined) return "has no docstring"
  if (!/\p{L}.*\s.*\p{L}/su.test(docstring)) return "has a docstring of a single word"
  if (/^(?:Result\.)?Result</.test(result) && !/\b(?:fail|refus|reject|error|wrong|invalid)|problem/i.test(docstring)) {
    return "does not say how it fails"
  }
  if (
    result.endsWith("| undefined") &&
    !/undefined|\b(?:none|nothing|no|not|absent|unless|without|only)\b/i.test(docstring)
  ) {
    return "does not say when its result is undefined"
  }
  return name.endsWith("Unsafe") && !/\bthrow/i.test(docstring) ? "does not say that it throws" : undefined
}

/** A room and the share of its exports, from 0 to 1, that must have a good docstring. */
export interface Floor {
  readonly room: RegExp
  readonly share: number
}

export interface Verdict {
  readonly exports: number
  readonly functions: number
  readonly good: number
  readonly goodFunctions: number
  /** Complaints about exports of rooms that are below their floor. */
  readonly failures: ReadonlyArray<string>
}

/** Judges all exports; a room without a floor of its own must be documented whole. */
export const check = (exports: ReadonlyArray<Export>, floors: ReadonlyArray<Floor>): Verdict => {
  const judged = exports.map((one) => ({ ...one, complaint: complaint(one) }))
  const rooms = Map.groupBy(judged, ({ path }) => floors.find(({ room }) => room.test(path)))
  const failures = [...rooms].flatMap(([floor, members]) => {
    const bad = members.filter((one) => one.complaint !== undefined)
    return 1 - bad.length / members.length >= (floor?.share ?? 1)
      ? []
      : bad.map((one) => `${one.path}:${one.line}: ${one.name} ${one.complaint}`)
  })
  const good = judged.filter((one) => one.complaint === undefined)
  const count = (list: ReadonlyArray<Export>) => list.filter(({ isFunction }) => isFunction).length
  return {
    exports: judged.length,
    functions: count(judged),
    good: good.length,
    goodFunctions: count(good),
    failures
  }
}
