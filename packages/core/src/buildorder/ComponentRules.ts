/**
 * What the modulemd specification demands of the components of one document before they can be ordered.
 *
 * A `buildorder` of 0 counts as unset, wherever it is written. Only RPM components take part in the mixing rule: the
 * `buildorder` of an included module says when the whole group is built and conflicts with nothing.
 */
import { nearestName } from "../internal/nearestName.ts"
import type { BuildOrderProblem } from "./BuildOrderProblem.ts"
import type { Orderable } from "./Orderable.ts"

/** More misspelt names than this are reported without a suggestion: looking one up costs a pass over all names. */
const suggestionLimit = 20

/**
 * The barrier a component belongs to: its `buildorder`, 0 where it has none. A value that is no integer (reported as a
 * problem) counts as unset.
 */
export const buildorderOf = ({ buildorder = 0n }: Orderable): bigint =>
  typeof buildorder === "bigint" ? buildorder : Number.isInteger(buildorder) ? BigInt(buildorder) : 0n

const hasPrerequisites = (component: Orderable): boolean => (component.buildafter ?? []).length > 0

const checkOne = (component: Orderable): ReadonlyArray<BuildOrderProblem> => {
  const problems: Array<BuildOrderProblem> = []
  const { buildorder, kind, name } = component
  if (typeof buildorder === "number" && !Number.isInteger(buildorder)) {
    problems.push({ _tag: "InvalidBuildorder", component: name, buildorder })
  }
  if (!hasPrerequisites(component)) return problems
  if (kind === "module") problems.push({ _tag: "BuildafterInModule", component: name })
  else if (buildorderOf(component) !== 0n) {
    problems.push({ _tag: "MixedInComponent", component: name, buildorder: buildorderOf(component) })
  }
  return problems
}

const checkMixing = (rpms: ReadonlyArray<Orderable>): ReadonlyArray<BuildOrderProblem> => {
  const withBuildorder = rpms.filter((component) => buildorderOf(component) !== 0n)
  const withBuildafter = rpms.filter(hasPrerequisites)
  const names = (components: ReadonlyArray<Orderable>) => components.map(({ name }) => name)
  return withBuildorder.length > 0 && withBuildafter.length > 0
      && new Set([...withBuildorder, ...withBuildafter]).size > 1
    ? [{ _tag: "MixedInStream", withBuildorder: names(withBuildorder), withBuildafter: names(withBuildafter) }]
    : []
}

const checkNames = (rpms: ReadonlyArray<Orderable>): ReadonlyArray<BuildOrderProblem> => {
  const keys = new Set(rpms.map(({ name }) => name))
  const byPackageName = new Map(
    rpms.flatMap(({ name, packageName }) => packageName === undefined ? [] : [[packageName, name] as const])
  )
  const problems: Array<BuildOrderProblem> = []
  for (const { buildafter = [], name } of rpms) {
    for (const prerequisite of new Set(buildafter)) {
      if (keys.has(prerequisite)) continue
      const suggestion = byPackageName.get(prerequisite)
        ?? (problems.length < suggestionLimit
          ? nearestName(prerequisite, rpms.map((rpm) => rpm.name).filter((key) => key !== name))
          : undefined)
      problems.push({ _tag: "UnknownPrerequisite", component: name, prerequisite, suggestion })
    }
  }
  return problems
}

/**
 * Every violation among the components of one document, in their order; empty where there is none. Circles, and
 * duplicates across documents, are not looked for here.
 */
export const check = (components: ReadonlyArray<Orderable>): ReadonlyArray<BuildOrderProblem> => {
  const rpms = components.filter(({ kind }) => kind === "rpm")
  return [...components.flatMap(checkOne), ...checkMixing(rpms), ...checkNames(rpms)]
}
