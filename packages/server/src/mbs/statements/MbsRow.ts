/** Rows of the views in the Module Build Service's columns, and how they become records. */
import type * as MbsRecord from "@orch/api/mbs/MbsRecord"
import { stateNumber } from "@orch/core/modulebuild/ModuleBuild"

export interface ModuleRow {
  readonly id: bigint
  readonly name: string
  readonly stream: string
  /** `numeric`. */
  readonly version: string
  readonly context: string
  readonly state: number
  readonly state_reason: string | null
  readonly build_context: string | null
  readonly build_context_no_bms: string | null
  readonly runtime_context: string | null
  readonly modulemd: string
  readonly koji_tag: string | null
  readonly cg_build_koji_tag: string | null
  readonly scmurl: string | null
  readonly scratch: boolean
  readonly srpms: ReadonlyArray<string>
  readonly owner: string
  readonly time_submitted: Date
  readonly time_modified: Date | null
  readonly time_completed: Date | null
  readonly new_repo_task_id: bigint | null
  readonly rebuild_strategy: string
  readonly reused_module_id: bigint | null
  readonly batch: number
  readonly stream_version: number | null
  readonly buildrequires: Readonly<Record<string, MbsRecord.Buildrequire>>
  readonly arches: ReadonlyArray<string>
  readonly virtual_streams: ReadonlyArray<string>
}

export interface BaseModuleRow {
  readonly module_build_id: bigint
  readonly name: string
  readonly stream: string
  /** `numeric`. */
  readonly version: string
  readonly context: string
  readonly stream_version: number
  readonly id: bigint | null
  readonly state: number | null
}

/** A platform of the farm can be used, whether or not somebody imported it. */
const ready = 5

export const toBaseModule = ({ id, module_build_id: _, state, ...row }: BaseModuleRow): MbsRecord.BaseModuleRecord => ({
  ...row,
  id: id === null ? null : Number(id),
  state: state === null ? ready : Number(state) as MbsRecord.ModuleState
})

/**
 * Why a build went into a state, where that API says so: why it failed or was retired, and who resubmitted it. What the
 * engine notes of an ordinary step is for `explain`.
 */
const reasonOf = (state: number | null, reason: string | null): string | null =>
  reason !== null && reason !== "" && (state === 4 || state === 6 || /^(?:Resubmitted|Retried) by /.test(reason))
    ? reason
    : null

const seconds = (time: Date): number => time.getTime() / 1000

export const toModule = (row: ModuleRow): MbsRecord.ModuleBuildRecord => ({
  ...row,
  id: Number(row.id),
  state: Number(row.state) as MbsRecord.ModuleState,
  state_reason: row.state_reason,
  time_submitted: seconds(row.time_submitted),
  time_modified: row.time_modified === null ? null : seconds(row.time_modified),
  time_completed: row.time_completed === null ? null : seconds(row.time_completed),
  new_repo_task_id: row.new_repo_task_id === null ? null : Number(row.new_repo_task_id),
  reused_module_id: row.reused_module_id === null ? null : Number(row.reused_module_id),
  batch: Number(row.batch)
})

export interface ComponentRow {
  readonly id: bigint
  readonly package: string
  readonly format: string
  readonly scmurl: string
  readonly task_id: string | null
  readonly ref: string | null
  readonly state: number | null
  readonly state_reason: string | null
  readonly nvr: string | null
  readonly tagged: boolean
  readonly tagged_in_final: boolean
  readonly build_time_only: boolean
  readonly buildonly: boolean
  readonly batch: number
  readonly module_id: bigint
  readonly reused_component_id: bigint | null
  readonly weight: number
}

/** Koji's tasks are numbers; clients of this API expect them so. */
const taskId = (task: string | null): number | string | null =>
  task !== null && /^\d{1,15}$/.test(task) ? Number(task) : task

export const toComponent = (row: ComponentRow): MbsRecord.ComponentBuildRecord => ({
  ...row,
  id: Number(row.id),
  task_id: taskId(row.task_id),
  state: row.state === null ? null : Number(row.state) as MbsRecord.ComponentState,
  module_id: Number(row.module_id),
  reused_component_id: row.reused_component_id === null ? null : Number(row.reused_component_id)
})

export interface TraceRow {
  readonly subject: string
  /** Milliseconds. */
  readonly at: bigint
  readonly state: string | null
  readonly reason: string | null
  readonly called_off: boolean
}

/** Koji's build state for a component's. */
const componentNumbers: Readonly<Record<string, number>> = {
  submitting: 0,
  building: 0,
  built: 1,
  available: 1,
  failed: 3,
  canceled: 4
}

export const toTrace = ({ at, called_off, reason, state, subject }: TraceRow): MbsRecord.TraceRecord => {
  const time = Number(at) / 1000
  if (subject.split("/").length > 2) {
    const number = called_off ? componentNumbers["failed"]! : componentNumbers[state ?? ""] ?? null
    return { time, state: number, reason: reason === "" ? null : reason }
  }
  const number = (stateNumber as Readonly<Record<string, number>>)[state ?? ""] ?? null
  return { time, state: number, reason: reasonOf(number, reason) }
}

export interface MessageRow extends TraceRow {
  readonly id: bigint
  readonly topic: string
  readonly total: bigint
}

export const toMessage = ({ at, id, reason, state, subject }: MessageRow): MbsRecord.MessageRecord => {
  const [, , component] = subject.split("/")
  const what = component === undefined ? "The module build" : `The component ${component}`
  if (state === null) return { id: Number(id), time_created: Number(at) / 1000, message: `${what}: ${reason ?? ""}` }
  const why = reason === null || reason === "" ? "" : `: ${reason}`
  return { id: Number(id), time_created: Number(at) / 1000, message: `${what} is in state ${state}${why}` }
}
