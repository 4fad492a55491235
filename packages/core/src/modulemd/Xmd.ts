/**
 * Extensible metadata (`xmd`): a free-form tree that builders keep for themselves.
 *
 * Scalars stay the text that was written: libmodulemd turns the text `TRUE` into a boolean and drops the tail of lists
 * whose items differ in kind; here booleans are only a view (`asBoolean`) and nothing is dropped.
 */

/** A scalar's raw text, a list, or a mapping whose keys keep the order in which they were written. */
export type Xmd = string | ReadonlyArray<Xmd> | ReadonlyMap<string, Xmd>

/** Whether the node is a mapping. */
export const isMapping = (self: Xmd | undefined): self is ReadonlyMap<string, Xmd> => self instanceof Map

/** Follows keys from mapping to mapping; `undefined` when one is missing or a node on the way is not a mapping. */
export const get = (self: Xmd | undefined, ...keys: ReadonlyArray<string>): Xmd | undefined => {
  let node = self
  for (const key of keys) {
    if (!isMapping(node)) return undefined
    node = node.get(key)
  }
  return node
}

/**
 * The boolean libmodulemd would see: true for exactly `TRUE`, false for exactly `FALSE`, undefined for everything else.
 */
export const asBoolean = (self: Xmd | undefined): boolean | undefined =>
  self === "TRUE" ? true : self === "FALSE" ? false : undefined

/** Builds a tree from plain JSON-like values: numbers and bigints become decimal text, booleans `TRUE`/`FALSE`, null "". */
export const fromJson = (value: unknown): Xmd => {
  if (value === null || value === undefined) return ""
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE"
  if (Array.isArray(value)) return value.map(fromJson)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [String(key), fromJson(item)]))
  if (typeof value === "object") {
    return new Map(Object.entries(value).map(([key, item]) => [key, fromJson(item)]))
  }
  return String(value)
}

/** The tree as plain JSON values; mappings become objects without a prototype, so no key can be mistaken for a method. */
export const toJson = (self: Xmd): unknown => {
  if (typeof self === "string") return self
  if (!isMapping(self)) return (self as ReadonlyArray<Xmd>).map(toJson)
  const json: Record<string, unknown> = Object.create(null)
  for (const [key, item] of self) json[key] = toJson(item)
  return json
}
