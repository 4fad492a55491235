/**
 * Writes down what the Module Build Service's lists show of builds that have ended, a while after they have, so that whoever builds does
 * not wait for it. Who changes such a build again takes its rows away in the same statement (decision 1700).
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as MbsPlaces from "./MbsPlaces.ts"
import * as Statements from "./statements/MbsSettlingStatements.ts"
import * as TallyStatements from "./statements/MbsTallyStatements.ts"

/** Builds of one transaction, which holds them for as long as it takes: some tens of milliseconds. */
const batch = 50
/** Between two batches. */
const pause = "20 millis"
/** Milliseconds between two looks. */
const interval = 15_000

/** Writes down some builds; answers how many. */
const one: Effect.Effect<number, SqlError, SqlClient.SqlClient> = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql.withTransaction(Effect.gen(function*() {
    const ids = (yield* Statements.take(sql, batch)).map(({ id }) => id)
    if (ids.length === 0) return 0
    // What was changed before it was held is seen by the statements after it.
    yield* Statements.write(sql, ids)
    yield* Statements.settle(sql, ids)
    return ids.length
  }))
})

/** Writes down all builds that have ended; answers whether there were any. */
export const settleAll: Effect.Effect<boolean, SqlError, SqlClient.SqlClient> = Effect.suspend(() => {
  let all = 0
  return one.pipe(
    Effect.tap((count) => {
      all += count
      return count < batch ? Effect.void : Effect.sleep(pause)
    }),
    Effect.repeat({ while: (count) => count === batch }),
    Effect.map(() => all > 0)
  )
})

/** Changes of the counts of one range that are added up when there are more. */
const looseCounts = 200

/** What is done every time; places are looked at when something was written down, and `isFirst`. */
const turn = Effect.fnUntraced(function*(isFirst: boolean) {
  const sql = yield* SqlClient.SqlClient
  const isNew = yield* settleAll
  yield* TallyStatements.addUp(sql, looseCounts)
  if (isNew || isFirst) yield* MbsPlaces.count()
})

/** Does so again and again, for as long as the layer lives. */
export const layer: Layer.Layer<never, never, SqlClient.SqlClient> = Layer.effectDiscard(
  Effect.suspend(() => {
    let isFirst = true
    return Upkeep.repeating(
      { failed: "What lists show of builds could not be written down yet", interval },
      Effect.andThen(Effect.suspend(() => turn(isFirst)), Effect.sync(() => void (isFirst = false)))
    )
  })
)
