/**
 * Which of the packages that could be submitted are submitted now, where a farm is shared.
 *
 * Limits are upper bounds on packages being built at the same time. Below them, processes of a higher priority come first; among
 * equals whoever has least in the works, then the part that more others wait for, then the older process: nobody can
 * fill the farm with one module. What a slot is for, a component of a module or a package of another process, makes no difference.
 */

/** Upper bounds on packages being built at the same time. What is absent is not bounded. */
export interface Limits {
  readonly total?: number
  readonly perOwner?: number
  readonly perArch?: number
}

/** A part of a process that could be submitted. */
export interface Candidate {
  /** The kind of process, such as `module-build`. */
  readonly life: string
  /** The id of the process; of one life, the smaller is the older. */
  readonly process: number
  readonly part: string
  readonly owner: string
  /** Every architecture it is built for; it takes a slot of each. */
  readonly arches: ReadonlyArray<string>
  /** The process's; larger goes first, whoever owns it. */
  readonly urgency: number
  /** The part's; larger goes first among one owner's that are equally urgent. */
  readonly priority: number
}

/** What is being built already. */
export interface Active {
  readonly total: number
  readonly byOwner: ReadonlyMap<string, number>
  readonly byArch: ReadonlyMap<string, number>
}

/** A package that is not submitted now. */
export interface Held {
  readonly candidate: Candidate
  /** Which limit holds it, for people. */
  readonly reason: string
}

/** All candidates, each granted or held. */
export interface Share {
  /** In the order in which they were granted. */
  readonly granted: ReadonlyArray<Candidate>
  readonly held: ReadonlyArray<Held>
}

/** Whether any limit is set; without one everything is submitted at once. */
export const isLimited = ({ perArch, perOwner, total }: Limits): boolean =>
  total !== undefined || perOwner !== undefined || perArch !== undefined

/**
 * Grants what the limits allow, and says of every other candidate which limit holds it. The order in which candidates
 * are given makes no difference.
 */
export const share = (candidates: ReadonlyArray<Candidate>, active: Active, limits: Limits): Share => {
  const counts = { total: active.total, byOwner: new Map(active.byOwner), byArch: new Map(active.byArch) }
  const granted: Array<Candidate> = []
  const held: Array<Held> = []
  // Each owner's own candidates, best last, so that taking one is cheap.
  const queues = new Map<string, Array<Candidate>>()
  for (const candidate of [...candidates].sort(later)) {
    const queue = queues.get(candidate.owner)
    if (queue === undefined) queues.set(candidate.owner, [candidate])
    else queue.push(candidate)
  }
  while (queues.size > 0) {
    const owner = neediest(queues, counts.byOwner)
    const queue = queues.get(owner)!
    const candidate = queue.pop()!
    if (queue.length === 0) queues.delete(owner)
    const reason = refusal(candidate, counts, limits)
    if (reason !== undefined) {
      held.push({ candidate, reason })
      continue
    }
    granted.push(candidate)
    counts.total++
    increment(counts.byOwner, owner)
    for (const arch of candidate.arches) increment(counts.byArch, arch)
  }
  return { granted, held }
}

const increment = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

const later = (a: Candidate, b: Candidate): number =>
  a.urgency - b.urgency || a.priority - b.priority || b.process - a.process

/** The owner of the most urgent candidate; among several the one with least in the works, then the one with the oldest process. */
const neediest = (
  queues: ReadonlyMap<string, ReadonlyArray<Candidate>>,
  active: ReadonlyMap<string, number>
): string => {
  let best: { readonly owner: string; readonly head: Candidate; readonly count: number } | undefined
  for (const [owner, queue] of queues) {
    const one = { owner, head: queue.at(-1)!, count: active.get(owner) ?? 0 }
    if (best === undefined || before(one, best)) best = one
  }
  return best!.owner
}

type Turn = { readonly head: Candidate; readonly count: number }

const before = (one: Turn, other: Turn): boolean =>
  (other.head.urgency - one.head.urgency || one.count - other.count || one.head.process - other.head.process) < 0

const refusal = (
  { arches, owner }: Candidate,
  active: Active,
  { perArch, perOwner, total }: Limits
): string | undefined => {
  if (total !== undefined && active.total >= total) {
    return `Waits for a slot: the limit of ${total} packages at the same time is reached`
  }
  if (perOwner !== undefined && (active.byOwner.get(owner) ?? 0) >= perOwner) {
    return `Waits for a slot: ${owner} has ${perOwner} packages building, as many as one owner may`
  }
  const full = perArch === undefined ? undefined : arches.find((arch) => (active.byArch.get(arch) ?? 0) >= perArch)
  return full === undefined
    ? undefined
    : `Waits for a slot: ${perArch} packages are building for ${full}, the limit of one architecture`
}
