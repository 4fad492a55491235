/** WaiverDB 1.0: waivers, posted and found. Pages are numbered from 1. */
import * as GatingProblem from "@orch/api/gating/GatingProblem"
import * as GatingTime from "@orch/api/gating/GatingTime"
import * as WaiverWire from "@orch/api/gating/WaiverWire"
import * as SubjectType from "@orch/core/gating/SubjectType"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { GatingConfig } from "../GatingConfig.ts"
import * as Waivers from "../Waivers.ts"
import * as Answer from "./GatingAnswer.ts"

type Call = Answer.Call

/** Waivers of one request, filters of one question, and waivers of an answer that has no pages. */
const mostPosted = 1_000
const mostFilters = 1_000
const mostAnswered = 10_000
const mostPerPage = 1_000

/** One waiver, or a list of them: all are recorded, or none. */
export const post = Effect.fnUntraced(function*(call: Call) {
  const body = yield* Answer.body(call)
  const { subjectTypes } = yield* GatingConfig
  if (Array.isArray(body) && body.length > mostPosted) {
    return yield* Answer.refuse(400, `At most ${mostPosted} waivers are taken at once`)
  }
  const decoded = Array.isArray(body)
    ? body.map((one, index) => WaiverWire.decodePost(one, subjectTypes, [index]))
    : [WaiverWire.decodePost(body, subjectTypes)]
  const problems = decoded.flatMap((one) => Result.isFailure(one) ? one.failure : [])
  if (problems.length > 0) return yield* Answer.invalid(problems)
  const posts = decoded.flatMap((one) => Result.isSuccess(one) ? [one.success] : [])
  const caller = yield* CurrentCaller
  const stored = yield* (yield* Waivers.Waivers).post(caller, posts).pipe(
    Effect.catchTag(
      "WaiverRefused",
      ({ message, reason }) => Answer.refuse(reason === "forbidden" ? 403 : 400, message)
    )
  )
  const shown = stored.map((waiver) => WaiverWire.encode(waiver, subjectTypes))
  return Answer.json(Array.isArray(body) ? shown : shown[0], 201)
})

/** `/waivers/:id`. */
export const one = Effect.fnUntraced(function*(_call: Call, text: string) {
  const found = /^\d{1,15}$/.test(text) ? yield* (yield* Waivers.Waivers).get(Number(text)) : undefined
  const { subjectTypes } = yield* GatingConfig
  return found === undefined
    ? yield* Answer.refuse(404, "Waiver not found")
    : Answer.json(WaiverWire.encode(found, subjectTypes))
})

const boundsOf = Effect.fnUntraced(function*(text: string) {
  const [from = "", to = "", ...more] = text.split(",")
  const since = from === "" ? undefined : GatingTime.parseBound(from)
  const until = to === "" ? undefined : GatingTime.parseBound(to)
  const wrong = more.length > 0
    ? text
    : from !== "" && since === undefined
    ? from
    : to !== "" && until === undefined
    ? to
    : undefined
  return wrong === undefined
    ? { since, until }
    : yield* Effect.fail(
      new Answer.Refused(Answer.json({ message: { since: `Invalid isoformat string: '${wrong.slice(0, 100)}'` } }, 400))
    )
})

const flags: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(["1", "true", "t", "yes", "y", "on"].map((one) => [one, true])),
  ...Object.fromEntries(["0", "false", "f", "no", "n", "off"].map((one) => [one, false]))
}

const flag = Effect.fnUntraced(function*(call: Call, name: string) {
  const text = Answer.parameter(call, name)
  if (text === undefined || text === "") return false
  const value = Object.hasOwn(flags, text.toLowerCase()) ? flags[text.toLowerCase()] : undefined
  return value ?? (yield* Answer.invalid([{
    loc: [name],
    msg: "Input should be a valid boolean, unable to interpret input",
    input: text.slice(0, 100)
  }]))
})

/** An empty text asks for nothing. */
const unlessEmpty = (text: string | undefined): string | undefined => text === "" ? undefined : text

const typesOf = (name: string | undefined, types: ReadonlyArray<SubjectType.SubjectType>) => {
  if (name === undefined) return undefined
  const { aliases, id } = SubjectType.named(name, types)
  return [id, ...aliases]
}

/** Filters that carry on to the links of other pages, in the order in which they are written there. */
const carried = [
  "limit",
  "subject_type",
  "subject_identifier",
  "testcase",
  "product_version",
  "username",
  "include_obsolete",
  "scenario",
  "since",
  "proxied_by"
]

const linkTo = (call: Call, page: number): string => {
  const parts = call.rawQuery.filter((part) => carried.includes(decode(part.split("=")[0]!)))
  return `${call.root}/waivers/?${[`page=${page}`, ...parts].join("&")}`
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `/waivers/`. */
export const list = Effect.fnUntraced(function*(call: Call) {
  const { subjectTypes } = yield* GatingConfig
  const limit = Math.max(1, yield* Answer.number(call, "limit", 10, mostPerPage))
  const page = yield* Answer.number(call, "page", 1, 100_000_000)
  const withObsolete = yield* flag(call, "include_obsolete")
  const asked = (name: string) => unlessEmpty(Answer.parameter(call, name))
  const testcase = asked("testcase")
  const bounds = yield* boundsOf(Answer.parameter(call, "since") ?? "")
  const filter: Waivers.Filter = {
    ...bounds,
    subjectTypes: typesOf(asked("subject_type"), subjectTypes),
    subjectIdentifier: asked("subject_identifier"),
    testcases: testcase === undefined ? undefined : [testcase],
    scenario: asked("scenario"),
    productVersion: asked("product_version"),
    username: asked("username"),
    proxiedBy: asked("proxied_by")
  }
  const offset = Math.max(0, page - 1) * limit
  const { total, waivers } = yield* (yield* Waivers.Waivers).list([filter], withObsolete ? "none" : "each", {
    limit,
    offset
  })
  if (page < 1 || (waivers.length === 0 && page > 1)) {
    return Answer.json({ data: [], prev: null, next: null, first: null, last: null })
  }
  const last = Math.ceil(total / limit)
  return Answer.json({
    data: waivers.map((waiver) => WaiverWire.encode(waiver, subjectTypes)),
    prev: page > 1 ? linkTo(call, page - 1) : null,
    next: page < last ? linkTo(call, page + 1) : null,
    first: linkTo(call, 1),
    last: linkTo(call, last)
  })
})

const filterOf = (given: unknown, index: number, types: ReadonlyArray<SubjectType.SubjectType>) => {
  if (!GatingProblem.isObject(given)) {
    return { problems: [{ loc: ["filters", index], msg: "Input should be an object", input: undefined }] }
  }
  const fields = GatingProblem.reader(given, ["filters", index])
  const asked = (name: string) => unlessEmpty(fields.text(name))
  const testcase = asked("testcase")
  const filter: Waivers.Filter = {
    subjectTypes: typesOf(asked("subject_type"), types),
    subjectIdentifier: asked("subject_identifier"),
    testcases: testcase === undefined ? undefined : [testcase],
    scenario: asked("scenario"),
    productVersion: asked("product_version"),
    username: asked("username"),
    proxiedBy: asked("proxied_by")
  }
  return { problems: fields.problems, filter, since: fields.text("since") ?? "" }
}

/** `/waivers/+filtered`: what counts for any of the filters. A newer waiver hides an older one whoever gave it, for whatever version. */
export const filtered = Effect.fnUntraced(function*(call: Call) {
  const body = yield* Answer.body(call)
  const { subjectTypes } = yield* GatingConfig
  const given = GatingProblem.isObject(body) ? body["filters"] : undefined
  if (!Array.isArray(given) || given.length > mostFilters) {
    const msg = Array.isArray(given) ? `List should have at most ${mostFilters} items` : "Field required"
    return yield* Answer.invalid([{ loc: ["filters"], msg, input: undefined }])
  }
  if (given.length === 0) {
    return yield* Answer.invalid([{ loc: ["filters"], msg: "List should have at least 1 item", input: undefined }])
  }
  const read = given.map((one, index) => filterOf(one, index, subjectTypes))
  const problems = read.flatMap((one) => one.problems)
  if (problems.length > 0) return yield* Answer.invalid(problems)
  const filters: Array<Waivers.Filter> = []
  for (const { filter, since } of read) filters.push({ ...filter, ...(yield* boundsOf(since ?? "")) })
  const isAll = GatingProblem.isObject(body) && body["include_obsolete"] === true
  const { waivers } = yield* (yield* Waivers.Waivers).list(filters, isAll ? "none" : "anybody", {
    limit: mostAnswered,
    offset: 0
  })
  return Answer.json({ data: waivers.map((waiver) => WaiverWire.encode(waiver, subjectTypes)) })
})

/** `/waivers/+by-subjects-and-testcases`: what counts for any of the results. */
export const bySubjects = Effect.fnUntraced(function*(call: Call) {
  const body = yield* Answer.body(call)
  const { subjectTypes } = yield* GatingConfig
  if (!GatingProblem.isObject(body)) return yield* Answer.refuse(400, "The JSON payload must be an object")
  const fields = GatingProblem.reader(body)
  const results = body["results"] ?? []
  if (!Array.isArray(results) || results.length > mostFilters) {
    fields.refuse("results", `Input should be a list of at most ${mostFilters} objects`)
  }
  const common = {
    productVersion: unlessEmpty(fields.text("product_version")),
    username: unlessEmpty(fields.text("username")),
    proxiedBy: unlessEmpty(fields.text("proxied_by"))
  }
  const since = fields.text("since") ?? ""
  const isAll = fields.flag("include_obsolete", false)
  const decoded = Array.isArray(results)
    ? results.map((one, index) => {
      const about = GatingProblem.isObject(one) ? one : {}
      const entry = { comment: "-", product_version: "-", ...about }
      return WaiverWire.decodePost(entry, subjectTypes, ["results", index])
    })
    : []
  const problems = [...fields.problems, ...decoded.flatMap((one) => Result.isFailure(one) ? one.failure : [])]
  if (problems.length > 0) return yield* Answer.invalid(problems)
  const bounds = yield* boundsOf(since)
  const filters = decoded.flatMap((one): ReadonlyArray<Waivers.Filter> => {
    if (Result.isFailure(one) || one.success.about._tag !== "Subject") return []
    const { subject: { identifier, type }, testcase } = one.success.about
    return [{
      ...common,
      ...bounds,
      subjectTypes: [type.id, ...type.aliases],
      subjectIdentifier: identifier,
      testcases: [testcase]
    }]
  })
  const asked = decoded.length === 0 ? [{ ...common, ...bounds }] : filters
  const { waivers } = yield* (yield* Waivers.Waivers).list(asked, isAll ? "none" : "each", {
    limit: mostAnswered,
    offset: 0
  })
  return Answer.json({ data: waivers.map((waiver) => WaiverWire.encode(waiver, subjectTypes)) })
})

/** `/permissions`: who may waive what. */
export const permissions = Effect.fnUntraced(function*(call: Call) {
  const { permissions: all } = yield* GatingConfig
  const testcase = unlessEmpty(Answer.parameter(call, "testcase"))
  const found = testcase === undefined ? all : Waivers.permissionsFor(all, testcase)
  return Answer.json(found.map((one) => ({
    name: one.name,
    maintainers: one.maintainers,
    testcases: one.testcases,
    testcases_ignore: one.testcasesIgnore,
    groups: one.groups,
    users: one.users
  })))
})

/** `/config`. */
export const config = Effect.map(GatingConfig, ({ superusers }) => Answer.json({ permission_mapping: {}, superusers }))
