/** What people and other parts of the server ask of campaigns: what a change reaches, a campaign for it, and its steering. */
import type { Campaign, CampaignState, Progress } from "@orch/core/campaign/Campaign"
import type { CampaignEvent } from "@orch/core/campaign/CampaignEvent"
import { campaignLife } from "@orch/core/campaign/CampaignLife"
import { type CampaignPlan, Cause, type NodePlan, Trial } from "@orch/core/campaign/CampaignPlan"
import * as CampaignPlanning from "@orch/core/campaign/CampaignPlanning"
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import { CampaignRulesInForce } from "./CampaignRulesInForce.ts"
import { CampaignSettings } from "./CampaignSettings.ts"
import * as ModuleReach from "./ModuleReach.ts"
import * as Statements from "./statements/CampaignStatements.ts"

/** Why a campaign is not what was asked for. */
export class CampaignRefused extends Data.TaggedError("CampaignRefused")<{
  readonly reason: "unknown" | "conflict"
  readonly message: string
}> {}

type Asked<A> = Effect.Effect<A, CampaignRefused | StoreUnavailable>
/** An event without its time. */
export type Told = CampaignEvent extends infer E ? E extends CampaignEvent ? Omit<E, "at"> : never : never

/** A campaign in a list: what it is about, how it is, and how many of its nodes are in each state. */
export interface CampaignLine extends Progress {
  readonly id: number
  readonly causes: ReadonlyArray<Cause>
  readonly by: string
  readonly rule?: string
  readonly trial?: Trial
  readonly counts: Readonly<Record<string, number>>
}

/** What can be asked. */
export interface Interface {
  /** What would have to be rebuilt at most; empty where nothing is reached. */
  readonly impact: (cause: Cause) => Effect.Effect<ReadonlyArray<NodePlan>, StoreUnavailable>
  /** What would have to be rebuilt at most for several changes at once. */
  readonly reach: (
    causes: ReadonlyArray<Cause>,
    /** Whether commits that the causes name are to be built, wherever branches are. */
    isTrial?: boolean
  ) => Effect.Effect<ReadonlyArray<NodePlan>, StoreUnavailable>
  /** Begins a campaign; `unknown` where the change reaches nothing. */
  readonly create: (cause: Cause, by: string) => Asked<Campaign>
  /** Begins a campaign for nodes that were found; without a limit the installation's says whether somebody has to approve it. */
  readonly begin: (
    plan: Pick<CampaignPlan, "by" | "causes" | "nodes"> & Partial<CampaignPlan>,
    limit?: number
  ) => Effect.Effect<Campaign, StoreUnavailable>
  readonly find: (id: number) => Asked<Campaign>
  /** Tells the campaign. `conflict` where its state does not allow it. */
  readonly tell: (id: number, event: Told) => Asked<Campaign>
  /** Newest first. */
  readonly page: (state: CampaignState | undefined, limit: number, offset: number) => Effect.Effect<
    { readonly items: ReadonlyArray<CampaignLine>; readonly total: number },
    StoreUnavailable
  >
}

/** What is asked of campaigns. */
export class CampaignOrders extends Context.Service<CampaignOrders, Interface>()(
  "@orch/server/campaigns/CampaignOrders"
) {}

const refuse = (reason: CampaignRefused["reason"], message: string) =>
  Effect.fail(new CampaignRefused({ reason, message }))

const decodeCauses = Schema.decodeUnknownSync(Schema.Array(Cause))
const decodeTrial = Schema.decodeUnknownSync(Trial)
const decodeProgress = Schema.decodeUnknownSync(campaignLife.codecs.progress)

/** Nodes that nothing has happened to are not stored: they wait. */
const line = ({ by, causes, counts, id, planned, progress, rule, trial }: Statements.CampaignRow): CampaignLine => {
  const stored = Object.values(counts ?? {}).reduce((sum, amount) => sum + amount, 0)
  const waits = (counts?.["waits"] ?? 0) + Math.max(0, planned - stored)
  return {
    ...decodeProgress(progress),
    id: Number(id),
    causes: decodeCauses(causes),
    by,
    ...(rule === null ? {} : { rule }),
    ...(trial === null ? {} : { trial: decodeTrial(trial) }),
    counts: { ...counts, ...(waits === 0 ? {} : { waits }) }
  }
}

/** The line of a campaign. */
export const lineOf = ({ id, nodes, plan, ...progress }: Campaign): CampaignLine => ({
  ...progress,
  id,
  causes: plan.causes,
  by: plan.by,
  ...(plan.rule === undefined ? {} : { rule: plan.rule }),
  ...(plan.trial === undefined ? {} : { trial: plan.trial }),
  counts: Object.fromEntries(
    [...Map.groupBy(nodes.values(), ({ state }) => state)].map(([state, some]) => [state, some.length])
  )
})

/** Orders on the stores. */
export const layer: Layer.Layer<
  CampaignOrders,
  never,
  Campaigns | CampaignRulesInForce | CampaignSettings | SqlClient.SqlClient
> = Layer
  .effect(
    CampaignOrders,
    Effect.gen(function*() {
      const campaigns = yield* Campaigns
      const { campaignAudit, campaignLimit, campaignWidth } = yield* CampaignSettings
      const sql = yield* SqlClient.SqlClient
      const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
        effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`CampaignOrders.${operation}`))

      const rules = yield* CampaignRulesInForce

      const reach: Interface["reach"] = (causes, isTrial = false) =>
        Effect.map(
          run("reach", ModuleReach.candidates(causes)),
          (found) => CampaignPlanning.plan(found, causes, rules, isTrial)
        )

      const begin: Interface["begin"] = Effect.fnUntraced(function*(plan, limit = campaignLimit) {
        const at = yield* Clock.currentTimeMillis
        const whole = {
          automatic: plan.nodes.length <= limit,
          width: campaignWidth,
          ...(campaignAudit === 0 ? {} : { audit: campaignAudit / 100 }),
          ...plan
        }
        const { state } = yield* campaigns.create(whole, { _tag: "Submitted", at }).pipe(
          Effect.catchTag("ProcessExists", Effect.die)
        )
        return state
      })

      const tell: Interface["tell"] = Effect.fnUntraced(function*(id, told) {
        const at = yield* Clock.currentTimeMillis
        const event = { ...told, at } as CampaignEvent
        const { state } = yield* campaigns.apply(id, [{ event, key: undefined }]).pipe(
          Effect.catchTag("ProcessNotFound", () => refuse("unknown", `There is no campaign ${id}`)),
          Effect.catchTag("IllegalTransition", ({ message }) => refuse("conflict", message))
        )
        return state
      })

      return CampaignOrders.of({
        impact: (cause) => reach([cause]),
        reach,
        begin,
        tell,
        create: Effect.fn("CampaignOrders.create")(function*(cause, by) {
          const nodes = yield* reach([cause])
          if (nodes.length === 0) {
            return yield* refuse("unknown", `Nothing that is ready was built from ${cause.subject}`)
          }
          return yield* begin({ causes: [cause], by, nodes })
        }),
        find: (id) =>
          campaigns.get(id).pipe(
            Effect.map(({ state }) => state),
            Effect.catchTag("ProcessNotFound", () => refuse("unknown", `There is no campaign ${id}`))
          ),
        page: (state, limit, offset) =>
          run("page", Effect.all([Statements.page(state, limit, offset), Statements.count(state)])).pipe(
            Effect.map(([rows, total]) => ({ total, items: rows.map(line) }))
          )
      })
    })
  )
