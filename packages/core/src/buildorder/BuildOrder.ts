/**
 * In which order the components of a module are built, and for each of them why.
 *
 * `buildorder` is a barrier by the modulemd specification: everything of a lower order is in the buildroot before the
 * next begins. `buildafter` is a directed graph: a component may start as soon as its own prerequisites are in. Batches
 * are the common view of both; `after` and `afterBatch` are what a component really waits for (see `Readiness`). Work
 * and space are linear in components and relations, apart from sorting.
 */
import * as Result from "effect/Result"
import * as BarrierGroups from "./BarrierGroups.ts"
import { type BuildOrderProblem, UnorderableComponents } from "./BuildOrderProblem.ts"
import * as CriticalPath from "./CriticalPath.ts"
import { key, type Orderable } from "./Orderable.ts"
import * as Prerequisites from "./Prerequisites.ts"

/** Why a component stands in its batch and no earlier. */
export type Reason =
  | { readonly _tag: "NothingBefore" }
  /** Its `buildorder` is higher than that of the components in batches up to `afterBatch`. */
  | { readonly _tag: "Buildorder"; readonly buildorder: bigint; readonly afterBatch: number }
  /** The last of its prerequisites is built in batch `prerequisiteBatch`. */
  | { readonly _tag: "Buildafter"; readonly prerequisite: string; readonly prerequisiteBatch: number }

/** One component, where it stands in the order, and why. */
export interface Placement {
  /** `rpms/NAME` or `modules/NAME`, unique in the order. */
  readonly key: string
  readonly component: Orderable
  /** Counted from 1. */
  readonly batch: number
  /** Every component of this batch and of those before it must be in first; 0 when there is no such barrier. */
  readonly afterBatch: number
  /** Names of the RPM components, besides that barrier, that must be in first. */
  readonly after: ReadonlyArray<string>
  readonly reason: Reason
  /** The modules by which it is included, outermost first. */
  readonly within: ReadonlyArray<string>
  /** The weight of the heaviest chain from here to the end, its own included: the larger, the earlier to start. */
  readonly downstream: number
}

/** A whole order: every component once, those of included modules among them. */
export interface BuildOrder {
  /** Batch by batch, in each the longest downstream path first, otherwise as listed. */
  readonly placements: ReadonlyArray<Placement>
  readonly batches: ReadonlyArray<ReadonlyArray<Placement>>
  /** A heaviest chain, first to last: no number of builders finishes the module sooner than it takes. */
  readonly criticalPath: ReadonlyArray<Placement>
}

const duplicates = (members: ReadonlyArray<BarrierGroups.Member>): ReadonlyArray<BuildOrderProblem> => {
  const counts = new Map<string, number>()
  return members.flatMap(({ component }): ReadonlyArray<BuildOrderProblem> => {
    const count = (counts.get(key(component)) ?? 0) + 1
    counts.set(key(component), count)
    return count === 2 ? [{ _tag: "DuplicateComponent", component: component.name, kind: component.kind }] : []
  })
}

/** Positions of the prerequisites of each member, by name within its own document. */
const relate = (members: ReadonlyArray<BarrierGroups.Member>): Prerequisites.Prerequisites => {
  const positions = new Map<string, number>()
  const place = (document: number, name: string) => `${document} ${name}`
  members.forEach(({ component, document }, i) => {
    if (component.kind === "rpm") positions.set(place(document, component.name), i)
  })
  return Prerequisites.make(members.map(({ component, document }) => {
    if (component.kind === "module") return []
    const found = new Set<number>()
    for (const name of component.buildafter ?? []) {
      const position = positions.get(place(document, name))
      if (position !== undefined) found.add(position)
    }
    return [...found]
  }))
}

/** The batch of each member: groups follow each other, levels of `buildafter` follow each other within a group. */
const number = (members: ReadonlyArray<BarrierGroups.Member>, graph: Prerequisites.Prerequisites) => {
  const levels: Array<number> = members.map(() => 1)
  for (const node of Prerequisites.sort(graph)) {
    for (const dependent of graph.dependents[node] ?? []) {
      levels[dependent] = Math.max(levels[dependent] as number, (levels[node] as number) + 1)
    }
  }
  const depths: Array<number> = []
  members.forEach(({ group }, i) => depths[group] = Math.max(depths[group] ?? 0, levels[i] as number))
  let total = 0
  // A group whose only member is an included module without components has no depth.
  const barriers = Array.from(depths, (depth = 0) => (total += depth) - depth)
  const batches = members.map(({ group }, i) => (barriers[group] as number) + (levels[i] as number))
  return { levels, barriers, batches, count: total }
}

const order = (members: ReadonlyArray<BarrierGroups.Member>, graph: Prerequisites.Prerequisites): BuildOrder => {
  const { barriers, batches: numbers, count, levels } = number(members, graph)
  const { chain, downstream } = CriticalPath.make(members, graph)
  const placements = members.map(({ buildorder, component, group, within }, i): Placement => {
    const afterBatch = barriers[group] as number
    const before = graph.prerequisites[i] ?? []
    const last = before.reduce<number | undefined>(
      (most, at) => most === undefined || (levels[at] as number) > (levels[most] as number) ? at : most,
      undefined
    )
    const reason: Reason = last !== undefined
      ? {
        _tag: "Buildafter",
        prerequisite: (members[last] as BarrierGroups.Member).component.name,
        prerequisiteBatch: numbers[last] as number
      }
      : afterBatch > 0
      ? { _tag: "Buildorder", buildorder, afterBatch }
      : { _tag: "NothingBefore" }
    return {
      key: key(component),
      component,
      batch: numbers[i] as number,
      afterBatch,
      after: before.map((at) => (members[at] as BarrierGroups.Member).component.name),
      reason,
      within,
      downstream: downstream[i] as number
    }
  })
  const batches: Array<Array<Placement>> = Array.from({ length: count }, () => [])
  placements.forEach((placement) => batches[placement.batch - 1]?.push(placement))
  batches.forEach((batch) => batch.sort((a, b) => b.downstream - a.downstream))
  return { placements: batches.flat(), batches, criticalPath: chain.map((node) => placements[node] as Placement) }
}

/**
 * Orders the components of one module, those of included modules among them.
 *
 * Returns placements, batches and a critical path. Fails with `UnorderableComponents`, which holds every problem at
 * once: unknown names in `buildafter`, `buildorder` and `buildafter` mixed in one stream, duplicates, and circles, each
 * as a path.
 *
 * ```ts run
 * import * as BuildOrder from "@orch/core/buildorder/BuildOrder"
 * import * as Result from "effect/Result"
 *
 * const order = Result.getOrThrow(BuildOrder.plan([
 *   { kind: "rpm", name: "gcc", buildafter: ["binutils"] },
 *   { kind: "rpm", name: "binutils" },
 *   { kind: "rpm", name: "make" }
 * ]))
 * order.batches.map((batch) => batch.map(({ key }) => key)) // => [["rpms/binutils", "rpms/make"], ["rpms/gcc"]]
 * BuildOrder.explain(order.placements[2]!) // => "gcc is in batch 2 because it is built after binutils (batch 1)"
 * ```
 */
export const plan = (components: ReadonlyArray<Orderable>): Result.Result<BuildOrder, UnorderableComponents> => {
  const { members, problems } = BarrierGroups.make(components)
  const graph = relate(members)
  const nameOf = (node: number) => (members[node] as BarrierGroups.Member).component.name
  const circles = Prerequisites.cycles(graph).map((path): BuildOrderProblem => ({
    _tag: "Cycle",
    path: path.map(nameOf)
  }))
  const [first, ...rest] = [...duplicates(members), ...problems, ...circles]
  return first === undefined
    ? Result.succeed(order(members, graph))
    : Result.fail(new UnorderableComponents({ problems: [first, ...rest] }))
}

/** Orders like `plan`; throws `UnorderableComponents` where `plan` fails. */
export const planUnsafe = (components: ReadonlyArray<Orderable>): BuildOrder => Result.getOrThrow(plan(components))

/** One sentence for people: `gcc is in batch 3 because it is built after binutils (batch 2)`. */
export const explain = (placement: Placement): string => explainCounting(placement, 1)

/** Like `explain`, for readers whose first batch has another number: `first` is 2 in the Module Build Service. */
export const explainCounting = (placement: Placement, first: number): string => {
  const { component, reason, within } = placement
  const numbered = (batch: number): number => batch - 1 + first
  const what = `${component.name}${within.length === 0 ? "" : ` (included by ${within.join(", ")})`} is in batch ${
    numbered(placement.batch)
  }`
  switch (reason._tag) {
    case "NothingBefore":
      return `${what} because nothing has to be built before it`
    case "Buildorder":
      return `${what} because its buildorder is ${reason.buildorder}: ${
        reason.afterBatch === 1 ? `batch ${first} comes` : `batches ${first} to ${numbered(reason.afterBatch)} come`
      } first`
    case "Buildafter":
      return `${what} because it is built after ${reason.prerequisite} (batch ${numbered(reason.prerequisiteBatch)})`
  }
}
