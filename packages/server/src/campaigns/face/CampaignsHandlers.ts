/** Campaigns of the `/orch/v1` face: wire to domain and back, nothing else. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import type { CampaignDetail, CampaignSummary, Impact } from "@orch/api/orch/CampaignsApi"
import type { Campaign, CampaignNode } from "@orch/core/campaign/Campaign"
import * as Explanation from "@orch/core/campaign/CampaignExplanation"
import * as CampaignForecast from "@orch/core/campaign/CampaignForecast"
import { estimate, type NodePlan } from "@orch/core/campaign/CampaignPlan"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Access } from "../../auth/Access.ts"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import * as PathNumber from "../../http/PathNumber.ts"
import { type CampaignLine, CampaignOrders, type CampaignRefused, lineOf, type Told } from "../CampaignOrders.ts"

const time = (at: number): string => new Date(at).toISOString()

const inList = (campaign: CampaignLine): CampaignSummary => ({
  id: campaign.id,
  state: campaign.state,
  state_reason: campaign.reason,
  causes: [...campaign.causes, ...campaign.joined ?? []],
  created_by: campaign.by,
  rule: campaign.rule ?? null,
  approved_by: campaign.approvedBy ?? null,
  trial: campaign.trial ?? null,
  counts: campaign.counts,
  created_at: time(campaign.createdAt),
  modified_at: time(campaign.modifiedAt)
})

const summary = (campaign: Campaign): CampaignSummary => inList(lineOf(campaign))

const planned = ({ after, changed, name, seconds, tier, why }: NodePlan) => ({
  name,
  tier,
  seconds,
  after: [...after],
  changed,
  why
})

const auditOf = ({ audit }: CampaignNode) =>
  audit === undefined
    ? null
    : { state: audit.state, reason: audit.reason, builds: audit.builds.map(({ id }) => id) }

const expectedOf = (forecast: CampaignForecast.CampaignForecast | undefined): CampaignDetail["expected"] =>
  forecast === undefined ? null : {
    at: time(forecast.at),
    earliest: time(forecast.earliest),
    latest: time(forecast.latest),
    known_runs: forecast.knownRuns,
    critical: [...forecast.critical],
    late: forecast.unfixed.slice(0, 10).map((name) => `Not before ${name} is fixed.`)
  }

const detail = (campaign: Campaign, now: number): CampaignDetail => {
  const { nodes, numbers, oscillating, waitsFor, ...explained } = Explanation.explain(campaign, now)
  return {
    ...summary(campaign),
    estimate: explained.estimate,
    expected: expectedOf(CampaignForecast.of(campaign, now)),
    numbers: {
      built: numbers.built,
      cut: numbers.cut,
      avoided: numbers.avoided,
      audited: numbers.audited,
      false_cuts: numbers.falseCuts,
      false_cut_rate: numbers.falseCutRate ?? null,
      false_cut_bound: numbers.falseCutBound,
      cut_off_rate: numbers.cutRate ?? null,
      makespan: numbers.makespan ?? null,
      bound: numbers.bound ?? null,
      over_bound: numbers.overBound ?? null,
      fix_to_green: numbers.fixToGreen ?? null
    },
    oscillating: oscillating.map(([one, other]) => [one, other]),
    waits_for: [...waitsFor],
    holds: campaign.holds.map(({ by, node, until, why }) => ({
      node,
      by,
      why,
      until: until === undefined ? null : time(until)
    })),
    nodes: nodes.map(({ node, plan, waiting }) => ({
      ...planned(plan),
      state: node.state,
      state_reason: node.reason,
      attempt: node.attempt,
      builds: node.builds.map(({ id }) => id),
      finished_at: node.finishedAt === undefined ? null : time(node.finishedAt),
      differs: node.differs ?? null,
      regressed: node.regressed ?? null,
      false_cut: node.falseCut ?? null,
      audit: auditOf(node),
      round: node.round ?? 1,
      waiting: [...waiting]
    }))
  }
}

const answered = <A>(asked: Effect.Effect<A, CampaignRefused | StoreUnavailable>) =>
  asked.pipe(
    Effect.catchTag("CampaignRefused", ({ message, reason }) =>
      Effect.fail<ErrorBody.NotFound | ErrorBody.Conflict>(
        reason === "unknown" ? ErrorBody.notFound(message) : ErrorBody.conflict(message)
      )),
    whenAway
  )

const number = PathNumber.of("campaign")

/** Nodes of an impact in one answer. */
const mostNodes = 10_000

/** The handlers of `/orch/v1/campaigns` and `/orch/v1/impact`. */
export const layer = HttpApiBuilder.group(
  OrchApi,
  "campaigns",
  Effect.fn(function*(handlers) {
    const access = yield* Access
    const orders = yield* CampaignOrders

    const find = Effect.fnUntraced(function*(given: string) {
      const id = yield* number(given)
      return yield* orders.find(id).pipe(
        Effect.catchTag("CampaignRefused", ({ message }) => Effect.fail(ErrorBody.notFound(message))),
        whenAway
      )
    })

    /** Tells a campaign that is the caller's own, or anybody's where they run the place. */
    const tell = Effect.fnUntraced(function*(given: string, event: (by: string) => Effect.Effect<Told>) {
      const campaign = yield* find(given)
      const caller = yield* CurrentCaller
      if (campaign.plan.by !== caller.name && !access.allows(caller, "administer")) {
        return yield* ErrorBody.forbidden(
          `the campaign is ${campaign.plan.by}'s; only they and administrators steer it`
        )
      }
      return summary(yield* answered(orders.tell(campaign.id, yield* event(caller.name))))
    })
    const say = (given: string, event: (by: string) => Told) => tell(given, (by) => Effect.succeed(event(by)))

    return handlers.handleAll({
      plan: Effect.fnUntraced(function*({ payload }) {
        const { name } = yield* CurrentCaller
        return summary(yield* answered(orders.create(payload, name)))
      }),
      list: Effect.fnUntraced(function*({ query: { state, ...asked } }) {
        const { limit, offset } = yield* Paging.parse(asked, 20, 100)
        const page = yield* orders.page(state, limit, offset).pipe(whenAway)
        return { items: page.items.map(inList), total: page.total }
      }),
      get: Effect.fnUntraced(function*({ params }) {
        return detail(yield* find(params.id), yield* Clock.currentTimeMillis)
      }),
      approve: ({ params }) => say(params.id, (by) => ({ _tag: "Approved", by })),
      hold: ({ params, payload: { node, seconds, why = "" } }) =>
        tell(params.id, (by) =>
          Effect.map(Clock.currentTimeMillis, (now): Told => ({
            _tag: "HoldRequested",
            by,
            why,
            ...(node === undefined ? {} : { node }),
            ...(seconds === undefined ? {} : { until: now + seconds * 1000 })
          }))),
      letGo: ({ params, payload }) => say(params.id, (by) => ({ _tag: "ReleaseRequested", by, ...payload })),
      resume: ({ params, payload: { node } }) =>
        say(
          params.id,
          (by) => node === undefined ? { _tag: "ResumeRequested", by } : { _tag: "RestartRequested", by, node }
        ),
      cancel: ({ params }) => say(params.id, (by) => ({ _tag: "CancelRequested", by })),
      impact: Effect.fnUntraced(function*({ query: { limit, offset, ...cause } }) {
        const paging = yield* Paging.parse({ limit, offset }, mostNodes, mostNodes)
        const nodes = yield* orders.impact(cause).pipe(whenAway)
        const plan = { causes: [cause], by: "", nodes, automatic: false, width: 1 }
        const shown = nodes.slice(paging.offset, paging.offset + paging.limit)
        const impact: Impact = { estimate: { ...estimate(plan) }, nodes: shown.map(planned) }
        return impact
      })
    })
  })
)
