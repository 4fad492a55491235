/** Build nodes of the `/orch/v1` face: who there is, who is drained, tokens. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import type { BuildNode } from "@orch/api/orch/PackageBuildsApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { randomBytes } from "node:crypto"
import { tokenHash } from "../../albs/AlbsCallers.ts"
import { whenAway } from "../../http/Failures.ts"
import { BuilderPool, type NodeRow } from "../BuilderPool.ts"

const wire = (node: NodeRow): BuildNode => ({
  name: node.name,
  arches: node.arches,
  excluded: node.excluded,
  slots: node.slots,
  draining: node.draining,
  leased: Number(node.leased),
  load: node.load,
  last_seen: node.seen_at === null ? null : new Date(Number(node.seen_at)).toISOString()
})

/** A node's name ends up in logs, tables and announcements. */
const named = (name: string): Effect.Effect<string, ErrorBody.BadRequest> =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)
    ? Effect.succeed(name)
    : Effect.fail(ErrorBody.badRequest("A node's name has letters, digits, dots, dashes and underscores"))

export const layer = HttpApiBuilder.group(
  OrchApi,
  "buildNodes",
  Effect.fn(function*(handlers) {
    const pool = yield* BuilderPool
    return handlers.handleAll({
      list: () => Effect.map(pool.nodes, (nodes) => nodes.map(wire)).pipe(whenAway),
      adjust: Effect.fnUntraced(function*({ params, payload }) {
        const name = yield* named(params.name)
        return wire(yield* pool.adjustNode(name, payload).pipe(whenAway))
      }),
      token: Effect.fnUntraced(function*({ params }) {
        const name = yield* named(params.name)
        const token = randomBytes(32).toString("base64url")
        yield* pool.adjustNode(name, { tokenHash: tokenHash(token) }).pipe(whenAway)
        return { name, token }
      }),
      remove: Effect.fnUntraced(function*({ params }) {
        if (!(yield* pool.removeNode(params.name).pipe(whenAway))) {
          return yield* ErrorBody.notFound(`There is no build node ${params.name}`)
        }
      })
    })
  })
)
