/** Module builds as the `/orch/v1` face shows them. */
import type { ModuleBuildDetail, ModuleBuildSummary } from "@orch/api/orch/ModuleBuildsApi"
import * as BuiltDocument from "@orch/core/modulebuild/BuiltDocument"
import { type ComponentBuild, taskState } from "@orch/core/modulebuild/ComponentBuild"
import { distTag, type ModuleBuild, planOf } from "@orch/core/modulebuild/ModuleBuild"
import * as ModulePlan from "@orch/core/modulebuild/ModulePlan"
import type { Step } from "@orch/core/modulebuild/Trace"
import type { Summary } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { time, timeOrNull } from "../../http/Timestamp.ts"

export const summary = (one: Summary): ModuleBuildSummary => ({
  id: one.id,
  name: one.name,
  stream: one.stream,
  version: one.version.toString(),
  context: one.context,
  state: one.state,
  state_reason: one.reason,
  owner: one.owner,
  scratch: one.scratch,
  created_at: time(one.createdAt),
  modified_at: time(one.modifiedAt),
  completed_at: timeOrNull(one.completedAt)
})

export const summaryOf = (build: ModuleBuild): ModuleBuildSummary => {
  const { context, name, owner, scratch, stream, version } = build.plan
  const { completedAt, createdAt, id, modifiedAt, reason, state } = build
  return summary({
    id,
    state,
    reason,
    name,
    stream,
    version,
    context,
    owner,
    scratch,
    createdAt,
    modifiedAt,
    completedAt
  })
}

export const detail = (build: ModuleBuild, trace: ReadonlyArray<Step>): ModuleBuildDetail => {
  const remarks = ModulePlan.remarks(build.plan)
  return {
    ...summaryOf(build),
    scmurl: build.plan.scmurl ?? null,
    platform: build.plan.platform,
    arches: build.plan.arches,
    dist_tag: distTag(build),
    modulemd: BuiltDocument.text(build),
    repository: build.published === undefined
      ? null
      : { url: build.published.url, path: build.published.path ?? null },
    components: [...build.components.values()].map((component) => ({
      ...componentDetail(build, component),
      remarks: remarks.get(component.name) ?? []
    })),
    remarks: remarks.get(undefined) ?? [],
    trace: trace.map((step) => ({ ...step, at: time(step.at) }))
  }
}

const componentDetail = (
  build: ModuleBuild,
  component: ComponentBuild
): Omit<ModuleBuildDetail["components"][number], "remarks"> => {
  const plan = planOf(build, component.name)!
  return {
    name: component.name,
    state: component.state,
    state_reason: component.reason,
    batch: plan.batch,
    placement: plan.placement,
    after: plan.after,
    reuse: component.reuse ?? null,
    attempt: component.attempt,
    task: component.task ?? null,
    task_state: taskState(component),
    nvr: component.nvr ?? null,
    log_url: component.log ?? null,
    artifacts: component.artifacts.map(({ nevra }) => nevra),
    repository: plan.repository,
    ref: plan.ref ?? null,
    commit: component.commit ?? null,
    submitted_at: timeOrNull(component.submittedAt),
    finished_at: timeOrNull(component.finishedAt)
  }
}
