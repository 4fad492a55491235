/**
 * What a request may change about the chroot a package is built in, and how several requests become one.
 *
 * Texts of strangers: a build's options come first, then those of the reference, then those of its module. What has no
 * meaning is kept apart and named, so that nobody waits for an option that nobody reads.
 */
import * as Schema from "effect/Schema"

/** The options with a meaning; `definitions` are RPM macros without their `%`. */
export const MockOptions = Schema.Struct({
  targetArch: Schema.optionalKey(Schema.String),
  /** `name:stream` of modules to enable. */
  moduleEnable: Schema.Array(Schema.String),
  /** Package globs that dnf must not see. */
  yumExclude: Schema.Array(Schema.String),
  definitions: Schema.Record(Schema.String, Schema.String)
})
export interface MockOptions extends Schema.Schema.Type<typeof MockOptions> {}

/** No options at all: what `merge` leaves the other one with. */
export const none: MockOptions = { moduleEnable: [], yumExclude: [], definitions: {} }

/** Options as they were read, and the keys that mean nothing. */
export interface Reading {
  readonly options: MockOptions
  readonly ignored: ReadonlyArray<string>
}

type Json = Schema.Json
type JsonObject = { readonly [key: string]: Json }

const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const textOf = (value: Json): string | undefined =>
  typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined

const textsOf = (value: Json): ReadonlyArray<string> =>
  (Array.isArray(value) ? value : [value]).flatMap((one: Json) => {
    const text = textOf(one)
    return text === undefined || text === "" ? [] : [text]
  })

const isEmpty = (value: Json): boolean =>
  value === null || value === "" || (Array.isArray(value) ? value.length === 0 : isObject(value)
    && Object.keys(value).length === 0)

/** `tests` of `with` is the macro `_with_tests`, as rpmbuild's own options define it. */
const conditional = (option: "with" | "without", value: Json): Readonly<Record<string, string>> =>
  Object.fromEntries(textsOf(value).map((name) => [`_${option}_${name}`, `--${option}-${name}`]))

const definitionsOf = (value: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      const text = textOf(one)
      return text === undefined ? [] : [[name.replace(/^%+/, ""), text]]
    })
  )

/**
 * Reads the `mock_options` of a request. Total: lists are read as lists and single texts as lists of one; any other object is
 * taken for macros, as build nodes do; whatever remains is named in `ignored`.
 */
export const read = (given: Json | undefined): Reading => {
  if (given === undefined || given === null || !isObject(given)) return { options: none, ignored: [] }
  const ignored: Array<string> = []
  let options = none
  for (const [key, value] of Object.entries(given)) {
    if (isEmpty(value)) continue
    const part = meaning(key, value)
    if (part === undefined) ignored.push(key)
    else options = merge(options, { ...none, ...part })
  }
  return { options, ignored }
}

const meaning = (key: string, value: Json): Partial<MockOptions> | undefined => {
  switch (key) {
    case "target_arch": {
      const text = textOf(value)
      return text === undefined ? undefined : { targetArch: text }
    }
    case "module_enable":
      return { moduleEnable: textsOf(value) }
    case "yum_exclude":
      return { yumExclude: textsOf(value) }
    case "with":
    case "without":
      return { definitions: conditional(key, value) }
    default:
      return isObject(value) ? { definitions: definitionsOf(value) } : undefined
  }
}

/** Both together: lists are united in order, and where both speak of one thing the second one holds. Associative. */
export const merge = (self: MockOptions, that: MockOptions): MockOptions => ({
  ...(that.targetArch === undefined
    ? (self.targetArch === undefined ? {} : { targetArch: self.targetArch })
    : { targetArch: that.targetArch }),
  moduleEnable: union(self.moduleEnable, that.moduleEnable),
  yumExclude: union(self.yumExclude, that.yumExclude),
  definitions: { ...self.definitions, ...that.definitions }
})

/** All options together, as `merge` joins two; where several speak of one thing the last one holds. */
export const mergeAll = (all: ReadonlyArray<MockOptions>): MockOptions => all.reduce(merge, none)

const union = (self: ReadonlyArray<string>, that: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set([...self, ...that])
]

/** The dist macro that a reference's name asks for: `c8-el8_4` gives `.el8_4`; `undefined` when it asks for none. */
export const distOf = (gitRef: string | undefined): string | undefined => {
  const found = /el\d+_\d+/.exec(gitRef ?? "")
  return found === null ? undefined : `.${found[0]}`
}
