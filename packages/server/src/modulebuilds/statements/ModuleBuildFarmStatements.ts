/** The statements on what module builds want of the farm: tasks and repositories to ask about, and slots. */
import type { RepositoryRequest } from "@orch/core/farm/Buildroot"
import { scratchUrgency } from "@orch/core/modulebuild/ModuleBuild"
import { longestQuiet } from "@orch/core/ports/FarmWork"
import type * as SqlClient from "effect/sql/SqlClient"
import * as LookedUp from "../../database/LookedUp.ts"
import type { ActiveRow, FarmSource, ModuleRow, RepositoryRow, SlotRow, TaskRow } from "../../database/PgFarmWork.ts"
import { json } from "../../database/StorableText.ts"

/** Marks tasks as asked about now; those another process is marking are left to it. */
const claimTasks = (sql: SqlClient.SqlClient, notSince: number, limit: number) =>
  sql<TaskRow>`
    UPDATE component_build AS claimed SET asked_at = now()
    FROM (
      SELECT module_build_id, name FROM component_build
      WHERE state = 'building' AND (asked_at IS NULL OR asked_at <= now() - ${`${notSince} milliseconds`}::interval)
      ORDER BY asked_at NULLS FIRST
      LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE claimed.module_build_id = due.module_build_id AND claimed.name = due.name
    RETURNING claimed.module_build_id AS process, claimed.name AS part, claimed.task`

const claimRepositories = (sql: SqlClient.SqlClient, notSince: number, limit: number) =>
  sql<RepositoryRow>`
    UPDATE module_build AS claimed SET repository_asked_at = now()
    FROM (
      SELECT id FROM module_build
      WHERE repository_request IS NOT NULL
        AND (repository_asked_at IS NULL OR repository_asked_at <= now() - ${`${notSince} milliseconds`}::interval)
      ORDER BY repository_asked_at NULLS FIRST
      LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE claimed.id = due.id
    RETURNING claimed.id AS process, claimed.repository_request AS request`

const claimModules = (sql: SqlClient.SqlClient, notSince: number, limit: number) =>
  sql<ModuleRow>`
    UPDATE module_build AS claimed SET farm_module_asked_at = now()
    FROM (
      SELECT id FROM module_build
      WHERE farm_module IS NOT NULL AND (
        farm_module_asked_at IS NULL OR farm_module_asked_at <= now() - least(
          ${`${longestQuiet} milliseconds`}::interval,
          greatest(${`${notSince} milliseconds`}::interval, (now() - modified_at) / 8)
        )
      )
      ORDER BY farm_module_asked_at NULLS FIRST
      LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE claimed.id = due.id
    RETURNING claimed.id AS process, claimed.farm_module AS module`

const findModules = (sql: SqlClient.SqlClient, modules: ReadonlyArray<string>) =>
  sql<ModuleRow>`
    SELECT id AS process, farm_module AS module FROM module_build
    WHERE farm_module IS NOT NULL
      AND farm_module IN (SELECT jsonb_array_elements_text(${json(modules)}::text::jsonb))`

/** Who waits for tasks. Through the index on tasks: that on what is being built holds what was built, too, until it is vacuumed. */
export const findTasks = (sql: SqlClient.SqlClient, tasks: ReadonlyArray<string>) =>
  sql<TaskRow>`
    SELECT module_build_id AS process, name AS part, task
    FROM (SELECT DISTINCT jsonb_array_elements_text(${json(tasks)}::text::jsonb) AS task) AS given
    JOIN component_build USING (task)
    WHERE state || '' = 'building' AND ${sql.literal(LookedUp.few("length(task)"))}`

const findRepositories = (sql: SqlClient.SqlClient, requests: ReadonlyArray<RepositoryRequest>) =>
  sql<RepositoryRow>`
    SELECT id AS process, repository_request AS request FROM module_build
    WHERE repository_request IS NOT NULL AND (repository_request ->> 'buildroot', repository_request ->> 'id') IN (
      SELECT buildroot, id FROM jsonb_to_recordset(${json(requests)}::text::jsonb) AS r (buildroot text, id text)
    )`

/** Components that wait for a slot. A grant older than a minute is that of a process which died. */
const waiting = (sql: SqlClient.SqlClient) =>
  sql<SlotRow>`
    SELECT c.module_build_id AS process, c.name AS part, m.owner, planned.value -> 'arches' AS arches,
      coalesce((m.progress ->> 'priority')::integer, CASE WHEN m.scratch THEN ${scratchUrgency}::integer ELSE 0 END) AS urgency,
      (planned.value ->> 'priority')::float8 AS priority, m.plan -> 'rebuild' ->> 'of' AS rebuild
    FROM component_build AS c
    JOIN module_build AS m ON m.id = c.module_build_id
    JOIN LATERAL jsonb_array_elements(m.plan -> 'components') AS planned ON planned.value ->> 'name' = c.name
    WHERE c.state = 'submitting' AND m.state = 'build'
      AND (c.granted_at IS NULL OR c.granted_at < now() - interval '1 minute')
    ORDER BY c.module_build_id
    LIMIT 10000`

const active = (sql: SqlClient.SqlClient) =>
  sql<ActiveRow>`
    SELECT m.owner, m.plan -> 'rebuild' ->> 'of' AS rebuild, planned.value -> 'arches' AS arches, count(*) AS count
    FROM component_build AS c
    JOIN module_build AS m ON m.id = c.module_build_id
    JOIN LATERAL jsonb_array_elements(m.plan -> 'components') AS planned ON planned.value ->> 'name' = c.name
    WHERE c.state = 'building' OR (c.state = 'submitting' AND c.granted_at >= now() - interval '1 minute')
    GROUP BY 1, 2, 3`

const markGranted = (
  sql: SqlClient.SqlClient,
  granted: ReadonlyArray<{ readonly process: number; readonly part: string }>
) =>
  sql`
    UPDATE component_build AS c SET granted_at = now()
    FROM jsonb_to_recordset(${json(granted.map(({ part, process }) => ({ process, part })))}::text::jsonb)
      AS g (process bigint, part text)
    WHERE c.module_build_id = g.process AND c.name = g.part`

/** What module builds want of the farm. */
export const moduleBuildFarmSource: FarmSource = {
  life: "module-build",
  claimTasks,
  claimRepositories,
  claimModules,
  findModules,
  findTasks,
  findRepositories,
  waiting,
  active,
  markGranted
}
