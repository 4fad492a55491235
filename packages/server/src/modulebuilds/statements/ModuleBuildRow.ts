/** How a module build is written into rows and read back: the only place that knows both forms. */
import type { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import { moduleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import type { ReadyBuild, Summary } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import * as Schema from "effect/Schema"

const { codecs } = moduleBuildLife

/** A plan as it stands in the `plan` column. */
export const encodePlan = Schema.encodeSync(codecs.plan)

const decodePlan = Schema.decodeUnknownSync(codecs.plan)
const decodeProgress = Schema.decodeUnknownSync(codecs.progress)

export interface ReadyRow {
  readonly id: bigint
  readonly plan: unknown
  readonly progress: unknown
}

export const ready = ({ id, plan, progress }: ReadyRow): ReadyBuild => ({
  id: Number(id),
  plan: decodePlan(plan),
  progress: decodeProgress(progress)
})

export interface SummaryRow {
  readonly id: bigint
  readonly state: ModuleBuildState
  readonly reason: string
  readonly name: string
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly owner: string
  readonly scratch: boolean
  readonly created_at: Date
  readonly modified_at: Date
  readonly completed_at: Date | null
}

export const summary = (row: SummaryRow): Summary => ({
  id: Number(row.id),
  state: row.state,
  reason: row.reason,
  name: row.name,
  stream: row.stream,
  version: BigInt(row.version),
  context: row.context,
  owner: row.owner,
  scratch: row.scratch,
  createdAt: row.created_at.getTime(),
  modifiedAt: row.modified_at.getTime(),
  completedAt: row.completed_at?.getTime()
})
