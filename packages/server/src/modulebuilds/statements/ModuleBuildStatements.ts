/** The statements on module builds, each a function named for what it does. */
import type { Change } from "@orch/core/modulebuild/Change"
import { type ModuleBuild, scratchUrgency } from "@orch/core/modulebuild/ModuleBuild"
import type { Keyed, Query } from "@orch/core/ports/ProcessStore"
import type * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"
import * as Row from "./ModuleBuildRow.ts"

const time = (milliseconds: number): Date => new Date(milliseconds)

/** Takes the lock of a build for the transaction, and tells which of the keys have been seen. */
export const lock = (sql: SqlClient.SqlClient, id: number, keys: ReadonlyArray<string>) =>
  sql<{ revision: bigint; seen: ReadonlyArray<string> }>`
    SELECT revision, ARRAY(
      SELECT key FROM module_build_event
      WHERE module_build_id = ${id} AND key IN (SELECT jsonb_array_elements_text(${json(keys)}::text::jsonb))
    ) AS seen
    FROM module_build WHERE id = ${id} FOR UPDATE`

export const read = (sql: SqlClient.SqlClient, id: number) =>
  sql<Row.Parts & { readonly revision: bigint }>`
    SELECT revision, plan, progress, (
      SELECT jsonb_agg(data) FROM component_build WHERE module_build_id = ${id}
    ) AS components
    FROM module_build WHERE id = ${id}`

/** Allocates the id of a build; the rest is written by the change of its first event. */
export const insert = (sql: SqlClient.SqlClient, build: ModuleBuild) => {
  const { plan } = build
  return sql<{ id: bigint }>`
    INSERT INTO module_build (
      revision, state, reason, name, stream, version, context, owner, scratch, scmurl, plan, progress, created_at, modified_at
    ) VALUES (
      0, 'init', '', ${clean(plan.name)}, ${clean(plan.stream)}, ${plan.version.toString()}::numeric,
      ${clean(plan.context)}, ${clean(plan.owner)}, ${plan.scratch}, ${clean(plan.scmurl ?? "") || null}, ${
    json(Row.encodePlan(plan))
  }::text::jsonb, '{}'::jsonb, now(), now()
    ) RETURNING id`
}

/** The build that holds a name, stream, version and context. */
export const findHolder = (sql: SqlClient.SqlClient, { plan }: ModuleBuild) =>
  sql<{ id: bigint; state: string }>`
    SELECT id, state FROM module_build
    WHERE name = ${clean(plan.name)} AND stream = ${
    clean(plan.stream)
  } AND version = ${plan.version.toString()}::numeric
      AND context = ${clean(plan.context)} AND NOT scratch AND state NOT IN ('failed', 'garbage')`

export const revision = (sql: SqlClient.SqlClient, id: number) =>
  sql<{ revision: bigint }>`SELECT revision FROM module_build WHERE id = ${id}`

/** Everything that a change makes different, in one statement; no row when the build is not at the revision before. */
export const write = (
  sql: SqlClient.SqlClient,
  { announcements, build, touched }: Change,
  revision: number,
  events: ReadonlyArray<Keyed>
) => {
  const { components: _components, id, plan: _plan, ...progress } = build
  const components = [...touched].map((name) => {
    const component = build.components.get(name)!
    const { attempt, state, task } = component
    return { name, state, attempt, task: task ?? null, data: Row.encodeComponent(component) }
  })
  const rows = events.map(({ event, key }) => ({ key: key ?? null, event: Row.encodeEvent(event) }))
  const request = build.repository?.request
  return sql<{ id: bigint }>`
    WITH header AS (
      UPDATE module_build SET
        revision = ${revision}, state = ${build.state}, reason = ${clean(build.reason)},
        progress = ${json(Row.encodeProgress(progress))}::text::jsonb,
        repository_request = ${request === undefined ? null : json(request)}::text::jsonb,
        repository_asked_at = CASE WHEN repository_request = ${
    request === undefined ? null : json(request)
  }::text::jsonb
          THEN repository_asked_at END,
        created_at = ${time(build.createdAt)}, modified_at = ${time(build.modifiedAt)},
        completed_at = ${build.completedAt === undefined ? null : time(build.completedAt)}
      WHERE id = ${id} AND revision = ${revision - 1}
      RETURNING id
    ), components AS (
      INSERT INTO component_build AS old (module_build_id, name, state, attempt, task, asked_at, data)
      SELECT header.id, new.name, new.state, new.attempt, new.task, now(), new.data
      FROM header, jsonb_to_recordset(${json(components)}::text::jsonb)
        AS new (name text, state text, attempt integer, task text, data jsonb)
      ON CONFLICT (module_build_id, name) DO UPDATE SET
        state = excluded.state, attempt = excluded.attempt, task = excluded.task, data = excluded.data,
        asked_at = CASE WHEN old.task IS DISTINCT FROM excluded.task THEN excluded.asked_at ELSE old.asked_at END
    ), events AS (
      INSERT INTO module_build_event (module_build_id, key, event)
      SELECT header.id, new.key, new.event
      FROM header, jsonb_to_recordset(${json(rows)}::text::jsonb) AS new (key text, event jsonb)
    ), announcements AS (
      INSERT INTO announcement (topic, subject, at, body)
      SELECT new.topic, new.subject, ${build.modifiedAt}::bigint, coalesce(new.body, 'null'::jsonb)
      FROM header, jsonb_to_recordset(${json(announcements)}::text::jsonb) AS new (topic text, subject text, body jsonb)
    )
    SELECT id FROM header`
}

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

export const list = (sql: SqlClient.SqlClient, query: Query) =>
  sql<Row.SummaryRow>`
    SELECT id, state, reason, name, stream, version, context, owner, scratch, created_at, modified_at, completed_at
    FROM module_build WHERE ${condition(sql, query)}
    ORDER BY ${sql.literal(query.order === "newest" ? "id DESC" : "id")}
    LIMIT ${query.limit} OFFSET ${query.offset}`

export const count = (sql: SqlClient.SqlClient, query: Query) =>
  sql<{ total: bigint }>`SELECT count(*) AS total FROM module_build WHERE ${condition(sql, query)}`

export const ready = (sql: SqlClient.SqlClient, names: ReadonlyArray<string>, perModule: number) =>
  sql<Row.ReadyRow>`
    SELECT id, plan, progress FROM (
      SELECT id, name, plan, progress, row_number() OVER (PARTITION BY name ORDER BY id DESC) AS place
      FROM module_build
      WHERE state = 'ready' AND NOT scratch
        AND name IN (SELECT jsonb_array_elements_text(${json(names)}::text::jsonb))
    ) AS placed
    WHERE place <= ${perModule}
    ORDER BY name, id DESC`

export const history = (sql: SqlClient.SqlClient, id: number, after: number, limit: number) =>
  sql<{ sequence: bigint; event: unknown }>`
    SELECT sequence, event FROM module_build_event
    WHERE module_build_id = ${id} AND sequence > ${after} ORDER BY sequence LIMIT ${limit}`

export interface TaskRow {
  readonly build: bigint
  readonly component: string
  readonly task: string
}

/** Marks tasks as asked about now; those another process is marking are left to it. */
export const claimTasks = (sql: SqlClient.SqlClient, notSince: number, limit: number) =>
  sql<TaskRow>`
    UPDATE component_build AS claimed SET asked_at = now()
    FROM (
      SELECT module_build_id, name FROM component_build
      WHERE state = 'building' AND (asked_at IS NULL OR asked_at <= now() - ${`${notSince} milliseconds`}::interval)
      ORDER BY asked_at NULLS FIRST
      LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE claimed.module_build_id = due.module_build_id AND claimed.name = due.name
    RETURNING claimed.module_build_id AS build, claimed.name AS component, claimed.task`

export const claimRepositories = (sql: SqlClient.SqlClient, notSince: number, limit: number) =>
  sql<{ build: bigint; request: { readonly buildroot: string; readonly id: string } }>`
    UPDATE module_build AS claimed SET repository_asked_at = now()
    FROM (
      SELECT id FROM module_build
      WHERE repository_request IS NOT NULL
        AND (repository_asked_at IS NULL OR repository_asked_at <= now() - ${`${notSince} milliseconds`}::interval)
      ORDER BY repository_asked_at NULLS FIRST
      LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE claimed.id = due.id
    RETURNING claimed.id AS build, claimed.repository_request AS request`

export const findTasks = (sql: SqlClient.SqlClient, tasks: ReadonlyArray<string>) =>
  sql<TaskRow>`
    SELECT module_build_id AS build, name AS component, task FROM component_build
    WHERE state = 'building' AND task IN (SELECT jsonb_array_elements_text(${json(tasks)}::text::jsonb))`

export const counts = (sql: SqlClient.SqlClient) =>
  sql<{ kind: "build" | "component"; state: string; count: bigint }>`
    SELECT 'build' AS kind, state, count(*) AS count FROM module_build GROUP BY state
    UNION ALL
    SELECT 'component', c.state, count(*) FROM component_build AS c GROUP BY c.state`

/** Of PostgreSQL's advisory locks, the one under which slots are granted: the bytes of "slot". */
const slotLock = 0x736c6f74

export const lockSlots = (sql: SqlClient.SqlClient) => sql`SELECT pg_advisory_xact_lock(${slotLock})`

export interface SlotRow {
  readonly build: bigint
  readonly component: string
  readonly owner: string
  readonly arches: ReadonlyArray<string>
  readonly urgency: number
  readonly priority: number
}

/** Components that wait for a slot. A grant older than a minute is that of a process which died. */
export const waiting = (sql: SqlClient.SqlClient) =>
  sql<SlotRow>`
    SELECT c.module_build_id AS build, c.name AS component, m.owner, planned.value -> 'arches' AS arches,
      coalesce((m.progress ->> 'priority')::integer, CASE WHEN m.scratch THEN ${scratchUrgency}::integer ELSE 0 END) AS urgency,
      (planned.value ->> 'priority')::float8 AS priority
    FROM component_build AS c
    JOIN module_build AS m ON m.id = c.module_build_id
    JOIN LATERAL jsonb_array_elements(m.plan -> 'components') AS planned ON planned.value ->> 'name' = c.name
    WHERE c.state = 'submitting' AND m.state = 'build'
      AND (c.granted_at IS NULL OR c.granted_at < now() - interval '1 minute')
    ORDER BY c.module_build_id
    LIMIT 10000`

export const active = (sql: SqlClient.SqlClient) =>
  sql<{ owner: string; arches: ReadonlyArray<string>; count: bigint }>`
    SELECT m.owner, planned.value -> 'arches' AS arches, count(*) AS count
    FROM component_build AS c
    JOIN module_build AS m ON m.id = c.module_build_id
    JOIN LATERAL jsonb_array_elements(m.plan -> 'components') AS planned ON planned.value ->> 'name' = c.name
    WHERE c.state = 'building' OR (c.state = 'submitting' AND c.granted_at >= now() - interval '1 minute')
    GROUP BY m.owner, planned.value -> 'arches'`

export const markGranted = (
  sql: SqlClient.SqlClient,
  granted: ReadonlyArray<{ readonly build: number; readonly component: string }>
) =>
  sql`
    UPDATE component_build AS c SET granted_at = now()
    FROM jsonb_to_recordset(${json(granted.map(({ build, component }) => ({ build, component })))}::text::jsonb)
      AS g (build bigint, component text)
    WHERE c.module_build_id = g.build AND c.name = g.component`
