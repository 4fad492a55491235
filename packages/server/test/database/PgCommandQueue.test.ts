/** What becomes of commands whose process was killed, on a database that has one process at a time. */
import { assert, describe, it } from "@effect/vitest"
import { moduleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import { CommandQueues, type Delivery } from "@orch/core/ports/CommandQueue"
import * as CommandTaking from "@orch/server/database/CommandTaking"
import * as PgCommandQueue from "@orch/server/database/PgCommandQueue"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { embedded } from "../support/Databases.ts"

const envelope = { process: 1, revision: 1, command: { _tag: "PrepareBuildroot" } } as const

const queue = Effect.flatMap(CommandQueues, (queues) => queues.of(moduleBuildLife))

const lost = Effect.map(Metric.value(CommandTaking.lost), ({ count }) => count)

describe("PgCommandQueue", () => {
  it.live("gives back at the start what a dead process had taken, the attempt not counted", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const options = { pollInterval: "20 millis", lease: "1 hour" } as const
      yield* Effect.scoped(
        Effect.gen(function*() {
          const { offer } = yield* queue
          yield* offer("one", envelope, 0)
        }).pipe(Effect.provide(PgCommandQueue.layer(options)))
      )
      // What a process leaves that was killed with -9 while it ran the command.
      yield* sql`UPDATE command_queue SET acquired_at = now(), acquired_by = gen_random_uuid(), attempts = 3 WHERE id = 'one'`
      yield* Effect.scoped(
        Effect.gen(function*() {
          const { take } = yield* queue
          const taken = yield* Deferred.make<Delivery>()
          yield* Effect.forkScoped(take((_, delivery) => Effect.asVoid(Deferred.succeed(taken, delivery))))
          assert.strictEqual((yield* Deferred.await(taken)).attempt, 3)
        }).pipe(Effect.provide(PgCommandQueue.layer({ ...options, exclusive: true })))
      )
    }).pipe(Effect.provide(Layer.fresh(embedded))))

  it.live("clears away what many commands left, where no other process does", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const options = { pollInterval: "1 hour", lease: "1 hour", exclusive: true } as const
      // -1 for a table that was never vacuumed.
      const rows = sql<{ reltuples: number }>`SELECT reltuples FROM pg_class WHERE relname = 'command_queue'`
      yield* Layer.build(PgCommandQueue.layer(options))
      yield* sql`
        INSERT INTO command_queue (id, queue_name, element, state, attempts, visible_at, created_at, updated_at)
        SELECT n, 'some', repeat('x', 300), 'completed', 1, now(), now(), now() FROM generate_series(1, 5000) AS n`
      assert.deepStrictEqual(yield* rows, [{ reltuples: -1 }])
      yield* Layer.build(PgCommandQueue.layer(options))
      yield* rows.pipe(
        Effect.repeat({ until: ([row]) => row!.reltuples >= 0, schedule: Schedule.spaced("5 millis") }),
        Effect.timeout("20 seconds")
      )
    }).pipe(Effect.scoped, Effect.provide(Layer.fresh(embedded))))

  it.live("counts commands that are taken over because their process did not come back, and no others", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const before = yield* lost
      const { offer, take } = yield* queue
      for (const id of ["lost", "kept", "given back"]) yield* offer(id, envelope, 0)
      yield* sql`
        UPDATE command_queue SET acquired_by = gen_random_uuid(), acquired_at = now() - CASE id WHEN 'lost' THEN interval '2 hours' ELSE interval '1 second' END
        WHERE id <> 'given back'`
      yield* sql`UPDATE command_queue SET acquired_by = gen_random_uuid(), acquired_at = now() WHERE id = 'given back'`
      yield* sql`UPDATE command_queue SET acquired_by = NULL, acquired_at = NULL WHERE id = 'given back'`
      const taken: Array<string> = []
      const one = take((_, { id }) => Effect.sync(() => void taken.push(id)))
      yield* Effect.andThen(one, one)
      assert.deepStrictEqual(taken.sort(), ["given back", "lost"])
      assert.strictEqual((yield* lost) - before, 1)
    }).pipe(
      Effect.provide(
        PgCommandQueue.layer({ pollInterval: "20 millis", lease: "1 hour" }).pipe(
          Layer.provideMerge(Layer.fresh(embedded))
        )
      )
    ))

  it.live("shows what another version stored, and lists and releases the rest", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const queues = yield* CommandQueues
      yield* (yield* queue).offer("known", envelope, 0)
      const strange = ["{\"build\":7,\"revision\":1,\"command\":{\"_tag\":\"FromTheFuture\"}}", "[1]", "no JSON"]
      for (const [index, element] of strange.entries()) {
        yield* (yield* queue).offer(`strange-${index}`, envelope, 0)
        yield* sql`UPDATE command_queue SET element = ${element} WHERE id = ${`strange-${index}`}`
      }
      yield* sql`UPDATE command_queue SET state = 'failed', last_failure = 'no' WHERE id <> ''`
      const seen = (yield* queues.deadLetters({ limit: 10 })).map(({ command, id, process }) => [id, process, command])
      assert.deepStrictEqual(seen, [
        ["known", 1, "PrepareBuildroot"],
        ["strange-0", 7, "FromTheFuture"],
        ["strange-1", undefined, undefined],
        ["strange-2", undefined, undefined]
      ])
      const ofOne = yield* queues.deadLetters({ life: "module-build", process: 7, limit: 10 })
      assert.deepStrictEqual(ofOne.map(({ id }) => id), ["strange-0"])
      assert.isTrue(yield* queues.release("known"))
    }).pipe(
      Effect.provide(
        PgCommandQueue.layer({ pollInterval: "1 second", lease: "1 hour" }).pipe(
          Layer.provideMerge(Layer.fresh(embedded))
        )
      )
    ))
})
