/** One task of the builder pool: what it needs of a node, how urgent it is, and who has it. */

/** A hand-out of a task to a node. */
export interface Lease {
  readonly node: string
  /** Counts the hand-outs of the task, from 1: a report of an earlier one is told apart by it. */
  readonly token: number
  /** Milliseconds since the epoch. */
  readonly since: number
  /** When it lapses, unless the node is heard of before. A lapsed lease holds until another node takes the task. */
  readonly until: number
}

/**
 * - `queued`: a node may take it.
 * - `leased`: a node has it.
 * - `reported`: a node has said how it ended.
 * - `abandoned`: handed out as often as is tried, and never brought to an end.
 * - `withdrawn`: taken back by whoever offered it.
 */
export type PoolTaskState = "queued" | "leased" | "reported" | "abandoned" | "withdrawn"

/** A task with everything that its hand-out depends on. */
export interface PoolTask {
  /** Number toward nodes; unique. */
  readonly id: number
  readonly build: number
  readonly arch: string
  /** Where its source is: nodes refuse packages by parts of this text. */
  readonly url: string
  readonly owner: string
  /** The class of builds whose reserved capacity it may use. */
  readonly class: string | undefined
  /** From -100 to 100; larger goes first, whoever owns it. */
  readonly priority: number
  /** Expected seconds to the end of the longest chain that begins with it. */
  readonly path: number
  /** Expected seconds of its own build. */
  readonly seconds: number
  readonly state: PoolTaskState
  /** The last hand-out, also after it lapsed. */
  readonly lease: Lease | undefined
  /** How often it was handed out. */
  readonly tries: number
}

/** A task nobody has had: queued, of priority 0, with 300 seconds expected, unless the fields say otherwise. */
export const make = (
  fields: Pick<PoolTask, "id" | "build" | "arch" | "owner"> & Partial<PoolTask>
): PoolTask => ({
  url: "",
  class: undefined,
  priority: 0,
  path: 0,
  seconds: 300,
  state: "queued",
  lease: undefined,
  tries: 0,
  ...fields
})
