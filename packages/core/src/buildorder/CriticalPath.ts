/**
 * How much work hangs on each component: the heaviest chain from it to the end of the module.
 *
 * Starting the longest chain first is the classical list-scheduling rule for a fixed number of builders. A barrier links
 * whole groups: behind every component of a group stands the heaviest chain of the next one.
 */
import type { Member } from "./BarrierGroups.ts"
import * as Prerequisites from "./Prerequisites.ts"

/** How heavy what follows each member is, in the unit of the components' weights. */
export interface CriticalPath {
  /** For each member the weight of the heaviest chain that begins with it, its own weight included. */
  readonly downstream: ReadonlyArray<number>
  /** Members of one heaviest chain of the whole, first to last. */
  readonly chain: ReadonlyArray<number>
}

/**
 * Weighs all chains. `members` must be in the order of their groups, and the graph without circles and relations
 * between groups. A weight that is negative or no number counts as 1. Time is linear in members and relations.
 */
export const make = (members: ReadonlyArray<Member>, graph: Prerequisites.Prerequisites): CriticalPath => {
  const downstream: Array<number> = []
  const next: Array<number | undefined> = []
  const heavier = (one: number | undefined, two: number) =>
    one === undefined || (downstream[two] as number) > (downstream[one] as number) ? two : one

  let group: number | undefined
  let heaviest: number | undefined
  let behind: number | undefined
  for (const node of lastFirst(members, graph)) {
    const member = members[node] as Member
    if (member.group !== group) {
      group = member.group
      behind = heaviest
    }
    const successor = (graph.dependents[node] ?? []).reduce(heavier, behind)
    next[node] = successor
    downstream[node] = weightOf(member) + (successor === undefined ? 0 : downstream[successor] as number)
    // Of the group's chains only whole ones count, and a whole one is heavier than its own tail.
    heaviest = heaviest === behind ? node : heavier(heaviest, node)
  }
  const chain: Array<number> = []
  for (let node = heaviest; node !== undefined; node = next[node]) chain.push(node)
  return { downstream, chain }
}

const weightOf = ({ component: { weight = 1 } }: Member): number => Number.isFinite(weight) && weight >= 0 ? weight : 1

/** Members so that everything behind one has come before it: groups backwards, each in reverse topological order. */
const lastFirst = (members: ReadonlyArray<Member>, graph: Prerequisites.Prerequisites): ReadonlyArray<number> => {
  const groups: Array<Array<number>> = []
  for (const node of Prerequisites.sort(graph)) (groups[(members[node] as Member).group] ??= []).push(node)
  return groups.flat().reverse()
}
