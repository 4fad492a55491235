/** `/orch/v1/administration`. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { AuthSettings } from "../../auth/AuthSettings.ts"
import { whenAway } from "../../http/Failures.ts"
import { SessionSettings } from "../../sessions/SessionSettings.ts"
import { Administration } from "../Administration.ts"
import { ShownSettings } from "../ShownSettings.ts"

/** Changes in one page. */
const ofPage = 100

export const layer = HttpApiBuilder.group(
  OrchApi,
  "administration",
  Effect.fn(function*(handlers) {
    const administration = yield* Administration
    const { authTokens } = yield* AuthSettings
    const settings = yield* ShownSettings
    const { sessionHours } = yield* SessionSettings
    return handlers.handleAll({
      settings: () => Effect.succeed(settings),
      tokens: () => Effect.succeed(authTokens.map(({ groups, user }) => ({ name: user, groups: [...groups] }))),
      sessions: () =>
        Effect.map(
          whenAway(administration.sessions(sessionHours * 3600)),
          (rows) =>
            rows.map(({ created_at, ends_at, id, kind, name, seen_at }) => ({
              id,
              name,
              way: kind,
              created_at: created_at.toISOString(),
              seen_at: seen_at.toISOString(),
              ends_at: ends_at.toISOString()
            }))
        ),
      endSession: ({ params: { id } }) =>
        Effect.flatMap(
          whenAway(administration.endSession(id)),
          (isEnded) => isEnded ? Effect.void : Effect.fail(ErrorBody.notFound("There is no session of that id"))
        ),
      audit: ({ query: { before, name } }) =>
        before !== undefined && !/^\d{1,15}$/.test(before)
          ? Effect.fail(ErrorBody.badRequest("before is the number of a change"))
          : Effect.map(
            whenAway(administration.audit(name, before === undefined ? undefined : Number(before), ofPage + 1)),
            (rows) => {
              const items = rows.slice(0, ofPage).map(({ at, id, ...row }) => ({
                ...row,
                id: Number(id),
                at: at.toISOString()
              }))
              return { items, next: rows.length > ofPage ? items.at(-1)!.id : null }
            }
          )
    })
  })
)
