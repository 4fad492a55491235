/** Applies events to a process in memory: the pure middle of every store's transaction. */
import * as Result from "effect/Result"
import type { Draft } from "./Draft.ts"
import type { IllegalTransition } from "./IllegalTransition.ts"
import type { Any, CommandOf, EventOf, StateOf } from "./Life.ts"
import type { Change, Scheduled } from "./LifeChange.ts"

/** What several events do together. */
export interface Application<S, C> {
  readonly change: Change<S, C>
  /** Positions, in the list given, of the events that changed something. */
  readonly effective: ReadonlyArray<number>
}

/**
 * Decides events one after the other and joins what they ask for. Fails with the `IllegalTransition` of the first event
 * that is refused: one refusal refuses all.
 */
export const apply = <L extends Any>(
  life: L,
  before: StateOf<L>,
  events: ReadonlyArray<EventOf<L>>
): Result.Result<Application<StateOf<L>, CommandOf<L>>, IllegalTransition> => {
  let state = before
  const effective: Array<number> = []
  const touched = new Set<string>()
  const commands: Array<Scheduled<CommandOf<L>>> = []
  const announcements: Array<Draft> = []
  for (const [position, event] of events.entries()) {
    const decided: Result.Result<Change<StateOf<L>, CommandOf<L>>, IllegalTransition> = life.decide(state, event)
    if (Result.isFailure(decided)) return Result.fail(decided.failure)
    const next = decided.success
    if (!next.changed) continue
    effective.push(position)
    state = next.state
    for (const name of next.touched) touched.add(name)
    for (const command of next.commands) commands.push(command)
    for (const draft of next.announcements) announcements.push(draft)
  }
  return Result.succeed({
    change: { state, touched, commands, announcements, changed: effective.length > 0 },
    effective
  })
}

/**
 * The state after a whole history. Fails with `IllegalTransition` where an event does not fit, which no stored history
 * has.
 */
export const replay = <L extends Any>(
  life: L,
  unborn: StateOf<L>,
  events: ReadonlyArray<EventOf<L>>
): Result.Result<StateOf<L>, IllegalTransition> => Result.map(apply(life, unborn, events), ({ change }) => change.state)
