/**
 * Which of the packages that could be submitted are submitted now, where a farm is shared.
 *
 * Limits are upper bounds on packages being built at the same time. Below them, processes of a higher priority come first; among
 * equals whoever has least in the works, then the part that more others wait for, then the older process: nobody can
 * fill the farm with one module. What a slot is for, a component of a module or a package of another process, makes no difference.
 *
 * Rebuilds by the thousand have a limit of their own, which leaves some of the farm to what people wait for. Among one owner's rebuilds it is
 * the turn of the one that has least in the works.
 */

/** Upper bounds on packages being built at the same time. What is absent is not bounded. */
export interface Limits {
  readonly total?: number
  readonly perOwner?: number
  readonly perArch?: number
  /** Of all rebuilds together; not of those that somebody made as urgent as what people submit. */
  readonly rebuilds?: number
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
  /** The rebuild that the process is part of, such as `campaign/7`; absent of what people submit. */
  readonly rebuild?: string
}

/** What is being built already. */
export interface Active {
  readonly total: number
  /** Of rebuilds, by the rebuild's name. */
  readonly byRebuild: ReadonlyMap<string, number>
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

/** Whether it gives way to what people wait for: it is part of a rebuild, and nobody made it more urgent. */
const givesWay = ({ rebuild, urgency }: Candidate): boolean => rebuild !== undefined && urgency < 0

/**
 * Grants what the limits allow, and says of every other candidate which limit holds it. The order in which candidates
 * are given makes no difference.
 */
export const share = (candidates: ReadonlyArray<Candidate>, active: Active, limits: Limits): Share => {
  const counts = {
    total: active.total,
    byOwner: new Map(active.byOwner),
    byArch: new Map(active.byArch),
    byRebuild: new Map(active.byRebuild),
    rebuilds: [...active.byRebuild.values()].reduce((sum, count) => sum + count, 0)
  }
  const granted: Array<Candidate> = []
  const held: Array<Held> = []
  // Each owner's own candidates of each rebuild, best last, so that taking one is cheap.
  const queues = new Map<string, Queue>()
  for (const candidate of [...candidates].sort(later)) {
    const { owner, rebuild = "" } = candidate
    const key = `${owner}\n${rebuild}`
    const queue = queues.get(key)
    if (queue === undefined) queues.set(key, { owner, rebuild, all: [candidate] })
    else queue.all.push(candidate)
  }
  while (queues.size > 0) {
    const [key, { all, owner }] = neediest(queues, counts)
    const candidate = all.pop()!
    if (all.length === 0) queues.delete(key)
    const reason = refusal(candidate, counts, limits)
    if (reason !== undefined) {
      held.push({ candidate, reason })
      continue
    }
    granted.push(candidate)
    counts.total++
    increment(counts.byOwner, owner)
    if (candidate.rebuild !== undefined) {
      increment(counts.byRebuild, candidate.rebuild)
      counts.rebuilds++
    }
    for (const arch of candidate.arches) increment(counts.byArch, arch)
  }
  return { granted, held }
}

const increment = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

const later = (a: Candidate, b: Candidate): number =>
  a.urgency - b.urgency || a.priority - b.priority || b.process - a.process

/** Candidates of one owner and one rebuild, the best last. */
interface Queue {
  readonly owner: string
  readonly rebuild: string
  readonly all: Array<Candidate>
}

/**
 * The queue of the most urgent candidate; among several that of the owner with least in the works, then the one with the oldest process. Of one
 * owner's queues, that of the rebuild with least in the works stands for the owner, then the one whose first candidate has most behind it.
 */
const neediest = (
  queues: ReadonlyMap<string, Queue>,
  { byOwner, byRebuild }: Pick<Active, "byOwner" | "byRebuild">
): readonly [key: string, queue: Queue] => {
  // Owners are compared by one queue each: how an owner's rebuilds compare says nothing about those of another.
  const turns = new Map<string, Turn>()
  for (const entry of queues) {
    const { all, owner, rebuild } = entry[1]
    const one: Turn = {
      entry,
      head: all.at(-1)!,
      ofOwner: byOwner.get(owner) ?? 0,
      ofRebuild: byRebuild.get(rebuild) ?? 0
    }
    const other = turns.get(owner)
    if (other === undefined || ofOneOwner(one, other) < 0) turns.set(owner, one)
  }
  return [...turns.values()].reduce((best, one) => ofOwners(one, best) < 0 ? one : best).entry
}

interface Turn {
  readonly entry: readonly [string, Queue]
  readonly head: Candidate
  readonly ofOwner: number
  readonly ofRebuild: number
}

const ofOneOwner = (one: Turn, other: Turn): number =>
  other.head.urgency - one.head.urgency
  || one.ofRebuild - other.ofRebuild
  || other.head.priority - one.head.priority
  || one.head.process - other.head.process

const ofOwners = (one: Turn, other: Turn): number =>
  other.head.urgency - one.head.urgency
  || one.ofOwner - other.ofOwner
  || one.head.process - other.head.process

const refusal = (
  candidate: Candidate,
  active: Active & { readonly rebuilds: number },
  { perArch, perOwner, rebuilds, total }: Limits
): string | undefined => {
  const { arches, owner } = candidate
  if (total !== undefined && active.total >= total) {
    return `Waits for a slot: the limit of ${total} packages at the same time is reached`
  }
  if (perOwner !== undefined && (active.byOwner.get(owner) ?? 0) >= perOwner) {
    return `Waits for a slot: ${owner} has ${perOwner} packages building, as many as one owner may`
  }
  if (rebuilds !== undefined && givesWay(candidate) && active.rebuilds >= rebuilds) {
    return "Waits for a slot: rebuilds leave the rest of the farm to what people wait for"
  }
  const full = perArch === undefined ? undefined : arches.find((arch) => (active.byArch.get(arch) ?? 0) >= perArch)
  return full === undefined
    ? undefined
    : `Waits for a slot: ${perArch} packages are building for ${full}, the limit of one architecture`
}
