/** What is read of campaigns and for their plans, beside the store; one statement each. */
import type { CampaignState } from "@orch/core/campaign/Campaign"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { json } from "../../database/StorableText.ts"

/** A node of a campaign. */
export interface NodeRow {
  readonly campaign_id: bigint
  readonly name: string
}

/** The nodes that a module build belongs to. */
export const nodesOf = Effect.fnUntraced(function*(build: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<NodeRow>`
    SELECT campaign_id, name FROM campaign_node WHERE builds @> ${json([build])}::text::jsonb
    ORDER BY campaign_id, name`
})

/** The nodes that failed and are about this module stream. */
export const failedNodes = Effect.fnUntraced(function*(name: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<NodeRow>`
    SELECT campaign_id, campaign_node.name FROM campaign_node JOIN campaign ON campaign.id = campaign_id
    WHERE campaign_node.state = 'failed' AND campaign_node.name = ${name} COLLATE "C"
      AND campaign.state IN ('running', 'paused', 'failed') AND NOT campaign.plan ? 'trial'
    ORDER BY campaign_id`
})

/** What a gate says of a build of which a required test failed, as a regular expression. */
export const failedCheck = "tests? (failed|errored)"

/** Scratch builds of a module that were submitted at this time and are no node's yet, with how they are. */
export const scratchBuilds = Effect.fnUntraced(function*(of: {
  readonly name: string
  readonly stream: string
  readonly owner: string
  /** Without what the base module puts in front of it. */
  readonly version: bigint
}) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint; readonly state: string }>`
    SELECT id, state FROM module_build AS b
    WHERE name = ${of.name} AND stream = ${of.stream} AND scratch AND owner = ${of.owner}
      AND version::text LIKE '%' || ${String(of.version)}::text
      AND NOT EXISTS (SELECT FROM campaign_node WHERE builds @> jsonb_build_array(b.id))
    ORDER BY id LIMIT 100`
  return rows.map(({ id, state }) => ({ id: Number(id), revision: 0, state }))
})

/**
 * Builds of nodes that are in another state than their campaign has heard of, that a failed test holds back, or that say something else
 * than their node: what a build waits for outside begins and ends without a change of its state. A node of several builds says what
 * one of them does, so it is looked at only where it says what none of them does.
 */
export const missed = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly build: bigint }>`
    SELECT DISTINCT m.id AS build FROM campaign_node AS node
    CROSS JOIN LATERAL jsonb_to_recordset(
      CASE node.state WHEN 'cut' THEN node.data -> 'audit' -> 'builds' ELSE node.data -> 'builds' END
    ) AS heard (id bigint, state text, revision bigint)
    JOIN module_build AS m ON m.id = heard.id
    JOIN campaign ON campaign.id = node.campaign_id
    WHERE (
      (node.state IN ('builds', 'validates', 'failed') AND campaign.state IN ('running', 'paused', 'failed'))
      OR (node.state = 'cut' AND node.data -> 'audit' ->> 'state' = 'builds' AND campaign.state <> 'canceled')
    ) AND (
      m.state <> heard.state
      OR (
        node.state = 'builds' AND m.state IN ('init', 'wait', 'build') AND m.revision > heard.revision
        AND m.reason <> '' AND NOT EXISTS (
          SELECT FROM jsonb_to_recordset(node.data -> 'builds') AS own (id bigint)
          JOIN module_build AS saying ON saying.id = own.id AND saying.reason = node.data ->> 'reason'
        )
      )
      OR (node.state = 'validates' AND m.state = 'done' AND m.reason ~ ${failedCheck})
    )
    ORDER BY m.id LIMIT ${limit}`
})

/** A campaign as stored, with its nodes counted by state as far as something has happened to them. */
export interface CampaignRow {
  readonly id: bigint
  readonly causes: unknown
  readonly by: string
  readonly rule: string | null
  readonly trial: unknown
  readonly progress: unknown
  readonly planned: number
  readonly counts: Readonly<Record<string, number>> | null
}

const inState = (sql: SqlClient.SqlClient, state: CampaignState | undefined) =>
  state === undefined ? sql`true` : sql`state = ${state}`

/** A page of campaigns, newest first. */
export const page = Effect.fnUntraced(function*(state: CampaignState | undefined, limit: number, offset: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* OwnPlan.read(sql<CampaignRow>`
    SELECT id, plan -> 'causes' AS causes, plan ->> 'by' AS by, plan ->> 'rule' AS rule, plan -> 'trial' AS trial, progress,
      jsonb_array_length(plan -> 'nodes') AS planned,
      (SELECT jsonb_object_agg(state, amount) FROM (
        SELECT state, count(*) AS amount FROM campaign_node WHERE campaign_id = campaign.id GROUP BY state
      ) AS states) AS counts
    FROM campaign WHERE id = ANY(ARRAY(
      SELECT id FROM campaign WHERE ${inState(sql, state)} ORDER BY id DESC LIMIT ${limit} OFFSET ${offset}
    )) ORDER BY id DESC`)
})

/** How many campaigns there are. */
export const count = Effect.fnUntraced(function*(state: CampaignState | undefined) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly total: bigint }>`
    SELECT count(*) AS total FROM campaign WHERE ${inState(sql, state)}`
  return Number(rows[0]!.total)
})

/** Who was told of a cause already. */
export const toldOf = Effect.fnUntraced(function*(campaign: number, node: string, cause: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly recipient: string }>`
    SELECT recipient FROM campaign_notice
    WHERE campaign_id = ${campaign} AND node = ${node} COLLATE "C" AND cause = ${cause}`
  return new Set(rows.map(({ recipient }) => recipient))
})

/** Notes that somebody was told. */
export const told = Effect.fnUntraced(function*(campaign: number, node: string, cause: string, recipient: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO campaign_notice (campaign_id, node, cause, recipient)
    VALUES (${campaign}, ${node}, ${cause}, ${recipient}) ON CONFLICT DO NOTHING`
})

/** Whose these builds are. */
export const ownersOf = Effect.fnUntraced(function*(builds: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly owner: string }>`
    SELECT DISTINCT owner FROM module_build
    WHERE id IN (SELECT value::bigint FROM jsonb_array_elements_text(${json(builds.map(String))}::text::jsonb))`
  return rows.map(({ owner }) => owner)
})
