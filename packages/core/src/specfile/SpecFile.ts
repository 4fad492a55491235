/**
 * Reads of a spec file what its text says without being run: name, version, release, and which files it is made of.
 *
 * rpm itself runs programs while it reads a spec file. Here nothing is run: a macro that is text is expanded, any other is
 * named as what could not be evaluated, and what stands in a condition is known to be conditional.
 */
import * as MacroText from "./MacroText.ts"
import * as SpecLines from "./SpecLines.ts"

/** The value of a tag, such as `Version`. */
export interface Value extends MacroText.Expansion {
  /** The tag as it is written: `Source0`. */
  readonly tag: string
  /** From 1. */
  readonly line: number
  /** Before anything was expanded. */
  readonly written: string
  /** Whether it counts only where a condition is met that nobody evaluated. */
  readonly isConditional: boolean
}

/** What a spec file says. */
export interface SpecFile {
  readonly name: ReadonlyArray<Value>
  readonly version: ReadonlyArray<Value>
  readonly release: ReadonlyArray<Value>
  /** Sources and patches, in their order. */
  readonly sources: ReadonlyArray<Value>
  /** The first line that brings in what is not written here: a file, or a macro that the spec file does not define. */
  readonly hidden: string | undefined
  /** The line of the first condition that is never closed, from 1. */
  readonly unclosed: number | undefined
}

type Met = "yes" | "no" | "maybe"
interface Condition {
  /** Of all conditions around it. */
  readonly outer: Met
  met: Met
  /** Whether an earlier branch was taken. */
  taken: Met
  readonly line: number
}

const sections =
  /^%(description|package|prep|generate_buildrequires|conf|build|install|check|clean|files|changelog|verifyscript|sourcelist|patchlist|(?:pre|post)(?:un)?(?:trans)?|(?:trans)?(?:file)?trigger\w*)(?!\w)/
// Lines are trimmed before they are matched: a pattern that looks for the end behind blanks takes time without bound.
const tags = /^(name|version|release|(?:source|patch)\d*)\s*:\s*([^]*)$/i
const definitions = /^%(global|define)\s+([A-Za-z_]\w*)(\([^)]*\))?\s*([^]*)$/
const guarded = /^%\{\s*!\?\s*([A-Za-z_]\w*)\s*:\s*(%(?:global|define)\s[^]*)\}$/
const directives = /^%(undefine|bcond\w*|dnl)(?!\w)\s*(\w*)/
const conditionals = /^%(if\w*|elif\w*|else|endif)(?!\w)\s*([^]*)$/

const and = (one: Met, other: Met): Met => one === "no" || other === "no" ? "no" : one === "yes" ? other : "maybe"
const not = (one: Met): Met => one === "maybe" ? "maybe" : one === "yes" ? "no" : "yes"

/** Reads a spec file. Never fails: what is not there is not in the answer. */
export const read = (text: string): SpecFile => {
  const macros = MacroText.none()
  const found = { name: [], version: [], release: [], sources: [] } as Record<
    "name" | "version" | "release" | "sources",
    Array<Value>
  >
  const conditions: Array<Condition> = []
  let section = "preamble"
  let hidden: string | undefined

  const met = (): Met => {
    const top = conditions.at(-1)
    return top === undefined ? "yes" : and(top.outer, top.met)
  }

  const set = (name: string, definition: MacroText.Definition) =>
    macros.definitions.set(name, met() === "maybe" ? { _tag: "Unknown", why: "depends on a condition" } : definition)

  const define = (text: string, isGuarded: boolean): boolean => {
    const match = definitions.exec(text)
    if (match === null) return false
    const [, word, name = "", parameters, rest = ""] = match
    if (isGuarded && macros.definitions.has(name)) return true
    if (parameters !== undefined) {
      set(name, { _tag: "Unknown", why: "takes arguments" })
      return true
    }
    const body = rest.replaceAll("\\\n", "")
    // A body that cannot be expanded yet is expanded where it is used, as rpm does.
    const early = word === "global" ? MacroText.expand(macros, body) : undefined
    set(
      name,
      early === undefined || early.unknown !== undefined
        ? { _tag: "Body", body, isAssumed: isGuarded }
        // What was expanded is text now; a percent sign in it stays one.
        : { _tag: "Body", body: early.text.replaceAll("%", "%%"), isAssumed: isGuarded || early.isAssumed }
    )
    return true
  }

  const valueOf = (tag: string, written: string, line: number): Value => ({
    ...MacroText.expand(macros, written),
    tag,
    line,
    written,
    isConditional: met() === "maybe"
  })

  const tag = (text: string, line: number): boolean => {
    const match = tags.exec(text)
    if (match === null) return false
    const value = valueOf(match[1]!, match[2]!, line)
    const key = value.tag.toLowerCase()
    if (key !== "name" && key !== "version" && key !== "release") {
      if (section === "preamble" || section === "package") found.sources.push(value)
    } else if (section === "preamble") {
      found[key].push(value)
      set(
        key,
        value.unknown === undefined
          ? { _tag: "Body", body: value.text.replaceAll("%", "%%"), isAssumed: value.isAssumed }
          : { _tag: "Unknown", why: `is not known: ${value.unknown}` }
      )
    }
    return true
  }

  const condition = (text: string, line: number): boolean => {
    const match = conditionals.exec(text)
    if (match === null) return false
    const word = match[1]!
    const holds: Met = word === "if" || word === "elif"
      ? evaluate(macros, match[2]!)
      : word === "else"
      ? "yes"
      : "maybe"
    const top = conditions.at(-1)
    if (word.startsWith("if")) conditions.push({ outer: met(), met: holds, taken: holds, line })
    else if (word === "endif") conditions.pop()
    else if (top !== undefined) {
      top.met = and(not(top.taken), holds)
      top.taken = not(and(not(top.taken), not(holds)))
    }
    return true
  }

  const other = (text: string, line: number): void => {
    const [, directive, subject = ""] = directives.exec(text) ?? []
    if (section === "sourcelist") found.sources.push(valueOf("Source", text, line))
    else if (section === "patchlist") found.sources.push(valueOf("Patch", text, line))
    else if (directive === "undefine") macros.definitions.delete(subject)
    else if (directive === undefined && section === "preamble" && text.startsWith("%")) {
      hidden ??= text.split("\n")[0]!.slice(0, 80)
    }
  }

  for (const { line, text: whole } of SpecLines.of(text)) {
    const text = whole.trim()
    if (condition(text, line) || met() === "no" || text === "" || text.startsWith("#")) continue
    const begun = sections.exec(text)?.[1]
    const guard = guarded.exec(text)?.[2]
    if (begun !== undefined) section = begun
    else if (!define(text, false) && !(guard !== undefined && define(guard, true)) && !tag(text, line)) {
      other(text, line)
    }
  }
  return { ...found, hidden, unclosed: conditions[0]?.line }
}

/** Only what is a number is decided. */
const evaluate = (macros: MacroText.Macros, expression: string): Met => {
  const { isAssumed, text, unknown } = MacroText.expand(macros, expression)
  return unknown !== undefined || isAssumed || !/^\d+$/.test(text) ? "maybe" : /^0+$/.test(text) ? "no" : "yes"
}
