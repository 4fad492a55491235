/** Pushes that are to begin campaigns: what the history of branches told, and what became of it. One statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** What was told of a branch, with where the branch is now. */
export interface NewsRow {
  readonly repository: string
  readonly name: string
  readonly ref: string
  /** Where it is now; null where it is gone. */
  readonly tip: string | null
  readonly actor: string | null
  /** Whether it was looked at for the first time, so that nobody knows whether it moved. */
  readonly first: boolean
}

/** Takes what was told since the last time, in the order in which it was. */
export const takeNews = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<NewsRow>`
    WITH taken AS (
      DELETE FROM campaign_news WHERE sequence IN (
        SELECT sequence FROM campaign_news ORDER BY sequence LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ) RETURNING sequence
    )
    SELECT r.repository, r.name, r.ref, tip.commit AS tip, e.actor,
      e.source = 'poll' AND NOT EXISTS (
        SELECT FROM history_event AS other WHERE other.ref_id = e.ref_id AND other.sequence <> e.sequence
          AND other.source <> 'backfill' AND other.sequence < e.sequence
      ) AS first
    FROM taken JOIN history_event AS e USING (sequence) JOIN history_ref AS r ON r.id = e.ref_id
    LEFT JOIN history_interval AS tip ON tip.ref_id = r.id AND tip.valid_to IS NULL
    ORDER BY taken.sequence`
})

/** Notes a change under a rule, unless the newest one of the branch says the same; whether it is new. */
export const note = Effect.fnUntraced(function*(change: {
  readonly rule: string
  readonly repository: string
  readonly name: string
  readonly ref: string
  readonly commit: string
  readonly actor: string | null
  readonly at: number
}) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    INSERT INTO campaign_change (rule, repository, name, ref, commit, actor, noted_at)
    SELECT ${clean(change.rule)}, ${change.repository}, ${change.name}, ${change.ref}, ${change.commit},
      ${change.actor === null ? null : clean(change.actor)}::text, ${change.at}::bigint
    WHERE ${change.commit} IS DISTINCT FROM (
      SELECT commit FROM campaign_change
      WHERE rule = ${clean(change.rule)} AND repository = ${change.repository} AND ref = ${change.ref}
      ORDER BY id DESC LIMIT 1
    ) RETURNING id`
  return rows.length > 0
})

/** A change that waits for its batch. Times are milliseconds since the epoch. */
export interface ChangeRow {
  readonly id: bigint
  readonly repository: string
  readonly name: string
  readonly ref: string
  readonly commit: string
  readonly noted_at: bigint
}

/** Rules of which changes wait for their batch. */
export const rules = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly rule: string }>`
    SELECT DISTINCT rule FROM campaign_change WHERE outcome IS NULL AND campaign_id IS NULL ORDER BY rule`
  return rows.map(({ rule }) => rule)
})

/** Whether anything was told that nobody has looked at, or waits for its batch or its campaign. */
export const isAnyWaiting = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly waiting: boolean }>`
    SELECT EXISTS (SELECT FROM campaign_news) OR EXISTS (SELECT FROM campaign_change WHERE outcome IS NULL) AS waiting`
  return row?.waiting === true
})

/** Changes of a rule that wait for their batch, the oldest first. */
export const waiting = Effect.fnUntraced(function*(rule: string, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<ChangeRow>`
    SELECT id, repository, name, ref, commit, noted_at FROM campaign_change
    WHERE outcome IS NULL AND campaign_id IS NULL AND rule = ${clean(rule)} ORDER BY id LIMIT ${limit}`
})

const idsIn = (sql: SqlClient.SqlClient, ids: ReadonlyArray<bigint>) =>
  sql`id IN (SELECT value::bigint FROM jsonb_array_elements_text(${json(ids.map(String))}::text::jsonb))`

/** Keeps changes from others until the transaction ends; whether all of them still wait and are nobody else's. */
export const hold = Effect.fnUntraced(function*(ids: ReadonlyArray<bigint>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    SELECT id FROM campaign_change WHERE outcome IS NULL AND campaign_id IS NULL AND ${idsIn(sql, ids)}
    FOR UPDATE SKIP LOCKED`
  return rows.length === ids.length
})

/** Says of which campaign changes are to become part; none where they wait again. */
export const joins = Effect.fnUntraced(function*(ids: ReadonlyArray<bigint>, campaign: number | undefined) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE campaign_change SET campaign_id = ${campaign ?? null} WHERE outcome IS NULL AND ${idsIn(sql, ids)}`
})

/** Changes that are to become part of campaigns and are not yet known to be. */
export const joining = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<ChangeRow & { readonly rule: string; readonly campaign_id: bigint }>`
    SELECT id, rule, repository, name, ref, commit, noted_at, campaign_id FROM campaign_change
    WHERE outcome IS NULL AND campaign_id IS NOT NULL ORDER BY id LIMIT ${limit}`
})

/** Says what became of changes. */
export const settle = Effect.fnUntraced(
  function*(ids: ReadonlyArray<bigint>, outcome: string, campaign: number | undefined) {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      UPDATE campaign_change SET outcome = ${clean(outcome)}, campaign_id = ${campaign ?? null} WHERE ${
      idsIn(sql, ids)
    }`
  }
)

/** Campaigns of a rule that are not over, the newest first. */
export const open = Effect.fnUntraced(function*(rule: string, limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    SELECT id FROM campaign WHERE state IN ('running', 'paused', 'failed') AND plan ->> 'rule' = ${clean(rule)}
    ORDER BY id DESC LIMIT ${limit}`
  return rows.map(({ id }) => Number(id))
})

/** Forgets changes that were noted before this time (milliseconds since the epoch) and wait for nothing; the newest of each branch stays. */
export const forget = Effect.fnUntraced(function*(before: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DELETE FROM campaign_change AS old WHERE outcome IS NOT NULL AND noted_at < ${before}::bigint AND EXISTS (
      SELECT FROM campaign_change AS newer WHERE newer.rule = old.rule AND newer.repository = old.repository
        AND newer.ref = old.ref AND newer.id > old.id
    )`
})
