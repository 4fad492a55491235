/** The dependency graph of the `/orch/v1` face: wire to domain and back, nothing else. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Result from "effect/Result"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import * as Microseconds from "../../history/Microseconds.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import { time } from "../../http/Timestamp.ts"
import * as ComposeMetadata from "../ComposeMetadata.ts"
import * as DependencyEdges from "../DependencyEdges.ts"
import { GraphFeeds } from "../GraphFeeds.ts"

const deepest = 64

interface Query {
  readonly depth?: string
  readonly types?: string
  readonly at?: string
}

const asked = Effect.fnUntraced(
  function*({ at, depth, types }: Query): Effect.fn.Return<DependencyEdges.Asked, ErrorBody.BadRequest> {
    if (depth !== undefined && !(/^\d{1,2}$/.test(depth) && Number(depth) >= 1 && Number(depth) <= deepest)) {
      return yield* ErrorBody.badRequest(`depth must be a whole number from 1 to ${deepest}`)
    }
    const words = (types ?? "").split(",").map((one) => one.trim()).filter((one) => one !== "")
    const known = DependencyEdges.types.filter((one) => words.includes(one))
    const unknown = words.find((one) => !DependencyEdges.types.some((type) => type === one))
    if (unknown !== undefined) {
      return yield* ErrorBody.badRequest(
        `${JSON.stringify(unknown.slice(0, 100))} is no type; types are ${DependencyEdges.types.join(", ")}`
      )
    }
    const time = at === undefined ? undefined : Microseconds.parse(at)
    if (at !== undefined && time === undefined) {
      return yield* ErrorBody.badRequest("at must be a time such as 2026-11-29T05:00:00Z")
    }
    return {
      depth: depth === undefined ? deepest : Number(depth),
      types: known.length === 0 ? DependencyEdges.types : known,
      at: time
    }
  }
)

export const layer = HttpApiBuilder.group(
  OrchApi,
  "graph",
  Effect.fn(function*(handlers) {
    const graph = yield* DependencyEdges.DependencyEdges
    const feeds = yield* GraphFeeds
    const listed = (side: "dependants" | "dependencies") =>
      Effect.fnUntraced(function*(
        { query }: {
          readonly query: Query & { readonly node: string; readonly limit?: string; readonly offset?: string }
        }
      ) {
        const page = yield* Paging.parse(query, 100)
        return yield* whenAway(graph[side](query.node, yield* asked(query), page))
      })
    return handlers.handleAll({
      dependants: listed("dependants"),
      dependencies: listed("dependencies"),
      path: Effect.fnUntraced(function*({ query }) {
        const path = yield* whenAway(graph.path(query.from, query.to, yield* asked(query)))
        return path.length === 0
          ? yield* ErrorBody.notFound(`${query.from} does not depend on ${query.to}`)
          : path
      }),
      audit: () => whenAway(graph.audit),
      repair: () => whenAway(Effect.andThen(feeds.again, graph.repair)),
      composes: Effect.fnUntraced(function*({ query }) {
        const { limit } = yield* Paging.parse(query, 100)
        const rows = yield* whenAway(feeds.composes(limit))
        return rows.map(({ at, ...row }) => ({ ...row, at: time(at) }))
      }),
      importCompose: Effect.fnUntraced(function*({ payload: { modulemds = [], modules, rpms, url } }) {
        const { name } = yield* CurrentCaller
        if ((url === undefined) === (rpms === undefined && modules === undefined)) {
          return yield* ErrorBody.badRequest("Give either url, or rpms and modules as a compose's metadata has them")
        }
        if (url !== undefined) {
          const found = yield* feeds.readCompose(url).pipe(
            Effect.mapError(({ isRetryable, message }) =>
              isRetryable ? ErrorBody.unavailable(message) : ErrorBody.badRequest(message)
            )
          )
          return yield* whenAway(feeds.importCompose(found.compose, [...found.documents, ...modulemds], name))
        }
        const compose = ComposeMetadata.read(rpms, modules)
        return Result.isFailure(compose)
          ? yield* ErrorBody.badRequest(compose.failure)
          : yield* whenAway(feeds.importCompose(compose.success, modulemds, name))
      })
    })
  })
)
