/** One rebuild on a farm, second by second: what starts when a worker is free, and when the last build is done. */
import * as BuildGraph from "./BuildGraph.ts"
import { even } from "./Chance.ts"

/** What is done, and how. */
export interface Rebuild {
  readonly graph: BuildGraph.BuildGraph
  /** What each build takes. */
  readonly seconds: Float64Array
  readonly workers: number
  /** Which waiting build starts first: the smaller, the earlier; those that are equal as they became ready. */
  readonly rank: Float64Array | undefined
  /** Nothing of a tier starts before everything of the tiers below is done. */
  readonly barrier?: Int32Array | undefined
  /** 1 for each build that takes part; by default all do. */
  readonly chosen?: Uint8Array | undefined
  /** How long it takes to generate the repository that makes results available; one at a time, for all results there are. */
  readonly regeneration?: number
  /** How probable it is that a build fails at its end and is repeated. */
  readonly failing?: number
}

/** How often a build is begun until it succeeds; chance is that of the build, whoever schedules it. */
export const attempts = (node: number, failing: number): number => {
  let count = 1
  while (count < 5 && even(node, 50 + count) < failing) count++
  return count
}

/** A queue that hands out the smallest key first, equal ones in the order in which they came. */
export class Queue {
  readonly #items: Array<readonly [number, number, number]> = []
  #came = 0
  get length(): number {
    return this.#items.length
  }
  get first(): number {
    return this.#items[0]?.[0] ?? Infinity
  }
  push(key: number, value: number): void {
    const item = [key, this.#came++, value] as const
    let at = this.#items.length
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!before(item, this.#items[above]!)) break
      this.#items[at] = this.#items[above]!
      at = above
    }
    this.#items[at] = item
  }
  pop(): number {
    const [, , value] = this.#items[0]!
    const item = this.#items.pop()!
    const { length } = this.#items
    if (length === 0) return value
    let at = 0
    for (let below = 1; below < length; below = 2 * at + 1) {
      if (below + 1 < length && before(this.#items[below + 1]!, this.#items[below]!)) below++
      if (!before(this.#items[below]!, item)) break
      this.#items[at] = this.#items[below]!
      at = below
    }
    this.#items[at] = item
    return value
  }
}

const before = (one: readonly [number, number, number], two: readonly [number, number, number]): boolean =>
  one[0] < two[0] || (one[0] === two[0] && one[1] < two[1])

/** The time at which the last build is done, in seconds from the first. Throws when a build never became ready. */
export const makespan = (rebuild: Rebuild): number => {
  const { barrier, chosen, failing = 0, graph, rank, regeneration = 0, seconds, workers } = rebuild
  const { offsets, targets } = graph.dependents
  const takesPart = (node: number) => node < graph.builds && chosen?.[node] !== 0
  const waits = graph.waits.slice()
  const ready = new Queue()
  const running = new Queue()
  const held: Array<Array<number>> = []
  const left: Array<number> = []
  let [open, tier, free, now, end, doneAt] = [0, 1, workers, 0, Infinity, 0]
  for (let node = 0; node < graph.builds; node++) {
    if (!takesPart(node)) continue
    open++
    if (barrier !== undefined) left[barrier[node]!] = (left[barrier[node]!] ?? 0) + 1
  }
  const offer = (node: number) => {
    if (barrier !== undefined && barrier[node]! > tier) (held[barrier[node]!] ??= []).push(node)
    else ready.push(rank?.[node] ?? 0, node)
  }
  const arrive = (node: number) => {
    const stack = [node]
    while (stack.length > 0) {
      const here = stack.pop()!
      for (let edge = offsets[here]!; edge < offsets[here + 1]!; edge++) {
        const dependent = targets[edge]!
        if (--waits[dependent]! > 0) continue
        if (takesPart(dependent)) offer(dependent)
        else stack.push(dependent)
      }
    }
    if (barrier === undefined || !takesPart(node)) return
    left[barrier[node]!]!--
    openTiers()
  }
  const openTiers = () => {
    while (tier < left.length && (left[tier] ?? 0) === 0) {
      tier++
      for (const waiting of held[tier] ?? []) ready.push(rank?.[waiting] ?? 0, waiting)
    }
  }
  openTiers()
  const roots = graph.order.filter((node) => graph.waits[node] === 0)
  for (const node of roots) if (takesPart(node)) offer(node)
  for (const node of roots) if (!takesPart(node)) arrive(node)
  let finished: Array<number> = []
  let admitted: Array<number> = []
  while (open > 0 || running.length > 0) {
    while (free > 0 && ready.length > 0) {
      const node = ready.pop()
      free--
      running.push(now + seconds[node]! * attempts(node, failing), node)
    }
    if (finished.length > 0 && end === Infinity) {
      ;[admitted, finished, end] = [finished, [], now + regeneration]
    }
    const next = Math.min(running.first, end)
    if (next === Infinity) throw new Error(`${open} builds never became ready`)
    now = next
    while (running.first <= now) {
      finished.push(running.pop())
      free++
      open--
      doneAt = now
    }
    if (regeneration === 0) {
      for (const node of finished) arrive(node)
      finished = []
    } else if (end <= now) {
      for (const node of admitted) arrive(node)
      ;[admitted, end] = [[], Infinity]
    }
  }
  return doneAt
}

/** No schedule is shorter: all work shared out evenly, or the longest chain with a regeneration between its builds. */
export const lowerBound = (
  { chosen, failing = 0, graph, regeneration = 0, seconds, workers }: Omit<Rebuild, "rank">
) => {
  const spent = new Float64Array(graph.names.length)
  let work = 0
  for (let node = 0; node < graph.builds; node++) {
    if (chosen?.[node] === 0) continue
    spent[node] = seconds[node]! * attempts(node, failing)
    work += spent[node]!
  }
  // Builds that take no part cost nothing, and nothing is regenerated for them: leave the pauses out where some do not.
  const path = BuildGraph.downstream(graph, spent, chosen === undefined ? regeneration : 0).reduce(
    (a, b) => Math.max(a, b),
    0
  )
  return { work, path, seconds: Math.max(path, work / workers) }
}
