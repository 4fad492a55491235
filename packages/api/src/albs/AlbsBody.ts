/**
 * Bodies of requests as two generations of clients send them: bare, or wrapped in the name that the server's parameter once had.
 *
 * What does not fit is named as FastAPI names it, every problem with its place; values are never repeated, since they may be secrets.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaIssue from "effect/SchemaIssue"
import { makeFormatterStandardSchemaV1 } from "effect/SchemaIssue"
import type { InvalidField } from "./AlbsError.ts"
import * as LaxInput from "./LaxInput.ts"

/** Names that are also a key of the body: they wrap it only where that key is inside again. */
const ambiguous: ReadonlySet<string> = new Set(["result"])

/** Takes the wrapping off: `{ [name]: body }`, and nothing beside it, is `body`. Everything else stays as it is. */
export const unwrap = (given: unknown, name: string): unknown => {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given
  const keys = Object.keys(given)
  const inner = (given as Readonly<Record<string, unknown>>)[name]
  const isWrapped = keys.length === 1 && keys[0] === name && typeof inner === "object" && inner !== null
  return isWrapped && (!ambiguous.has(name) || Object.hasOwn(inner, name)) ? inner : given
}

const expected: Readonly<Record<string, readonly [type: string, msg: string]>> = {
  String: ["string_type", "Input should be a valid string"],
  Number: ["int_type", "Input should be a valid integer"],
  Boolean: ["bool_type", "Input should be a valid boolean"],
  Null: ["none_required", "Input should be None"],
  Arrays: ["list_type", "Input should be a valid list"],
  Objects: ["dict_type", "Input should be a valid dictionary"]
}

const expectedWords: Readonly<Record<string, keyof typeof expected>> = {
  string: "String",
  number: "Number",
  boolean: "Boolean",
  array: "Arrays",
  object: "Objects"
}

/** Alternatives that share nothing with what was sent are told as a whole: words, or the first kind of value. */
const alternatives = (message: string): readonly [type: string, msg: string] | undefined => {
  if (!message.startsWith("Expected ")) return undefined
  const all = message.slice("Expected ".length).split(" | ").filter((one) => one !== "null")
  const words = all.flatMap((one) => /^"(.*)"$/.exec(one)?.[1] ?? [])
  if (words.length === all.length && words.length > 0) {
    const quoted = words.map((word) => `'${word}'`)
    const said = quoted.length === 1 ? quoted[0]! : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)!}`
    return ["literal_error", `Input should be ${said}`]
  }
  const kind = expectedWords[all[0]!]
  return kind === undefined ? undefined : expected[kind]
}

const separator = "\u0000"

/** Lists of at least one, refused as FastAPI refuses others. */
export const isNotEmpty = Schema.isMinLength(1, {
  message: `too_short${separator}List should have at least 1 item after validation, not 0`
})

const said = (issue: SchemaIssue.Leaf): string => {
  switch (issue._tag) {
    case "MissingKey":
      return `missing${separator}Field required`
    case "InvalidType": {
      const [type, msg] = expected[issue.ast._tag] ?? ["value_error", "Input is not of the expected type"]
      return `${type}${separator}${msg}`
    }
    case "InvalidValue":
      return `value_error${separator}Input is not allowed`
    default:
      return `value_error${separator}Input is not valid`
  }
}

const format = makeFormatterStandardSchemaV1({ leafHook: said })

/** Problems that are told; whoever has more is not helped by them. */
const mostProblems = 200

/** Values of a body of which every problem is looked for; of a larger one the first is told. */
const mostValues = 2000

const isLarge = (given: unknown): boolean => {
  const open = [given]
  for (let seen = 0; open.length > 0; seen++) {
    if (seen + open.length > mostValues) return true
    const value = open.pop()
    if (typeof value === "object" && value !== null) { for (const one of Object.values(value)) open.push(one) }
  }
  return false
}

const noInteger = ["int_parsing", "Input should be a valid integer, unable to parse string as an integer"] as const
const noBoolean = ["bool_parsing", "Input should be a valid boolean, unable to interpret input"] as const
const fraction = ["int_from_float", "Input should be a valid integer, got a number with a fractional part"] as const
const tooLarge = ["int_parsing_size", "Unable to parse input as an integer, exceeded maximum size"] as const

/** What pydantic says of a value that could have stood for a number or a truth value, had it been another one. */
const almost = (type: string, given: unknown): readonly [type: string, msg: string] | undefined => {
  if (type === "Expected an integer") return Number.isInteger(given) ? tooLarge : fraction
  if (type === "int_type" && typeof given === "string") return noInteger
  return type === "bool_type" && ["string", "number"].includes(typeof given) ? noBoolean : undefined
}

const at = (given: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce((value, key) => (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key], given)

/** The first problems of what was given, each with its place below `root`. Alternatives that did not fit are named once for each place. */
const problems = (issue: SchemaIssue.Issue, given: unknown, root: string): ReadonlyArray<InvalidField> => {
  const found = new Map<string, InvalidField>()
  for (const { message, path: parts = [] } of format(issue).issues) {
    const path = parts.map((part) => typeof part === "object" ? part.key : part)
    const plain = alternatives(message) ?? message.split(separator)
    const [first = "", second] = almost(plain[0]!, at(given, path)) ?? plain
    const loc = [root, ...path].map((part) => typeof part === "number" ? part : String(part))
    const problem = second === undefined
      ? { type: "value_error", loc, msg: `Value error, ${first}` }
      : { type: first, loc, msg: second }
    found.set(JSON.stringify([loc, problem.type]), problem)
    if (found.size >= mostProblems) break
  }
  return [...found.values()]
}

/**
 * Reads a body, bare or wrapped in any of the names, with texts that stand for numbers and truth values. Fails with the problems it has: the
 * first alone where the body is large.
 */
export const decode = <A>(
  schema: Schema.Codec<A, unknown>,
  given: unknown,
  names: ReadonlyArray<string>
): Result.Result<A, ReadonlyArray<InvalidField>> => {
  const body = LaxInput.read(schema.ast, names.reduce(unwrap, given))
  return Result.mapError(
    Schema.decodeUnknownResult(schema, { errors: isLarge(given) ? "first" : "all" })(body),
    ({ issue }) => problems(issue, body, "body")
  )
}
