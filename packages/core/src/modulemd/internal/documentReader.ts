/**
 * Reads the values of one YAML document and collects what is wrong with them. Readers go on after a problem with a harmless
 * value, so that one run reports every mistake; whether the document counts is decided by the errors at the end.
 */
import { sortedTexts } from "../../internal/codePointOrder.ts"
import { nearestName } from "../../internal/nearestName.ts"
import type { WithUnknownKeys } from "../ModuleContent.ts"
import type * as Problem from "../ModulemdProblem.ts"
import type { ReadingProfile } from "../ReadingProfile.ts"
import type { Xmd } from "../Xmd.ts"
import { formatPath } from "./problemPath.ts"
import { toXmd } from "./toXmd.ts"
import type { YamlNode } from "./yamlNode.ts"

/** What a problem needs before its offset is turned into a line. */
export interface Finding {
  readonly code: Problem.Code
  readonly severity: Problem.Severity
  readonly document: number
  readonly path: string
  readonly offset: number
  readonly message: string
  readonly hint: string | undefined
  /** Whether something that stands there is not in the document that was read. */
  readonly isLost: boolean
  /** The profiles in which this is no error. */
  readonly allowedBy: ReadonlyArray<ReadingProfile>
}

export class DocumentReader {
  readonly findings: Array<Finding> = []
  readonly path: Array<string | number> = []
  readonly document: number
  readonly profile: ReadingProfile
  errors = 0
  private isGivenUp = false

  constructor(document: number, profile: ReadingProfile) {
    this.document = document
    this.profile = profile
  }

  /** A violation that libmodulemd rejects, too; `allowedBy` are the profiles in which it is none. */
  error(
    code: Problem.Code,
    at: YamlNode | number,
    message: string,
    hint?: string,
    allowedBy: ReadonlyArray<ReadingProfile> = nowhere
  ): void {
    this.errors++
    this.add("error", code, at, message, hint, allowedBy)
  }

  /** A violation that libmodulemd lets pass: an error, in the compat profile a warning. */
  strict(code: Problem.Code, at: YamlNode | number, message: string, hint?: string): void {
    if (this.profile === "compat") this.add("warning", code, at, message, hint)
    else this.error(code, at, message, hint, inCompat)
  }

  /** As `strict`, where what stands there does not come into the document. */
  lose(code: Problem.Code, at: YamlNode | number, message: string, hint?: string): void {
    if (this.profile === "compat") this.add("warning", code, at, `${message}; it is left out`, hint, nowhere, true)
    else this.error(code, at, message, hint, inCompat)
  }

  warn(code: Problem.Code, at: YamlNode | number, message: string, hint?: string): void {
    this.add("warning", code, at, message, hint)
  }

  /** In the compat profile a repair that is noted, otherwise an error. Answers whether the repair was made. */
  repair(code: Problem.Code, at: YamlNode | number, message: string, repaired: string): boolean {
    if (this.profile !== "compat") {
      this.error(code, at, message, `the compat profile reads it as ${repaired}`, inCompat)
      return false
    }
    this.add("note", code, at, `${message}; read as ${repaired}`, undefined)
    return true
  }

  /** To be called where another profile reports an error that this one does not: none of them keeps the document. */
  giveUp(): void {
    this.isGivenUp = true
  }

  /** The profile that keeps the document where this one gives it up, if there is one. */
  keptBy(): ReadingProfile | undefined {
    if (this.errors === 0 || this.isGivenUp) return undefined
    const errors = this.findings.filter(({ severity }) => severity === "error")
    return lenient.find((profile) => errors.every(({ allowedBy }) => allowedBy.includes(profile)))
  }

  private add(
    severity: Problem.Severity,
    code: Problem.Code,
    at: YamlNode | number,
    message: string,
    hint?: string,
    allowedBy = nowhere,
    isLost = false
  ) {
    this.findings.push({
      code,
      severity,
      document: this.document,
      path: formatPath(this.path),
      offset: typeof at === "number" ? at : at.start,
      message,
      hint,
      isLost,
      allowedBy
    })
  }
}

/** In the order in which they are recommended: the one that lets pass least comes first. */
const lenient: ReadonlyArray<ReadingProfile> = ["auto", "source", "compat"]
const nowhere: ReadonlyArray<ReadingProfile> = []
const inCompat: ReadonlyArray<ReadingProfile> = ["compat"]

/** Reads one value found at a key; the reader's path already names it. */
export type Read<A> = (reader: DocumentReader, node: YamlNode) => A

/** Whether the node says "nothing": an empty plain scalar or one of YAML's words for null. */
export const isNull = (node: YamlNode): boolean =>
  node.kind === "scalar" && node.style === "plain" && (node.value === "" || nulls.has(node.value))

const nulls = new Set(["~", "null", "Null", "NULL"])

export const text: Read<string> = (reader, node) => {
  if (node.kind === "scalar") return node.value
  reader.error("not-scalar", node, `expected text, found a ${node.kind}`)
  return ""
}

/** Text that has to say something. */
export const nonEmptyText: Read<string> = (reader, node) => {
  const value = text(reader, node)
  if (node.kind === "scalar" && (value === "" || isNull(node))) reader.strict("empty", node, "must not be empty")
  return value
}

export const boolean: Read<boolean> = (reader, node) => {
  const value = text(reader, node)
  if (value === "true") return true
  if (value === "false" || node.kind !== "scalar") return false
  const meant = /^(true|yes|on|y|1)$/i.test(value) ? "true" : /^(false|no|off|n|0)$/i.test(value) ? "false" : undefined
  const message = `expected true or false, found ${quote(value)}`
  if (meant === undefined) reader.error("not-boolean", node, message)
  else if (reader.repair("not-boolean", node, message, meant)) return meant === "true"
  return false
}

const u64Max = (1n << 64n) - 1n
const i64Max = (1n << 63n) - 1n

/** Decimal, 0 to 2^64-1. */
export const u64: Read<bigint> = (reader, node) => integer(reader, node, 0n, u64Max)

/** Decimal, -2^63 to 2^63-1. */
export const i64: Read<bigint> = (reader, node) => integer(reader, node, -i64Max - 1n, i64Max)

const integer = (reader: DocumentReader, node: YamlNode, min: bigint, max: bigint): bigint => {
  const value = text(reader, node)
  if (node.kind !== "scalar") return 0n
  if (value.length <= 15 && /^(0|[1-9][0-9]*)$/.test(value)) return BigInt(value)
  // The C library's number reader lets white space and a plus sign pass before the digits, and takes leading zeroes.
  const form = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)$/.exec(value)
  if (form === null) {
    reader.error("not-integer", node, `expected a decimal integer from ${min} to ${max}, found ${quote(value)}`)
    return 0n
  }
  // Bounded before it is converted: a million digits would take seconds.
  const digits = form[2]!.replace(/^0+(?=.)/, "")
  const number = digits.length > 20 ? max + 1n : BigInt(digits)
  const signed = form[1] === "-" ? -number : number
  if (signed < min || signed > max) {
    reader.error("integer-range", node, `${quote(value)} is outside of ${min} to ${max}`)
    return 0n
  }
  if (value !== signed.toString()) {
    reader.warn("integer-form", node, `${quote(value)} is read as ${signed}`, `write ${signed}`)
  }
  return signed
}

/** A set of text: a sequence of scalars, or one scalar; sorted by code point, free of duplicates. */
export const set: Read<ReadonlyArray<string>> = (reader, node) => {
  if (node.kind === "scalar") {
    if (isNull(node) || node.value === "") return []
    reader.warn("scalar-set", node, "one value stands for a list of one", `write [${node.value}]`)
    return [node.value]
  }
  if (node.kind === "mapping") {
    reader.lose("not-set", node, "expected a list of text, found a mapping")
    return []
  }
  const values: Array<string> = []
  let sorted = true
  for (const item of node.items) {
    if (item.kind !== "scalar") {
      reader.error("not-scalar", item, `expected text in this list, found a ${item.kind}`)
      continue
    }
    if (sorted && values.length > 0 && !(values[values.length - 1]! < item.value)) sorted = false
    values.push(item.value)
  }
  if (sorted) return values
  return uniqueSorted(reader, node, values)
}

const uniqueSorted = (reader: DocumentReader, node: YamlNode, values: Array<string>): ReadonlyArray<string> => {
  const unique = new Set(values)
  if (unique.size < values.length) {
    const seen = new Set<string>()
    for (const item of node.items) {
      if (item.kind === "scalar" && seen.has(item.value)) {
        reader.warn("duplicate-item", item, `${quote(item.value)} is listed twice`)
      }
      seen.add(item.value)
    }
  }
  return sortedTexts(unique)
}

/** A mapping with free keys. A key that comes twice is an error naming both lines; the first value is kept. */
export const mapOf = <A>(read: Read<A>, nullIsEmpty = false): Read<ReadonlyMap<string, A>> => (reader, node) => {
  const map = new Map<string, A>()
  if (node.kind !== "mapping") {
    if (!(nullIsEmpty && isNull(node))) reader.error("not-mapping", node, `expected a mapping, found a ${node.kind}`)
    return map
  }
  const items = node.items
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i]!
    if (key.kind !== "scalar") {
      reader.error("not-scalar", key, `a key has to be text, found a ${key.kind}`)
      continue
    }
    reader.path.push(key.value)
    if (map.has(key.value)) duplicateKey(reader, key)
    else map.set(key.value, read(reader, items[i + 1]!))
    reader.path.pop()
  }
  return map
}

const duplicateKey = (reader: DocumentReader, key: YamlNode): void =>
  reader.lose("duplicate-key", key, `the key ${quote(key.value)} is here twice`, "YAML keys are unique: keep one")

/** Readers of the known keys of a mapping; each puts its value into the draft. */
export type Fields<Draft> = ReadonlyMap<string, (draft: Draft, reader: DocumentReader, node: YamlNode) => void>

/** Explains a key that exists elsewhere: in another kind, version or place. */
export type ForeignKeys = Readonly<Record<string, string>>

/** A draft that takes keys nobody knows. */
export interface Keeper {
  unknown?: NonNullable<WithUnknownKeys["unknown"]>
}

/**
 * A mapping with known keys, read into `draft`; answers whether it is one. What nobody knows is kept in `keeper`, which is
 * the draft wherever that can be written again.
 */
export const record = <Draft>(
  reader: DocumentReader,
  node: YamlNode,
  draft: Draft,
  fields: Fields<Draft>,
  place: string,
  foreign: ForeignKeys = {},
  keeper?: Keeper
): boolean => {
  if (node.kind !== "mapping") {
    reader.error("not-mapping", node, `expected a mapping of ${[...fields.keys()].join(", ")}, found a ${node.kind}`)
    return false
  }
  const items = node.items
  // Which keys were read is known by their readers: comparing those is cheaper than comparing text.
  const done: Array<unknown> = []
  const kept = new Map<string, Xmd>()
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i]!
    if (key.kind !== "scalar") {
      reader.error("not-scalar", key, `a key has to be text, found a ${key.kind}`)
      continue
    }
    const name = key.value
    const field = fields.get(name)
    reader.path.push(name)
    if (field === undefined) {
      unknownKey(reader, key, place, fields, foreign, () => keeper !== undefined && keep(kept, name, items[i + 1]!))
    } else if (done.includes(field)) duplicateKey(reader, key)
    else {
      done.push(field)
      field(draft, reader, items[i + 1]!)
    }
    reader.path.pop()
  }
  if (keeper !== undefined && kept.size > 0) keeper.unknown = kept
  return true
}

/** Puts the value aside as it is written; answers whether that can be done, for a key that is not there yet. */
const keep = (kept: Map<string, Xmd>, name: string, node: YamlNode): boolean => {
  const value = kept.has(name) ? undefined : toXmd(node)
  if (value !== undefined) kept.set(name, value)
  return value !== undefined
}

const unknownKey = <Draft>(
  reader: DocumentReader,
  key: YamlNode,
  place: string,
  fields: Fields<Draft>,
  foreign: ForeignKeys,
  kept: () => boolean
): void => {
  const known = Object.hasOwn(foreign, key.value) ? foreign[key.value] : undefined
  if (key.value === "<<") {
    reader.error("yaml-merge-key", key, "merge keys (<<) are not part of modulemd", "write the keys out")
  } else if (known !== undefined) {
    reader.lose("foreign-key", key, `${quote(key.value)} is not a key of ${place}`, known)
  } else {
    // Who has so many wrong keys is not helped by suggestions, and each takes as long as reading a hundred keys.
    const near = reader.findings.length > 200 ? undefined : nearestName(key.value, [...fields.keys()])
    const isKept = reader.profile === "compat" && kept()
    reader[isKept ? "strict" : "lose"](
      "unknown-key",
      key,
      `${quote(key.value)} is not a key of ${place}${isKept ? "; it is kept" : ""}`,
      near === undefined ? `its keys are ${[...fields.keys()].join(", ")}` : `did you mean ${near}?`
    )
  }
}

/** Whether the mapping has the key. */
export const has = (node: YamlNode, name: string): boolean => find(node, name) !== undefined

/** The value at the key, the first if it comes twice. */
export const find = (node: YamlNode, name: string): YamlNode | undefined => {
  if (node.kind !== "mapping") return undefined
  for (let i = 0; i < node.items.length; i += 2) {
    if (node.items[i]!.kind === "scalar" && node.items[i]!.value === name) return node.items[i + 1]
  }
  return undefined
}

/** The values at the keys of a mapping, the first of each: for those who look up many. */
export const valuesOf = (node: YamlNode): ReadonlyMap<string, YamlNode> => {
  const values = new Map<string, YamlNode>()
  if (node.kind !== "mapping") return values
  for (let i = 0; i < node.items.length; i += 2) {
    const key = node.items[i]!
    if (key.kind === "scalar" && !values.has(key.value)) values.set(key.value, node.items[i + 1]!)
  }
  return values
}

/** Runs the reader with the path extended by a key or index. */
export const within = <A>(reader: DocumentReader, segment: string | number, body: () => A): A => {
  reader.path.push(segment)
  const value = body()
  reader.path.pop()
  return value
}

export const quote = (value: string): string => JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)
