/**
 * Module builds, component builds and log messages as the Module Build Service's API knows them: the columns of its tables,
 * which clients filter and order by. Where they come from is not known here.
 */

import { states } from "@orch/core/resolution/AvailableModule"

/** The names of a module build's states, by number. */
export const moduleStates = states
/** The number of a module build's state, its index in `moduleStates`. */
export type ModuleState = 0 | 1 | 2 | 3 | 4 | 5 | 6

/** Koji's build states, by number. A component that has not started has none. */
export const componentStates = ["BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"] as const
/** The number of a component build's state, its index in `componentStates`. */
export type ComponentState = 0 | 1 | 2 | 3 | 4

/**
 * A module that was built with. Unknown references and tags are empty texts, as in the document that they are read
 * from.
 */
export interface Buildrequire {
  readonly ref: string
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly koji_tag: string
  /** Its packages that it does not ship; absent until the buildroot is prepared. */
  readonly filtered_rpms?: ReadonlyArray<string>
}

/** A row of MBS's module builds. Times are seconds since the epoch; what is not known is null. */
export interface ModuleBuildRecord {
  readonly id: number
  readonly name: string
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly state: ModuleState
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
  readonly time_submitted: number
  readonly time_modified: number | null
  readonly time_completed: number | null
  readonly new_repo_task_id: number | null
  readonly rebuild_strategy: string
  readonly reused_module_id: number | null
  readonly batch: number
  readonly stream_version: number | null
  readonly buildrequires: Readonly<Record<string, Buildrequire>>
  readonly arches: ReadonlyArray<string>
  readonly virtual_streams: ReadonlyArray<string>
}

/** A row of MBS's component builds. What is not known is null. */
export interface ComponentBuildRecord {
  readonly id: number
  readonly package: string
  readonly format: string
  readonly scmurl: string
  /** The build system's task; a number with Koji, text with others. */
  readonly task_id: number | string | null
  readonly ref: string | null
  readonly state: ComponentState | null
  readonly state_reason: string | null
  readonly nvr: string | null
  readonly tagged: boolean
  readonly tagged_in_final: boolean
  readonly build_time_only: boolean
  readonly buildonly: boolean
  /** As the Module Build Service counts: 1 is the macros package's. */
  readonly batch: number
  readonly module_id: number
  readonly reused_component_id: number | null
  readonly weight: number
}

/** One step of a state trace. `time` is in seconds since the epoch. */
export interface TraceRecord {
  readonly time: number
  readonly state: number | null
  readonly reason: string | null
}

/** A log message of a component build. `time_created` is in seconds since the epoch. */
export interface MessageRecord {
  readonly id: number
  readonly time_created: number
  readonly message: string
}

/** A base module that a module was built on. `id` is null for a platform of the build system that nobody imported. */
export interface BaseModuleRecord
  extends Pick<ModuleBuildRecord, "state" | "stream" | "version" | "name" | "context" | "stream_version">
{
  readonly id: number | null
}

/** What belongs to a module build besides its own row, read together for a page. */
export interface Related {
  /** All components, by id. */
  readonly components: ReadonlyArray<ComponentBuildRecord>
  /** Ids of the other builds of the same name, stream, version and scratch flag. */
  readonly siblings: ReadonlyArray<number>
  readonly trace: ReadonlyArray<TraceRecord>
  readonly baseModules: ReadonlyArray<BaseModuleRecord>
}
