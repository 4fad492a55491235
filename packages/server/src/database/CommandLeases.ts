/**
 * The commands that this server has taken: renews their leases while they run, and writes down what became of them.
 *
 * Acknowledgements are gathered: while one statement is under way, those that come meanwhile wait for the next.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { SqlError } from "effect/sql/SqlError"
import * as Gathering from "./Gathering.ts"
import type * as QueueStatements from "./QueueStatements.ts"

/** A command on its way through its handler, and the lock it was taken under. */
export interface Held extends QueueStatements.Taken {
  readonly lock: string
}

/** What became of a command. */
export type Ending = Omit<QueueStatements.Settlement, "sequence" | "lock">

export interface CommandLeases {
  /** From now on the lease of this command is renewed. */
  readonly hold: (command: Held) => void
  /** Writes down what became of it; tries again while the database is away, for as long as a lease. */
  readonly settle: (command: Held, ending: Ending) => Effect.Effect<void>
}

/** Acknowledgements of one statement at most. */
const mostAtOnce = 200

/** Renews leases for as long as the scope lives. */
export const make = (
  statements: ReturnType<typeof QueueStatements.make>,
  { lease, renewal }: { readonly lease: Duration.Duration; readonly renewal: Duration.Duration }
): Effect.Effect<CommandLeases, never, Scope.Scope> =>
  Effect.gen(function*() {
    const held = new Set<Held>()
    // Both take rows, each in its own order: one at a time, or they would wait for each other.
    const turns = yield* Semaphore.make(1)
    const patience = Schedule.min([Schedule.exponential(200, 1.5), Schedule.spaced(5000)]).pipe(
      Schedule.upTo({ duration: lease })
    )
    const acknowledge = yield* Gathering.make({
      parallel: 1,
      most: mostAtOnce,
      run: (settlements: ReadonlyArray<QueueStatements.Settlement>) =>
        Effect.as(turns.withPermit(Effect.retry(statements.settle(settlements), patience)), settlements)
    })
    const renew = turns.withPermit(Effect.suspend((): Effect.Effect<unknown, SqlError> =>
      held.size === 0
        ? Effect.void
        : statements.renew([...held].map(({ lock, sequence }) => ({ lock, sequence: `${sequence}` })))
    ))
    yield* renew.pipe(
      Effect.catchCause((cause) => Effect.logWarning("Leases of commands could not be renewed yet", cause)),
      Effect.schedule(Schedule.fixed(renewal)),
      Effect.forkScoped
    )
    return {
      hold: (command) => void held.add(command),
      settle: (command, ending) =>
        acknowledge({ ...ending, sequence: `${command.sequence}`, lock: command.lock }).pipe(
          Effect.orDie,
          Effect.ensuring(Effect.sync(() => held.delete(command))),
          Effect.asVoid
        )
    }
  })
