/** What one process wants of the farm, read off its state: how stores that keep states in memory know it. */
import type { RepositoryRequest } from "./Buildroot.ts"
import type { TaskId } from "./Task.ts"

/** A part of a process that takes a slot of the farm, or waits for one. */
export interface Slot {
  readonly part: string
  readonly owner: string
  readonly arches: ReadonlyArray<string>
  /** The process's; larger goes first, whoever owns it. */
  readonly urgency: number
  /** The part's; larger goes first among one owner's that are equally urgent. */
  readonly priority: number
  /** The rebuild that the process is part of; absent of what people submit. */
  readonly rebuild?: string
  readonly state: "waiting" | "active"
}

/** Reads off the state `S` of a life's process what it wants. */
export interface FarmUse<S> {
  readonly tasks: (state: S) => ReadonlyArray<{ readonly part: string; readonly task: TaskId }>
  readonly repositories: (state: S) => ReadonlyArray<RepositoryRequest>
  /** Module builds of a farm that owns them, by the farm's name; none where it is left out. */
  readonly modules?: (state: S) => ReadonlyArray<{ readonly module: string; readonly quietSince: number }>
  readonly slots: (state: S) => ReadonlyArray<Slot>
}
