/** Messages that came in, one statement each. */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { isOfValues } from "../../database/PgError.ts"
import { clean, json } from "../../database/StorableText.ts"

/** A message that is to be kept. */
export interface NewMessage {
  readonly source: string
  readonly id: string
  readonly digest: string
  readonly topic: string
  readonly handler: string
  readonly subject: string
  readonly sentAt: string | null
  readonly body: Schema.Json
  /** The broker brought it before and it has no id: what says the same is the same. */
  readonly byDigest: boolean
}

/** What one broker brought since the last count. */
export interface Counted {
  readonly received: number
  readonly refused: number
  readonly passedOn: number
  readonly refusal: string | undefined
}

/** A message that is to be handled. */
export interface TakenRow {
  readonly number: bigint
  readonly source: string
  readonly message_id: string
  readonly topic: string
  readonly handler: string
  readonly subject: string
  readonly sent_at: string | null
  readonly body: Schema.Json
  readonly attempts: number
}

/** How many messages were new, and of those that could not be stored why. */
export interface Kept {
  readonly news: number
  readonly refused: ReadonlyArray<string>
}

/** Keeps those that are new, in the order given, all of them or none. */
export const keep = Effect.fnUntraced(function*(
  messages: ReadonlyArray<NewMessage>
): Effect.fn.Return<Kept, SqlError, SqlClient.SqlClient> {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    INSERT INTO inbox_message (source, message_id, digest, topic, handler, subject, sent_at, body)
    SELECT x.source, x.id, x.digest, x.topic, x.handler, x.subject, x."sentAt", coalesce(x.body, 'null'::jsonb)
    FROM ROWS FROM (jsonb_to_recordset(${
    json(messages)
  }::text::jsonb) AS (source text, id text, digest text, topic text,
      handler text, subject text, "sentAt" text, body jsonb, "byDigest" boolean)) WITH ORDINALITY AS x
    WHERE NOT (x."byDigest" AND EXISTS (
      SELECT FROM inbox_message AS old WHERE old.digest = x.digest AND old.received_at > now() - interval '2 days'
    ))
    ORDER BY x.ordinality
    ON CONFLICT (message_id) DO NOTHING RETURNING number`
  return { news: rows.length, refused: [] }
})

/** The same one by one, for messages of which some cannot be stored; part of a transaction. */
export const keepEach = Effect.fnUntraced(function*(
  messages: ReadonlyArray<NewMessage>
): Effect.fn.Return<Kept, SqlError, SqlClient.SqlClient> {
  const sql = yield* SqlClient.SqlClient
  const each = yield* Effect.forEach(
    messages,
    (one) =>
      Effect.catchIf(sql.withTransaction(keep([one])), isOfValues, ({ reason }) => {
        const why = reason.cause instanceof Error ? reason.cause.message : reason._tag
        const said = `Message ${one.id.slice(0, 100)} of topic ${one.topic.slice(0, 200)} cannot be stored: ${why}`
        return Effect.succeed<Kept>({ news: 0, refused: [clean(said.slice(0, 1000))] })
      })
  )
  return { news: each.reduce((sum, { news }) => sum + news, 0), refused: each.flatMap(({ refused }) => refused) }
})

/** Counts what a broker brought. */
export const count = Effect.fnUntraced(function*(source: string, counted: Counted, repeated: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO inbox_source AS old (source, received, repeated, refused, passed_on, last_at, last_refusal)
    VALUES (${source}, ${counted.received}, ${repeated}, ${counted.refused}, ${counted.passedOn}, now(),
      ${counted.refusal ?? null})
    ON CONFLICT (source) DO UPDATE SET received = old.received + excluded.received,
      repeated = old.repeated + excluded.repeated, refused = old.refused + excluded.refused,
      passed_on = old.passed_on + excluded.passed_on, last_at = excluded.last_at,
      last_refusal = coalesce(excluded.last_refusal, old.last_refusal)`
})

/** What is taken at once: of so many subjects, and so many messages of them together. */
const most = { subjects: 32, messages: 64 }

/**
 * Takes what may be handled now, of subjects behind this one in their order: of each the oldest, and those that follow it where few subjects have
 * any. They come again after two minutes unless they are settled. Steps from subject to subject, however many messages of one wait.
 */
export const take = Effect.fnUntraced(function*(after: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<TakenRow>`
    WITH RECURSIVE oldest (number, subject, due_at) AS (
      (SELECT number, subject, due_at FROM inbox_message WHERE state = 'waiting' AND subject > ${after}
       ORDER BY subject, number LIMIT 1)
      UNION ALL
      SELECT next.number, next.subject, next.due_at FROM oldest, LATERAL (
        SELECT number, subject, due_at FROM inbox_message WHERE state = 'waiting' AND subject > oldest.subject
        ORDER BY subject, number LIMIT 1
      ) AS next
    ), due AS MATERIALIZED (
      SELECT number FROM oldest WHERE due_at <= now() LIMIT ${most.subjects}
    ), held AS (
      -- Whoever has the oldest of a subject has all that follow it.
      SELECT number, subject FROM inbox_message AS one
      WHERE number IN (SELECT number FROM due) AND state = 'waiting' AND due_at <= now()
      FOR UPDATE SKIP LOCKED
    ), next AS (
      SELECT one.number FROM held, LATERAL (
        SELECT number FROM inbox_message WHERE state = 'waiting' AND subject = held.subject AND number >= held.number
        ORDER BY number LIMIT ${most.messages}::int / (SELECT count(*)::int FROM due)
      ) AS one
    ), taken AS (
      UPDATE inbox_message AS one SET attempts = one.attempts + 1, due_at = now() + interval '2 minutes'
      FROM next WHERE one.number = next.number RETURNING one.*
    )
    SELECT number, source, message_id, topic, handler, subject, sent_at, body, attempts FROM taken ORDER BY subject, number`
})

/** Gives back what was taken and not settled, the attempt not counted. */
export const giveBack = Effect.fnUntraced(function*(taken: ReadonlyArray<TakenRow>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE inbox_message AS one SET due_at = now(), attempts = was.attempts - 1
    FROM jsonb_to_recordset(${
    json(taken.map(({ attempts, number }) => ({ number: String(number), attempts })))
  }::text::jsonb) AS was (number bigint, attempts int)
    WHERE one.number = was.number AND one.state = 'waiting' AND one.attempts = was.attempts`
})

/** Writes down what became of a message; one that waits comes again after so many seconds. */
export const settle = Effect.fnUntraced(function*(
  number: bigint,
  state: "handled" | "failed" | "waiting",
  said: string,
  seconds: number
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE inbox_message SET state = ${state}, said = ${said}, due_at = now() + make_interval(secs => ${seconds}::float8),
      handled_at = CASE WHEN ${state}::text = 'waiting' THEN NULL ELSE now() END
    WHERE number = ${number}`
})

/** Gives a message that failed another try; whether there is such a one. */
export const retry = Effect.fnUntraced(function*(number: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    UPDATE inbox_message SET state = 'waiting', attempts = 0, due_at = now(), handled_at = NULL
    WHERE number = ${number} AND state = 'failed' RETURNING number`
  return rows.length > 0
})

/** Removes at most so many that were handled, or failed, before so many days; how many those were. */
export const prune = Effect.fnUntraced(function*(days: number, limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    DELETE FROM inbox_message WHERE number IN (
      SELECT number FROM inbox_message WHERE handled_at < now() - make_interval(days => ${days})
      ORDER BY handled_at LIMIT ${limit}
    ) RETURNING number`
  return rows.length
})

/** What is known of a broker. Times are milliseconds since the epoch. */
export interface SourceRow {
  readonly source: string
  readonly received: number
  readonly repeated: number
  readonly refused: number
  readonly passed_on: number
  readonly last_at: number | null
  readonly last_refusal: string | null
  readonly waiting: number
  readonly failed: number
}

/** All brokers that ever brought anything. */
export const sources = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<SourceRow>`
    SELECT source, received::float8 AS received, repeated::float8 AS repeated, refused::float8 AS refused,
      passed_on::float8 AS passed_on, last_refusal,
      (extract(epoch FROM last_at) * 1000)::float8 AS last_at,
      (SELECT count(*)::float8 FROM inbox_message AS one WHERE one.source = inbox_source.source AND state = 'waiting')
        AS waiting,
      (SELECT count(*)::float8 FROM inbox_message AS one WHERE one.source = inbox_source.source AND state = 'failed')
        AS failed
    FROM inbox_source ORDER BY source`
})

/** A message in a list. Times are milliseconds since the epoch. */
export interface MessageRow {
  readonly number: number
  readonly source: string
  readonly message_id: string
  readonly topic: string
  readonly subject: string
  readonly state: string
  readonly attempts: number
  readonly said: string
  readonly received_at: number
}

/** The newest first, below a number. */
export const messages = Effect.fnUntraced(function*(
  state: string | undefined,
  before: number | undefined,
  limit: number
) {
  const sql = yield* SqlClient.SqlClient
  const where = sql.and([
    sql`true`,
    ...(state === undefined ? [] : [sql`state = ${state}`]),
    // Nearly all are handled; the others have an index.
    ...(state === undefined || state === "handled" ? [] : [sql`state <> 'handled'`]),
    ...(before === undefined ? [] : [sql`number < ${before}`])
  ])
  return yield* OwnPlan.read(sql<MessageRow>`
    SELECT number::float8 AS number, source, message_id, topic, subject, state, attempts, said,
      (extract(epoch FROM received_at) * 1000)::float8 AS received_at
    FROM inbox_message WHERE ${where} ORDER BY inbox_message.number DESC LIMIT ${limit}`)
})
