/** ResultsDB 2.0: results, tests and groups, posted and found. Pages are numbered from 0. */
import * as GatingTime from "@orch/api/gating/GatingTime"
import * as PythonText from "@orch/api/gating/PythonText"
import * as ResultWire from "@orch/api/gating/ResultWire"
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as TestResults from "../TestResults.ts"
import * as Answer from "./GatingAnswer.ts"

type Call = Answer.Call

const mostPerPage = 1_000
const perPage = 20

const pageOf = Effect.fnUntraced(function*(call: Call) {
  const limit = yield* Answer.number(call, "limit", perPage, mostPerPage)
  const page = yield* Answer.number(call, "page", 0, 100_000_000)
  return { limit: Math.max(0, limit), page: Math.max(0, page) }
})

/** A page of `limit`, of which one more was asked for, with links to its neighbours. */
const paged = (
  call: Call,
  { limit, page }: { readonly limit: number; readonly page: number },
  found: ReadonlyArray<unknown>
): HttpServerResponse =>
  Answer.json({
    data: found.slice(0, limit),
    next: found.length > limit ? Answer.withParameter(call, "page", page + 1) : null,
    prev: page > 0 ? Answer.withParameter(call, "page", page - 1) : null
  })

const slice = ({ limit, page }: { readonly limit: number; readonly page: number }) => ({
  limit: limit + 1,
  offset: limit * page
})

const bounds = Effect.fnUntraced(function*(call: Call) {
  const text = Answer.parameter(call, "since") ?? ""
  const [from = "", to, ...more] = text.split(",")
  const since = from === "" ? undefined : GatingTime.parseBound(from)
  const until = to === undefined || to === "" ? undefined : GatingTime.parseBound(to)
  if (
    more.length > 0 || (from !== "" && since === undefined) || (to !== undefined && to !== "" && until === undefined)
  ) {
    return yield* Answer.invalid([{
      loc: ["since"],
      msg: "Value error, must be in ISO8601 format",
      input: text.slice(0, 100)
    }])
  }
  return { since, until }
})

const outcomesOf = Effect.fnUntraced(function*(call: Call) {
  const outcomes = Answer.trimmed(call, "outcome").map((one) => one.toUpperCase())
  const wrong = outcomes.find((one) => !(ResultWire.outcomes as ReadonlyArray<string>).includes(one))
  return wrong === undefined ? outcomes : yield* Answer.invalid([{
    loc: ["outcome"],
    msg: `Value error, must be one of: ${ResultWire.outcomes.join(", ")}`,
    input: wrong.slice(0, 100)
  }])
})

/** Parameters with a meaning of their own; all others ask for data, whatever they are called. */
const named = new Set([
  "limit",
  "page",
  "since",
  "outcome",
  "groups",
  "testcases",
  "testcases:like",
  "_sort",
  "_distinct_on"
])

/** A key with one colon asks for what is before it; only `like` behind it has a meaning. */
const keyOf = (key: string): { readonly key: string; readonly isPattern: boolean } => {
  const [name = "", modifier, ...more] = key.split(":")
  return more.length > 0 || modifier === undefined
    ? { key, isPattern: false }
    : { key: name, isPattern: modifier === "like" }
}

/** The values that are asked for, as they are: an empty one asks for an empty value. */
const valuesOf = ({ query }: Call, name: string): ReadonlyArray<string> =>
  query.flatMap(([key, value]) => key === name ? value.split(",") : [])

/** Different keys of data in one question. */
const mostKeys = 50

const filterOf = Effect.fnUntraced(function*(call: Call) {
  const { since, until } = yield* bounds(call)
  const outcomes = yield* outcomesOf(call)
  const keys = [...new Set(call.query.map(([key]) => key))].filter((key) => !named.has(key))
  if (keys.length > mostKeys) return yield* Answer.refuse(400, `At most ${mostKeys} keys of data can be asked for`)
  const data = keys.map((key) => ({ ...keyOf(key), values: valuesOf(call, key) }))
  return {
    ...TestResults.everything,
    since,
    until,
    outcomes,
    groups: Answer.trimmed(call, "groups"),
    testcases: Answer.trimmed(call, "testcases"),
    testcasesLike: Answer.trimmed(call, "testcases:like"),
    data
  } satisfies TestResults.Filter
})

const listBy = Effect.fnUntraced(function*(call: Call, more: Partial<TestResults.Filter>) {
  const results = yield* TestResults.TestResults
  const filter = yield* filterOf(call)
  const page = yield* pageOf(call)
  const ascending = Answer.parameter(call, "_sort") === "asc:submit_time"
  const found = yield* results.list({ ...filter, ...more }, { ...slice(page), ascending })
  return paged(call, page, found.map((result) => ResultWire.encode(call.root, result)))
})

/** `/results`. */
export const list = (call: Call) => listBy(call, {})

/** `/results/latest`: the newest of each test, and of each value of the keys that `_distinct_on` names. */
export const latest = Effect.fnUntraced(function*(call: Call) {
  const results = yield* TestResults.TestResults
  // Outcomes are checked and do not count here.
  const filter = { ...yield* filterOf(call), outcomes: [] }
  const distinct = Answer.trimmed(call, "_distinct_on").slice(0, mostKeys)
  const isEmpty = Object.values(filter).every((value) => value === undefined || value.length === 0)
  if (distinct.length > 0 && isEmpty) {
    return yield* Answer.refuse(400, "Please, provide at least one filter beside '_distinct_on'")
  }
  const found = yield* results.latest(filter, distinct)
  return Answer.json({ data: found.map((result) => ResultWire.encode(call.root, result)) })
})

const idOf = (text: string): number | undefined => /^\d{1,15}$/.test(text) ? Number(text) : undefined

/** `/results/:id`. */
export const one = Effect.fnUntraced(function*(call: Call, text: string) {
  const id = idOf(text)
  const found = id === undefined ? undefined : yield* (yield* TestResults.TestResults).get(id)
  return found === undefined
    ? yield* Answer.refuse(404, "Result not found")
    : Answer.json(ResultWire.encode(call.root, found))
})

/** A new result. */
export const post = Effect.fnUntraced(function*(call: Call) {
  const decoded = ResultWire.decodePost(yield* Answer.body(call, "Bad request"))
  if (Result.isFailure(decoded)) return yield* Answer.invalid(decoded.failure)
  const colons = Object.keys(decoded.success.data).filter((key) => key.includes(":"))
  if (colons.length > 0) {
    return yield* Answer.refuse(400, `Colon not allowed in key name: ${PythonText.repr(colons).slice(0, 1000)}`)
  }
  const stored = yield* (yield* TestResults.TestResults).post(decoded.success)
  return Answer.json(ResultWire.encode(call.root, stored), 201)
})

/** `/testcases`. */
export const testcases = Effect.fnUntraced(function*(call: Call) {
  const page = yield* pageOf(call)
  const names = Answer.trimmed(call, "name")
  const isNamed = (Answer.parameter(call, "name") ?? "") !== ""
  const found = yield* (yield* TestResults.TestResults).testcases(
    names,
    isNamed ? [] : Answer.trimmed(call, "name:like"),
    slice(page)
  )
  return paged(call, page, found.map((one) => ResultWire.encodeTestcase(call.root, one)))
})

/** `/testcases/NAME` and `/testcases/NAME/results`; names may hold slashes. */
export const testcase = Effect.fnUntraced(function*(call: Call, name: string) {
  const results = yield* TestResults.TestResults
  const find = Effect.fnUntraced(function*(one: string) {
    return (yield* results.testcases([one], [], { limit: 1, offset: 0 }))[0]
  })
  const found = yield* find(name)
  if (found !== undefined) return Answer.json(ResultWire.encodeTestcase(call.root, found))
  const ofResults = /^(.+)\/results$/s.exec(name)?.[1]
  if (ofResults === undefined || (yield* find(ofResults)) === undefined) {
    return yield* Answer.refuse(404, "Testcase not found")
  }
  return yield* listBy(call, { testcases: [ofResults] })
})

/** A new test, or what is new about one. */
export const postTestcase = Effect.fnUntraced(function*(call: Call) {
  const decoded = ResultWire.decodeTestcase(yield* Answer.body(call, "Bad request"))
  if (Result.isFailure(decoded)) return yield* Answer.invalid(decoded.failure)
  const stored = yield* (yield* TestResults.TestResults).postTestcase(decoded.success)
  return Answer.json(ResultWire.encodeTestcase(call.root, stored), 201)
})

/** `/groups`. */
export const groups = Effect.fnUntraced(function*(call: Call) {
  const page = yield* pageOf(call)
  const isDescribed = (Answer.parameter(call, "description") ?? "") !== ""
  const spoken = (name: string) => Answer.several(call, name).filter((value) => value.trim() !== "")
  const found = yield* (yield* TestResults.TestResults).groups(
    Answer.several(call, "uuid"),
    isDescribed
      ? { exact: spoken("description"), patterns: [] }
      : { exact: [], patterns: spoken("description:like") },
    slice(page)
  )
  return paged(call, page, found.map((one) => ResultWire.encodeGroup(call.root, one)))
})

const groupNamed = Effect.fnUntraced(function*(uuid: string) {
  const results = yield* TestResults.TestResults
  return (yield* results.groups([uuid], { exact: [], patterns: [] }, { limit: 1, offset: 0 }))[0]
})

/** `/groups/:uuid`. */
export const group = Effect.fnUntraced(function*(call: Call, uuid: string) {
  const found = yield* groupNamed(uuid)
  return found === undefined
    ? yield* Answer.refuse(404, "Group not found")
    : Answer.json(ResultWire.encodeGroup(call.root, found))
})

/** `/groups/:uuid/results`. */
export const groupResults = Effect.fnUntraced(function*(call: Call, uuid: string) {
  if ((yield* groupNamed(uuid)) === undefined) return yield* Answer.refuse(404, `Group not found: ${uuid}`)
  return yield* listBy(call, { groups: [uuid] })
})

/** A new group, or what is new about one. */
export const postGroup = Effect.fnUntraced(function*(call: Call) {
  const decoded = ResultWire.decodeGroup(yield* Answer.body(call, "Bad request"))
  if (Result.isFailure(decoded)) return yield* Answer.invalid(decoded.failure)
  const stored = yield* (yield* TestResults.TestResults).postGroup(decoded.success)
  return Answer.json(ResultWire.encodeGroup(call.root, stored), 201)
})

/** What is there. */
export const landing = ({ root }: Call): HttpServerResponse =>
  Answer.json({
    message: "Results of tests, tests and groups are below",
    documentation: "https://github.com/release-engineering/resultsdb",
    groups: `${root}/groups`,
    results: `${root}/results`,
    testcases: `${root}/testcases`,
    outcomes: ResultWire.outcomes
  }, 300)
