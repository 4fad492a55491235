/** What depends on what, one statement each. Times are microseconds since the epoch. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"

/** That `source` depends on `target`. */
export interface EdgeRow {
  readonly type: string
  readonly source: string
  readonly target: string
}

/** An edge with the module stream and context that it is from. */
export interface UnitEdgeRow extends EdgeRow {
  readonly unit: string
}

/** Another text whenever one of the sources may say something else. */
export const ready = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly mark: string }>`
    SELECT count(*) || '/' || coalesce(sum(id), 0) || '/' || coalesce(max(id), 0)
      || '/' || coalesce((SELECT max(id) FROM pdc_changeset), 0)
      || '/' || (SELECT count(*) || '/' || coalesce(max(id), 0) FROM package_build WHERE state = 'finished') AS mark
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

/** Edges that touch any of these nodes, at a time: from their targets' side or from their sources'. */
export const touching = Effect.fnUntraced(function*(
  side: "source" | "target",
  nodes: ReadonlyArray<string>,
  types: ReadonlyArray<string>,
  at: number
) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<EdgeRow>`
    SELECT DISTINCT source, target, type FROM graph_edge
    WHERE ${sql(side)} IN (SELECT jsonb_array_elements_text(${json(nodes)}::text::jsonb) COLLATE "C")
      AND type IN (SELECT jsonb_array_elements_text(${json(types)}::text::jsonb) COLLATE "C")
      AND valid_from <= ${at}::bigint AND (valid_to IS NULL OR valid_to > ${at}::bigint)
    ORDER BY source, target, type`
})
