/** The statements on module builds, each a function named for what it does. */
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import type { Query } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import * as CountedRows from "../../database/CountedRows.ts"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { clean, json } from "../../database/StorableText.ts"
import * as Row from "./ModuleBuildRow.ts"

/** Allocates the id of a build; the rest is written by the change of its first event. */
export const insert = (sql: SqlClient.SqlClient, plan: ModulePlan) =>
  Effect.flatMap(
    Row.planJson(plan),
    (json) =>
      sql<{ id: bigint }>`
    INSERT INTO module_build (
      revision, state, reason, name, stream, version, context, owner, scratch, scmurl, plan, progress, created_at, modified_at
    ) VALUES (
      0, 'init', '', ${clean(plan.name)}, ${clean(plan.stream)}, ${plan.version.toString()}::numeric,
      ${clean(plan.context)}, ${clean(plan.owner)}, ${plan.scratch}, ${
        clean(plan.scmurl ?? "") || null
      }, ${json}::text::jsonb, '{}'::jsonb, now(), now()
    ) RETURNING id`
  )

/** The build that holds a name, stream, version and context. */
export const findHolder = (sql: SqlClient.SqlClient, plan: ModulePlan) =>
  sql<{ id: bigint; state: string }>`
    SELECT id, state FROM module_build
    WHERE name = ${clean(plan.name)} AND stream = ${
    clean(plan.stream)
  } AND version = ${plan.version.toString()}::numeric
      AND context = ${clean(plan.context)} AND NOT scratch AND state NOT IN ('failed', 'garbage')`

const condition = (sql: SqlClient.SqlClient, query: Query) =>
  sql.and([
    ...(query.states === undefined ? [] : [sql.in("state", query.states)]),
    ...(query.name === undefined ? [] : [sql`name = ${clean(query.name)}`]),
    ...(query.names === undefined
      ? []
      : [sql`name IN (SELECT jsonb_array_elements_text(${json(query.names)}::text::jsonb))`]),
    ...(query.stream === undefined ? [] : [sql`stream = ${clean(query.stream)}`]),
    ...(query.owner === undefined ? [] : [sql`owner = ${clean(query.owner)}`]),
    ...(query.modifiedBefore === undefined
      ? []
      : [sql`modified_at < to_timestamp(${query.modifiedBefore}::float8 / 1000)`])
  ])

/** A page: its numbers first, which indexes have, and then the rows of those alone. */
export const list = (sql: SqlClient.SqlClient, query: Query) =>
  OwnPlan.read(sql<Row.SummaryRow>`
    SELECT id, state, reason, name, stream, version, context, owner, scratch, created_at, modified_at, completed_at
    FROM module_build WHERE id = ANY(ARRAY(
      SELECT id FROM module_build WHERE ${condition(sql, query)}
      ORDER BY ${sql.literal(query.order === "newest" ? "id DESC" : "id")}
      LIMIT ${query.limit} OFFSET ${query.offset}
    ))
    ORDER BY ${sql.literal(query.order === "newest" ? "id DESC" : "id")}`)

/** How builds that fit are counted. */
export const counting = (sql: SqlClient.SqlClient, query: Query) =>
  CountedRows.counting(sql, sql`SELECT FROM module_build WHERE ${condition(sql, query)}`)

/** The newest of each name, found name by name: of a name with many there are no more read than are wanted. */
export const ready = (sql: SqlClient.SqlClient, names: ReadonlyArray<string>, perModule: number) =>
  sql<Row.ReadyRow>`
    SELECT newest.id, newest.plan, newest.progress
    FROM (SELECT DISTINCT jsonb_array_elements_text(${json(names)}::text::jsonb) AS name) AS wanted,
    LATERAL (
      SELECT id, plan, progress FROM module_build AS m
      WHERE m.name = wanted.name AND m.state = 'ready' AND NOT m.scratch
      ORDER BY m.id DESC LIMIT ${perModule}
    ) AS newest
    ORDER BY wanted.name, newest.id DESC`

export const counts = (sql: SqlClient.SqlClient) =>
  sql<{ kind: "build" | "component"; state: string; count: bigint }>`
    SELECT 'build' AS kind, state, count(*) AS count FROM module_build GROUP BY state
    UNION ALL
    SELECT 'component', c.state, count(*) FROM component_build AS c GROUP BY c.state`
