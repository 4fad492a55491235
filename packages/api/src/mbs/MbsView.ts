/**
 * The representations of the Module Build Service's API: short, plain and verbose for module builds, plain and verbose for
 * component builds, and messages. Pure: a record in, JSON out.
 */
import type * as MbsRecord from "./MbsRecord.ts"
import { componentStates, moduleStates } from "./MbsRecord.ts"

/** An object as it is written to JSON. */
export type Json = Readonly<Record<string, unknown>>

/** A time as `YYYY-MM-DDTHH:MM:SSZ`, fractions cut; null where there is none. */
export const time = (seconds: number | null): string | null =>
  seconds === null ? null : new Date(Math.floor(seconds) * 1000).toISOString().replace(".000Z", "Z")

/** The smallest form, as `short=true` asks for it. */
export const short = (build: MbsRecord.ModuleBuildRecord): Json => ({
  id: build.id,
  state: build.state,
  state_name: moduleStates[build.state],
  stream: build.stream,
  version: build.version,
  name: build.name,
  context: build.context,
  scratch: build.scratch
})

/** Tasks by format and package: `{ rpms: { perl: { task_id, state, state_reason, nvr } } }`. */
export const tasks = (components: ReadonlyArray<MbsRecord.ComponentBuildRecord>): Json => {
  const formats: Record<string, Record<string, Json>> = {}
  for (const { format, nvr, package: name, state, state_reason, task_id } of components) {
    const tasks = formats[format] ??= {}
    tasks[name] = { task_id, state, state_reason, nvr }
  }
  return formats
}

/** The form of lists and single builds. Announcements leave the tasks out. */
export const plain = (
  build: MbsRecord.ModuleBuildRecord,
  related: Pick<MbsRecord.Related, "components" | "siblings">,
  showTasks: boolean = true
): Json => ({
  ...short(build),
  batch: build.batch,
  component_builds: related.components.map(({ id }) => id),
  koji_tag: build.koji_tag,
  owner: build.owner,
  new_repo_task_id: build.new_repo_task_id,
  rebuild_strategy: build.rebuild_strategy,
  scmurl: build.scmurl,
  srpms: build.srpms,
  siblings: related.siblings,
  state_reason: build.state_reason,
  time_completed: time(build.time_completed),
  time_modified: time(build.time_modified),
  time_submitted: time(build.time_submitted),
  buildrequires: build.buildrequires,
  ...(showTasks ? { tasks: tasks(related.components) } : {})
})

/**
 * A module build with everything, as `verbose=true` asks for it. `apiVersion` is the one that was called, for links.
 */
export const verbose = (build: MbsRecord.ModuleBuildRecord, related: MbsRecord.Related, apiVersion: number): Json => ({
  ...plain(build, related),
  base_module_buildrequires: related.baseModules.map((base) => ({
    id: base.id,
    state: base.state,
    state_name: moduleStates[base.state],
    stream: base.stream,
    version: base.version,
    name: base.name,
    context: base.context,
    stream_version: base.stream_version
  })),
  build_context: build.build_context,
  build_context_no_bms: build.build_context_no_bms,
  runtime_context: build.runtime_context,
  modulemd: build.modulemd,
  reused_module_id: build.reused_module_id,
  state_trace: related.trace.map(({ reason, state, time: at }) => ({
    time: time(at),
    state,
    state_name: state === null ? null : moduleStates[state as MbsRecord.ModuleState] ?? null,
    reason
  })),
  state_url: `/module-build-service/${apiVersion}/module-builds/${build.id}`,
  stream_version: build.stream_version,
  virtual_streams: build.virtual_streams,
  arches: build.arches
})

/** A component build as lists show it. */
export const component = (build: MbsRecord.ComponentBuildRecord): Json => ({
  id: build.id,
  package: build.package,
  format: build.format,
  task_id: build.task_id,
  state: build.state,
  state_reason: build.state_reason,
  module_build: build.module_id,
  nvr: build.nvr,
  state_name: build.state === null ? null : componentStates[build.state]
})

/**
 * A component build with its trace, as `verbose=true` asks for it. The trace names Koji's states; the original takes
 * the numbers for those of modules.
 */
export const verboseComponent = (
  build: MbsRecord.ComponentBuildRecord,
  trace: ReadonlyArray<MbsRecord.TraceRecord>,
  apiVersion: number
): Json => ({
  ...component(build),
  batch: build.batch,
  state_trace: trace.map(({ reason, state, time: at }) => ({
    time: time(at),
    state,
    state_name: state === null ? null : componentStates[state as MbsRecord.ComponentState] ?? null,
    reason
  })),
  state_url: `/module-build-service/${apiVersion}/component-builds/${build.id}`
})

/** A log message of a component build. */
export const message = ({ id, message, time_created }: MbsRecord.MessageRecord): Json => ({
  id,
  time_created: time(time_created),
  message
})
