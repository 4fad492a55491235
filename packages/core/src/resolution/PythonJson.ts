/**
 * The text that Python's `json.dumps` writes, byte for byte.
 *
 * Module contexts are hashes over such text (`{"platform": "f28"}`, with a blank after colon and comma, keys sorted by
 * code point, everything outside printable ASCII escaped), so another spelling would be another context.
 */
import { compareText } from "../internal/codePointOrder.ts"

export { compareText }

/** What can be written; `bigint` stands for Python's unbounded integers. */
export type PythonJson =
  | string
  | number
  | bigint
  | boolean
  | null
  | ReadonlyArray<PythonJson>
  | { readonly [key: string]: PythonJson }

const escapes: Readonly<Record<string, string>> = {
  "\"": "\\\"",
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b"
}

const quote = (text: string): string =>
  `"${
    text.replace(
      /["\\]|[^ -~]/g,
      (unit) => escapes[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
    )
  }"`

/**
 * Python's `repr` of a float: always with a point or an exponent, as in `28.0`, `80100.3`, `1e+16`.
 *
 * The length of this text decides whether a base module stream counts as `x.y.z`.
 */
export const formatFloat = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude >= 1e16 || magnitude < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2")
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

const isArray = (value: PythonJson): value is ReadonlyArray<PythonJson> => Array.isArray(value)

/** The text of a value, object keys sorted as `sort_keys=True` sorts them. */
export const format = (value: PythonJson): string => {
  if (value === null) return "null"
  if (typeof value === "string") return quote(value)
  if (typeof value === "boolean" || typeof value === "bigint") return String(value)
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : formatFloat(value)
  if (isArray(value)) return `[${value.map(format).join(", ")}]`
  const members = Object.entries(value).sort(([self], [that]) => compareText(self, that))
  return `{${members.map(([key, member]) => `${quote(key)}: ${format(member)}`).join(", ")}}`
}
