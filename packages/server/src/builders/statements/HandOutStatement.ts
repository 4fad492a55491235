/**
 * Hands out tasks to nodes that ask at the same time, in one statement; agrees with core's `Matching.choose`, asked once for each of them.
 *
 * Whose turn it is is found without looking at the queue as a whole: a look into the index for each owner and architecture finds the
 * first task there (`turn`), and says whose turn comes first (`head`). Of those a few tasks more are taken (`candidate`), fewer the later
 * the turn, and put in the order of hand-outs (`in_turn`): the r-th task of an owner counts as if the r-1 before it were being built.
 * Where a list of tasks or the turns themselves (`edge`) were not looked at further, and where a limit could be met on the way, what comes after
 * is left for the next statement (`is_open`). So the work is a look for each owner and a few for each node, however long the queue is.
 */
import type { Limits } from "@orch/core/builderpool/PoolMatching"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"

/** A node that asks. */
export interface Asking {
  readonly node: string
  readonly arches: ReadonlyArray<string>
  readonly excluded: ReadonlyArray<string>
}

/** Nodes that ask at the same time and may build the same, in the order in which they get something. */
export interface AskingTogether extends Omit<Asking, "node"> {
  readonly nodes: ReadonlyArray<string>
}

/** A task that was handed out. */
export interface HandedOut {
  readonly id: bigint
  readonly token: number
  readonly payload: unknown
}

/** What a node gets; those that are being drained get no answer. */
export type Answer =
  & {
    /** The place of the node among those that ask, from 1. */
    readonly asked: number
    /** Whether there was more for nodes like these than was handed out, as far as this statement knows. */
    readonly isMore: boolean
  }
  & (HandedOut | { readonly id: null; readonly token: null; readonly payload: null })

/** Tasks that are looked at beyond those that are wanted: other servers may have locked the first ones at this moment. */
const spare = 16

/** A node that was silent for longer does not count for the capacity. Milliseconds. */
export const nodeMillis = 10 * 60_000

/** How exactly it is known when a node asked last: noting it costs more than handing out a task. Milliseconds. */
const noteMillis = 10_000

/** Names the lock; any number that nothing else of this server locks. */
const turn = 0x6f726368

/** Lets one server after the other choose: until the transaction ends, no other one does that asks for its turn. */
export const takeTurn = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT pg_advisory_xact_lock(${turn})`
})

/**
 * What these nodes get, leased until `until`. A node that got nothing while there is more is to ask again: not everything is looked at in
 * one statement. The nodes are noted as seen. `at` and `until` are milliseconds since the epoch.
 */
export const handOut = Effect.fnUntraced(function*(
  { arches, excluded, nodes }: AskingTogether,
  limits: Pick<Limits, "perOwner" | "perOwnerArch" | "reservations">,
  at: number,
  until: number
) {
  const sql = yield* SqlClient.SqlClient
  const parts = excluded.filter((part) => part !== "").map((part) => part.toLowerCase())
  const perOwner = limits.perOwner ?? null
  const perOwnerArch = limits.perOwnerArch ?? null
  const most = nodes.length + spare
  // Addresses are not in the index: where a node refuses nothing, no task is read before it is handed out.
  const isTaken = parts.length === 0
    ? sql``
    : sql`AND NOT EXISTS (SELECT FROM refused WHERE strpos(lower(task.url), part) > 0)`
  const first = parts.length === 0 ? sql`SELECT * FROM allowed` : sql`
    SELECT arch, class, owner, works, arch_works, is_own, room, one.*
    FROM allowed CROSS JOIN LATERAL (
      SELECT priority, path, process, id FROM builder_task AS task
      WHERE task.state = 'queued' AND task.arch = allowed.arch AND task.class = allowed.class AND task.owner = allowed.owner
        ${isTaken}
      ORDER BY priority DESC, path DESC, process, id LIMIT 1
    ) AS one`
  return yield* sql<Answer>`
    WITH RECURSIVE asked AS (
      SELECT DISTINCT value COLLATE "C" AS arch FROM jsonb_array_elements_text(${json(arches)}::text::jsonb)
    ), refused AS (
      SELECT jsonb_array_elements_text(${json(parts)}::text::jsonb) AS part
    ), asking AS (
      SELECT value COLLATE "C" AS node, place
      FROM jsonb_array_elements_text(${json(nodes)}::text::jsonb) WITH ORDINALITY AS given (value, place)
    ), noted AS MATERIALIZED (
      SELECT name, draining FROM builder_node
      WHERE name = ANY (ARRAY(SELECT node FROM asking)) AND seen_at > ${at - noteMillis}
        AND arches @> ARRAY(SELECT arch FROM asked) AND arches <@ ARRAY(SELECT arch FROM asked)
        AND excluded @> ARRAY(SELECT part FROM refused) AND excluded <@ ARRAY(SELECT part FROM refused)
    ), seen AS (
      -- In one order, since another server may note the same nodes at this moment.
      INSERT INTO builder_node (name, arches, excluded, seen_at)
      SELECT DISTINCT node, ARRAY(SELECT arch FROM asked), ARRAY(SELECT part FROM refused), ${at}::bigint
      FROM asking WHERE node NOT IN (SELECT name FROM noted) ORDER BY node
      ON CONFLICT (name) DO UPDATE
        SET arches = excluded.arches, excluded = excluded.excluded, seen_at = excluded.seen_at
      RETURNING name, draining
    ), served AS MATERIALIZED (
      SELECT node, place AS asked, row_number() OVER (ORDER BY place) AS place
      FROM asking JOIN (SELECT * FROM noted UNION ALL SELECT * FROM seen) AS node ON name = node WHERE NOT draining
    ), leased AS MATERIALIZED (
      SELECT owner, arch, class, count(*) AS count FROM builder_task WHERE state = 'leased' GROUP BY owner, arch, class
    ), of_owner AS MATERIALIZED (
      SELECT owner, sum(count)::bigint AS works FROM leased GROUP BY owner
    ), of_owner_arch AS MATERIALIZED (
      SELECT owner, arch, sum(count)::bigint AS works FROM leased GROUP BY owner, arch
    ), reserved AS MATERIALIZED (
      SELECT given.arch, given.class, greatest(0, slots - coalesce((
        SELECT sum(count) FROM leased WHERE leased.arch = given.arch AND leased.class = given.class
      ), 0)) AS unused
      FROM jsonb_to_recordset(${json(limits.reservations)}::text::jsonb) AS given (arch text, class text, slots integer)
    ), free AS MATERIALIZED (
      SELECT asked.arch,
        (SELECT sum(slots) FROM builder_node AS one
          WHERE NOT one.draining AND asked.arch = ANY (one.arches) AND one.seen_at > ${at - nodeMillis})
        - (SELECT coalesce(sum(count), 0) FROM leased WHERE leased.arch = asked.arch) AS slots
      FROM asked WHERE EXISTS (SELECT FROM reserved)
    ), turn AS (
      SELECT asked.arch, first.* FROM asked CROSS JOIN LATERAL (
        SELECT class, owner, priority, path, process, id FROM builder_task
        WHERE state = 'queued' AND arch = asked.arch
        ORDER BY class, owner, priority DESC, path DESC, process, id LIMIT 1
      ) AS first
      UNION ALL
      SELECT turn.arch, next.* FROM turn CROSS JOIN LATERAL (
        SELECT class, owner, priority, path, process, id FROM builder_task
        WHERE state = 'queued' AND arch = turn.arch AND (class, owner) > (turn.class, turn.owner)
        ORDER BY class, owner, priority DESC, path DESC, process, id LIMIT 1
      ) AS next
    ), allowed AS (
      SELECT turn.*, coalesce(of_owner.works, 0) AS works, coalesce(of_owner_arch.works, 0) AS arch_works, is_own,
        CASE WHEN kept > 0 THEN free.slots - kept END AS room
      FROM turn LEFT JOIN of_owner USING (owner) LEFT JOIN of_owner_arch USING (owner, arch) LEFT JOIN free USING (arch)
        CROSS JOIN LATERAL (
          -- What other classes have not used of their slots stays free.
          SELECT sum(unused) FILTER (WHERE class <> turn.class) AS kept, bool_or(class = turn.class) AS is_own
          FROM reserved WHERE arch = turn.arch
        ) AS of_classes
      WHERE coalesce(of_owner.works, 0) < ${perOwner}::bigint IS NOT FALSE
        AND coalesce(of_owner_arch.works, 0) < ${perOwnerArch}::bigint IS NOT FALSE
        AND (kept > 0 AND free.slots <= kept) IS NOT TRUE
    ), first AS (
      ${first}
    ), ranked AS (
      SELECT *, works + row_number() OVER (PARTITION BY owner ORDER BY priority DESC, path DESC, process, id) AS turn FROM (
        SELECT *, row_number() OVER (PARTITION BY owner, arch ORDER BY priority DESC, path DESC, process, id) AS arch_rank
        FROM first
      ) AS one WHERE arch_works + arch_rank <= ${perOwnerArch}::bigint IS NOT FALSE
    ), head AS MATERIALIZED (
      -- As many as there may be hand-outs, and one more: what comes behind that may have to wait for others.
      SELECT *, row_number() OVER (ORDER BY priority DESC, turn, process, id) AS place FROM (
        SELECT * FROM ranked ORDER BY priority DESC, turn, process, id LIMIT ${most}::bigint + 1
      ) AS one
    ), edge AS MATERIALIZED (
      SELECT priority, turn, process, id FROM head WHERE place > ${most}::bigint
    ), candidate AS (
      SELECT head.arch, owner, works, arch_works, is_own, room, one.priority, one.path, one.process, one.id,
        row_number() OVER (PARTITION BY head.arch, class, owner ORDER BY one.priority DESC, one.path DESC, one.process, one.id)
          > ${most}::bigint / head.place AS is_last
      FROM head CROSS JOIN LATERAL (
        SELECT priority, path, process, id FROM builder_task AS task
        WHERE task.state = 'queued' AND task.arch = head.arch AND task.class = head.class AND task.owner = head.owner
          ${isTaken}
        ORDER BY priority DESC, path DESC, process, id LIMIT ${most}::bigint / head.place + 1
      ) AS one WHERE place <= ${most}::bigint
    ), of_arch AS (
      SELECT *, row_number() OVER (PARTITION BY owner, arch ORDER BY priority DESC, path DESC, process, id) AS arch_rank
      FROM candidate
    ), of_turn AS (
      SELECT *, works + row_number() OVER (PARTITION BY owner ORDER BY priority DESC, path DESC, process, id) AS turn
      FROM of_arch WHERE arch_works + arch_rank <= ${perOwnerArch}::bigint IS NOT FALSE
    ), in_turn AS (
      SELECT id, is_last, is_own, room, priority, turn, process, row_number() OVER (ORDER BY priority DESC, turn, process, id) AS place,
        row_number() OVER (PARTITION BY arch ORDER BY priority DESC, turn, process, id) AS arch_place
      FROM of_turn WHERE turn <= ${perOwner}::bigint IS NOT FALSE
    ), known AS (
      -- Where the last slot that is for everybody is taken, it is another task's turn of those who wait for one.
      SELECT id, place,
        bool_or(is_last OR is_own OR arch_place >= room) OVER (ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
          OR EXISTS (
            SELECT FROM edge
            WHERE (-in_turn.priority, in_turn.turn, in_turn.process, in_turn.id)
              >= (-edge.priority, edge.turn, edge.process, edge.id)
          ) AS is_beyond
      FROM in_turn
    ), ordered AS MATERIALIZED (
      SELECT array_agg(id ORDER BY place) AS ids FROM (
        SELECT id, place, bool_or(is_beyond) OVER (ORDER BY place) AS is_open FROM known
      ) AS one WHERE is_open IS NOT TRUE AND place <= ${most}::bigint
    ), chosen AS MATERIALIZED (
      SELECT task.id, array_position((SELECT ids FROM ordered), task.id) AS place FROM builder_task AS task
      WHERE task.id = ANY ((SELECT ids FROM ordered)::bigint[]) AND task.state = 'queued'
      ORDER BY place LIMIT (SELECT count(*) FROM served) FOR UPDATE SKIP LOCKED
    ), granted AS (
      UPDATE builder_task AS task
      SET state = 'leased', node = served.node, tries = tries + 1, token = token + 1, since = ${at}, until = ${until},
        told = false
      FROM (SELECT id, row_number() OVER (ORDER BY place) AS place FROM chosen) AS one JOIN served USING (place)
      WHERE task.id = one.id RETURNING served.place, task.id, task.token, task.payload
    )
    SELECT asked::integer AS asked, id, token, payload,
      (SELECT count(*) > (SELECT count(*) FROM granted) OR bool_or(is_last OR is_own) OR EXISTS (SELECT FROM edge) FROM in_turn)
        IS TRUE AS "isMore"
    FROM served LEFT JOIN granted USING (place)`
})
