/**
 * When tasks will be handed out, and to whom: the queue played forward with the durations that are expected.
 *
 * It is a forecast: nodes may come and go and builds take longer. Places are exact as long as nothing new is offered.
 */
import * as Matching from "./PoolMatching.ts"
import type { PoolTask } from "./PoolTask.ts"

/** A node that takes tasks. */
export interface PoolNode extends Matching.Ask {
  /** How many tasks it builds at the same time. */
  readonly slots: number
}

/** Where a queued task stands, when it is expected to be handed out, and to which node. */
export interface Place {
  /** From 1: how many hand-outs away it is. */
  readonly place: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly node: string
}

/** At most so many hand-outs are played. */
export const horizon = 2_000

/** A slot of a node, and when it is free. */
interface Slot {
  readonly node: PoolNode
  free: number
}

/** The places of queued tasks by their number, as far as `horizon`; a task that no node of today takes has none. */
export const play = (
  tasks: ReadonlyArray<PoolTask>,
  nodes: ReadonlyArray<PoolNode>,
  at: number,
  limits: Matching.Limits = Matching.unlimited
): ReadonlyMap<number, Place> => {
  const places = new Map<number, Place>()
  const running = tasks.filter(({ state }) => state === "leased")
  const ends = new Map(running.map((task) => [task.id, endOf(task, at)]))
  const queue = new Map(tasks.flatMap((task) => task.state === "queued" ? [[task.id, task] as const] : []))
  const slots = nodes.filter(({ draining }) => !draining).flatMap((node) => slotsOf(node, running, ends, at))
  const leased = new Map(running.map((task) => [task.id, task]))
  while (queue.size > 0 && slots.length > 0 && places.size < horizon) {
    slots.sort((a, b) => a.free - b.free)
    const slot = slots[0]!
    for (const [id, end] of ends) {
      if (end <= slot.free) {
        ends.delete(id)
        leased.delete(id)
      }
    }
    const chosen = Matching.choose(queue.values(), slot.node, Matching.active(leased.values()), limits)
    if (chosen === undefined) {
      // A limit may let it have something later, when others have finished; without others it never will.
      const next = Math.min(...[...ends.values()].filter((end) => end > slot.free))
      if (next === Infinity) slots.shift()
      else slot.free = next
      continue
    }
    places.set(chosen.id, { place: places.size + 1, at: slot.free, node: slot.node.node })
    queue.delete(chosen.id)
    slot.free += chosen.seconds * 1000
    ends.set(chosen.id, slot.free)
    leased.set(chosen.id, { ...chosen, state: "leased" })
  }
  return places
}

/** What takes longer than expected is expected to end any moment. */
const endOf = ({ lease, seconds }: PoolTask, at: number): number => Math.max(at, (lease?.since ?? at) + seconds * 1000)

const slotsOf = (
  node: PoolNode,
  running: ReadonlyArray<PoolTask>,
  ends: ReadonlyMap<number, number>,
  at: number
): ReadonlyArray<Slot> => {
  const busy = running.filter(({ lease }) => lease?.node === node.node).map(({ id }) => ends.get(id)!)
  return Array.from({ length: Math.max(node.slots, busy.length) }, (_, index) => ({ node, free: busy[index] ?? at }))
}
