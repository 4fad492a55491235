/**
 * Tries out pull requests, by the rules: what would be rebuilt if one were merged is built in scratch, from what is proposed. Nothing of it is
 * published, and nobody else builds with it.
 *
 * One commit of a pull request is tried once, however often it is told of. A newer commit, or the end of the pull request, ends the trial before.
 */
import type { Trial } from "@orch/core/campaign/CampaignPlan"
import * as CampaignRules from "@orch/core/campaign/CampaignRules"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import { CampaignOrders } from "./CampaignOrders.ts"
import { CampaignRulesInForce } from "./CampaignRulesInForce.ts"
import * as Statements from "./statements/TrialStatements.ts"

/** A pull request as a forge tells of it. */
export interface Proposed extends Trial {
  readonly cloneUrl: string
  /** Branch that it is for. */
  readonly branch: string
  /** Whether it may still be merged. */
  readonly isOpen: boolean
}

/** What became of a message: the campaign that tries it out, or why there is none. */
export type Tried = { readonly campaign: number } | { readonly ignored: string }

/** Tries out pull requests. */
export class TrialCampaigns extends Context.Service<TrialCampaigns, {
  readonly propose: (proposed: Proposed) => Effect.Effect<Tried, StoreUnavailable>
}>()("@orch/server/campaigns/TrialCampaigns") {}

/** By the rules in force. */
export const layer = Layer.effect(
  TrialCampaigns,
  Effect.gen(function*() {
    const rules = yield* CampaignRulesInForce
    const orders = yield* CampaignOrders
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable("TrialCampaigns.propose"))

    /** Ends the trials of a pull request, except that of this commit where one is given. */
    const end = Effect.fnUntraced(function*(trial: Trial, except: string | undefined) {
      for (const { by, id } of yield* run(Statements.open(trial, except))) {
        yield* orders.tell(Number(id), { _tag: "CancelRequested", by }).pipe(
          Effect.catchTag("CampaignRefused", () => Effect.void)
        )
      }
    })

    const propose = Effect.fn("TrialCampaigns.propose")(function*(
      { branch, cloneUrl, isOpen, ...trial }: Proposed
    ): Effect.fn.Return<Tried, StoreUnavailable> {
      const rule = CampaignRules.ofTrial(rules, trial.repository, branch)
      if (rule === undefined) return { ignored: "no rule is about it" }
      if (!isOpen) {
        yield* end(trial, undefined)
        return { ignored: "it is closed" }
      }
      yield* end(trial, trial.commit)
      const known = yield* run(Statements.find(trial))
      if (known !== undefined) return { campaign: known }
      const exact = [{ subject: cloneUrl, ref: branch, commit: trial.commit }]
      const named = [{ subject: trial.repository, ref: branch, commit: trial.commit }]
      const found = yield* orders.reach(exact, true)
      const nodes = found.length > 0 ? found : yield* orders.reach(named, true)
      if (nodes.length === 0) return { ignored: "nothing that is ready was built from it" }
      return yield* run(sql.withTransaction(Effect.gen(function*() {
        // Another server may have been told at the same time.
        if (!(yield* Statements.claim(trial))) return { campaign: (yield* Statements.find(trial)) ?? 0 }
        const plan = { causes: named, by: rule.owner ?? "trials", nodes, trial, audit: 0 }
        const { id } = yield* orders.begin(plan, rule.limit)
        yield* Statements.settle(trial, id)
        return { campaign: id }
      })))
    })

    return TrialCampaigns.of({ propose })
  })
)
