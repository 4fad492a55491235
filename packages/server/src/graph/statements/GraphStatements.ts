/** What depends on what, one statement each. Times are microseconds since the epoch. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"

/** That `source` depends on `target`, as the unit says that it is from, such as a module stream and context. */
export interface UnitEdgeRow {
  readonly type: string
  readonly source: string
  readonly target: string
  readonly unit: string
}

/** Another text whenever one of the sources may say something else. */
export const ready = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly mark: string }>`
    SELECT count(*) || '/' || coalesce(sum(id), 0) || '/' || coalesce(max(id), 0)
      || '/' || coalesce((SELECT max(id) FROM pdc_changeset), 0)
      || '/' || (SELECT count(*) || '/' || coalesce(max(id), 0) FROM package_build WHERE state = 'finished')
      || '/' || (SELECT count(*) || '/' || coalesce(sum(noted), 0) FROM graph_read) AS mark
    FROM module_build WHERE state = 'ready'`
  return row!.mark
})

/** One writer at a time: what is missing is then missing for both. */
export const lock = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`LOCK TABLE graph_edge IN SHARE ROW EXCLUSIVE MODE`
})

/** What the builds say and the graph does not have. */
export const missing = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<UnitEdgeRow>`
    SELECT unit, type, source, target FROM graph_origin
    EXCEPT SELECT unit, type, source, target FROM graph_edge WHERE valid_to IS NULL
    ORDER BY unit, type, source, target LIMIT ${limit}`
})

/** What the graph has and no build says. */
export const surplus = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<UnitEdgeRow>`
    SELECT unit, type, source, target FROM graph_edge WHERE valid_to IS NULL
    EXCEPT SELECT unit, type, source, target FROM graph_origin
    ORDER BY unit, type, source, target LIMIT ${limit}`
})

/** Ends what no build says any more; how much that was. */
export const end = Effect.fnUntraced(function*(at: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    UPDATE graph_edge AS edge SET valid_to = GREATEST(valid_from, ${at}::bigint) WHERE valid_to IS NULL
      AND NOT EXISTS (
        SELECT FROM graph_origin AS said WHERE said.unit = edge.unit AND said.type = edge.type
          AND said.source = edge.source AND said.target = edge.target
      )
    RETURNING number`
  return rows.length
})

/** Begins what builds say and the graph does not have; how much that was. */
export const begin = Effect.fnUntraced(function*(at: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    INSERT INTO graph_edge (unit, type, source, target, valid_from)
    SELECT unit, type, source, target, ${at}::bigint FROM graph_origin
    ON CONFLICT (unit, type, source, target) WHERE valid_to IS NULL DO NOTHING RETURNING number`
  return rows.length
})

/** A node that was reached. */
export interface ReachedRow {
  readonly node: string
  readonly depth: number
  readonly type: string
  readonly via: string
}

/** Where to begin and what to follow; `at` is microseconds since the epoch, now where it is undefined. */
export interface Reach {
  readonly side: "source" | "target"
  readonly start: string
  readonly types: ReadonlyArray<string>
  readonly at: number | undefined
  readonly depth: number
  readonly most: number
}

/** Finds what is reached, for the rest of the transaction; how many nodes that is, the first one not counted. */
export const reach = Effect.fnUntraced(function*({ at, depth, most, side, start, types }: Reach) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly total: number }>`
    SELECT graph_reach(${side}, ${start}, ARRAY(SELECT jsonb_array_elements_text(${json(types)}::text::jsonb)),
      ${at ?? null}::bigint, ${depth}::int, ${most}::int)::float8 AS total`
  return row!.total
})

/** Another text whenever an edge began, ended or was changed. */
export const revision = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly revision: string }>`SELECT max(revision)::text AS revision FROM graph_revision`
  return row!.revision
})

/** All that was reached in this transaction, the nearest first, as JSON texts of lists of so many nodes. */
export const reached = Effect.fnUntraced(function*(together: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly nodes: string }>`
    SELECT json_agg(json_build_array(node, depth, type, via) ORDER BY place)::text AS nodes FROM (
      SELECT *, (place - 1) / ${together}::int AS part FROM (
        SELECT *, row_number() OVER (ORDER BY depth, node) AS place FROM graph_reached WHERE depth > 0
      ) AS ordered
    ) AS placed GROUP BY part ORDER BY part`
  return rows.map(({ nodes }) => nodes)
})

/** The way to a node that was reached in this transaction, from the first one; empty where it was not. */
export const way = Effect.fnUntraced(function*(node: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<ReachedRow>`
    WITH RECURSIVE way AS (
      SELECT node, depth, type, via FROM graph_reached WHERE node = ${node}::text COLLATE "C"
      UNION ALL
      SELECT one.node, one.depth, one.type, one.via FROM way JOIN graph_reached AS one ON one.node = way.via
      WHERE way.depth > 0
    )
    SELECT node, depth, type, via FROM way WHERE depth > 0 ORDER BY depth`
})
