/**
 * Filters and order of the Module Build Service's lists, read from a query string into data.
 *
 * Unknown arguments are ignored as there; what cannot be meant is refused with the original's words.
 */
import * as Result from "effect/Result"
import * as MbsError from "./MbsError.ts"
import { componentStates, moduleStates } from "./MbsRecord.ts"

type Refused = MbsError.MbsError

/** Columns of module builds that can be ordered by; all but times and state, which have filters of their own, can be filtered by. */
export const moduleColumns = [
  "id",
  "name",
  "stream",
  "version",
  "build_context",
  "build_context_no_bms",
  "runtime_context",
  "context",
  "state",
  "state_reason",
  "modulemd",
  "koji_tag",
  "cg_build_koji_tag",
  "scmurl",
  "scratch",
  "srpms",
  "owner",
  "time_submitted",
  "time_modified",
  "time_completed",
  "new_repo_task_id",
  "rebuild_strategy",
  "reused_module_id",
  "batch",
  "stream_version"
] as const
/** A column of module builds. */
export type ModuleColumn = (typeof moduleColumns)[number]

/** Columns of component builds that can be ordered by; all but id and state can be filtered by. */
export const componentColumns = [
  "id",
  "package",
  "scmurl",
  "format",
  "task_id",
  "ref",
  "state",
  "state_reason",
  "nvr",
  "tagged",
  "tagged_in_final",
  "build_time_only",
  "buildonly",
  "batch",
  "module_id",
  "reused_component_id",
  "weight"
] as const
/** A column of component builds. */
export type ComponentColumn = (typeof componentColumns)[number]

/** By which columns, the first before the next; all in one direction. */
export interface Order<C extends string> {
  readonly columns: ReadonlyArray<C>
  readonly descending: boolean
}

/**
 * A column and the value it must have. `value` is null where the text cannot be one of the column's type: nothing is
 * equal to it.
 */
export interface Equality<C extends string> {
  readonly column: C
  readonly value: string | number | boolean | null
}

/** Which module builds are wanted. All filters must hold, of `states` and `virtualStreams` any one. */
export interface ModuleQuery {
  readonly equal: ReadonlyArray<Equality<ModuleColumn>>
  /** Numbers of MBS's states; empty for any. */
  readonly states: ReadonlyArray<number>
  /** File name of a binary package. */
  readonly rpm: string | undefined
  readonly virtualStreams: ReadonlyArray<string>
  /** Same major version, not newer. */
  readonly streamVersionLte: number | undefined
  /** Inclusive bounds, in seconds since the epoch. */
  readonly times: ReadonlyArray<{
    readonly column: "time_submitted" | "time_modified" | "time_completed"
    readonly bound: "before" | "after"
    readonly at: number
  }>
  /** What a buildrequired base module must be like. */
  readonly baseModule: ReadonlyArray<{
    readonly column: "name" | "stream" | "version" | "context" | "stream_version"
    readonly operator: "=" | "<=" | ">="
    readonly value: string | number | null
  }>
  readonly order: Order<ModuleColumn>
}

/** Which component builds are wanted. All filters must hold, of `states` any one. */
export interface ComponentQuery {
  readonly equal: ReadonlyArray<Equality<ComponentColumn>>
  readonly states: ReadonlyArray<number>
  readonly order: Order<ComponentColumn>
}

const integers = new Set(["id", "new_repo_task_id", "reused_module_id", "batch", "module_id", "reused_component_id"])
const decimals = new Set(["stream_version", "weight"])
const booleans = new Set(["scratch", "tagged", "tagged_in_final", "build_time_only", "buildonly"])

const valueOf = (column: string, text: string): string | number | boolean | null => {
  if (booleans.has(column)) return ["true", "1"].includes(text.toLowerCase())
  if (integers.has(column)) return /^-?\d{1,15}$/.test(text) ? Number(text) : null
  if (decimals.has(column)) return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : null
  return text
}

/** An argument given more than once counts with its first value, as in the original. */
const first = (query: URLSearchParams, name: string): string | undefined => query.get(name) ?? undefined

const order = <C extends string>(
  query: URLSearchParams,
  columns: ReadonlyArray<C>
): Result.Result<Order<C>, Refused> => {
  const ascending = query.getAll("order_by")
  const descending = query.getAll("order_desc_by")
  if (ascending.length > 0 && descending.length > 0) {
    return Result.fail(MbsError.invalid("You may not specify both order_by and order_desc_by"))
  }
  const wanted = ascending.length > 0 ? ascending : descending.length > 0 ? descending : ["id"]
  const unknown = wanted.find((name) => !(columns as ReadonlyArray<string>).includes(name))
  if (unknown !== undefined) {
    return Result.fail(MbsError.invalid(`An invalid ordering key of "${unknown}" was supplied`))
  }
  return Result.succeed({ columns: wanted as unknown as ReadonlyArray<C>, descending: ascending.length === 0 })
}

const states = (
  query: URLSearchParams,
  number: (name: string) => number
): Result.Result<ReadonlyArray<number>, Refused> => {
  const found: Array<number> = []
  for (const given of query.getAll("state")) {
    const state = /^\d{1,9}$/.test(given) ? Number(given) : number(given)
    if (state < 0) return Result.fail(MbsError.invalid(`Invalid state was supplied: ${given}`))
    found.push(state)
  }
  return Result.succeed(found)
}

const timestamp = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:Z|[-+]00(?::00)?)?$/

/** Seconds since the epoch; `NaN` for what is no such time, as the 30th of February, which JavaScript takes for March. */
const secondsOf = (text: string): number => {
  // A plus sign that was not escaped arrives as a blank.
  const [, time = ""] = timestamp.exec(text.replace(" ", "+")) ?? []
  const at = new Date(`${time}Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(time) ? at.getTime() / 1000 : Number.NaN
}

const times = (query: URLSearchParams): Result.Result<ModuleQuery["times"], Refused> => {
  const found: Array<ModuleQuery["times"][number]> = []
  for (const item of ["submitted", "modified", "completed"] as const) {
    for (const bound of ["before", "after"] as const) {
      const given = first(query, `${item}_${bound}`)
      if (given === undefined || given === "") continue
      const at = secondsOf(given)
      if (Number.isNaN(at)) {
        const message = `An invalid Zulu ISO 8601 timestamp was provided for the "${item}_${bound}" parameter`
        return Result.fail(MbsError.invalid(message))
      }
      found.push({ column: `time_${item}`, bound, at })
    }
  }
  return Result.succeed(found)
}

const streamVersion = (query: URLSearchParams): Result.Result<number | undefined, Refused> => {
  const given = first(query, "stream_version_lte")
  if (given === undefined) return Result.succeed(undefined)
  const value = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(given) ? Number(given) : Number.NaN
  return value >= 10000
    ? Result.succeed(value)
    : Result.fail(MbsError.invalid(
      "An invalid value of stream_version_lte was provided. It must be an integer or float greater than or equal to 10000."
    ))
}

const baseModule = (query: URLSearchParams): Result.Result<ModuleQuery["baseModule"], Refused> => {
  const found: Array<ModuleQuery["baseModule"][number]> = []
  const nsvc = first(query, "base_module_br")
  if (nsvc !== undefined && nsvc !== "") {
    const parts = nsvc.split(":")
    if (parts.length !== 4) {
      const message = "The filter argument for \"base_module_br\" must be in the format of N:S:V:C"
      return Result.fail(MbsError.invalid(message))
    }
    for (const [index, column] of (["name", "stream", "version", "context"] as const).entries()) {
      found.push({ column, operator: "=", value: parts[index]! })
    }
  }
  for (const column of ["name", "stream", "version", "context", "stream_version"] as const) {
    const given = first(query, `base_module_br_${column}`)
    if (given) found.push({ column, operator: "=", value: valueOf(column, given) as string | number | null })
  }
  for (const [suffix, operator] of [["lte", "<="], ["gte", ">="]] as const) {
    const given = first(query, `base_module_br_stream_version_${suffix}`)
    if (given) {
      found.push({ column: "stream_version", operator, value: valueOf("stream_version", given) as number | null })
    }
  }
  return Result.succeed(found)
}

/** Not plain columns: handled on their own, or not at all. */
const special = new Set(["id", "time_submitted", "time_modified", "time_completed", "state"])

/**
 * Reads the query of `GET /module-builds/`. Fails with `MbsError` 400, in the original's words, for an unknown state or
 * ordering key, a malformed time, version or N:S:V:C.
 */
export const parseModules = (query: URLSearchParams): Result.Result<ModuleQuery, Refused> =>
  Result.gen(function*() {
    const equal = new Map<ModuleColumn, Equality<ModuleColumn>>()
    for (const column of moduleColumns) {
      const given = first(query, column)
      if (given !== undefined && !special.has(column)) equal.set(column, { column, value: valueOf(column, given) })
    }
    const nsvc = first(query, "nsvc")
    if (nsvc !== undefined && nsvc !== "") {
      const parts = nsvc.split(":")
      for (const [index, column] of (["name", "stream", "version", "context"] as const).entries()) {
        if (parts[index] !== undefined) equal.set(column, { column, value: parts[index] })
      }
    }
    return {
      equal: Array.from(equal.values()),
      states: yield* states(query, (name) => (moduleStates as ReadonlyArray<string>).indexOf(name)),
      rpm: first(query, "rpm") || undefined,
      times: yield* times(query),
      virtualStreams: query.getAll("virtual_stream"),
      streamVersionLte: yield* streamVersion(query),
      baseModule: yield* baseModule(query),
      order: yield* order(query, moduleColumns)
    }
  })

/**
 * Reads the query of `GET /component-builds/`. Fails with `MbsError` 400, in the original's words, for an unknown state
 * or ordering key.
 */
export const parseComponents = (query: URLSearchParams): Result.Result<ComponentQuery, Refused> =>
  Result.gen(function*() {
    const equal = new Map<ComponentColumn, Equality<ComponentColumn>>()
    for (const column of componentColumns) {
      const given = first(query, column)
      if (given !== undefined && column !== "state" && column !== "id") {
        equal.set(column, { column, value: valueOf(column, given) })
      }
    }
    const module = first(query, "module_build")
    if (module !== undefined) equal.set("module_id", { column: "module_id", value: valueOf("module_id", module) })
    return {
      equal: Array.from(equal.values()),
      states: yield* states(query, (name) => (componentStates as ReadonlyArray<string>).indexOf(name.toUpperCase())),
      order: yield* order(query, componentColumns)
    }
  })

/** Which representation is asked for; verbose wins. */
export const representation = (query: URLSearchParams): "plain" | "short" | "verbose" => {
  const isTrue = (name: string) => ["true", "1"].includes((query.get(name) ?? "").toLowerCase())
  return isTrue("verbose") ? "verbose" : isTrue("short") ? "short" : "plain"
}
