/**
 * Answers nodes that ask for tasks: those that ask at the same time, and may build the same, by one statement.
 *
 * A statement looks for whose turn it is, which costs the same for one node and for sixty. So the busier the farm, the less a hand-out costs,
 * and how long the queue is does not matter. A node that went away while it was being answered never hears of its task: it is put back.
 */
import type { Limits } from "@orch/core/builderpool/PoolMatching"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Gathering from "../database/Gathering.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as Tasks from "./statements/BuilderTaskStatements.ts"
import * as HandOut from "./statements/HandOutStatement.ts"

/** What hand-outs follow from. */
export interface Settings extends Pick<Limits, "perOwner" | "perOwnerArch" | "reservations"> {
  /** Milliseconds of a lease. */
  readonly millis: number
}

/** Nodes that one statement answers; more than that are not at one farm at the same moment. */
const most = 64

/** Looks of a node that found everything locked by other servers. */
const looks = 8

interface Ask {
  readonly asking: HandOut.Asking
  /** Whether nobody waits for the answer any more. */
  isGone: boolean
  task: HandOut.HandedOut | undefined
}

const kindOf = ({ asking }: Ask): string => JSON.stringify([asking.arches, asking.excluded])

/** Hands out a task to a node; `undefined` when there is none for it. */
export const make = (settings: Settings) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // What is leased is counted when nodes choose. Where there are limits, servers choose one after the other, or two would both take the last.
    const isLimited = settings.perOwner !== undefined || settings.perOwnerArch !== undefined
      || settings.reservations.length > 0
    const inTurn = isLimited
      ? <A, E, R>(choice: Effect.Effect<A, E, R>) => sql.withTransaction(Effect.andThen(HandOut.takeTurn, choice))
      : <A, E, R>(choice: Effect.Effect<A, E, R>) => choice
    const putBack = ({ asking, task }: Ask) =>
      task === undefined
        ? Effect.void
        : Tasks.putBack(Number(task.id), asking.node, task.token).pipe(
          Effect.provideService(SqlClient.SqlClient, sql),
          // It lapses like that of any node that is gone.
          Effect.ignore
        )
    const run = Effect.fnUntraced(function*(asks: ReadonlyArray<Ask>) {
      const at = yield* Clock.currentTimeMillis
      const { arches, excluded } = asks[0]!.asking
      const together = { arches, excluded, nodes: asks.map(({ asking }) => asking.node) }
      const rows = yield* inTurn(HandOut.handOut(together, settings, at, at + settings.millis))
      const isSome = rows.some(({ id }) => id !== null)
      const answers = asks.map(() => "nothing" as "nothing" | "task" | "again" | "locked")
      for (const { asked, isMore, ...task } of rows) {
        const place = asked - 1
        if (task.id !== null) {
          asks[place]!.task = task
          answers[place] = "task"
        } else if (isMore) answers[place] = isSome ? "again" : "locked"
      }
      yield* Effect.forEach(asks.filter(({ isGone }) => isGone), putBack, { discard: true })
      return answers
    })
    const gather = yield* Gathering.make({
      kind: kindOf,
      most,
      parallel: 1,
      run: (asks: ReadonlyArray<Ask>) =>
        run(asks).pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable("BuilderPool.handOut"))
    })
    return (asking: HandOut.Asking): Effect.Effect<HandOut.HandedOut | undefined, StoreUnavailable> =>
      Effect.suspend(() => {
        const ask: Ask = { asking, isGone: false, task: undefined }
        return Effect.gen(function*() {
          for (let locked = 0; locked < looks;) {
            const answer = yield* gather(ask)
            if (answer === "nothing" || answer === "task") return ask.task
            if (answer === "locked") locked++
          }
          return undefined
        }).pipe(Effect.onInterrupt(() => {
          ask.isGone = true
          return putBack(ask)
        }))
      })
  })
