/**
 * Where the processes of one life live: their state, their events, and the commands and announcements that come out of each
 * event.
 *
 * `apply` is the only way to change a process, and one transaction: take its lock, drop events whose key was seen, decide,
 * append the events, write what changed, queue the commands, put the announcements in the outbox. Either all of it is there
 * afterwards or nothing.
 *
 * @see ../testing/ProcessStoreContract.ts for the promises every implementation is held to.
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { IllegalTransition } from "../life/IllegalTransition.ts"
import type { Keyed } from "../life/Keyed.ts"
import type * as Life from "../life/Life.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** There is no process of this life with this id. */
export class ProcessNotFound extends Schema.TaggedError<ProcessNotFound>()("ProcessNotFound", {
  life: Schema.String,
  id: Schema.Number
}) {}

/** Another process of the life holds the place that the new one wants; it is named with the state it is in. */
export class ProcessExists extends Schema.TaggedError<ProcessExists>()("ProcessExists", {
  life: Schema.String,
  id: Schema.Number,
  place: Schema.String,
  state: Schema.String
}) {}

/** A process as it is. */
export interface Applied<S> {
  readonly state: S
  /** How often the process has changed; grows by one with each changing transaction. */
  readonly revision: number
  /** Whether this call changed anything. */
  readonly changed: boolean
}

/** An event as it was stored. */
export interface Recorded<E> {
  /** Grows with time within a process; not without gaps. */
  readonly sequence: number
  readonly event: E
}

/** The store of one life. */
export interface ProcessStore<L extends Life.Any> {
  readonly life: L
  /** Stores a new process with its first event; `ProcessExists` where another one holds the place it would hold. */
  readonly create: (
    plan: Life.PlanOf<L>,
    event: Life.EventOf<L>
  ) => Effect.Effect<Applied<Life.StateOf<L>>, ProcessExists | StoreUnavailable>
  /**
   * Applies events in order, in one transaction; refusing one refuses all. A process does not take its place back
   * (`IllegalTransition`) when another one has taken it meanwhile.
   */
  readonly apply: (
    id: number,
    events: ReadonlyArray<Keyed<Life.EventOf<L>>>
  ) => Effect.Effect<Applied<Life.StateOf<L>>, IllegalTransition | ProcessNotFound | StoreUnavailable>
  /** The process at `atLeast` or any later revision; as it is now where no revision is given. */
  readonly get: (
    id: number,
    atLeast?: number
  ) => Effect.Effect<Applied<Life.StateOf<L>>, ProcessNotFound | StoreUnavailable>
  /** At most `limit` events of one process after a sequence number, oldest first. */
  readonly history: (
    id: number,
    after: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<Recorded<Life.EventOf<L>>>, StoreUnavailable>
}

/** The refusal of a process that cannot take its place back, because the process `holder` has it now. */
export const placeTaken = <L extends Life.Any>(
  life: L,
  state: Life.StateOf<L>,
  events: ReadonlyArray<Keyed<Life.EventOf<L>>>,
  holder: number
): IllegalTransition =>
  new IllegalTransition({
    state: life.stateOf(state),
    event: (events.at(-1)?.event as Life.AnyEvent | undefined)?._tag ?? "",
    message: `${life.name} ${holder} has taken its place`
  })
