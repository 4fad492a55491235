/** The history of branches of the `/orch/v1` face: wire to domain and back, nothing else. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import type { RefInterval } from "@orch/api/orch/HistoryApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import { BranchHistory, type Observation } from "../BranchHistory.ts"
import * as Microseconds from "../Microseconds.ts"

interface Row {
  readonly repository: string
  readonly ref: string
  readonly commit: string | null
  readonly valid_from: bigint
  readonly valid_to: bigint | null
  readonly gap: boolean
  readonly source: string
  readonly actor: string | null
  readonly forced: boolean | null
}

const view = ({ actor, commit, forced, gap, ref, repository, source, valid_from, valid_to }: Row): RefInterval => ({
  repository,
  ref,
  commit,
  from: Microseconds.format(valid_from),
  to: valid_to === null ? null : Microseconds.format(valid_to),
  source: source as RefInterval["source"],
  actor,
  forced,
  gap
})

const time = (name: string, given: string | undefined) => {
  if (given === undefined) return Effect.undefined
  const read = Microseconds.parse(given)
  return read === undefined
    ? Effect.fail(ErrorBody.badRequest(`${name} must be a time such as 2026-11-29T05:00:00Z`))
    : Effect.succeed(read)
}

const number = (name: string, given: string | undefined) =>
  given === undefined
    ? Effect.undefined
    : /^\d{1,15}$/.test(given)
    ? Effect.succeed(Number(given))
    : Effect.fail(ErrorBody.badRequest(`${name} must be a whole number`))

const limit = (query: { readonly limit?: string }) => Effect.map(Paging.parse(query, 100), ({ limit }) => limit)

export const layer = HttpApiBuilder.group(
  OrchApi,
  "history",
  Effect.fn(function*(handlers) {
    const branches = yield* BranchHistory
    return handlers.handleAll({
      refs: Effect.fnUntraced(function*({ query }) {
        const after = yield* number("after", query.after)
        const rows = yield* whenAway(branches.refs(query.repository, after ?? 0, yield* limit(query)))
        return rows.map(({ commit, id, ref, repository, valid_from }) => ({
          number: Number(id),
          repository,
          ref,
          commit,
          since: valid_from === null ? null : Microseconds.format(valid_from)
        }))
      }),
      at: Effect.fnUntraced(function*({ query }) {
        const at = yield* time("at", query.at)
        const found = yield* whenAway(branches.at(query.repository, query.ref, at))
        const [first] = found
        if (first === undefined) {
          return yield* ErrorBody.notFound(`Nothing is known of ${query.ref} of ${query.repository} at that time`)
        }
        if (found.length > 1) {
          return yield* ErrorBody.badRequest(
            `${query.repository} may be ${found.map(({ repository }) => repository).join(" or ")}; name its address`
          )
        }
        return view(first)
      }),
      intervals: Effect.fnUntraced(function*({ query }) {
        const before = yield* time("before", query.before)
        const rows = yield* whenAway(branches.intervals(query.repository, query.ref, before, yield* limit(query)))
        return rows.map(view)
      }),
      commits: Effect.fnUntraced(function*({ query }) {
        return (yield* whenAway(branches.ofCommit(query.repository, query.commit, yield* limit(query)))).map(view)
      }),
      stale: Effect.fnUntraced(function*({ query }) {
        const before = yield* number("before", query.before)
        const rows = yield* whenAway(branches.stale(query.repository, query.ref, before, yield* limit(query)))
        return rows.map(({ build, moved, ...row }) => ({
          ...row,
          build: Number(build),
          moved: Microseconds.format(moved)
        }))
      }),
      observe: Effect.fnUntraced(function*({ payload: { changes, ref, repository, source } }) {
        const { name } = yield* CurrentCaller
        const told = yield* Effect.forEach(
          changes,
          ({ after, at, ...change }, index) =>
            Effect.map(time(`changes[${index}].at`, at), (when): Observation => ({
              repository,
              ref,
              ...change,
              after,
              actor: name,
              ...(when === undefined ? {} : { at: when }),
              // Git's own history says each commit once, so saying it again is a repetition.
              ...(source === "backfill" ? { key: `backfill/${after}` } : {})
            }))
        )
        return { recorded: yield* whenAway(branches.observe(source, told)) }
      })
    })
  })
)
