/** One request to the fake, as handlers see it, and what they share: lists in pages, fields left out, forms. */
import { type Answer, invalid, Refusal } from "./FakeAnswer.ts"
import type { FakeState } from "./FakeState.ts"
import type { Work } from "./FakeTasks.ts"

export interface FormFile {
  readonly name: string
  readonly bytes: Buffer
}

export interface Context {
  readonly state: FakeState
  readonly method: string
  readonly path: string
  readonly params: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Groups of the route's pattern. */
  readonly matched: ReadonlyArray<string>
  /** Fields of the JSON, or texts of the form. */
  readonly body: Readonly<Record<string, unknown>>
  readonly file: FormFile | undefined
  readonly correlation: string
}

export interface Route {
  readonly method: string
  /** Of the path below the API's root. */
  readonly pattern: RegExp
  readonly handle: (context: Context) => Answer
}

/** Gives work to the tasks and answers with where it can be followed. */
export const postponed = ({ correlation, state }: Context, work: Work): Answer => ({
  status: 202,
  body: { task: state.tasks.dispatch(work, correlation).href }
})

/** The fields asked for, of one entry. */
export const picked = ({ params }: Context, shown: Record<string, unknown>): Record<string, unknown> => {
  const fields = params.get("fields")?.split(",")
  const without = params.get("exclude_fields")?.split(",") ?? []
  return Object.fromEntries(
    Object.entries(shown).filter(([name]) => (fields === undefined || fields.includes(name)) && !without.includes(name))
  )
}

const general = new Set(["limit", "offset", "fields", "exclude_fields", "ordering"])

export type Filter<A> = (entry: A, value: string) => boolean

/** Equal to a value, or to one of several with `__in`. */
export const equals = <A>(name: string, of: (entry: A) => unknown): Readonly<Record<string, Filter<A>>> => ({
  [name]: (entry, value) => String(of(entry)) === value,
  [`${name}__in`]: (entry, value) => value.split(",").includes(String(of(entry)))
})

/** A page of what passes all filters; a parameter that is none is 400. */
export const listed = <A>(
  context: Context,
  entries: Iterable<A>,
  filters: Readonly<Record<string, Filter<A>>>,
  show: (entry: A) => Record<string, unknown>
): Answer => {
  const { params, path } = context
  const asked = [...params].filter(([name]) => !general.has(name))
  const wrong = asked.find(([name]) => filters[name] === undefined)
  if (wrong !== undefined) throw invalid({ errors: [`Invalid Filter: '${wrong[0]}'`] })
  const passing = [...entries].filter((entry) => asked.every(([name, value]) => filters[name]!(entry, value)))
  const ordering = params.get("ordering") ?? "-pulp_created"
  const field = ordering.replace(/^-/, "")
  const shown = passing.map(show).map((one, index) => ({ one, index })).sort((a, b) => {
    const [x, y] = [a.one[field], b.one[field]]
    const order = typeof x === "number" && typeof y === "number" ? x - y : String(x) < String(y) ? -1 : 1
    return x === y ? a.index - b.index : ordering.startsWith("-") ? -order : order
  }).map(({ one }) => one)
  const limit = Number(params.get("limit") ?? 100)
  const offset = Number(params.get("offset") ?? 0)
  const at = (start: number) => {
    const next = new URLSearchParams(params)
    next.set("offset", String(start))
    return `http://fake.invalid${path}?${next}`
  }
  return {
    status: 200,
    body: {
      count: shown.length,
      next: offset + limit < shown.length ? at(offset + limit) : null,
      previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
      results: shown.slice(offset, offset + limit).map((one) => picked(context, one))
    }
  }
}

/** What the body says under a name, as text; 400 where it is required and not there. */
export const required = (body: Context["body"], ...names: ReadonlyArray<string>): void => {
  const missing = names.filter((name) => body[name] === undefined)
  if (missing.length > 0) throw invalid(Object.fromEntries(missing.map((name) => [name, ["This field is required."]])))
}

const labelKey = /^[A-Za-z0-9_ .-]+$/

/** Labels of a body, an object or its JSON as text in forms. */
export const labelsOf = (body: Context["body"]): Record<string, string> => {
  const given = body["pulp_labels"]
  const labels = typeof given === "string" ? JSON.parse(given) as Record<string, string> : given ?? {}
  for (const [key, value] of Object.entries(labels)) {
    if (!labelKey.test(key)) throw invalid({ pulp_labels: [`Key '${key}' contains invalid characters.`] })
    if (/[()]/.test(String(value))) throw invalid({ pulp_labels: [`Key '${key}' has an invalid value.`] })
  }
  return { ...labels as Record<string, string> }
}

/** `k=v`, `k` or `!k`, all of which must hold. */
export const selects = (labels: Readonly<Record<string, string>>, selector: string): boolean =>
  selector.split(",").every((term) => {
    const [key, value] = term.split("=") as [string, string?]
    if (value !== undefined) return labels[key] === value
    return key.startsWith("!") ? labels[key.slice(1)] === undefined : labels[key] !== undefined
  })

/** Refuses what the route is not for. */
export const notAllowed = ({ method }: Context): Refusal =>
  new Refusal({ status: 405, body: { detail: `Method "${method}" not allowed.` } })
