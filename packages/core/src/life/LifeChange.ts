/**
 * What an event does to a process: what is different, what is to be done, what is to be told.
 *
 * Only changed parts are named, since storage writes exactly those: an event of a process with a thousand parts touches a
 * handful of rows.
 */
import type { Draft } from "./Draft.ts"

/** A command and when to run it at the earliest, in seconds from now. */
export interface Scheduled<C> {
  readonly command: C
  readonly delay: number
}

/** The outcome of one decision, or of several joined. */
export interface Change<S, C> {
  readonly state: S
  /** Names of parts that differ from before. */
  readonly touched: ReadonlySet<string>
  readonly commands: ReadonlyArray<Scheduled<C>>
  readonly announcements: ReadonlyArray<Draft>
  /** Whether anything at all is different; a change that is not is never stored. */
  readonly changed: boolean
}

/** The change that changes nothing. */
export const none = <S>(state: S): Change<S, never> => ({
  state,
  touched: new Set(),
  commands: [],
  announcements: [],
  changed: false
})

/** The change with a state that was modified at this time (milliseconds since the epoch); one that changes nothing as it is. */
export const modified = <S extends { readonly modifiedAt: number }, C>(
  change: Change<S, C>,
  at: number
): Change<S, C> => change.changed ? { ...change, state: { ...change.state, modifiedAt: at } } : change
