/**
 * The barriers that `buildorder` sets up: components in groups, each of which is in before the next begins.
 *
 * RPM components come before module components of the same `buildorder`. An included module is built as a group of its
 * own at its `buildorder`: what its document puts into the same order joins the group at hand, what comes later opens new
 * groups, and what the including document lists next at the same order joins the last of these. That is how MBS numbers
 * batches (its first batch, number 1, holds only the macros package), so faces that speak MBS need no second count.
 */
import type { BuildOrderProblem } from "./BuildOrderProblem.ts"
import { buildorderOf, check } from "./ComponentRules.ts"
import type { Orderable } from "./Orderable.ts"

/**
 * One component that is really built, and the group it belongs to. An included module is no member, its components are.
 */
export interface Member {
  readonly component: Orderable
  readonly buildorder: bigint
  /** Counted from 0. */
  readonly group: number
  /** The including modules, outermost first; empty for the components of the module itself. */
  readonly within: ReadonlyArray<string>
  /** Where the document that lists this component is among all documents; `buildafter` does not reach beyond it. */
  readonly document: number
}

/** The members in order, and what is wrong with single documents; the members are useful only where nothing is. */
export interface BarrierGroups {
  readonly members: ReadonlyArray<Member>
  readonly problems: ReadonlyArray<BuildOrderProblem>
}

const compare = (a: bigint, b: bigint): number => a < b ? -1 : a > b ? 1 : 0

/**
 * The components of one document by `buildorder`, RPM components first where it is equal, otherwise as listed. Those of
 * included modules are not looked at.
 */
export const inOrder = (listed: ReadonlyArray<Orderable>): ReadonlyArray<Orderable> =>
  [...listed.filter(({ kind }) => kind === "rpm"), ...listed.filter(({ kind }) => kind === "module")]
    .sort((a, b) => compare(buildorderOf(a), buildorderOf(b)))

/**
 * Puts the components of a module and of the modules it includes into groups. Members come in the order of their
 * groups, within a group as listed. Never fails: problems of the documents are returned beside the members.
 */
export const make = (components: ReadonlyArray<Orderable>): BarrierGroups => {
  const members: Array<Member> = []
  const problems: Array<BuildOrderProblem> = []
  let documents = 0
  const place = (
    listed: ReadonlyArray<Orderable>,
    within: ReadonlyArray<string>,
    from: { readonly group: number; readonly buildorder: bigint | undefined }
  ): number => {
    const document = documents++
    let { buildorder, group } = from
    for (const problem of check(listed)) problems.push(problem)
    for (const component of inOrder(listed)) {
      if (buildorder !== buildorderOf(component)) group++
      buildorder = buildorderOf(component)
      if (component.included === undefined) members.push({ component, buildorder, group, within, document })
      else group = place(component.included, [...within, component.name], { group, buildorder })
    }
    return group
  }
  place(components, [], { group: -1, buildorder: undefined })
  return { members, problems }
}
