/**
 * How long a farm takes for a whole rebuild under a rule that says what is begun next: simulated, event by event.
 *
 * Pure and the same for the same input, so that rules can be compared. The bound is what no rule can beat: the longest chain, or
 * the work shared by all workers, whichever is longer.
 */
import * as Condensation from "./Condensation.ts"
import * as DependencyGraph from "./DependencyGraph.ts"
import * as DownstreamWork from "./DownstreamWork.ts"

/** A rule: `ours` is the longest predicted way first. */
export type Rule = "tier-barrier" | "fifo" | "most-dependants" | "ours"

/** What is simulated. Times in seconds. */
export interface Setting {
  readonly graph: DependencyGraph.DependencyGraph
  readonly workers: number
  /** How long each node really takes. */
  readonly seconds: Float64Array
  /** How long it is thought to take; what it really takes unless told. */
  readonly predicted?: Float64Array
  /** From the end of a build until those who wait for it can use it; 0 unless told. */
  readonly publishing?: number
  /** Whether an attempt of a node fails, and is made again; never unless told. */
  readonly hasFailed?: (node: number, attempt: number) => boolean
  /** Whether a node comes out as before, so that it counts as nothing to those that wait for it; only then are others cut off. */
  readonly isUnchanged?: (node: number) => boolean
  /** Nodes that are rebuilt whatever others come to; all unless told. */
  readonly changed?: ReadonlySet<number>
}

/** What came out of it. */
export interface Simulated {
  readonly makespan: number
  readonly bound: number
  readonly built: number
  readonly attempts: number
}

/** Numbers with the smallest on top; equal ones in the order in which they came. */
class Heap {
  private readonly keys: Array<number> = []
  private readonly counts: Array<number> = []
  private readonly values: Array<number> = []
  private count = 0

  get size(): number {
    return this.values.length
  }

  get top(): number {
    return this.keys[0]!
  }

  private isBefore(one: number, two: number): boolean {
    return this.keys[one]! < this.keys[two]!
      || this.keys[one] === this.keys[two] && this.counts[one]! < this.counts[two]!
  }

  private swap(one: number, two: number): void {
    for (const list of [this.keys, this.counts, this.values]) {
      const kept = list[one]!
      list[one] = list[two]!
      list[two] = kept
    }
  }

  add(key: number, value: number): void {
    this.keys.push(key)
    this.counts.push(this.count++)
    this.values.push(value)
    for (let at = this.values.length - 1; at > 0;) {
      const parent = (at - 1) >> 1
      if (!this.isBefore(at, parent)) break
      this.swap(at, parent)
      at = parent
    }
  }

  take(): number {
    const taken = this.values[0]!
    this.swap(0, this.values.length - 1)
    for (const list of [this.keys, this.counts, this.values]) list.pop()
    for (let at = 0;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.values.length && this.isBefore(child, least)) least = child
      }
      if (least === at) return taken
      this.swap(at, least)
      at = least
    }
  }
}

const mask = DependencyGraph.kindMask()

/** How urgent a node is under a rule: the smallest number first. */
const urgency = (rule: Rule, setting: Setting, groups: Condensation.Condensation): Float64Array => {
  const { graph, predicted, seconds } = setting
  const size = graph.names.length
  if (rule === "ours") {
    const expected = predicted ?? seconds
    return DownstreamWork.make(graph, groups, (node) => expected[node]! + (setting.publishing ?? 0), mask)
      .map((length) => -length)
  }
  if (rule === "most-dependants") {
    const { start } = graph.dependants
    return Float64Array.from({ length: size }, (_, node) => start[node]! - start[node + 1]!)
  }
  return new Float64Array(size)
}

/** What nobody can beat, for the nodes that were built. */
const boundOf = (
  { graph, publishing = 0, seconds, workers }: Setting,
  groups: Condensation.Condensation,
  isBuilt: Uint8Array
): number => {
  let work = 0
  for (let node = 0; node < isBuilt.length; node++) work += isBuilt[node] === 1 ? seconds[node]! : 0
  const lengths = DownstreamWork.make(
    graph,
    groups,
    (node) => isBuilt[node] === 1 ? seconds[node]! + publishing : 0,
    mask
  )
  let longest = 0
  for (const length of lengths) longest = Math.max(longest, length)
  return Math.max(work / workers, longest - publishing)
}

/** Simulates one rebuild. Members of a circle do not wait for each other: they are built against what was there before. */
export const run = (setting: Setting, rule: Rule): Simulated => {
  const { changed, graph, hasFailed = () => false, isUnchanged = () => false, publishing = 0, seconds, workers } =
    setting
  const size = graph.names.length
  const groups = Condensation.make(graph, mask)
  const order = urgency(rule, setting, groups)
  const waitsFor = new Uint32Array(size)
  const perTier = new Uint32Array(groups.tiers.reduce((most, tier) => Math.max(most, tier), 0) + 1)
  const isDue = new Uint8Array(size)
  const isBuilt = new Uint8Array(size)
  const isOther = (node: number, other: number): boolean => groups.groupOf[node] !== groups.groupOf[other]
  const tierOf = (node: number): number => groups.tiers[groups.groupOf[node]!]!
  for (let node = 0; node < size; node++) {
    DependencyGraph.eachDependency(graph, node, mask, (other) => {
      if (isOther(node, other)) waitsFor[node]!++
    })
    perTier[tierOf(node)]!++
    if (changed === undefined || changed.has(node)) isDue[node] = 1
  }

  const ready = new Heap()
  const running = new Heap()
  const publishes = new Heap()
  const held: Array<Array<number>> = Array.from(perTier, () => [])
  const attempts = new Uint32Array(size)
  let free = workers
  let tier = 0
  let now = 0
  let built = 0
  let tried = 0
  let end = 0

  const offer = (node: number): void => {
    if (rule === "tier-barrier" && tierOf(node) > tier) held[tierOf(node)]!.push(node)
    else ready.add(order[node]!, node)
  }
  const finished: Array<number> = []
  const finish = (node: number): void => {
    finished.push(node)
    while (finished.length > 0) {
      const one = finished.pop()!
      const spreads = isBuilt[one] === 1 && !isUnchanged(one)
      perTier[tierOf(one)]!--
      DependencyGraph.eachDependant(graph, one, mask, (other) => {
        if (!isOther(one, other)) return
        if (spreads) isDue[other] = 1
        if (--waitsFor[other]! === 0) {
          if (isDue[other] === 1) offer(other)
          else finished.push(other)
        }
      })
      while (tier < perTier.length - 1 && perTier[tier] === 0) for (const next of held[++tier]!) ready.add(0, next)
    }
  }

  for (let node = 0; node < size; node++) {
    if (waitsFor[node] !== 0) continue
    waitsFor[node] = 0
    if (isDue[node] === 1) offer(node)
    else finished.push(node)
  }
  const idle = finished.splice(0)
  for (const node of idle) finish(node)

  while (ready.size + running.size + publishes.size > 0) {
    while (free > 0 && ready.size > 0) {
      const node = ready.take()
      free--
      tried++
      running.add(now + seconds[node]!, node)
    }
    if (running.size === 0 && publishes.size === 0) break
    if (publishes.size > 0 && (running.size === 0 || publishes.top <= running.top)) {
      now = publishes.top
      finish(publishes.take())
      continue
    }
    now = running.top
    const node = running.take()
    free++
    attempts[node]!++
    if (hasFailed(node, attempts[node]!)) {
      ready.add(order[node]!, node)
      continue
    }
    isBuilt[node] = 1
    built++
    end = now
    if (publishing === 0) finish(node)
    else publishes.add(now + publishing, node)
  }
  return { makespan: end, bound: boundOf(setting, groups, isBuilt), built, attempts: tried }
}
