/** Results of tests as ResultsDB 2.0 takes and shows them. */
import * as Result from "effect/Result"
import * as GatingProblem from "./GatingProblem.ts"
import * as GatingTime from "./GatingTime.ts"
import * as PythonText from "./PythonText.ts"

/** The outcomes that are taken. */
export const outcomes = ["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION", "ERROR", "QUEUED", "RUNNING"] as const

/** A test or a group of results, with what a post says of it. */
export interface TestcasePost {
  readonly name: string
  readonly refUrl: string | undefined
}

/** A group of results; without a `uuid` it gets one. */
export interface GroupPost {
  readonly uuid: string | undefined
  readonly description: string | undefined
  readonly refUrl: string | undefined
}

/** A posted result. `submitTime` is `undefined` for now. */
export interface ResultPost {
  readonly testcase: TestcasePost
  readonly outcome: string
  readonly submitTime: string | undefined
  readonly note: string | undefined
  readonly refUrl: string | undefined
  readonly errorReason: string | undefined
  readonly groups: ReadonlyArray<GroupPost>
  readonly data: Readonly<Record<string, ReadonlyArray<string>>>
}

/** What is stored of a result, times as `GatingTime.parseSubmitTime` writes them. */
export interface StoredResult {
  readonly id: number
  readonly testcase: string
  readonly testcaseRefUrl: string | null
  readonly outcome: string
  readonly submitTime: string
  readonly note: string | null
  readonly refUrl: string | null
  readonly errorReason: string | null
  readonly groups: ReadonlyArray<string>
  readonly data: Readonly<Record<string, ReadonlyArray<string>>>
}

/** Bounds of one result. */
const mostKeys = 200
const mostValues = 1_000
const mostGroups = 200

/** What was read, or every field that is wrong. */
export type Decoded<A> = Result.Result<A, ReadonlyArray<GatingProblem.GatingProblem>>

const testcaseOf = (value: unknown, fields: GatingProblem.FieldReader): TestcasePost | undefined => {
  if (typeof value === "string") {
    const name = fields.text("testcase", { least: 1, most: 255 })
    return name === undefined ? undefined : { name, refUrl: undefined }
  }
  if (!GatingProblem.isObject(value)) {
    fields.refuse("testcase", value === undefined ? "Field required" : "Input should be a valid string or an object")
    return undefined
  }
  const inner = GatingProblem.reader(value, ["testcase"])
  const name = inner.text("name", { required: true, least: 1, most: 255 })
  const refUrl = inner.text("ref_url")
  for (const { loc, msg } of inner.problems) fields.refuse(loc.join("."), msg)
  return name === undefined ? undefined : { name, refUrl }
}

const groupsOf = (value: unknown, fields: GatingProblem.FieldReader): ReadonlyArray<GroupPost> => {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    fields.refuse("groups", "Input should be a valid list")
    return []
  }
  if (value.length > mostGroups) fields.refuse("groups", `List should have at most ${mostGroups} items`)
  return value.slice(0, mostGroups).flatMap((entry): ReadonlyArray<GroupPost> => {
    if (typeof entry === "string" && entry !== "" && !entry.includes("\0")) {
      return [{ uuid: entry, description: undefined, refUrl: undefined }]
    }
    const group = decodeGroup(entry)
    if (Result.isSuccess(group)) return [group.success]
    fields.refuse("groups", "Input should be a valid string or an object with uuid, description or ref_url")
    return []
  })
}

/** Values as text, as ResultsDB keeps them; `undefined` for what cannot be kept. */
const valueOf = (value: unknown): string | undefined => {
  const text = PythonText.str(value)
  return text.includes("\0") ? undefined : text
}

const dataOf = (value: unknown, fields: GatingProblem.FieldReader): ResultPost["data"] => {
  if (value === undefined || value === null) return {}
  if (!GatingProblem.isObject(value)) {
    fields.refuse("data", "Input should be a valid dictionary")
    return {}
  }
  const data: Record<string, ReadonlyArray<string>> = Object.create(null)
  const entries = Object.entries(value)
  if (entries.length > mostKeys) fields.refuse("data", `Dictionary should have at most ${mostKeys} items`)
  for (const [key, given] of entries.slice(0, mostKeys)) {
    const values = Array.isArray(given) ? given : [given]
    const texts = values.slice(0, mostValues).map(valueOf)
    const named = JSON.stringify(key.slice(0, 100))
    if (values.length > mostValues) fields.refuse("data", `${named} should have at most ${mostValues} values`)
    if (key.includes("\0") || texts.some((text) => text === undefined)) {
      fields.refuse("data", `${named} and its values should not hold a NUL character`)
    }
    data[key] = texts.map((text) => text ?? "")
  }
  return data
}

/** Reads a posted result; unknown keys are left out. */
export const decodePost = (body: unknown): Decoded<ResultPost> => {
  if (!GatingProblem.isObject(body)) {
    return Result.fail([{ loc: [], msg: "Input should be an object", input: undefined }])
  }
  const fields = GatingProblem.reader(body)
  const testcase = testcaseOf(body["testcase"], fields)
  const outcome = fields.text("outcome", { required: true })?.trim().toUpperCase()
  if (outcome !== undefined && !(outcomes as ReadonlyArray<string>).includes(outcome)) {
    fields.refuse("outcome", `Value error, must be one of: ${outcomes.join(", ")}`)
  }
  const time = body["submit_time"]
  const submitTime = time === undefined || time === null ? undefined : GatingTime.parseSubmitTime(time)
  if (time !== undefined && time !== null && submitTime === undefined) {
    fields.refuse(
      "submit_time",
      "Value error, Expected timestamp in milliseconds or datetime (in format YYYY-MM-DDTHH:MM:SS.ffffff)"
    )
  }
  const note = fields.text("note")
  const refUrl = fields.text("ref_url")
  const errorReason = fields.text("error_reason")
  const groups = groupsOf(body["groups"], fields)
  const data = dataOf(body["data"], fields)
  return fields.problems.length > 0 || testcase === undefined || outcome === undefined
    ? Result.fail(fields.problems)
    : Result.succeed({ testcase, outcome, submitTime, note, refUrl, errorReason, groups, data })
}

/** Reads a posted test. */
export const decodeTestcase = (body: unknown): Decoded<TestcasePost> => {
  if (!GatingProblem.isObject(body)) {
    return Result.fail([{ loc: [], msg: "Input should be an object", input: undefined }])
  }
  const fields = GatingProblem.reader(body)
  const name = fields.text("name", { required: true, least: 1, most: 255 })
  const refUrl = fields.text("ref_url")
  return fields.problems.length > 0 || name === undefined
    ? Result.fail(fields.problems)
    : Result.succeed({ name, refUrl })
}

/** Reads a posted group. */
export const decodeGroup = (body: unknown): Decoded<GroupPost> => {
  if (!GatingProblem.isObject(body)) {
    return Result.fail([{ loc: [], msg: "Input should be an object", input: undefined }])
  }
  const fields = GatingProblem.reader(body)
  const group = {
    uuid: fields.text("uuid", { least: 1, most: 255 }),
    description: fields.text("description"),
    refUrl: fields.text("ref_url")
  }
  return fields.problems.length > 0 ? Result.fail(fields.problems) : Result.succeed(group)
}

/** A name as part of an address: slashes stay, as the names of tests may have them. */
const inAddress = (name: string): string => encodeURI(name.toWellFormed()).replaceAll(/[?#]/g, encodeURIComponent)

/** A test as it is shown; `root` is where the interface begins. */
export const encodeTestcase = (
  root: string,
  { name, refUrl }: { readonly name: string; readonly refUrl: string | null }
) => ({
  href: `${root}/testcases/${inAddress(name)}`,
  name,
  ref_url: refUrl
})

/** A group as it is shown. */
export const encodeGroup = (
  root: string,
  { description, refUrl, results, uuid }: {
    readonly uuid: string
    readonly description: string | null
    readonly refUrl: string | null
    readonly results: number
  }
) => ({
  description,
  href: `${root}/groups/${inAddress(uuid)}`,
  ref_url: refUrl,
  results: `${root}/results?groups=${encodeURIComponent(uuid.toWellFormed())}`,
  results_count: results,
  uuid
})

/** A result as it is shown; `error_reason` stands there where one was given. */
export const encode = (root: string, result: StoredResult) => ({
  data: result.data,
  ...(result.errorReason === null ? {} : { error_reason: result.errorReason }),
  groups: result.groups,
  href: `${root}/results/${result.id}`,
  id: result.id,
  note: result.note,
  outcome: result.outcome,
  ref_url: result.refUrl,
  submit_time: GatingTime.show(result.submitTime),
  testcase: encodeTestcase(root, { name: result.testcase, refUrl: result.testcaseRefUrl })
})
