/** Gates of sets of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import { time } from "../../http/Timestamp.ts"
import { GatingConfig } from "../GatingConfig.ts"
import { SetPromotions } from "../SetPromotions.ts"

export const layer = HttpApiBuilder.group(
  OrchApi,
  "gateTargets",
  Effect.fn(function*(handlers) {
    const promotions = yield* SetPromotions
    const { targets } = yield* GatingConfig
    const find = (name: string) => {
      const found = targets.find((one) => one.name === name)
      return found === undefined
        ? Effect.fail(ErrorBody.notFound(`There is no target ${name.slice(0, 100)}`))
        : Effect.succeed(found)
    }
    return handlers.handleAll({
      targets: () =>
        Effect.map(
          whenAway(promotions.counts),
          (counts) =>
            targets.map(({ arches, decisionContext, name, productVersion, repositories, subjectType }) => ({
              name,
              arches,
              repositories,
              decision_context: decisionContext ?? null,
              product_version: productVersion ?? null,
              subject_type: subjectType,
              packages: counts.get(name) ?? 0
            }))
        ),
      promotions: Effect.fnUntraced(function*({ params, query: { before, limit } }) {
        const { name } = yield* find(params.name)
        if (before !== undefined && !/^\d{1,15}$/.test(before)) {
          return yield* ErrorBody.badRequest("before must be the number of a promotion")
        }
        const page = yield* Paging.parse(limit === undefined ? {} : { limit }, 100)
        const rows = yield* whenAway(
          promotions.list(name, before === undefined ? undefined : Number(before), page.limit)
        )
        return rows.map(({ at, id, ...row }) => ({ ...row, number: id, at: time(at) }))
      }),
      promote: Effect.fnUntraced(function*({ params, payload: { candidates, dry_run: isTried = false } }) {
        const target = yield* find(params.name)
        const ids = candidates.map(({ id }) => id)
        const twice = ids.find((id, index) => ids.indexOf(id) < index)
        if (twice !== undefined) return yield* ErrorBody.badRequest(`${twice.slice(0, 100)} is a candidate twice`)
        const { name: by } = yield* CurrentCaller
        const { at, isLargest, number = null, promoted, refused } = yield* promotions.promote({
          target,
          candidates,
          by,
          isTried
        }).pipe(
          Effect.catchTag("PromotionImpossible", ({ message }) => Effect.fail(ErrorBody.unavailable(message))),
          whenAway
        )
        return { number, target: target.name, at: time(at), by, promoted, refused, is_largest: isLargest }
      })
    })
  })
)
