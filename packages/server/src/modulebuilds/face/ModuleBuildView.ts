/** Module builds as the `/orch/v1` face shows them. */
import type { ModuleBuildDetail, ModuleBuildSummary } from "@orch/api/orch/ModuleBuildsApi"
import * as BuiltDocument from "@orch/core/modulebuild/BuiltDocument"
import { type ComponentBuild, taskState } from "@orch/core/modulebuild/ComponentBuild"
import { distTag, type ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import * as ModulePlan from "@orch/core/modulebuild/ModulePlan"
import type { Step } from "@orch/core/modulebuild/Trace"
import type { Summary } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import * as Effect from "effect/Effect"
import { time, timeOrNull } from "../../http/Timestamp.ts"
import * as Slices from "../../Slices.ts"
import * as LargeDocuments from "../documents/LargeDocuments.ts"

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

/** A build with everything in it, as JSON: it is written in pieces, since a large one has megabytes. */
export const detail = Effect.fnUntraced(function*(build: ModuleBuild, trace: ReadonlyArray<Step>) {
  const planned = new Map(build.plan.components.map((plan) => [plan.name, plan]))
  const remarks = ModulePlan.remarks(build.plan)
  const text = yield* LargeDocuments.withRefs({ text: build.plan.modulemd, refs: BuiltDocument.refsOf(build) })
  const components = yield* Slices.toJson(
    [...build.components.values()],
    (component) => ({
      ...componentDetail(planned.get(component.name)!, component),
      remarks: remarks.get(component.name) ?? []
    })
  )
  return `${
    JSON.stringify(header(build, text, remarks.get(undefined) ?? [], trace)).slice(0, -1)
  },"components":${components}}`
})

const header = (
  build: ModuleBuild,
  modulemd: string,
  remarks: ModuleBuildDetail["remarks"],
  trace: ReadonlyArray<Step>
): Omit<ModuleBuildDetail, "components"> => ({
  ...summaryOf(build),
  scmurl: build.plan.scmurl ?? null,
  platform: build.plan.platform,
  arches: build.plan.arches,
  dist_tag: distTag(build),
  modulemd,
  repository: build.published === undefined
    ? null
    : { url: build.published.url, path: build.published.path ?? null },
  remarks,
  trace: trace.map((step) => ({ ...step, at: time(step.at) }))
})

const componentDetail = (
  plan: ModulePlan.ComponentPlan,
  component: ComponentBuild
): Omit<ModuleBuildDetail["components"][number], "remarks"> => ({
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
})
