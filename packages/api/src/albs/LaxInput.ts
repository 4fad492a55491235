/**
 * Bodies as pydantic reads them, where it is not strict: `"7"` is a number, `"on"` a truth value, where such a one is due.
 *
 * Both generations of the original do so, and scripts rely on it. Only what both take alike, or the newer one alone, is taken; a number where
 * a text is due stays one, since a module's version of 17 digits would be another one by then.
 */
import type * as SchemaAST from "effect/SchemaAST"

const integral = /^\s*[+-]?\d+(?:_\d+)*(?:\.0+)?\s*$/

/** The whole number that a text stands for, such as 7 for `" +7.0"`; `undefined` when it stands for none. */
export const integer = (text: string): number | undefined =>
  integral.test(text) ? Number(text.replaceAll("_", "")) : undefined

const truths: ReadonlyMap<string, boolean> = new Map([
  ...["1", "true", "t", "yes", "y", "on"].map((word) => [word, true] as const),
  ...["0", "false", "f", "no", "n", "off"].map((word) => [word, false] as const)
])

/** The truth value that a text stands for, such as `true` for `"On"`; `undefined` when it stands for none. */
export const truth = (text: string): boolean | undefined => truths.get(text.toLowerCase())

const scalar = (due: "Number" | "Boolean", given: unknown): unknown => {
  if (due === "Number") {
    if (typeof given === "boolean") return Number(given)
    return typeof given === "string" ? integer(given) ?? given : given
  }
  if (given === 0 || given === 1) return given === 1
  return typeof given === "string" ? truth(given) ?? given : given
}

type Kind = SchemaAST.AST["_tag"] | undefined

const kindOf = (given: unknown): Kind => {
  if (Array.isArray(given)) return "Arrays"
  switch (typeof given) {
    case "string":
      return "String"
    case "number":
      return "Number"
    case "boolean":
      return "Boolean"
    case "object":
      return given === null ? "Null" : "Objects"
    default:
      return undefined
  }
}

type Record = Readonly<{ [key: string]: unknown }>

const isMissing = ({ propertySignatures }: SchemaAST.Objects, given: Record): boolean =>
  propertySignatures.some(({ name, type }) => type.context?.isOptional !== true && !Object.hasOwn(given, name))

/** The alternative that was meant: the one of the same kind, of records the first that lacks nothing; else a scalar that it may stand for. */
const chosen = ({ types }: SchemaAST.Union, given: unknown): SchemaAST.AST | undefined => {
  const kind = kindOf(given)
  const same = types.filter((one) => one._tag === kind)
  if (kind === "Objects") {
    return same.find((one) => one._tag === "Objects" && !isMissing(one, given as Record)) ?? same.at(-1)
  }
  return same[0] ?? types.find((one) => one._tag === "Number" || one._tag === "Boolean")
}

/** What was given, with the values that stand for others in their place. What does not fit stays as it is, to be refused by the schema. */
export const read = (due: SchemaAST.AST, given: unknown): unknown => {
  switch (due._tag) {
    case "Number":
    case "Boolean":
      return scalar(due._tag, given)
    case "Union": {
      const one = chosen(due, given)
      return one === undefined ? given : read(one, given)
    }
    case "Arrays": {
      const [rest] = due.rest
      return rest === undefined || !Array.isArray(given) ? given : given.map((one) => read(rest, one))
    }
    case "Objects": {
      if (kindOf(given) !== "Objects") return given
      const found = new Map(Object.entries(given as Record))
      for (const { name, type } of due.propertySignatures) {
        if (typeof name === "string" && found.has(name)) found.set(name, read(type, found.get(name)))
      }
      return Object.fromEntries(found)
    }
    default:
      return given
  }
}
