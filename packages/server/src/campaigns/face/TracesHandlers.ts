/** Traces of the `/orch/v1` face; what revoking one comes to is a campaign. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import * as PathNumber from "../../http/PathNumber.ts"
import { Revocations } from "../../traces/Revocations.ts"
import { CampaignOrders } from "../CampaignOrders.ts"

const number = PathNumber.of("module build")

/** Module streams that an answer names of each kind. */
const most = 1000

/** The handlers of `/orch/v1/traces`. */
export const layer = HttpApiBuilder.group(
  OrchApi,
  "traces",
  Effect.fn(function*(handlers) {
    const orders = yield* CampaignOrders
    const revocations = yield* Revocations

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query: { build, ...asked } }) {
        const { limit, offset } = yield* Paging.parse(asked, 100, 1000)
        const id = yield* number(build)
        const { items, total } = yield* revocations.tracesOf(id, limit, offset).pipe(whenAway)
        return { total, items: items.map((one) => ({ ...one, build: Number(one.build) })) }
      }),
      revoke: Effect.fnUntraced(function*({ params: { input }, payload: { why = "" } }) {
        const { name } = yield* CurrentCaller
        const revoked = yield* revocations.revokeTrace(input, name, why).pipe(whenAway)
        if (revoked === undefined) return yield* ErrorBody.notFound(`There is no trace ${input}`)
        const { components, derived, modules } = revoked
        const reach = (subjects: ReadonlyArray<string>) =>
          subjects.length === 0 ? Effect.succeed([]) : orders.reach(subjects.map((subject) => ({ subject })))
        const reached = new Set((yield* reach(modules).pipe(whenAway)).map((node) => node.name))
        // Rules may keep a module from following what its buildroot held; what was made with this result is planned all the same.
        const subjects = [...modules, ...derived.filter((stream) => !reached.has(stream))]
        const causes = subjects.map((subject) => ({ subject }))
        const nodes = yield* reach(subjects).pipe(whenAway)
        const campaign = nodes.length === 0
          ? undefined
          : yield* orders.begin({ causes, by: name, nodes }).pipe(whenAway)
        return {
          components: [...components],
          modules: modules.slice(0, most),
          derived: derived.slice(0, most),
          campaign: campaign?.id ?? null
        }
      })
    })
  })
)
