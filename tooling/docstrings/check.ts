/**
 * What a docstring must say at least, as far as a program can tell: that it is there, that it has a sentence, and, where the
 * declared result can be a failure or absent, that it speaks of this.
 */
import type { Export } from "./Exports.ts"

/** What is wrong with the docstring of one export; nothing when it will do. */
export const complaint = ({ docstring, hidden, name, result }: Export): string | undefined => {
  if (hidden.length > 0) return `refers to ${hidden.join(", ")}, which this file does not export`
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

export interface Verdict {
  readonly exports: number
  readonly functions: number
  readonly failures: ReadonlyArray<string>
}

/** Judges all exports; every one has to have a good docstring. */
export const check = (exports: ReadonlyArray<Export>): Verdict => ({
  exports: exports.length,
  functions: exports.filter(({ isFunction }) => isFunction).length,
  failures: exports.flatMap((one) => {
    const wrong = complaint(one)
    return wrong === undefined ? [] : [`${one.path}:${one.line}: ${one.name} ${wrong}`]
  })
})
