/** What becomes of commands whose process was killed, on a database that has one process at a time. */
import { assert, describe, it } from "@effect/vitest"
import { CommandQueue, type Delivery, type Envelope } from "@orch/core/ports/CommandQueue"
import * as PgCommandQueue from "@orch/server/database/PgCommandQueue"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { embedded } from "../support/Databases.ts"

const envelope: Envelope = { build: 1, revision: 1, command: { _tag: "PrepareBuildroot" } }

describe("PgCommandQueue", () => {
  it.live("gives back at the start what a dead process had taken, the attempt not counted", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const options = { pollInterval: "20 millis", lease: "1 hour" } as const
      yield* Effect.scoped(
        Effect.gen(function*() {
          const { offer } = yield* CommandQueue
          yield* offer("one", envelope, 0)
        }).pipe(Effect.provide(PgCommandQueue.layer(options)))
      )
      // What a process leaves that was killed with -9 while it ran the command.
      yield* sql`UPDATE command_queue SET acquired_at = now(), acquired_by = gen_random_uuid(), attempts = 3 WHERE id = 'one'`
      yield* Effect.scoped(
        Effect.gen(function*() {
          const { take } = yield* CommandQueue
          const taken = yield* Deferred.make<Delivery>()
          yield* Effect.forkScoped(take((_, delivery) => Effect.asVoid(Deferred.succeed(taken, delivery))))
          assert.strictEqual((yield* Deferred.await(taken)).attempt, 3)
        }).pipe(Effect.provide(PgCommandQueue.layer({ ...options, exclusive: true })))
      )
    }).pipe(Effect.provide(Layer.fresh(embedded))))
})
