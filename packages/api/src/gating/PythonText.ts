/** Values as Python writes them, which is how ResultsDB keeps and shows what is no text. */

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" }

const quoted = (text: string): string => {
  const quote = text.includes("'") && !text.includes("\"") ? "\"" : "'"
  const inside = text.replace(/[\\\n\r\t]/g, (one) => escapes[one]!)
  return `${quote}${quote === "'" ? inside.replaceAll("'", "\\'") : inside}${quote}`
}

/** A value of JSON as `repr` writes it: texts in quotes, `None`, `True` and `False`, lists and mappings. */
export const repr = (value: unknown): string => {
  if (typeof value === "string") return quoted(value)
  if (value === null || value === undefined) return "None"
  if (typeof value === "boolean") return value ? "True" : "False"
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([key, one]) => `${quoted(key)}: ${repr(one)}`).join(", ")}}`
  }
  return String(value)
}

/** The same as `str` writes it: a text is itself. */
export const str = (value: unknown): string => typeof value === "string" ? value : repr(value)
