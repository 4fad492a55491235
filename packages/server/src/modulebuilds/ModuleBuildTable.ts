/** The tables of module builds. */
import type { ComponentBuild } from "@orch/core/modulebuild/ComponentBuild"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { moduleBuildFarmUse } from "@orch/core/modulebuild/ModuleBuildFarmUse"
import { type ModuleBuildLife, moduleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Column, ProcessTable } from "../database/ProcessTable.ts"
import * as Row from "./statements/ModuleBuildRow.ts"
import * as Statements from "./statements/ModuleBuildStatements.ts"

const time = (milliseconds: number): string => new Date(milliseconds).toISOString()

const columns: ReadonlyArray<Column<ModuleBuild>> = [
  { name: "state", type: "text", of: ({ state }) => state },
  { name: "reason", type: "text", of: ({ reason }) => reason },
  { name: "repository_request", type: "jsonb", of: ({ repository }) => repository?.request ?? null },
  { name: "farm_module", type: "text", of: (build) => moduleBuildFarmUse.modules?.(build)[0]?.module ?? null },
  { name: "created_at", type: "timestamptz", of: ({ createdAt }) => time(createdAt) },
  { name: "modified_at", type: "timestamptz", of: ({ modifiedAt }) => time(modifiedAt) },
  {
    name: "completed_at",
    type: "timestamptz",
    of: ({ completedAt }) => completedAt === undefined ? null : time(completedAt)
  }
]

const partColumns: ReadonlyArray<Column<ComponentBuild>> = [
  { name: "state", type: "text", of: ({ state }) => state },
  { name: "attempt", type: "integer", of: ({ attempt }) => attempt },
  { name: "task", type: "text", of: ({ task }) => task ?? null }
]

const ended = Metric.counter("orch_module_builds_ended_total", {
  description: "Module builds that became ready or failed, by that state",
  incremental: true
})
const endings = {
  ready: Metric.withAttributes(ended, { state: "ready" }),
  failed: Metric.withAttributes(ended, { state: "failed" })
}

/** Shows both series from the start: what is not there yet cannot be compared with what comes. */
export const showEndings: Effect.Effect<void> = Effect.forEach(
  Object.values(endings),
  (series) => Metric.update(series, 0),
  { discard: true }
)

const changed = (before: ModuleBuild, { state }: ModuleBuild): void => {
  if (state !== before.state && (state === "ready" || state === "failed")) {
    endings[state].updateUnsafe(1, Context.empty())
  }
}

/** What the store of module builds writes. */
export const moduleBuildTable: ProcessTable<ModuleBuildLife> = {
  life: moduleBuildLife,
  process: "module_build",
  part: "component_build",
  event: "module_build_event",
  reference: "module_build_id",
  columns,
  derivedColumns: [
    // What nobody has asked about yet is asked about at once.
    {
      name: "repository_asked_at",
      update: "CASE WHEN old.repository_request = given.repository_request THEN old.repository_asked_at END"
    },
    {
      name: "farm_module_asked_at",
      update: "CASE WHEN old.farm_module = given.farm_module THEN old.farm_module_asked_at END"
    },
    // A plan is written where it is another one than before.
    { name: "owner", update: "coalesce(given.plan ->> 'owner', old.owner)" },
    { name: "scmurl", update: "CASE WHEN given.plan IS NULL THEN old.scmurl ELSE given.plan ->> 'scmurl' END" }
  ],
  partColumns,
  derivedPartColumns: [{
    name: "asked_at",
    insert: "now()",
    update: "CASE WHEN old.task IS DISTINCT FROM given.task THEN now() ELSE old.asked_at END"
  }],
  placeIndex: "module_build_nsvc",
  changed,
  readPlan: Row.readPlan,
  insert: Statements.insert,
  holder: Statements.findHolder
}
