/**
 * Hands out one task to one node, in one statement; agrees with core's `Matching.choose`.
 *
 * Whose turn it is is found without looking at the queue as a whole: owners with something queued are found by skipping from
 * one to the next in the index (`turn`), the first task of each says whose turn comes first (`head`), and of those the first few tasks
 * are taken (`candidate`), fewer the later the turn. The r-th task of an owner counts as if the r-1 before it were being built, so that
 * nodes who ask at the same moment, and skip what another one has locked, still take turns between owners. The work is two looks
 * into the index for each owner and some hundred tasks, however long the queue is.
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

/** A task that was handed out. */
export interface HandedOut {
  readonly id: bigint
  readonly token: number
  readonly payload: unknown
}

/** First tasks that are looked at: as many nodes may ask at the same moment and still find something. */
const lookedAt = 32

/** Owners and architectures whose tasks are looked at, those whose turn it is first. */
const heads = 48

/** A node that was silent for longer does not count for the capacity. Milliseconds. */
export const nodeMillis = 10 * 60_000

/** Names the lock; any number that nothing else of this server locks. */
const turn = 0x6f726368

/** Lets one node after the other choose: until the transaction ends, no other one does that asks for its turn. */
export const takeTurn = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT pg_advisory_xact_lock(${turn})`
})

/**
 * The task that this node gets, leased to it until `until`; nothing when there is none for it. The node is noted as seen. `at` and
 * `until` are milliseconds since the epoch.
 */
export const handOut = Effect.fnUntraced(function*(
  { arches, excluded, node }: Asking,
  limits: Pick<Limits, "perOwner" | "perOwnerArch" | "reservations">,
  at: number,
  until: number
) {
  const sql = yield* SqlClient.SqlClient
  const parts = excluded.filter((part) => part !== "").map((part) => part.toLowerCase())
  const rows = yield* sql<HandedOut>`
    WITH RECURSIVE asked AS (
      SELECT jsonb_array_elements_text(${json(arches)}::text::jsonb) COLLATE "C" AS arch
    ), refused AS (
      SELECT jsonb_array_elements_text(${json(parts)}::text::jsonb) AS part
    ), seen AS (
      INSERT INTO builder_node (name, arches, excluded, seen_at)
      VALUES (${node}, ARRAY(SELECT arch FROM asked), ARRAY(SELECT part FROM refused), ${at})
      ON CONFLICT (name) DO UPDATE
        SET arches = excluded.arches, excluded = excluded.excluded, seen_at = excluded.seen_at
      RETURNING draining
    ), leased AS MATERIALIZED (
      SELECT owner, arch, class, count(*) AS count FROM builder_task WHERE state = 'leased' GROUP BY owner, arch, class
    ), reserved AS (
      SELECT arch, class, slots FROM jsonb_to_recordset(${json(limits.reservations)}::text::jsonb)
        AS given (arch text, class text, slots integer)
    ), free AS (
      SELECT asked.arch,
        (SELECT sum(slots) FROM builder_node AS one
          WHERE NOT one.draining AND asked.arch = ANY (one.arches) AND one.seen_at > ${at - nodeMillis})
        - (SELECT coalesce(sum(count), 0) FROM leased WHERE leased.arch = asked.arch) AS slots
      FROM asked WHERE EXISTS (SELECT FROM reserved)
    ), turn AS (
      SELECT asked.arch, first.class, first.owner FROM asked CROSS JOIN LATERAL (
        SELECT class, owner FROM builder_task WHERE state = 'queued' AND arch = asked.arch ORDER BY class, owner LIMIT 1
      ) AS first
      UNION ALL
      SELECT turn.arch, next.class, next.owner FROM turn CROSS JOIN LATERAL (
        SELECT class, owner FROM builder_task
        WHERE state = 'queued' AND arch = turn.arch AND (class, owner) > (turn.class, turn.owner)
        ORDER BY class, owner LIMIT 1
      ) AS next
    ), allowed AS (
      SELECT turn.*, coalesce((SELECT sum(count) FROM leased WHERE leased.owner = turn.owner), 0) AS works
      FROM turn
      WHERE coalesce((SELECT sum(count) FROM leased WHERE leased.owner = turn.owner), 0)
          < ${limits.perOwner ?? null}::bigint IS NOT FALSE
        AND coalesce(
          (SELECT sum(count) FROM leased WHERE leased.owner = turn.owner AND leased.arch = turn.arch), 0
        ) < ${limits.perOwnerArch ?? null}::bigint IS NOT FALSE
        AND NOT EXISTS (
          SELECT FROM free CROSS JOIN LATERAL (
            SELECT sum(greatest(0, reserved.slots - coalesce(
              (SELECT sum(count) FROM leased WHERE leased.arch = reserved.arch AND leased.class = reserved.class), 0
            ))) AS slots FROM reserved WHERE reserved.arch = turn.arch AND reserved.class <> turn.class
          ) AS kept
          WHERE free.arch = turn.arch AND kept.slots > 0 AND free.slots <= kept.slots
        )
    ), head AS (
      SELECT allowed.*, row_number() OVER (ORDER BY first.priority DESC, allowed.works + first.rank, first.process, first.id)
        AS place
      FROM allowed JOIN (
        SELECT one.*, row_number() OVER (
          PARTITION BY one.owner ORDER BY one.priority DESC, one.path DESC, one.process, one.id
        ) AS rank
        FROM allowed CROSS JOIN LATERAL (
          SELECT id, arch, class, owner, priority, path, process FROM builder_task AS task
          WHERE task.state = 'queued' AND task.arch = allowed.arch AND task.class = allowed.class
            AND task.owner = allowed.owner
            AND NOT EXISTS (SELECT FROM refused WHERE strpos(lower(task.url), refused.part) > 0)
          ORDER BY priority DESC, path DESC, process, id LIMIT 1
        ) AS one
      ) AS first USING (arch, class, owner)
      ORDER BY place LIMIT ${heads}
    ), candidate AS (
      SELECT one.id, one.priority, one.process, head.works + row_number() OVER (
        PARTITION BY head.owner ORDER BY one.priority DESC, one.path DESC, one.process, one.id
      ) AS works
      FROM head CROSS JOIN LATERAL (
        SELECT id, priority, path, process FROM builder_task AS task
        WHERE task.state = 'queued' AND task.arch = head.arch AND task.class = head.class AND task.owner = head.owner
          AND NOT EXISTS (SELECT FROM refused WHERE strpos(lower(task.url), refused.part) > 0)
        ORDER BY priority DESC, path DESC, process, id
        LIMIT least(${lookedAt}::bigint, greatest(2, 2 * ${lookedAt}::bigint / head.place))
      ) AS one
    ), ordered AS MATERIALIZED (
      SELECT id FROM candidate ORDER BY priority DESC, works, process, id LIMIT ${lookedAt}
    ), chosen AS (
      SELECT task.id FROM builder_task AS task
      WHERE task.id = ANY (ARRAY(SELECT id FROM ordered)) AND task.state = 'queued'
        AND NOT EXISTS (SELECT FROM seen WHERE draining)
      ORDER BY array_position(ARRAY(SELECT id FROM ordered), task.id)
      LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE builder_task AS task
    SET state = 'leased', node = ${node}, tries = tries + 1, token = token + 1, since = ${at}, until = ${until},
      told = false
    FROM chosen WHERE task.id = chosen.id
    RETURNING task.id, task.token, task.payload`
  return rows[0]
})
