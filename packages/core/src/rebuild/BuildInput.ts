/**
 * What a build follows from, as one hash, and what comes out of it, as two.
 *
 * Sound before fast: the hash of the input covers the whole buildroot with everything that its tools run on, in content. Only of
 * what is merely linked against, the interface is enough: a compiler that behaves differently since a library of its changed is
 * another tool, and so are headers, generated sources and macros, which end up in the result.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"

/** What a node produced: what others link against, and all of it, without what differs between any two builds. */
export interface Output {
  /** Names and versions of interfaces: sonames, symbols, provides. */
  readonly interface: string
  /** Files, scripts and relations, without time, host, signature and release. */
  readonly content: string
}

/**
 * How something in a buildroot is used. `link` only where it is known that nothing else of it reaches the result; whatever is
 * executed, copied, expanded or not known is `content`.
 */
export type Use = "link" | "content"

/** One thing in a buildroot: the hash of what counts of it and of everything it runs on. */
export interface Ingredient {
  readonly name: string
  readonly hash: string
}

/** Everything that a build follows from. */
export interface BuildInput {
  /** Architecture: equal inputs give equal results within one only. */
  readonly arch: string
  /** Hash of the sources and of how they are built: the commit, macros and options. */
  readonly sources: string
  readonly ingredients: ReadonlyArray<Ingredient>
}

const separator = "\u0000"

/** A hash of texts in this order, as 64 hexadecimal digits; no two lists of texts give the same input. */
export const hashOf = (texts: Iterable<string>): string => {
  let all = ""
  for (const text of texts) all += `${text.length}${separator}${text}`
  return bytesToHex(sha256(utf8ToBytes(all)))
}

/** The hash of an input, as 64 hexadecimal digits; in which order the ingredients stand does not matter. */
export const hash = ({ arch, ingredients, sources }: BuildInput): string =>
  hashOf([
    "input",
    arch,
    sources,
    ...ingredients.map(({ hash, name }) => hashOf([name, hash])).sort()
  ])

/** The part of an output that counts for this use. */
export const relevant = (output: Output, use: Use): string => use === "link" ? output.interface : output.content

/** Whether two outputs are the same to everybody. */
export const isSame = (one: Output, two: Output): boolean =>
  one.content === two.content && one.interface === two.interface
