/**
 * The first README's form, at the root: `/repos/`, `/search/(project)/(ref|sha1)/`, `/nodes/`.
 *
 * Distribution names may be written in any case, a release by number or codename, `distros` as `ubuntu, centos.7`. Lists end in
 * architectures and one object per architecture. Everything here is what is built: it shows no status, so nothing but ready
 * repositories is found, and only what holds one is listed below a ref. Reading is open, as there; posting needs a writer like everywhere here.
 */
import * as RepositoryWire from "@orch/api/shaman/RepositoryWire"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as DistroQuery from "@orch/core/repository/DistroQuery"
import type * as RepositorySearch from "@orch/core/repository/RepositorySearch"
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import { type At, type Position, Repositories } from "../Repositories.ts"
import { RepositoriesConfig } from "../RepositoriesConfig.ts"
import { StorageNodes } from "../StorageNodes.ts"
import * as Answer from "./Answer.ts"
import type * as Call from "./Call.ts"
import { noneHealthy } from "./NodeRoutes.ts"
import * as Posting from "./Posting.ts"

type Answering = Effect.Effect<HttpServerResponse, StoreUnavailable, Repositories | RepositoriesConfig>

const post = Effect.fnUntraced(function*(call: Call.Call, project: string) {
  const decoded = yield* Posting.receive(call, project, RepositoryWire.decodeSeedPost)
  if (decoded._tag === "Failure") return decoded.failure
  yield* (yield* Repositories).post(decoded.success)
  return Answer.accepted
})

const settle = <A>(call: Call.Call, found: At<A>, here: (value: A) => unknown): HttpServerResponse =>
  found._tag === "UnknownProject"
    ? Answer.notFound(call)
    : Answer.json(call, found._tag === "Here" ? here(found.value) : [])

const levelAt = Effect.fnUntraced(function*(call: Call.Call, at: Position) {
  const repositories = yield* Repositories
  if (at.version === undefined) {
    const level = at.distro === undefined ? "distros" : "versions"
    return settle(call, yield* repositories.level(level, at), (names) => names)
  }
  if (at.arch === undefined) return settle(call, yield* repositories.level("archs", at), (names) => names)
  return settle(
    call,
    yield* repositories.records(at),
    (records) => records.flatMap((record) => RepositoryWire.encodeSeed(record, at.arch ?? null))
  )
})

/** `/repos/[(project)/[(ref)/[(sha1)/[(distro)/[(version)/[(arch)/]]]]]]`. */
export const repos = (call: Call.Call): Answering => {
  const [, project, ref, sha1, distro, version, arch, ...rest] = call.segments
  if (rest.length > 0) return Effect.succeed(Answer.notFound(call))
  if (project !== undefined && ref === undefined && call.method === "POST") return post(call, project)
  if (!reads(call)) {
    return Effect.succeed(
      Answer.notAllowed(call, "GET", "HEAD", ...(project !== undefined && ref === undefined ? ["POST"] : []))
    )
  }
  return Effect.gen(function*() {
    const repositories = yield* Repositories
    if (project === undefined) return Answer.json(call, yield* repositories.projects)
    if (ref === undefined || sha1 === undefined) {
      const names = yield* ref === undefined ? repositories.refs(project) : repositories.sha1s(project, ref, true)
      return names === undefined ? Answer.notFound(call) : Answer.json(call, names)
    }
    return yield* levelAt(call, { project, ref, sha1, distro, version, arch, exact: false, built: true })
  })
}

const reads = (call: Call.Call): boolean => call.method === "GET" || call.method === "HEAD"

const known = ["distros", "arch", "common_sha1"]

/** Reads the parameters; the failure is a text for the client. */
export const parseQuery = (
  project: string,
  refOrSha1: string,
  parameters: Call.Call["query"]
): Result.Result<RepositorySearch.Query, string> => {
  const given = new Map(parameters)
  if (given.size < parameters.length) return Result.fail("a parameter was given more than once")
  const unknown = [...given.keys()].filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    return Result.fail(`unknown parameters: ${unknown.join(", ")} (known are ${known.join(", ")})`)
  }
  const distros = given.get("distros")
  const places = distros === undefined ? Result.succeed([]) : DistroQuery.parseLenient(distros)
  if (places._tag === "Failure") return Result.fail(places.failure.message)
  const common = (given.get("common_sha1") ?? "false").toLowerCase()
  if (!["true", "false", "1", "0", "yes", "no", ""].includes(common)) {
    return Result.fail("common_sha1 is either True or False")
  }
  return Result.succeed({
    project,
    refOrSha1,
    status: "ready",
    distros: places.success,
    arch: given.get("arch") === "" ? undefined : given.get("arch"),
    commonSha1: ["true", "1", "yes"].includes(common)
  })
}

/** `/search/(project)/(ref|sha1)/`. */
export const search = Effect.fnUntraced(function*(call: Call.Call) {
  const [, project, refOrSha1, ...rest] = call.segments
  if (project === undefined || refOrSha1 === undefined || rest.length > 0) return Answer.notFound(call)
  if (!reads(call)) return Answer.notAllowed(call, "GET", "HEAD")
  const query = parseQuery(project, refOrSha1, call.query)
  if (query._tag === "Failure") return Answer.badRequest(call, query.failure)
  const found = yield* (yield* Repositories).search(query.success)
  return Answer.json(call, found.flatMap(({ arch, record }) => RepositoryWire.encodeSeed(record, arch)))
})

/** `/nodes/` and `/nodes/next/`. */
export const nodes = Effect.fnUntraced(function*(call: Call.Call) {
  const [, which, ...rest] = call.segments
  if ((which !== undefined && which !== "next") || rest.length > 0) return Answer.notFound(call)
  if (!reads(call)) return Answer.notAllowed(call, "GET", "HEAD")
  const pool = yield* StorageNodes
  if (which === undefined) return Answer.json(call, (yield* pool.list).map((node) => `https://${node.host}`))
  const node = yield* pool.next
  return node === undefined ? Answer.notFound(call, noneHealthy) : Answer.json(call, { url: `https://${node.host}` })
})
