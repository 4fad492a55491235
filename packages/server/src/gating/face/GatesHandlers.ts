/** Gates of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as DecisionWire from "@orch/api/gating/DecisionWire"
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import * as RequirementSummary from "@orch/core/gating/RequirementSummary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as Schema from "effect/Schema"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import { time } from "../../http/Timestamp.ts"
import { type BoundWaiver, BoundWaivers } from "../BoundWaivers.ts"
import { GateDecisions } from "../GateDecisions.ts"
import * as GatePoints from "../GatePoints.ts"
import { GatingConfig } from "../GatingConfig.ts"
import type { WaiverRefused } from "../Waivers.ts"

const timeOrNull = (millis: number | null): string | null => millis === null ? null : time(millis)

const shown = (row: BoundWaiver) => ({
  id: row.id,
  subject_type: row.subject_type,
  subject: row.subject_identifier,
  test: row.testcase,
  scenario: row.scenario,
  product_version: row.product_version,
  result: row.result_id,
  expires: timeOrNull(row.expires_at),
  comment: row.comment,
  by: row.username,
  made: time(row.made_at),
  revoked: timeOrNull(row.revoked_at),
  revoked_by: row.revoked_by,
  counts: row.counts
})

const forbidden = ({ message }: WaiverRefused) => Effect.fail(ErrorBody.forbidden(message))
const refused = ({ message, reason }: WaiverRefused) =>
  Effect.fail(reason === "forbidden" ? ErrorBody.forbidden(message) : ErrorBody.badRequest(message))

/** The time that a text names, if it is to come. */
const expiryOf = Effect.fnUntraced(function*(text: string | undefined) {
  if (text === undefined) return null
  const at = Date.parse(text)
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(at)) {
    return yield* ErrorBody.badRequest("expires must be a time such as 2026-12-24T18:00:00Z")
  }
  return at > (yield* Clock.currentTimeMillis) ? at : yield* ErrorBody.badRequest("expires is over already")
})

export const layer = HttpApiBuilder.group(
  OrchApi,
  "gates",
  Effect.fn(function*(handlers) {
    const decisions = yield* GateDecisions
    const waivers = yield* BoundWaivers
    const { policies, subjectTypes } = yield* GatingConfig

    return handlers.handleAll({
      decide: Effect.fnUntraced(function*({ query }) {
        const subject = GatingSubject.make(query.subject_type, query.subject, subjectTypes)
        const points = GatePoints.of(
          policies,
          subject.type,
          query.product_version === undefined ? [] : [query.product_version],
          (point) =>
            (query.decision_context ?? point.context) === point.context
            && (query.product_version ?? point.productVersion) === point.productVersion
        )
        const answers = yield* Effect.forEach(
          points,
          (point) => Effect.map(GatePoints.decide(decisions, subject, point), (decision) => ({ decision, point }))
        ).pipe(
          Effect.mapError(({ message }) => ErrorBody.unavailable(message))
        )
        return answers.flatMap(({ decision, point }) => {
          if (decision._tag === "NoPolicy") return []
          const encoded = DecisionWire.encodeDecision(decision, false)
          const requirements = (key: string) => encoded[key] as ReadonlyArray<Readonly<Record<string, Schema.Json>>>
          return [{
            product_version: point.productVersion,
            decision_context: point.context,
            satisfied: decision.isSatisfied,
            summary: RequirementSummary.format(decision.requirements),
            policies: encoded["applicable_policies"] as ReadonlyArray<string | null>,
            unsatisfied: requirements("unsatisfied_requirements"),
            satisfied_requirements: requirements("satisfied_requirements")
          }]
        })
      }),
      waivers: Effect.fnUntraced(function*({ query: { limit, subject, test } }) {
        const page = yield* Paging.parse(limit === undefined ? {} : { limit }, 100)
        return (yield* whenAway(waivers.list(subject, test, page.limit))).map(shown)
      }),
      waive: Effect.fnUntraced(function*({ payload }) {
        const expires = yield* expiryOf(payload.expires)
        if (payload.result === undefined && expires === null) {
          return yield* ErrorBody.badRequest(
            "A waiver is about one result, or it expires: give result, expires or both"
          )
        }
        const row = yield* waivers.waive(yield* CurrentCaller, {
          subject_type: payload.subject_type,
          subject_identifier: payload.subject,
          testcase: payload.test,
          scenario: payload.scenario ?? null,
          product_version: payload.product_version ?? null,
          result_id: payload.result ?? null,
          expires_at: expires,
          comment: payload.comment
        }).pipe(Effect.catchTag("WaiverRefused", refused), whenAway)
        return shown(row)
      }),
      revoke: Effect.fnUntraced(function*({ params: { number } }) {
        const row = /^\d{1,15}$/.test(number)
          ? yield* waivers.revoke(yield* CurrentCaller, Number(number)).pipe(
            Effect.catchTag("WaiverRefused", forbidden),
            whenAway
          )
          : undefined
        return row === undefined ? yield* ErrorBody.notFound("There is no such waiver") : shown(row)
      })
    })
  })
)
