/**
 * `/api/repos/…`: the tree of repositories, posting, and the redirects that installers follow.
 *
 * Only GET and POST of a project are methods of their own; the levels below refuse everything but GET, the redirecting leaves
 * (`repo` and architecture paths) take any method. Where nothing is ready, shaman answered 504; so does this
 * when something is under way, with the time to ask again, and 404 when nobody builds it.
 */
import * as RepositoryWire from "@orch/api/shaman/RepositoryWire"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import { type At, type Level, type Position, Repositories } from "../Repositories.ts"
import { RepositoriesConfig } from "../RepositoriesConfig.ts"
import * as Answer from "./Answer.ts"
import * as Call from "./Call.ts"
import * as Posting from "./Posting.ts"

type Answering = Effect.Effect<HttpServerResponse, StoreUnavailable, Repositories | RepositoriesConfig>

/** `/api/`: the names of all projects. */
export const projectNames = Effect.fnUntraced(function*(call: Call.Call) {
  const repositories = yield* Repositories
  return Answer.json(call, { repos: yield* repositories.projects })
})

/** `/api/repos/`: refs and commits of every project. */
export const overview = Effect.fnUntraced(function*(call: Call.Call) {
  const repositories = yield* Repositories
  const rows = yield* repositories.overview
  return Answer.json(call, Object.fromEntries(rows.map(({ name, refs, sha1s }) => [name, { refs, sha1s }])))
})

const post = Effect.fnUntraced(function*(call: Call.Call, project: string) {
  const repositories = yield* Repositories
  const decoded = yield* Posting.receive(call, project, RepositoryWire.decodePost)
  if (decoded._tag === "Failure") return decoded.failure
  const posted = yield* repositories.post(decoded.success)
  return posted._tag === "Incomplete"
    ? Answer.badRequest(
      call,
      `This repository is not known yet; its first post must carry: ${posted.missing.join(", ")}`
    )
    : Answer.accepted
})

const names = (call: Call.Call, values: ReadonlyArray<string> | undefined): HttpServerResponse =>
  values === undefined ? Answer.notFound(call) : Answer.json(call, values)

const settle = <A>(call: Call.Call, at: Position, found: At<A>, here: (value: A) => HttpServerResponse) => {
  switch (found._tag) {
    case "UnknownProject":
      return Answer.notFound(call)
    case "NothingReady": {
      const text = `no repository is ready for: ${at.project}/${at.ref}`
      return found.underWay ? Answer.notYet(call, text) : Answer.notFound(call, text)
    }
    case "Here":
      return here(found.value)
  }
}

const level = Effect.fnUntraced(function*(call: Call.Call, name: Level, at: Position) {
  const repositories = yield* Repositories
  return settle(call, at, yield* repositories.level(name, at), (values) => Answer.json(call, values))
})

const list = Effect.fnUntraced(function*(call: Call.Call, at: Position) {
  const { releases } = yield* RepositoriesConfig
  const repositories = yield* Repositories
  return settle(
    call,
    at,
    yield* repositories.records(at),
    (records) => Answer.json(call, records.map((record) => RepositoryWire.encode(releases, record)))
  )
})

const join = (base: string, rest: string): string => base.endsWith("/") ? base + rest : `${base}/${rest}`

/** To the storage's client configuration of the newest ready repository. */
const toConfiguration = Effect.fnUntraced(function*(call: Call.Call, at: Position) {
  const repositories = yield* Repositories
  const arch = Call.single(call, "arch")
  if (arch._tag === "Failure") return Answer.badRequest(call, arch.failure)
  const found = yield* repositories.ready({ ...at, arch: arch.success === "" ? undefined : arch.success })
  return settle(call, at, found, (record) => Answer.redirect(join(record.chacraUrl, "repo")))
})

/** To a path below the files of the newest ready repository that has the architecture. */
const toFiles = Effect.fnUntraced(function*(call: Call.Call, at: Position, rest: ReadonlyArray<string>) {
  const repositories = yield* Repositories
  return settle(call, at, yield* repositories.ready(at), (record) =>
    record.url === ""
      ? Answer.notFound(call, `the repository has no address yet: ${at.project}/${at.ref}`)
      : Answer.redirect(
        rest.length === 0 ? record.url : join(record.url, rest.join("/") + (call.trailingSlash ? "/" : ""))
      ))
})

const onlyGet = (call: Call.Call, answer: Answering): Answering =>
  call.method === "GET" ? answer : Effect.succeed(Answer.notAllowed(call, "GET"))

/** `repo`, an architecture path, or the list itself, at a release or one of its flavors. */
const leaves = (call: Call.Call, at: Position, used: number): Answering => {
  const [head, ...rest] = call.segments.slice(used)
  if (head === undefined) return onlyGet(call, list(call, at))
  if (head === "repo") return rest.length === 0 ? toConfiguration(call, at) : Effect.succeed(Answer.notFound(call))
  return toFiles(call, { ...at, arch: head }, call.rawSegments.slice(used + 1))
}

/** `/api/repos/(project)/…`, by how far the path goes. */
export const tree = (call: Call.Call): Answering => {
  const [, , project = "", ref, sha1, distro, version, flavors, flavor] = call.segments
  if (ref === undefined) {
    if (call.method === "POST") return post(call, project)
    return Effect.flatMap(
      Repositories,
      (repositories) =>
        Effect.map(
          repositories.refs(project),
          (refs) =>
            refs !== undefined && call.method !== "GET" ? Answer.notAllowed(call, "GET", "POST") : names(call, refs)
        )
    )
  }
  if (sha1 === undefined) {
    return onlyGet(
      call,
      Effect.flatMap(
        Repositories,
        (repositories) => Effect.map(repositories.sha1s(project, ref), (sha1s) => names(call, sha1s))
      )
    )
  }
  const at: Position = { project, ref, sha1, distro, version, exact: true }
  if (distro === undefined) return onlyGet(call, level(call, "distros", at))
  if (version === undefined) return onlyGet(call, level(call, "versions", at))
  if (flavors !== "flavors") return leaves(call, { ...at, flavor: "default" }, 7)
  if (flavor === undefined) return onlyGet(call, level(call, "flavors", at))
  return leaves(call, { ...at, flavor }, 9)
}
