/**
 * Modules brought in ready-made: a row like that of a build, in state ready from the start, which the engine never runs.
 *
 * Importing the same name, stream, version and context again replaces what is known of it.
 */
import { type Progress, unborn } from "@orch/core/modulebuild/ModuleBuild"
import { moduleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import type { ResolutionSettings } from "@orch/core/resolution/ResolutionSettings"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"
import * as MbsProjection from "./MbsProjection.ts"

const encodePlan = Schema.encodeSync(moduleBuildLife.codecs.plan)
const encodeProgress = Schema.encodeSync(moduleBuildLife.codecs.progress)

export const owner = "mbs_import"

const find = (sql: SqlClient.SqlClient, plan: ModulePlan) =>
  sql<{ id: bigint }>`
    SELECT id FROM module_build
    WHERE name = ${clean(plan.name)} AND stream = ${
    clean(plan.stream)
  } AND version = ${plan.version.toString()}::numeric
      AND context = ${clean(plan.context)} AND NOT scratch
    ORDER BY id DESC LIMIT 1 FOR UPDATE`

const insert = (sql: SqlClient.SqlClient, plan: ModulePlan, progress: Progress) =>
  sql<{ id: bigint }>`
    INSERT INTO module_build (
      revision, state, reason, name, stream, version, context, owner, scratch, plan, progress, created_at, modified_at,
      completed_at
    ) VALUES (
      1, 'ready', '', ${clean(plan.name)}, ${clean(plan.stream)}, ${plan.version.toString()}::numeric,
      ${clean(plan.context)}, ${owner}, false, ${json(encodePlan(plan))}::text::jsonb,
      ${json(encodeProgress(progress))}::text::jsonb, now(), now(), now()
    ) RETURNING id`

const replace = (sql: SqlClient.SqlClient, id: bigint, plan: ModulePlan, progress: Progress) =>
  sql`
    UPDATE module_build SET
      revision = revision + 1, state = 'ready', reason = '', owner = ${owner},
      plan = ${json(encodePlan(plan))}::text::jsonb, progress = ${json(encodeProgress(progress))}::text::jsonb,
      created_at = now(), modified_at = now(), completed_at = now()
    WHERE id = ${id}`

/** Stores the module; tells its id and whether it was there before. */
export const store = (sql: SqlClient.SqlClient, plan: ModulePlan, settings: ResolutionSettings, now: number) => {
  const { components: _components, id: _id, plan: _plan, ...start } = unborn(0, plan)
  const progress: Progress = { ...start, state: "ready", createdAt: now, modifiedAt: now, completedAt: now }
  return sql.withTransaction(Effect.gen(function*() {
    const [before] = yield* find(sql, plan)
    const id = before === undefined
      ? (yield* insert(sql, plan, progress))[0]!.id
      : (yield* Effect.as(replace(sql, before.id, plan, progress), before.id))
    yield* MbsProjection.record(sql, Number(id), plan, settings)
    return { id: Number(id), updated: before !== undefined }
  }))
}
