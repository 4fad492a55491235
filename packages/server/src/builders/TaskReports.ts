/** Takes what nodes report at the same time in one statement: each report costs a commit otherwise. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as SqlClient from "effect/sql/SqlClient"
import * as Gathering from "../database/Gathering.ts"
import { asUnavailable } from "../database/PgError.ts"
import type { TaskRow } from "./statements/BuilderTask.ts"
import * as Tasks from "./statements/BuilderTaskStatements.ts"

/** Reports of one statement: each may name thousands of files. */
const most = 16

/** Takes a report; the task when it counts, nothing when it is late. */
export const make: Effect.Effect<
  (said: Tasks.Said) => Effect.Effect<TaskRow | undefined, StoreUnavailable>,
  never,
  SqlClient.SqlClient
> = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const settle = (said: ReadonlyArray<Tasks.Said>) =>
    Tasks.settle(said).pipe(
      Effect.map((rows) => {
        const counted = new Map(rows.map(({ place, ...row }) => [place - 1, row]))
        return said.map((_, index): TaskRow | undefined => counted.get(index))
      }),
      Effect.provideService(SqlClient.SqlClient, sql),
      asUnavailable("BuilderPool.report")
    )
  const gather = yield* Gathering.make({
    most,
    parallel: 2,
    run: (said: ReadonlyArray<Tasks.Said>) =>
      Effect.matchEffect(settle(said), {
        onSuccess: (rows) => Effect.succeed(rows.map(Exit.succeed)),
        // What the database does not take of one node is not held against the others.
        onFailure: () => Effect.forEach(said, (one) => Effect.exit(Effect.map(settle([one]), ([row]) => row)))
      })
  })
  return (said) => Effect.flatten(gather(said))
})
