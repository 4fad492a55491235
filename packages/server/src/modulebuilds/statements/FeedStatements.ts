/** The statements of the feed. */
import type * as FilterText from "@orch/core/filter/FilterText"
import type * as BuildFilter from "@orch/core/modulebuild/BuildFilter"
import type * as SqlClient from "effect/sql/SqlClient"
import * as OwnPlan from "../../database/OwnPlan.ts"
import * as FilterStatement from "./FilterStatement.ts"
import type { SummaryRow } from "./ModuleBuildRow.ts"

/** A build with what a list shows of its components. */
export interface FeedRow extends SummaryRow {
  readonly platform: string
  readonly arches: ReadonlyArray<string>
  readonly component_count: number
  readonly is_delayed: boolean
  readonly is_regenerating: boolean
  /** Components by state, as far as they were stored. */
  readonly counts: Readonly<Record<string, number>> | null
  readonly reused: number
  readonly open_count: number
  readonly open: ReadonlyArray<string>
  readonly free: ReadonlyArray<string>
  readonly failed: {
    readonly name: string
    readonly attempt: number
    readonly reason: string
    /** The line of its log that says why, where that is known. */
    readonly error: { readonly line: number; readonly text: string; readonly phase?: string } | null
  } | null
  readonly letters: number
}

/** Which builds, and how many at most. */
export interface Page {
  readonly terms: ReadonlyArray<FilterText.Term>
  readonly asking: BuildFilter.Asking
  readonly before: number | undefined
  readonly limit: number
}

/** Names that are read of each kind. */
const named = 3

/** Names of components that a filter looks for and that many components have. */
export const often = FilterStatement.often

/** A page, newest first; names that are there `often` are looked for by going through builds. */
export const list = (
  sql: SqlClient.SqlClient,
  { asking, before, limit, terms }: Page,
  often: ReadonlySet<FilterText.Value>
) =>
  OwnPlan.read(sql<FeedRow>`
    SELECT m.*, c.*, f.failed, coalesce(l.letters, 0)::integer AS letters
    FROM (
      SELECT id, state, reason, name, stream, version, context, owner, scratch, created_at, modified_at, completed_at,
        platform, arches, component_count,
        progress -> 'delays' IS NOT NULL AS is_delayed, progress -> 'repository' IS NOT NULL AS is_regenerating
      FROM module_build AS m
      WHERE m.id = ANY(ARRAY(SELECT m.id FROM module_build AS m WHERE ${
    sql.and([
      ...(before === undefined ? [] : [sql`m.id < ${before}`]),
      FilterStatement.condition(sql, terms, asking, often)
    ])
  }
      ORDER BY m.id DESC LIMIT ${limit}))
    ) AS m
    LEFT JOIN LATERAL (
      SELECT jsonb_object_agg(state, amount) AS counts, coalesce(sum(reused), 0)::integer AS reused,
        coalesce(sum(open_count), 0)::integer AS open_count,
        coalesce(jsonb_agg(open) FILTER (WHERE open IS NOT NULL) -> 0, '[]'::jsonb) AS open,
        coalesce(jsonb_agg(free) FILTER (WHERE free IS NOT NULL) -> 0, '[]'::jsonb) AS free
      FROM (
        SELECT state, count(*) AS amount, count(*) FILTER (WHERE data ->> 'reusedFrom' IS NOT NULL) AS reused,
          count(*) FILTER (WHERE state = 'building' AND data ->> 'open' = 'true') AS open_count,
          to_jsonb((array_agg(name ORDER BY name) FILTER (WHERE state = 'building' AND data ->> 'open' = 'true'))[1:${
    sql.literal(`${named}`)
  }]) AS open,
          to_jsonb((array_agg(name ORDER BY name) FILTER (WHERE state = 'building' AND data ->> 'open' = 'false'))[1:${
    sql.literal(`${named}`)
  }]) AS free
        FROM component_build WHERE module_build_id = m.id GROUP BY state
      ) AS states
    ) AS c ON true
    LEFT JOIN LATERAL (
      SELECT jsonb_build_object('name', name, 'attempt', attempt, 'reason', data ->> 'reason', 'error', first_error) AS failed
      FROM component_build
      LEFT JOIN log_index ON source = 'module-build/' || m.id || '/' || name || '/' || attempt
      WHERE module_build_id = m.id AND state = 'failed' AND m.state = 'failed'
      ORDER BY (data ->> 'finishedAt')::float8, name LIMIT 1
    ) AS f ON true
    LEFT JOIN (
      SELECT id, count(*) AS letters FROM (${FilterStatement.letters(sql)}) AS found (id) GROUP BY id
    ) AS l ON l.id = m.id
    ORDER BY m.id DESC`)

/** A filter whose builds are counted, no further than `most`. */
export interface Counted {
  readonly terms: ReadonlyArray<FilterText.Term>
  readonly often: ReadonlySet<FilterText.Value>
  readonly most: number
}

/** How many fit each filter, by its place. */
export const counts = (
  sql: SqlClient.SqlClient,
  filters: ReadonlyArray<Counted>,
  asking: BuildFilter.Asking
) =>
  OwnPlan.read(
    sql<{ readonly place: number; readonly total: bigint }>`${
      filters.map(({ most, often, terms }, place) =>
        sql`SELECT ${sql.literal(`${place}`)} AS place, count(*) AS total FROM (
        SELECT FROM module_build AS m WHERE ${FilterStatement.condition(sql, terms, asking, often)} LIMIT ${most}
      ) AS found`
      ).reduce((all, one) => sql`${all} UNION ALL ${one}`)
    }`
  )

/** The newest ready build before one, of the same name and stream. */
export const lastReady = (sql: SqlClient.SqlClient, id: number) =>
  sql<{ readonly id: bigint }>`
    SELECT earlier.id FROM module_build AS this
    JOIN module_build AS earlier ON earlier.name = this.name AND earlier.stream = this.stream AND earlier.id < this.id
    WHERE this.id = ${id} AND earlier.state = 'ready' AND NOT earlier.scratch
    ORDER BY earlier.id DESC LIMIT 1`
