/** Tasks of the builder pool, one statement each; what they mean is core's `Lease`. Times are milliseconds since the epoch. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"
import type { Offer, TaskRow, Untold } from "./BuilderTask.ts"

const columns =
  "id, life, process, part, attempt, arch, package, url, owner, class, priority, path, seconds, state, node, token, tries, "
  + "since, until"

/** Queues tasks. One that is known stays as it is, unless this is a later attempt. */
export const offer = Effect.fnUntraced(function*(offers: ReadonlyArray<Offer>, at: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO builder_task AS old (id, life, process, part, attempt, arch, package, url, owner, class, priority, path,
      seconds, payload, offered_at)
    SELECT id, life, process, part, attempt, arch, package, url, owner, class, priority, path, seconds, payload, ${at}
    FROM jsonb_to_recordset(${json(offers)}::text::jsonb) AS given (id bigint, life text, process bigint, part text,
      attempt integer, arch text, package text, url text, owner text, class text, priority integer,
      path double precision, seconds double precision, payload jsonb)
    ON CONFLICT (id) DO UPDATE SET attempt = excluded.attempt, priority = excluded.priority, path = excluded.path,
      seconds = excluded.seconds, payload = excluded.payload, offered_at = excluded.offered_at, state = 'queued',
      node = NULL, tries = 0, since = NULL, until = NULL, report = NULL, told = true
    WHERE old.attempt < excluded.attempt`
})

/** Takes back tasks of these attempts, from the queue and from nodes. */
export const withdraw = Effect.fnUntraced(function*(
  life: string,
  process: number,
  parts: ReadonlyArray<{ readonly task: string; readonly attempt: number }>
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE builder_task AS task SET state = 'withdrawn', told = true
    FROM jsonb_to_recordset(${json(parts)}::text::jsonb) AS given (task text, attempt integer)
    WHERE task.life = ${life} AND task.process = ${process} AND task.part = given.task
      AND task.attempt = given.attempt AND task.state IN ('queued', 'leased')`
})

/** Says how urgent the tasks of a process are. */
export const prioritize = Effect.fnUntraced(function*(life: string, process: number, priority: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE builder_task SET priority = ${priority} WHERE life = ${life} AND process = ${process}`
})

/** Forgets the tasks of a process. */
export const forget = Effect.fnUntraced(function*(life: string, process: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM builder_task WHERE life = ${life} AND process = ${process}`
})

/** What a node says of a task; `token` where it knows the number of the hand-out. */
export interface Said {
  readonly id: number
  readonly node: string
  readonly token: number | undefined
  readonly report: unknown
}

/** Takes reports; the tasks of those that count, with their places among them from 1. Of two that say the same one counts. */
export const settle = Effect.fnUntraced(function*(said: ReadonlyArray<Said>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<TaskRow & { readonly place: number }>`
    WITH given AS MATERIALIZED (
      SELECT * FROM ROWS FROM (
        jsonb_to_recordset(${json(said)}::text::jsonb) AS (id bigint, node text, token integer, report jsonb)
      ) WITH ORDINALITY AS one (given_id, given_node, given_token, given_report, place)
    ), held AS MATERIALIZED (
      -- In one order, since another server may have reports of the same tasks at this moment.
      SELECT id, node, token FROM builder_task
      WHERE id = ANY (ARRAY(SELECT given_id FROM given)) AND state IN ('leased', 'queued') ORDER BY id FOR UPDATE
    ), counted AS (
      SELECT DISTINCT ON (id) id, given_report, place FROM held JOIN given ON given_id = id AND given_node = node
      WHERE given_token = token IS NOT FALSE ORDER BY id, place
    )
    UPDATE builder_task AS task SET state = 'reported', report = given_report, told = false
    FROM counted WHERE task.id = ANY (ARRAY(SELECT id FROM counted)) AND task.id = counted.id
    RETURNING place::integer, ${sql.literal(columns.split(", ").map((name) => `task.${name}`).join(", "))}`
})

/** Takes a hand-out back that its node never heard of, as if it had not been made. */
export const putBack = Effect.fnUntraced(function*(id: number, node: string, token: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE builder_task SET state = 'queued', node = NULL, tries = tries - 1, since = NULL, until = NULL
    WHERE id = ${id} AND state = 'leased' AND node = ${clean(node)} AND token = ${token}`
})

/** One task; nothing when there is none of that number. */
export const find = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<TaskRow>`SELECT ${sql.literal(columns)} FROM builder_task WHERE id = ${id}`
  return rows[0]
})

/** Notes that a node is alive and works on these, and renews its leases of them. Others' tasks stay as they are. */
export const renew = Effect.fnUntraced(function*(node: string, ids: ReadonlyArray<number>, at: number, until: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    WITH seen AS (
      INSERT INTO builder_node (name, seen_at, load) VALUES (${clean(node)}, ${at}, ${ids.length})
      ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, load = excluded.load
    )
    UPDATE builder_task SET state = 'leased', until = greatest(until, ${until})
    WHERE id IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb)::bigint) AND node = ${clean(node)}
      AND state IN ('leased', 'queued')`
})

/** Queues tasks again whose lease has lapsed, or gives them up after enough tries; how many. */
export const expire = Effect.fnUntraced(function*(at: number, tries: number, limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    UPDATE builder_task AS task
    SET state = CASE WHEN tries >= ${tries} THEN 'abandoned' ELSE 'queued' END, told = told AND tries < ${tries}
    FROM (
      SELECT id FROM builder_task WHERE state = 'leased' AND until <= ${at} ORDER BY until LIMIT ${limit}
      FOR UPDATE SKIP LOCKED
    ) AS lapsed
    WHERE task.id = lapsed.id RETURNING task.id`
  return rows.length
})

/** Tasks of a life whose start, report or end their processes have not been told of, oldest number first, behind a number. */
export const untold = Effect.fnUntraced(function*(life: string, limit: number, after: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<Untold>`
    SELECT ${
    sql.literal(columns)
  }, report FROM builder_task WHERE life = ${life} AND NOT told AND id > ${after} ORDER BY id LIMIT ${limit}`
})

/** Notes that processes have been told of tasks as they stood. */
export const tell = Effect.fnUntraced(function*(
  told: ReadonlyArray<{ readonly id: number; readonly token: number; readonly state: string }>
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE builder_task AS task SET told = true
    FROM jsonb_to_recordset(${json(told)}::text::jsonb) AS given (id bigint, token integer, state text)
    WHERE task.id = given.id AND task.token = given.token AND task.state = given.state`
})

/** What is queued and leased, leased first, then in about the order of hand-outs; at most `limit`. */
export const open = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<TaskRow>`
    (SELECT ${sql.literal(columns)} FROM builder_task WHERE state = 'leased' LIMIT ${limit})
    UNION ALL
    (SELECT ${sql.literal(columns)} FROM builder_task WHERE state = 'queued'
      ORDER BY priority DESC, process, id LIMIT ${limit})`
})

/** Tasks of one process that nodes may take or have. */
export const ofProcess = Effect.fnUntraced(function*(life: string, processes: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<TaskRow>`
    SELECT ${sql.literal(columns)} FROM builder_task
    WHERE life = ${life} AND process IN (SELECT jsonb_array_elements_text(${json(processes)}::text::jsonb)::bigint)`
})

/** Takes this many numbers for tasks; the first of them. */
export const takeNumbers = Effect.fnUntraced(function*(count: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly first: bigint }>`
    UPDATE build_task_number SET last = last + ${count} RETURNING last - ${count} + 1 AS first`
  return Number(rows[0]!.first)
})

/** What a node has: number, hand-out and what it got. */
export const leasedTo = Effect.fnUntraced(function*(node: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly id: bigint; readonly token: number; readonly payload: unknown }>`
    SELECT id, token, payload FROM builder_task WHERE state = 'leased' AND node = ${clean(node)} ORDER BY id`
})
