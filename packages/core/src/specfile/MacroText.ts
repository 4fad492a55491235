/**
 * Expands the macros of a spec file as far as its text alone allows: what would have to be run is left alone and named.
 *
 * Texts come from strangers, so depth and the length of everything that is expanded are bounded.
 */

/** What is known of a macro: its body, or why that cannot be known. */
export type Definition =
  | { readonly _tag: "Body"; readonly body: string; readonly isAssumed: boolean }
  | { readonly _tag: "Unknown"; readonly why: string }

/** Macros by name, and how many characters may still be made of them. */
export interface Macros {
  readonly definitions: Map<string, Definition>
  budget: number
}

/** What became of a text. */
export interface Expansion {
  /** As far as it could be expanded; the rest stands as it was written. */
  readonly text: string
  /** The first thing that could not be evaluated, and why; undefined where everything could. */
  readonly unknown: string | undefined
  /** Whether it was assumed that what is not defined in the spec file is not defined elsewhere either, such as `%{?dist}`. */
  readonly isAssumed: boolean
}

const maxDepth = 32
/** Characters that all expansions of one spec file may have together. */
const maxCharacters = 1_000_000
/** What one use of a macro costs of them, so that uses are bounded, too. */
const useCost = 10

/** No macros but those that mean the same everywhere. */
export const none = (): Macros => ({
  definitions: new Map([["nil", { _tag: "Body", body: "", isAssumed: false }]]),
  budget: maxCharacters
})

const opening: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" }

/** The place behind the bracket that closes the one at `start`; undefined where none does. */
const closing = (text: string, start: number): number | undefined => {
  const open = text[start]!
  const close = opening[open]!
  let depth = 0
  for (let at = start; at < text.length; at++) {
    if (text[at] === open) depth++
    else if (text[at] === close && --depth === 0) return at + 1
  }
  return undefined
}

const plain = /%([!?]*)([A-Za-z_]\w*)/y
const braced = /^([!?]*)([A-Za-z_]\w*)(?::([^]*))?$/

const short = (text: string): string => text.length <= 60 ? text : `${text.slice(0, 60)}…`

/** Expands a text. Never fails, and never runs anything. */
export const expand = (macros: Macros, text: string, depth = 0): Expansion => {
  let made = ""
  let unknown: string | undefined
  let isAssumed = false
  const give = (one: Expansion) => {
    made += one.text
    unknown ??= one.unknown
    isAssumed ||= one.isAssumed
  }
  const leave = (written: string, why: string) =>
    give({ text: written, unknown: `${short(written)} ${why}`, isAssumed: false })
  let at = 0
  while (at < text.length) {
    const next = text.indexOf("%", at)
    made += text.slice(at, next < 0 ? text.length : next)
    if (next < 0) break
    const after = text[next + 1] ?? ""
    if (after === "%") {
      made += "%"
      at = next + 2
    } else if (opening[after] !== undefined) {
      const end = closing(text, next + 1) ?? text.length
      const written = text.slice(next, end)
      const match = after === "{" ? braced.exec(written.slice(2, -1)) : null
      if (match === null) leave(written, "is not evaluated")
      else give(call(macros, written, match[1]!, match[2]!, match[3], depth))
      at = end
    } else {
      plain.lastIndex = next
      const match = plain.exec(text)
      if (match !== null) give(call(macros, match[0], match[1]!, match[2]!, undefined, depth))
      else if (/[-*#\d]/.test(after)) leave(`%${after}`, "stands for an argument")
      else made += "%"
      at = match === null ? next + (/[-*#\d]/.test(after) ? 2 : 1) : plain.lastIndex
    }
  }
  macros.budget -= made.length
  return { text: made, unknown, isAssumed }
}

/** One use of a macro: `%{flags name: argument}`. */
const call = (
  macros: Macros,
  written: string,
  flags: string,
  name: string,
  argument: string | undefined,
  depth: number
): Expansion => {
  const unknown = (why: string): Expansion => ({
    text: written,
    unknown: `${short(written)} ${why}`,
    isAssumed: false
  })
  if (depth >= maxDepth || macros.budget <= 0) return unknown("expands to too much")
  macros.budget -= useCost
  const definition = macros.definitions.get(name)
  const body = (text: string, isAssumed: boolean): Expansion => {
    const one = expand(macros, text, depth + 1)
    return { ...one, isAssumed: isAssumed || one.isAssumed }
  }
  if (flags.includes("?")) {
    if (definition?._tag === "Unknown") return unknown(definition.why)
    const isDefined = definition !== undefined
    const isNegated = flags.replaceAll("?", "").length % 2 === 1
    const isAssumed = definition?.isAssumed ?? true
    if (isDefined === isNegated) return { text: "", unknown: undefined, isAssumed }
    return body(argument ?? (isNegated ? "" : definition?.body ?? ""), isAssumed)
  }
  if (argument !== undefined) return unknown("is not evaluated")
  if (definition === undefined) return unknown("is not defined in the spec file")
  return definition._tag === "Unknown" ? unknown(definition.why) : body(definition.body, definition.isAssumed)
}
