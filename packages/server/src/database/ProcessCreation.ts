/**
 * Begins processes: what many want to begin at the same time is one transaction.
 *
 * A transaction holds the numbers of announcements from its last statement to the end of its commit, and everybody else who changes
 * a process waits for them. Submissions that each had a transaction would keep them for most of the time.
 */
import type { Keyed } from "@orch/core/life/Keyed"
import type * as Life from "@orch/core/life/Life"
import * as Application from "@orch/core/life/LifeApplication"
import type { Change } from "@orch/core/life/LifeChange"
import { type Applied, ProcessExists } from "@orch/core/ports/ProcessStore"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import { SqlError } from "effect/sql/SqlError"
import * as Gathering from "./Gathering.ts"
import * as ProcessStatements from "./ProcessStatements.ts"
import type { ProcessTable, Projection } from "./ProcessTable.ts"

/** Processes begun by one transaction at most. */
const most = 20

interface Beginning<L extends Life.Any> {
  readonly plan: Life.PlanOf<L>
  readonly event: Life.EventOf<L>
}

/** What a store writes with. */
export interface Parts<L extends Life.Any> {
  readonly table: ProcessTable<L>
  readonly projections: ReadonlyArray<Projection<L>>
  readonly statements: ReturnType<typeof ProcessStatements.make<L>>
  /** What is written of a change. */
  readonly writeOf: (
    id: number,
    revision: number,
    before: Life.StateOf<L>,
    change: Change<Life.StateOf<L>, Life.CommandOf<L>>,
    events: ReadonlyArray<Keyed<Life.EventOf<L>>>
  ) => ProcessStatements.DecidedWrite<L>
  /** What follows from changes that are committed. */
  readonly published: (writes: ReadonlyArray<ProcessStatements.DecidedWrite<L>>) => Effect.Effect<void>
}

/**
 * Begins a process by its first event. Fails with `ProcessExists` where another one holds its place, and as the database does.
 * In a transaction of the caller's, it is part of that.
 */
export const make = <L extends Life.Any>({ projections, published, statements, table, writeOf }: Parts<L>) =>
  Effect.gen(function*() {
    const { life } = table
    const sql = yield* SqlClient.SqlClient

    const begin = Effect.fnUntraced(function*({ event, plan }: Beginning<L>) {
      const [inserted] = yield* table.insert(sql, plan)
      const id = Number(inserted!.id)
      for (const project of projections) yield* project(sql, id, plan)
      const unborn = life.unborn(id, plan)
      const { change } = yield* Effect.fromResult(Application.apply(life, unborn, [event]))
      return writeOf(id, 1, unborn, change, [{ event, key: "submitted" }])
    })

    const together = (beginnings: ReadonlyArray<Beginning<L>>) =>
      sql.withTransaction(Effect.gen(function*() {
        const writes = yield* Effect.forEach(beginnings, begin)
        yield* statements.write(writes)
        yield* sql.afterCommit(published(writes))
        return writes.map(({ change: { state } }): Applied<Life.StateOf<L>> => ({ state, revision: 1, changed: true }))
      }))

    const alone = (one: Beginning<L>) => Effect.map(together([one]), ([begun]) => begun!)

    // What is amiss with one of them, such as a place that is taken, is no matter of the others. It was undone for certain, where a
    // commit without an answer may not have been and is not tried again.
    const gathered = yield* Gathering.make({
      parallel: 2,
      most,
      run: (beginnings: ReadonlyArray<Beginning<L>>) => {
        const each = Effect.forEach(beginnings, (one) => Effect.exit(alone(one)))
        return beginnings.length === 1 ? each : Effect.catchIf(
          Effect.map(together(beginnings), (begun) => begun.map((one) => Exit.succeed(one))),
          (error) => !(error instanceof SqlError) || ProcessStatements.isOfOne(error),
          () => each
        )
      }
    })

    return (plan: Life.PlanOf<L>, event: Life.EventOf<L>) =>
      Effect.serviceOption(sql.transactionService).pipe(
        Effect.flatMap((transaction) =>
          Option.isSome(transaction) ? alone({ plan, event }) : Effect.flatten(gathered({ plan, event }))
        ),
        Effect.catchTag("IllegalTransition", Effect.die),
        Effect.catchReason("SqlError", "UniqueViolation", (_reason, error) =>
          Effect.flatMap(table.holder(sql, plan), ([holder]) =>
            Effect.fail(
              holder === undefined ? error : new ProcessExists({
                life: life.name,
                id: Number(holder.id),
                place: life.place(life.unborn(0, plan)) ?? "",
                state: holder.state
              })
            )))
      )
  })
