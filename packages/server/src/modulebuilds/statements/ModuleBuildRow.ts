/** How a module build is written into rows and read back: the only place that knows both forms. */
import type { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import { moduleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import { ComponentPlan, type ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import type { ReadyBuild, Summary } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { json } from "../../database/StorableText.ts"
import * as Slices from "../../Slices.ts"

const { codecs } = moduleBuildLife

const encodePlan = Schema.encodeSync(codecs.plan)
const decodePlan = Schema.decodeUnknownSync(codecs.plan)
const component = Schema.toCodecJson(ComponentPlan)
const encodeComponent = Schema.encodeSync(component)
const decodeComponent = Schema.decodeUnknownSync(component)

/** A plan as it stands in the `plan` column. */
export const planJson = (plan: ModulePlan): Effect.Effect<string> =>
  Effect.map(Slices.toJson(plan.components, encodeComponent, json), (components) => {
    const { components: _, ...others } = encodePlan({ ...plan, components: [] }) as Readonly<Record<string, unknown>>
    return `${json(others).slice(0, -1)},"components":${components}}`
  })

/** The plan in a column; what does not fit its schema is corruption, a defect. */
export const readPlan = (stored: unknown): Effect.Effect<ModulePlan> => {
  const { components, ...others } = stored as Readonly<Record<string, unknown>>
  return Array.isArray(components)
    ? Effect.map(
      Slices.map(components, decodeComponent),
      (components) => ({ ...decodePlan({ ...others, components: [] }), components })
    )
    : Effect.sync(() => decodePlan(stored))
}
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
