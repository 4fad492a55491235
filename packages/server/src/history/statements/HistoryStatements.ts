/** What refs pointed to, one statement each. Times are microseconds since the epoch. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A ref as stored. */
export interface RefRow {
  readonly id: bigint
  readonly repository: string
  readonly name: string
  readonly ref: string
}

/** What was told of a ref, as stored. */
export interface EventRow {
  readonly sequence: bigint
  readonly before: string | null
  readonly before_known: boolean
  readonly after: string | null
  readonly at: bigint
  readonly forced: boolean | null
}

/** An interval, with what was told of it. */
export interface IntervalRow {
  readonly repository: string
  readonly ref: string
  readonly valid_from: bigint
  readonly valid_to: bigint | null
  readonly commit: string | null
  readonly gap: boolean
  readonly source: string
  readonly actor: string | null
  readonly forced: boolean | null
}

/** The ref, made where it is new, and held until the transaction ends. */
export const hold = Effect.fnUntraced(function*(repository: string, name: string, ref: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly id: bigint }>`
    INSERT INTO history_ref (repository, name, ref) VALUES (${clean(repository)}, ${clean(name)}, ${clean(ref)})
    ON CONFLICT (repository, ref) DO UPDATE SET name = excluded.name RETURNING id`
  return row!.id
})

/** Makes refs of which nothing is known yet. */
export const watch = Effect.fnUntraced(
  function*(refs: ReadonlyArray<{ readonly repository: string; readonly name: string; readonly ref: string }>) {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      INSERT INTO history_ref (repository, name, ref)
      SELECT repository, name, ref FROM jsonb_to_recordset(${json(refs)}::text::jsonb)
        AS one (repository text, name text, ref text)
      ON CONFLICT (repository, ref) DO NOTHING`
  }
)

/** Whether this message was taken already. */
export const isKnown = Effect.fnUntraced(function*(ref: bigint, key: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`SELECT FROM history_event WHERE ref_id = ${ref} AND key = ${clean(key)}`
  return rows.length > 0
})

/** When the window begins that a message of this time is looked at in: so many messages back, or at its own time. */
export const windowStart = Effect.fnUntraced(function*(ref: bigint, at: number, size: number) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly at: bigint }>`
    SELECT at FROM history_event WHERE ref_id = ${ref} ORDER BY at DESC LIMIT 1 OFFSET ${size - 1}`
  return row === undefined ? undefined : Math.min(Number(row.at), at)
})

/** What was told of the time from then on. */
export const events = Effect.fnUntraced(function*(ref: bigint, from: number | undefined) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<EventRow>`
    SELECT sequence, before, before_known, after, at, forced FROM history_event
    WHERE ref_id = ${ref} AND at >= ${from ?? -8_640_000_000_000_000} ORDER BY at, sequence`
})

/** What it pointed to before that time; nothing where that is not known. */
export const baseBefore = Effect.fnUntraced(function*(ref: bigint, from: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly commit: string | null }>`
    SELECT commit FROM history_interval WHERE ref_id = ${ref} AND valid_from < ${from}
    ORDER BY valid_from DESC LIMIT 1`
  return rows[0]
})

/** Writes down what was told; its number. */
export const tell = Effect.fnUntraced(function*(ref: bigint, told: {
  readonly key: string | undefined
  readonly before: string | null | undefined
  readonly after: string | null
  readonly at: number
  readonly source: string
  readonly actor: string | undefined
  readonly forced: boolean | undefined
}) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly sequence: bigint }>`
    INSERT INTO history_event (ref_id, key, before, before_known, after, at, source, actor, forced)
    VALUES (${ref}, ${told.key === undefined ? null : clean(told.key)}, ${told.before ?? null},
      ${told.before !== undefined}, ${told.after}, ${told.at}, ${told.source},
      ${told.actor === undefined ? null : clean(told.actor)}, ${told.forced ?? null})
    RETURNING sequence`
  return Number(row!.sequence)
})

/** Replaces the intervals from a time on. */
export const replace = Effect.fnUntraced(function*(
  ref: bigint,
  from: number | undefined,
  intervals: ReadonlyArray<{
    readonly from: number
    readonly to: number | null
    readonly commit: string | null
    readonly event: number
    readonly gap: boolean
  }>
) {
  const sql = yield* SqlClient.SqlClient
  const since = from ?? -8_640_000_000_000_000
  yield* sql`DELETE FROM history_interval WHERE ref_id = ${ref} AND valid_from >= ${since}`
  const first = intervals[0]
  yield* sql`
    UPDATE history_interval SET valid_to = ${first === undefined ? null : first.from}
    WHERE ref_id = ${ref} AND valid_from < ${since} AND (valid_to IS NULL OR valid_to >= ${since})`
  if (first === undefined) return
  yield* sql`
    INSERT INTO history_interval (ref_id, valid_from, valid_to, commit, event, gap)
    SELECT ${ref}, "from", "to", commit, event, gap FROM jsonb_to_recordset(${json(intervals)}::text::jsonb)
      AS one ("from" bigint, "to" bigint, commit text, event bigint, gap boolean)`
})

/**
 * Refs of a repository that is said by its address, or by namespace and name: two looks into an index each, which costs the same however many
 * refs there are. One question with OR is answered by reading all refs where the planner thinks that few.
 */
const refsOf = (repository: string, ref?: string) =>
  Effect.map(SqlClient.SqlClient, (sql) => {
    const only = ref === undefined ? sql.literal("true") : sql`ref = ${ref}`
    return sql`(
      SELECT id, repository, name, ref FROM history_ref WHERE repository = ${repository} AND ${only}
      UNION SELECT id, repository, name, ref FROM history_ref WHERE name = ${repository} AND ${only}
    )`
  })

const columns = `r.repository, r.ref, i.valid_from, i.valid_to, i.commit, i.gap, e.source, e.actor, e.forced`

/** The interval of a ref that a time lies in. `repository` is an address, or namespace and name. */
export const at = Effect.fnUntraced(function*(repository: string, ref: string, time: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<IntervalRow>`
    SELECT * FROM history_at(${repository}::text, ${ref}::text, ${time}::bigint)`
})

/** Intervals of a ref, the newest first, that begin before a time. */
export const intervals = Effect.fnUntraced(
  function*(repository: string, ref: string, before: number, limit: number) {
    const sql = yield* SqlClient.SqlClient
    return yield* sql<IntervalRow>`
      SELECT ${sql.literal(columns)} FROM ${yield* refsOf(repository, ref)} AS r
      JOIN history_interval AS i ON i.ref_id = r.id JOIN history_event AS e ON e.sequence = i.event
      WHERE i.valid_from < ${before}
      ORDER BY i.valid_from DESC, r.id LIMIT ${limit}`
  }
)

/** Intervals in which any ref of a repository pointed to a commit, the newest first. */
export const ofCommit = Effect.fnUntraced(function*(repository: string, commit: string, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<IntervalRow>`
    SELECT ${sql.literal(columns)} FROM ${yield* refsOf(repository)} AS r
    JOIN history_interval AS i ON i.ref_id = r.id AND i.commit = ${commit} JOIN history_event AS e ON e.sequence = i.event
    ORDER BY i.valid_from DESC LIMIT ${limit}`
})

/** Refs with what they point to now, in order, of one repository or of all. */
export const refs = Effect.fnUntraced(function*(repository: string | undefined, after: number, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<RefRow & { readonly commit: string | null; readonly valid_from: bigint | null }>`
    SELECT r.id, r.repository, r.name, r.ref, i.commit, i.valid_from
    FROM (
      SELECT * FROM ${repository === undefined ? sql.literal("history_ref") : yield* refsOf(repository)} AS found
      WHERE id > ${after} ORDER BY id LIMIT ${limit}
    ) AS r
    LEFT JOIN history_interval AS i ON i.ref_id = r.id AND i.valid_to IS NULL
    ORDER BY r.id`
})

/** Takes those refs that were not looked at for longest, once at least so many seconds ago. */
export const takeForLook = Effect.fnUntraced(function*(seconds: number, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<RefRow>`
    UPDATE history_ref SET looked_at = now() WHERE id = ANY(ARRAY(
      SELECT id FROM history_ref WHERE looked_at IS NULL OR looked_at < now() - make_interval(secs => ${seconds})
      ORDER BY looked_at NULLS FIRST, id LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )) RETURNING id, repository, name, ref`
})

/** A component that was built from a commit its ref no longer points to. */
export interface StaleRow {
  readonly build: bigint
  readonly module: string
  readonly component: string
  readonly repository: string
  readonly ref: string
  readonly built: string
  readonly tip: string | null
  readonly moved: bigint
}

/** Components of the newest finished builds of each module stream whose ref is at another commit now, below a number of a build. */
export const stale = Effect.fnUntraced(
  function*(repository: string | undefined, ref: string | undefined, before: number, limit: number) {
    const sql = yield* SqlClient.SqlClient
    // The newest builds are found in one walk through an index: far back, nearly all builds have later ones, which would be looked for one by one.
    // Whose refs are known is found out first (OFFSET keeps it so): few are, and each component would be read.
    return yield* sql<StaleRow>`
      SELECT b.id AS build, b.name || ':' || b.stream || ':' || b.version || ':' || b.context AS module, c.name AS component,
        b.repository, b.ref, c.data->>'commit' AS built, b.tip, b.moved
      FROM (
        SELECT b.id, b.name, b.stream, b.version, b.context, p.name AS component, r.repository, r.ref, i.commit AS tip,
          i.valid_from AS moved
        FROM (
          SELECT id, name, stream, version, context, plan FROM module_build WHERE id = ANY(ARRAY(
            SELECT id FROM (
              SELECT max(id) AS id FROM module_build WHERE state IN ('done', 'ready') AND NOT scratch
              GROUP BY name, stream, context
            ) AS newest WHERE id < ${before} ORDER BY id DESC LIMIT 1000
          ))
        ) AS b
        CROSS JOIN LATERAL jsonb_to_recordset(b.plan->'components') AS p (name text, repository text, ref text)
        CROSS JOIN LATERAL (SELECT rtrim(p.repository, '/') AS address) AS a
        JOIN history_ref AS r ON r.repository = CASE WHEN address LIKE '%.git' THEN left(address, -4) ELSE address END
          AND r.ref = CASE WHEN p.ref LIKE 'refs/%' THEN p.ref ELSE 'refs/heads/' || p.ref END
        JOIN history_interval AS i ON i.ref_id = r.id AND i.valid_to IS NULL
        WHERE ${
      repository === undefined ? sql.literal("true") : sql`(r.repository = ${repository} OR r.name = ${repository})`
    } AND ${ref === undefined ? sql.literal("true") : sql`r.ref = ${ref}`}
        OFFSET 0
      ) AS b
      JOIN component_build AS c ON c.module_build_id = b.id AND c.name = b.component
      WHERE c.data->>'commit' IS NOT NULL AND b.tip IS DISTINCT FROM c.data->>'commit'
      ORDER BY b.id DESC, c.name COLLATE "C" LIMIT ${limit}`
  }
)
