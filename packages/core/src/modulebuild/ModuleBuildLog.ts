/** What a module build did, as text that is kept beside its results: one line for each component, in the order of their ends. */
import type { ComponentBuild } from "./ComponentBuild.ts"
import type { ModuleBuild } from "./ModuleBuild.ts"
import { nsvc } from "./ModulePlan.ts"

const time = (at: number | undefined): string => at === undefined ? "-" : new Date(at).toISOString()

/** When the last of its components ended; milliseconds since 1970. */
export const endOf = (build: ModuleBuild): number =>
  Math.max(build.modifiedAt, ...[...build.components.values()].map(({ finishedAt }) => finishedAt ?? 0))

const line = ({ attempt, finishedAt, log, name, nvr, reason, submittedAt, task }: ComponentBuild): string =>
  [
    time(finishedAt),
    `${name}: ${nvr ?? "no package"}: ${reason}`,
    ...(task === undefined ? [] : [`task ${task}, attempt ${attempt}, submitted ${time(submittedAt)}`]),
    ...(log === undefined ? [] : [log])
  ].join(" | ")

/**
 * The log as text: a line for the build, then one for each component, fields separated by ` | `; times in UTC, `-`
 * where there is none. Ends in a newline.
 */
export const format = (build: ModuleBuild): string => {
  const { owner, scmurl } = build.plan
  const components = [...build.components.values()].sort((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0))
  const source = scmurl === undefined ? "" : ` from ${scmurl}`
  return [
    `${time(build.createdAt)} | module build ${build.id}: ${nsvc(build.plan)}, submitted by ${owner}${source}`,
    ...components.map(line),
    ""
  ].join("\n")
}
