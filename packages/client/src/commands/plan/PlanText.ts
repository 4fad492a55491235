/** A plan as text for a terminal. */
import type * as ResolutionPlan from "@orch/core/resolution/ResolutionPlan"
import type { PlanPlatform } from "./PlanPlatform.ts"

const streams = (section: object): string =>
  Object.entries(section as Record<string, ReadonlyArray<string>>)
    .map(([name, list]) => `${name}:${list.length === 0 ? "any" : list.join(",")}`).join(" ") || "nothing"

const build = (planned: ResolutionPlan.PlannedBuild): ReadonlyArray<string> => [
  planned.nsvc,
  `  dist tag          ${planned.dist_tag}`,
  `  tag               ${planned.koji_tag}`,
  `  build context     ${planned.build_context}`,
  `  runtime context   ${planned.runtime_context}`,
  `  requires          ${streams(planned.dependencies.requires)}`,
  "  built with",
  ...Object.entries(planned.buildrequires).map(([name, { context, stream, version }]) =>
    `    ${name}:${stream}:${version}:${context}  (${planned.reasons[name]})`
  )
]

const components = (planned: ReadonlyArray<ResolutionPlan.PlannedComponent>): ReadonlyArray<string> =>
  planned.length === 0
    ? []
    : ["components", ...planned.map(({ batch, name, reason }) => `  batch ${batch}  ${name}  (${reason})`)]

/** The message names its lines itself where it is about several. */
const problem = ({ line, message }: ResolutionPlan.ResolutionPlan["problems"][number]): string =>
  `problem: ${message}${line === undefined || message.includes(`(line ${line})`) ? "" : ` (line ${line})`}`

/** A plan for people: builds, what is left out, components with their batches, problems; a line each. */
export const format = (plan: ResolutionPlan.ResolutionPlan, platform: PlanPlatform): string => {
  // One of several streams may be that of another build only.
  const used = new Set(plan.builds.flatMap(({ buildrequires }) => buildrequires["platform"]?.stream ?? []))
  const streams = platform.streams.filter((stream) => used.size === 0 || used.has(stream))
  return [
    plan.builds.flatMap(build),
    plan.left_out.map(({ reason, streams }) => `left out: ${streams.join(" ")}: ${reason}`),
    streams.map((stream) => `platform:${stream}  (${platform.reason})`),
    components(plan.components),
    plan.remarks.map((remark) => `remark: ${remark}`),
    plan.problems.map(problem)
  ].filter((part) => part.length > 0).map((part) => part.join("\n")).join("\n\n")
}
