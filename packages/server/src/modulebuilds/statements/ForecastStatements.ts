/** What a forecast is made from: how long components took before, and what is left of builds that go on. */
import { most } from "@orch/core/farm/ExpectedTime"
import type { ComponentState } from "@orch/core/modulebuild/ComponentBuild"
import type * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"

/** One earlier run of a component. */
export interface RunRow {
  readonly name: string
  readonly arches: ReadonlyArray<string>
  readonly seconds: number
}

/** Rows of one name that are looked at, those of reused and failed components among them. */
const looked = 200

/** The newest runs of components of these names, newest first. */
export const runs = (sql: SqlClient.SqlClient, names: ReadonlyArray<string>) =>
  sql<RunRow>`
    SELECT wanted.name, m.arches, run.seconds
    FROM (SELECT DISTINCT jsonb_array_elements_text(${json(names)}::text::jsonb) AS name) AS wanted
    CROSS JOIN LATERAL (
      SELECT module_build_id,
        (((data ->> 'finishedAt')::float8 - coalesce(data ->> 'openedAt', data ->> 'submittedAt')::float8) / 1000) AS seconds
      FROM (
        SELECT module_build_id, state, data FROM component_build
        WHERE name = wanted.name ORDER BY module_build_id DESC LIMIT ${looked}
      ) AS newest
      WHERE state IN ('built', 'available') AND data ->> 'reusedFrom' IS NULL AND data ->> 'finishedAt' IS NOT NULL
        AND coalesce(data ->> 'openedAt', data ->> 'submittedAt') IS NOT NULL
      ORDER BY module_build_id DESC LIMIT ${most}
    ) AS run
    JOIN module_build AS m ON m.id = run.module_build_id
    ORDER BY run.module_build_id DESC`

/** One component of a build that goes on. */
export interface LeftRow {
  readonly id: bigint
  readonly name: string
  readonly batch: number
  readonly after_batch: number
  readonly after: ReadonlyArray<string>
  readonly priority: number
  readonly state: ComponentState | null
  readonly attempt: number | null
  readonly open: boolean | null
  readonly opened_at: number | null
  readonly submitted_at: number | null
  readonly reason: string | null
}

/** All components of these builds, in the order of their plans. */
export const left = (sql: SqlClient.SqlClient, ids: ReadonlyArray<number>) =>
  sql<LeftRow>`
    SELECT m.id, p.value ->> 'name' AS name, (p.value ->> 'batch')::integer AS batch,
      (p.value ->> 'afterBatch')::integer AS after_batch, p.value -> 'after' AS after,
      (p.value ->> 'priority')::float8 AS priority, c.state, c.attempt, (c.data ->> 'open')::boolean AS open,
      (c.data ->> 'openedAt')::float8 AS opened_at, (c.data ->> 'submittedAt')::float8 AS submitted_at,
      c.data ->> 'reason' AS reason
    FROM module_build AS m
    CROSS JOIN LATERAL jsonb_array_elements(m.plan -> 'components') WITH ORDINALITY AS p (value, place)
    LEFT JOIN component_build AS c ON c.module_build_id = m.id AND c.name = p.value ->> 'name'
    WHERE m.id IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb)::bigint)
    ORDER BY m.id, p.place`

/** How many builds share the farm now. */
export const sharing = (sql: SqlClient.SqlClient) =>
  sql<{ readonly builds: bigint }>`SELECT count(*) AS builds FROM module_build WHERE state = 'build'`
