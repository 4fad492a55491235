/** Pull requests that are tried out, one statement each. */
import type { Trial } from "@orch/core/campaign/CampaignPlan"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean } from "../../database/StorableText.ts"

const isOf = (sql: SqlClient.SqlClient, { forge, number, repository }: Trial) =>
  sql`forge = ${forge} AND repository = ${clean(repository)} AND number = ${number}`

/** Notes that this commit is tried out; false where somebody noted it before. */
export const claim = Effect.fnUntraced(function*(trial: Trial) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    INSERT INTO campaign_trial (forge, repository, number, commit)
    VALUES (${trial.forge}, ${clean(trial.repository)}, ${trial.number}, ${trial.commit})
    ON CONFLICT DO NOTHING RETURNING number`
  return rows.length > 0
})

/** Says by which campaign. */
export const settle = Effect.fnUntraced(function*(trial: Trial, campaign: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE campaign_trial SET campaign_id = ${campaign} WHERE ${isOf(sql, trial)} AND commit = ${trial.commit}`
})

/** The campaign that tries out this commit; undefined where none does. */
export const find = Effect.fnUntraced(function*(trial: Trial) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly campaign_id: bigint | null }>`
    SELECT campaign_id FROM campaign_trial WHERE ${isOf(sql, trial)} AND commit = ${trial.commit}`
  return row?.campaign_id == null ? undefined : Number(row.campaign_id)
})

/** Campaigns that try out other commits of the pull request and are not over; a hundred at most. */
export const open = Effect.fnUntraced(function*(trial: Trial, except: string | undefined) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly id: bigint; readonly by: string }>`
    SELECT campaign.id, campaign.plan ->> 'by' AS by FROM campaign_trial JOIN campaign ON campaign.id = campaign_id
    WHERE ${isOf(sql, trial)} AND commit IS DISTINCT FROM ${except ?? null}::text
      AND campaign.state IN ('planned', 'running', 'paused', 'failed')
    ORDER BY campaign.id LIMIT 100`
})
