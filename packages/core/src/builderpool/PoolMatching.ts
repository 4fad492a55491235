/**
 * Which task a node gets: the model that the store's single statement is checked against.
 *
 * Tasks of a higher priority go first, whoever owns them. Among equals it is the turn of the owner who has least in the works; of one
 * owner's tasks the one goes first that most work waits for. Nobody can fill the farm with one build.
 */
import type { PoolTask } from "./PoolTask.ts"

/** What a node asks with. */
export interface Ask {
  readonly node: string
  readonly arches: ReadonlyArray<string>
  /** Parts of source URLs that the node does not build, whatever their case. */
  readonly excluded: ReadonlyArray<string>
  /** Whether it gets nothing new, since somebody wants to stop it. */
  readonly draining: boolean
}

/** Slots of an architecture that only one class of builds may fill. */
export interface Reservation {
  readonly class: string
  readonly arch: string
  readonly slots: number
}

/** Tasks at the same time; absent means no bound. */
export interface Limits {
  readonly perOwner?: number
  /** Of one owner for one architecture. */
  readonly perOwnerArch?: number
  readonly reservations: ReadonlyArray<Reservation>
  /** Slots of all nodes together, by architecture; reservations are counted against it. Absent: unknown, nothing is reserved. */
  readonly capacity: ReadonlyMap<string, number>
}

/** No bound and no reservation. */
export const unlimited: Limits = { reservations: [], capacity: new Map() }

/** Why a node does not get a task. */
export type Refusal =
  | { readonly _tag: "NotQueued" }
  | { readonly _tag: "Draining" }
  | { readonly _tag: "Arch" }
  | { readonly _tag: "Excluded"; readonly by: string }
  | { readonly _tag: "OwnerLimit"; readonly limit: number }
  | { readonly _tag: "OwnerArchLimit"; readonly limit: number }
  | { readonly _tag: "Reserved"; readonly class: string; readonly slots: number }

/** What is leased at a moment, counted once for many questions. */
export interface Active {
  readonly byOwner: ReadonlyMap<string, number>
  /** Keys: owner and architecture, as `ownerArch` writes them. */
  readonly byOwnerArch: ReadonlyMap<string, number>
  /** Leased tasks by architecture and class; keys as `archClass` writes them. */
  readonly byArchClass: ReadonlyMap<string, number>
  readonly byArch: ReadonlyMap<string, number>
}

const ownerArch = (owner: string, arch: string): string => `${arch}\n${owner}`
const archClass = (arch: string, own: string): string => `${arch}\n${own}`

/** Counts what is leased, by owner, architecture and class. */
export const active = (tasks: Iterable<PoolTask>): Active => {
  const byOwner = new Map<string, number>()
  const byOwnerArch = new Map<string, number>()
  const byArchClass = new Map<string, number>()
  const byArch = new Map<string, number>()
  const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const { arch, class: own, owner, state } of tasks) {
    if (state !== "leased") continue
    count(byOwner, owner)
    count(byOwnerArch, ownerArch(owner, arch))
    count(byArch, arch)
    if (own !== undefined) count(byArchClass, archClass(arch, own))
  }
  return { byOwner, byOwnerArch, byArchClass, byArch }
}

/** Why this node does not get this task; `undefined` when it may. */
export const refusal = (task: PoolTask, ask: Ask, now: Active, limits: Limits): Refusal | undefined => {
  if (task.state !== "queued") return { _tag: "NotQueued" }
  if (ask.draining) return { _tag: "Draining" }
  if (!ask.arches.includes(task.arch)) return { _tag: "Arch" }
  const url = task.url.toLowerCase()
  const by = ask.excluded.find((part) => part !== "" && url.includes(part.toLowerCase()))
  return by === undefined ? limitOf(task, now, limits) : { _tag: "Excluded", by }
}

/** Which limit keeps a task from every node; `undefined` when none does. */
export const limitOf = (task: PoolTask, now: Active, limits: Limits): Refusal | undefined => {
  const { perOwner, perOwnerArch } = limits
  if (perOwner !== undefined && (now.byOwner.get(task.owner) ?? 0) >= perOwner) {
    return { _tag: "OwnerLimit", limit: perOwner }
  }
  if (perOwnerArch !== undefined && (now.byOwnerArch.get(ownerArch(task.owner, task.arch)) ?? 0) >= perOwnerArch) {
    return { _tag: "OwnerArchLimit", limit: perOwnerArch }
  }
  return reserved(task, now, limits)
}

/** A slot is free for everybody only when what the other classes have not used of their reservations stays free. */
const reserved = (task: PoolTask, now: Active, { capacity, reservations }: Limits): Refusal | undefined => {
  const all = capacity.get(task.arch)
  if (all === undefined) return undefined
  const free = all - (now.byArch.get(task.arch) ?? 0)
  let kept = 0
  let held: Reservation | undefined
  for (const one of reservations) {
    if (one.arch !== task.arch || one.class === task.class) continue
    const unused = one.slots - (now.byArchClass.get(archClass(one.arch, one.class)) ?? 0)
    if (unused <= 0) continue
    kept += unused
    held ??= one
  }
  return held !== undefined && free <= kept ? { _tag: "Reserved", class: held.class, slots: held.slots } : undefined
}

/** The first of one owner's tasks: by priority, then by the work that waits for it, then the older one. */
const ofOwner = (self: PoolTask, that: PoolTask): number =>
  that.priority - self.priority || that.path - self.path || self.build - that.build || self.id - that.id

/** The owner whose turn it is: by the priority of the first task, then by what is in the works, then by the older build. */
const ofOwners = (now: Active) => (self: PoolTask, that: PoolTask): number =>
  that.priority - self.priority
  || (now.byOwner.get(self.owner) ?? 0) - (now.byOwner.get(that.owner) ?? 0)
  || self.build - that.build || self.id - that.id

/** The task that this node gets; `undefined` when there is none for it. Independent of the order of the tasks. */
export const choose = (
  tasks: Iterable<PoolTask>,
  ask: Ask,
  now: Active,
  limits: Limits = unlimited
): PoolTask | undefined => {
  const first = new Map<string, PoolTask>()
  for (const task of tasks) {
    const known = first.get(task.owner)
    if (known !== undefined && ofOwner(known, task) <= 0) continue
    if (refusal(task, ask, now, limits) === undefined) first.set(task.owner, task)
  }
  const before = ofOwners(now)
  let best: PoolTask | undefined
  for (const task of first.values()) if (best === undefined || before(task, best) < 0) best = task
  return best
}
