/** Reads bodies of PDC's interface field by field; what is wrong is told as Django REST framework tells it. */

/** What is wrong, by field; `detail` for what is about none. */
export type Problems = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A reader of one body; `problems` is empty while all of it is right. */
export interface PdcReader {
  /** A text; a number or flag is taken as its text. Absent is `undefined`, which is wrong where it is required. */
  readonly text: (name: string, bounds: { readonly required: boolean; readonly most: number }) => string | undefined
  readonly flag: (name: string) => boolean | undefined
  /** A list of objects, each read by the function. */
  readonly list: <A>(name: string, read: (item: PdcReader) => A) => ReadonlyArray<A> | undefined
  readonly raw: (name: string) => unknown
  readonly refuse: (name: string, problem: unknown) => void
  readonly problems: () => Problems | undefined
}

/** Entries of a list. */
const mostItems = 10_000

/** A reader; keys that are not among the known ones are wrong. */
export const reader = (body: unknown, known: ReadonlyArray<string>): PdcReader => {
  const problems: Record<string, unknown> = {}
  const given = isObject(body) ? body : {}
  if (!isObject(body)) problems["detail"] = "Invalid data. Expected a dictionary."
  const unknown = Object.keys(given).filter((key) => !known.includes(key)).sort()
  if (unknown.length > 0) problems["detail"] = `Unknown fields: ${unknown.map((key) => `"${key}"`).join(", ")}.`

  const text: PdcReader["text"] = (name, { most, required }) => {
    const value = given[name]
    if (value === undefined) {
      if (required) problems[name] = ["This field is required."]
      return undefined
    }
    if (value === null) {
      problems[name] = ["This field may not be null."]
      return undefined
    }
    if (typeof value !== "string" && typeof value !== "number") {
      problems[name] = ["Not a valid string."]
      return undefined
    }
    const found = String(value).trim()
    if (found === "") problems[name] = ["This field may not be blank."]
    else if (found.includes("\0")) problems[name] = ["Null characters are not allowed."]
    else if (found.length > most) problems[name] = [`Ensure this field has no more than ${most} characters.`]
    else return found
    return undefined
  }
  return {
    text,
    flag: (name) => {
      const value = given[name]
      if (value === undefined) return undefined
      const word = String(value).toLowerCase()
      if (["true", "t", "1"].includes(word)) return true
      if (["false", "f", "0"].includes(word)) return false
      problems[name] = [`"${String(value).slice(0, 100)}" is not a valid boolean.`]
      return undefined
    },
    list: (name, read) => {
      const value = given[name]
      if (value === undefined) return undefined
      if (!Array.isArray(value)) {
        problems[name] = { non_field_errors: [`Expected a list of items but got type "${typeof value}".`] }
        return undefined
      }
      const items = value.slice(0, mostItems).map((item) => {
        const inner = reader(item, isObject(item) ? Object.keys(item) : [])
        return { value: read(inner), problems: inner.problems() }
      })
      if (items.some((item) => item.problems !== undefined)) problems[name] = items.map((item) => item.problems ?? {})
      return items.map((item) => item.value)
    },
    raw: (name) => given[name],
    refuse: (name, problem) => void (problems[name] = problem),
    // What is unknown is told before anything else is looked at.
    problems: () =>
      typeof problems["detail"] === "string"
        ? { detail: problems["detail"] }
        : Object.keys(problems).length === 0
        ? undefined
        : problems
  }
}
