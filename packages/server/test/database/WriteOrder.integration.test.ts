/** What the statements of a change make others wait for. */
import { assert, describe, it } from "@effect/vitest"
import type { ErrandEvent } from "@orch/core/testing/SampleLife"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import * as AnnouncementNumbers from "../../src/database/AnnouncementNumbers.ts"
import * as PgProcesses from "../../src/database/PgProcesses.ts"
import { server, skippedServer } from "../support/Databases.ts"
import * as SampleTable from "./SampleTable.ts"

const skipped = skippedServer === undefined ? "" : ` [skipped: ${skippedServer}]`

describe.skipIf(skippedServer !== undefined)(`a change on PostgreSQL${skipped}`, () => {
  it.live("takes the numbers of its announcements when all else is written, so that others do not wait for that", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* SampleTable.create
      const store = yield* PgProcesses.make(SampleTable.sampleTable)
      const { state: { id } } = yield* store.create({ name: "one", items: ["a"] }, { _tag: "Submitted", at: 1 })
      const asked: ErrandEvent = { _tag: "Asked", at: 2, tickets: { a: "1" } }
      const apply = store.apply(id, [{ event: asked, key: undefined }])

      // Whoever holds the row of the numbers is another change that is on its way to the disk.
      const held = yield* Deferred.make<void>()
      const done = yield* Deferred.make<void>()
      const numbers = sql.literal(AnnouncementNumbers.table)
      const other = yield* Effect.forkChild(sql.withTransaction(
        sql`SELECT last FROM ${numbers} FOR UPDATE`.pipe(
          Effect.andThen(Deferred.succeed(held, undefined)),
          Effect.andThen(Deferred.await(done))
        )
      ))
      yield* Deferred.await(held)
      const applying = yield* Effect.forkChild(apply)
      yield* sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.pipe(
        Effect.repeat({ until: (rows) => rows.length > 0, schedule: Schedule.spaced("5 millis") })
      )
      const rows = yield* sql<{ name: string }>`SELECT name FROM item WHERE errand_id = ${id} FOR UPDATE SKIP LOCKED`
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.join(other)
      assert.isTrue((yield* Fiber.join(applying)).changed)
      assert.deepStrictEqual(rows, [], "a row that the change has not written yet")
    }).pipe(Effect.provide(Layer.fresh(server))))
})
