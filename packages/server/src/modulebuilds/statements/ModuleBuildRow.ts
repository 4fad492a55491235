/** How a module build is written into rows and read back: the only place that knows both forms. */
import { ComponentBuild } from "@orch/core/modulebuild/ComponentBuild"
import { assemble, type ModuleBuild, type ModuleBuildState, Progress } from "@orch/core/modulebuild/ModuleBuild"
import { ModuleBuildEvent } from "@orch/core/modulebuild/ModuleBuildEvent"
import { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import type { ReadyBuild, Summary } from "@orch/core/ports/ProcessStore"
import * as Schema from "effect/Schema"

// Whole numbers beyond 2^53 are decimal text in JSON; everything else is itself.
const plan = Schema.toCodecJson(ModulePlan)
const progress = Schema.toCodecJson(Progress)
const component = Schema.toCodecJson(ComponentBuild)
const event = Schema.toCodecJson(ModuleBuildEvent)

export const encodePlan = Schema.encodeSync(plan)
export const encodeProgress = Schema.encodeSync(progress)
export const encodeComponent = Schema.encodeSync(component)
export const encodeEvent = Schema.encodeSync(event)
export const decodeEvent = Schema.decodeUnknownSync(event)

const decodePlan = Schema.decodeUnknownSync(plan)
const decodeProgress = Schema.decodeUnknownSync(progress)
const decodeComponents = Schema.decodeUnknownSync(Schema.Array(component))

/** Rows of one build, as one statement reads them. */
export interface Parts {
  readonly plan: unknown
  readonly progress: unknown
  readonly components: unknown
}

/** Throws where what was stored does not fit the schema: that is corruption, not something to handle. */
export const decode = (id: number, parts: Parts): ModuleBuild =>
  assemble(id, decodePlan(parts.plan), decodeProgress(parts.progress), decodeComponents(parts.components ?? []))

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
