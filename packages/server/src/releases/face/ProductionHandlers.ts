/** Production repositories of the `/orch/v1` face: wire to domain and back, nothing else. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import type { ProductionRepository, RepositoryComparison } from "@orch/api/orch/ProductionApi"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { Drift } from "@orch/core/release/RepositoryDrift"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import { ProductionRefused, ProductionRepositories, type State } from "../ProductionRepositories.ts"

const view = ({ repository: { record, target }, sync }: State): ProductionRepository => ({
  name: target.name,
  record: record.name,
  arch: record.arch,
  debug: record.debug === true,
  family: target.family,
  url: record.url,
  sync: sync === undefined ? null : {
    url: sync.url,
    mirror: sync.mirror,
    state: sync.state,
    reason: sync.reason,
    requested_by: sync.requested_by,
    requested_at: new Date(sync.requested_at).toISOString(),
    finished_at: sync.finished_at === null ? null : new Date(sync.finished_at).toISOString()
  }
})

const kinds = { Added: "added", Missing: "missing", Older: "older", Newer: "newer", Other: "other" } as const

const difference = (drift: Drift): RepositoryComparison["differences"][number] => ({
  kind: kinds[drift._tag],
  nevra: drift.nevra,
  expected: "expected" in drift ? drift.expected : null
})

const bodies = { unknown: ErrorBody.notFound, invalid: ErrorBody.badRequest, away: ErrorBody.unavailable }

const answered = <A>(asked: Effect.Effect<A, ProductionRefused | StoreUnavailable>) =>
  asked.pipe(
    Effect.catchTag("ProductionRefused", ({ message, reason }) =>
      Effect.fail<ErrorBody.NotFound | ErrorBody.BadRequest | ErrorBody.Unavailable>(bodies[reason](message))),
    whenAway
  )

export const layer = HttpApiBuilder.group(
  OrchApi,
  "production",
  Effect.fn(function*(handlers) {
    const repositories = yield* ProductionRepositories
    return handlers.handleAll({
      list: () =>
        repositories.list.pipe(
          Effect.map((all) => all.map(view)),
          Effect.catchTag("ProductionRefused", ({ message }) => Effect.fail(ErrorBody.unavailable(message))),
          whenAway
        ),
      compare: Effect.fnUntraced(function*({ query }) {
        if (query.name === undefined) return yield* ErrorBody.badRequest("name the repository: ?name=production/…")
        const { against, drift, name } = yield* answered(repositories.compare(query.name, query.against))
        return { name, against, differences: drift.map(difference) }
      }),
      sync: Effect.fnUntraced(function*({ payload: { mirror, name, url } }) {
        const by = yield* CurrentCaller
        return view(yield* answered(repositories.sync(name, url, mirror === true, by.name)))
      })
    })
  })
)
