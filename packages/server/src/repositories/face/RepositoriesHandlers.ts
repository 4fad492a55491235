/** Repositories and storage nodes of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as NodeWire from "@orch/api/shaman/NodeWire"
import * as PostFields from "@orch/api/shaman/PostFields"
import type * as RepositoriesApi from "@orch/api/shaman/RepositoriesApi"
import * as RepositoryWire from "@orch/api/shaman/RepositoryWire"
import * as DistroQuery from "@orch/core/repository/DistroQuery"
import type * as RepositorySearch from "@orch/core/repository/RepositorySearch"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Result from "effect/Result"
import { whenAway } from "../../http/Failures.ts"
import { Repositories } from "../Repositories.ts"
import { RepositoriesConfig } from "../RepositoriesConfig.ts"
import { type StorageNode, StorageNodes } from "../StorageNodes.ts"

const pageAtMost = 1_000
const placesAtMost = 64

type Query = { readonly [K in typeof names[number]]?: string }
const names = [
  "project",
  "ref",
  "sha1",
  "flavor",
  "status",
  "distros",
  "arch",
  "common_sha1",
  "before",
  "limit"
] as const

/** A whole number of a query within bounds. */
const bounded = (
  name: string,
  text: string | undefined,
  most: number
): Effect.Effect<number | undefined, ErrorBody.BadRequest> =>
  text === undefined
    ? Effect.undefined
    : /^\d{1,15}$/.test(text) && Number(text) >= 1 && Number(text) <= most
    ? Effect.succeed(Number(text))
    : Effect.fail(ErrorBody.badRequest(`${name} is a whole number from 1 to ${most}`))

/** A common commit is one that is built, unless another status is asked for; `any` asks for none in particular. */
const statusOf = ({ common_sha1, status }: Query): string | undefined =>
  status === undefined ? (common_sha1 === "true" ? "ready" : undefined) : status === "any" ? undefined : status

const toQuery = (query: Query): Effect.Effect<RepositorySearch.Query, ErrorBody.BadRequest> => {
  if (Object.values(query).some((value) => value.includes("\0"))) {
    return Effect.fail(ErrorBody.badRequest("the query holds a NUL character"))
  }
  const places = query.distros === undefined ? Result.succeed([]) : DistroQuery.parseLenient(query.distros)
  return Effect.fromResult(places).pipe(
    Effect.mapError((error) => ErrorBody.badRequest(error.message)),
    Effect.filterOrFail(
      (distros) => distros.length <= placesAtMost,
      () => ErrorBody.badRequest(`at most ${placesAtMost} distros can be asked for at once`)
    ),
    Effect.map((distros) => ({
      project: query.project,
      ref: query.ref,
      sha1: query.sha1,
      flavor: query.flavor,
      status: statusOf(query),
      arch: query.arch,
      distros,
      commonSha1: query.common_sha1 === "true"
    }))
  )
}

const view = (node: StorageNode): RepositoriesApi.StorageNode => ({
  ...NodeWire.encode(node),
  draining: node.draining,
  weight: node.weight
})

const noNode = () => ErrorBody.notFound("There is no such storage node")

export const layer = HttpApiBuilder.group(
  OrchApi,
  "repositories",
  Effect.fn(function*(handlers) {
    const repositories = yield* Repositories
    const nodes = yield* StorageNodes
    const config = yield* RepositoriesConfig
    const asHost = (host: string) =>
      NodeWire.isHost(host)
        ? Effect.succeed(host)
        : Effect.fail(ErrorBody.badRequest("A node is named by its host, with a port when it is not 443"))
    return handlers.handleAll({
      search: Effect.fnUntraced(function*({ query }) {
        const asked = yield* toQuery(query)
        const limit = (yield* bounded("limit", query.limit, pageAtMost)) ?? 100
        const before = yield* bounded("before", query.before, Number.MAX_SAFE_INTEGER)
        const found = yield* whenAway(repositories.search(asked, {
          limit: limit + 1,
          before: before === undefined ? undefined : BigInt(before)
        }))
        const page = asked.commonSha1 ? found : found.slice(0, limit)
        return {
          items: page.map(({ arch, record }) =>
            RepositoryWire.encode(config.releases, record, arch) as RepositoriesApi.Repository
          ),
          next: page.length < found.length ? String(page.at(-1)!.record.revision) : null
        }
      }),
      post: Effect.fnUntraced(function*({ params, payload }) {
        const problem = PostFields.nameProblem(params.project)
        if (problem !== undefined) return yield* Effect.fail(ErrorBody.badRequest(`project: ${problem}`))
        const post = yield* Effect.fromResult(RepositoryWire.decodePost(params.project, payload)).pipe(
          Effect.mapError((error) => ErrorBody.badRequest(error.message))
        )
        const posted = yield* whenAway(repositories.post(post))
        if (posted._tag === "Incomplete") {
          const missing = posted.missing.join(", ")
          return yield* Effect.fail(
            ErrorBody.badRequest(`This repository is not known yet; its first post must carry: ${missing}`)
          )
        }
        return { outcome: posted._tag.toLowerCase() as "created" | "updated" | "late" | "deleted" }
      }),
      promote: Effect.fnUntraced(function*({ payload }) {
        const problem = payload.release === null ? undefined : PostFields.nameProblem(payload.release)
        if (problem !== undefined) return yield* Effect.fail(ErrorBody.badRequest(`release: ${problem}`))
        if (!(yield* whenAway(repositories.promote(payload.chacra_url.replaceAll("\0", ""), payload.release)))) {
          return yield* Effect.fail(ErrorBody.notFound("There is no repository of that chacra_url"))
        }
      }),
      nodes: () => Effect.map(whenAway(nodes.list), (all) => all.map(view)),
      nextNode: Effect.fnUntraced(function*() {
        const node = yield* whenAway(nodes.next)
        return node === undefined
          ? yield* Effect.fail(ErrorBody.notFound("There are no healthy storage nodes"))
          : { url: `https://${node.host}/` }
      }),
      registerNode: Effect.fnUntraced(function*({ params }) {
        const host = yield* asHost(params.host)
        yield* whenAway(nodes.register(host))
        const node = yield* whenAway(nodes.get(host))
        return node === undefined
          ? yield* Effect.fail(ErrorBody.unavailable("The node was removed meanwhile"))
          : view(node)
      }),
      adjustNode: Effect.fnUntraced(function*({ params, payload }) {
        const { weight } = payload
        if (weight !== undefined && !(Number.isInteger(weight) && weight >= 1 && weight <= 100)) {
          return yield* Effect.fail(ErrorBody.badRequest("weight is a whole number from 1 to 100"))
        }
        const host = yield* asHost(params.host)
        const node = yield* whenAway(nodes.adjust(host, payload))
        return node === undefined ? yield* Effect.fail(noNode()) : view(node)
      }),
      removeNode: Effect.fnUntraced(function*({ params }) {
        if (!NodeWire.isHost(params.host) || !(yield* whenAway(nodes.remove(params.host)))) {
          return yield* Effect.fail(noNode())
        }
      })
    })
  })
)
