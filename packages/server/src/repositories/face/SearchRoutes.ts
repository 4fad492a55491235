/** `/api/search/`: parameters and refusals as shaman's, one statement whatever is asked. */
import * as RepositoryWire from "@orch/api/shaman/RepositoryWire"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as DistroQuery from "@orch/core/repository/DistroQuery"
import type * as RepositorySearch from "@orch/core/repository/RepositorySearch"
import * as Effect from "effect/Effect"
import * as Response from "effect/http/HttpServerResponse"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
import * as SharedReads from "../../SharedReads.ts"
import { Repositories } from "../Repositories.ts"
import { RepositoriesConfig } from "../RepositoriesConfig.ts"
import * as Answer from "./Answer.ts"
import type * as Call from "./Call.ts"

const known = ["project", "ref", "sha1", "flavor", "status", "distros"] as const

/** More places than anybody builds for; a bound for the statement. */
const mostPlaces = 64

/** Reads the parameters; the failure is a text for the client, as shaman words it where it does. */
export const parseQuery = (parameters: Call.Call["query"]): Result.Result<RepositorySearch.Query, string> => {
  const given = new Map<string, string>()
  for (const [name, value] of parameters) {
    if (given.has(name)) return Result.fail(`the parameter ${name} was given more than once`)
    given.set(name, value)
  }
  const distros = given.get("distros")
  const places = distros === undefined || distros === "" ? Result.succeed([]) : DistroQuery.parse(distros)
  if (places._tag === "Failure") return Result.fail(places.failure.message)
  if (places.success.length > mostPlaces) return Result.fail(`at most ${mostPlaces} distros can be asked for at once`)
  if (distros === "") return Result.fail("the parameter distros is empty")
  const unknown = [...given.keys()].filter((name) => !(known as ReadonlyArray<string>).includes(name))
  if (unknown.length > 0) {
    return Result.fail(`unknown parameters: ${unknown.join(", ")} (known are ${known.join(", ")})`)
  }
  const sha1 = given.get("sha1")
  return Result.succeed({
    project: given.get("project"),
    ref: given.get("ref"),
    sha1: sha1 === "latest" ? undefined : sha1,
    flavor: given.get("flavor"),
    status: given.get("status"),
    distros: places.success,
    commonSha1: sha1 === "latest"
  })
}

/** Nothing narrows the list to a commit or a branch, so it may be as long as everything there is. */
const unbounded = (query: RepositorySearch.Query): boolean =>
  !query.commonSha1 && query.ref === undefined && query.sha1 === undefined

/** Answers searches; equal ones that come at once share a run, down to the written JSON. */
export const make = (): (
  call: Call.Call
) => Effect.Effect<HttpServerResponse, StoreUnavailable, Repositories | RepositoriesConfig | Scope.Scope> => {
  const share = SharedReads.make<string, StoreUnavailable>()
  return Effect.fnUntraced(function*(call) {
    const { releases } = yield* RepositoriesConfig
    const repositories = yield* Repositories
    const query = parseQuery(call.query)
    if (query._tag === "Failure") return Answer.badRequest(call, query.failure)
    const encode = ({ arch, record }: RepositorySearch.Found) => RepositoryWire.encode(releases, record, arch)
    if (unbounded(query.success) && call.method !== "HEAD") {
      const rows = repositories.stream(query.success).pipe(Stream.map((found) => JSON.stringify(encode(found))))
      return yield* streamed(call, rows)
    }
    const read = Effect.map(repositories.search(query.success), (found) => JSON.stringify(found.map(encode)))
    return Answer.jsonText(call, yield* share(call.rawQuery, read))
  })
}

/**
 * Rows of one statement, sent as they come when they are many; a short list is answered whole, with its ETag. The first rows are
 * awaited in any case: a statement that fails must fail the request, not break off a 200.
 */
const streamed = Effect.fnUntraced(function*(call: Call.Call, rows: Stream.Stream<string, StoreUnavailable>) {
  const [head, rest] = yield* Stream.peel(rows, Sink.take<string>(shortList))
  if (head.length < shortList) return Answer.jsonText(call, `[${head.join(",")}]`)
  const body = Stream.concat(Stream.fromIterable(head), rest).pipe(
    Stream.intersperseAffixes({ start: "[", middle: ",", end: "]" }),
    Stream.encodeText
  )
  return Response.stream(body, { contentType: "application/json" })
})

const shortList = 1_000
