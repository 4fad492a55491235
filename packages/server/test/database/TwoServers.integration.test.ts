/** Two servers on one PostgreSQL: they share processes and commands, lose nothing, and wake each other. */
import { assert, describe, it } from "@effect/vitest"
import * as Application from "@orch/core/life/LifeApplication"
import { CommandQueues } from "@orch/core/ports/CommandQueue"
import { Outbox } from "@orch/core/ports/Outbox"
import { type ErrandEvent, sampleLife } from "@orch/core/testing/SampleLife"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import * as Database from "../../src/database/Database.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as PgProcesses from "../../src/database/PgProcesses.ts"
import * as Migrations from "../../src/Migrations.ts"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as EarlierServer from "./EarlierServer.ts"
import * as SampleTable from "./SampleTable.ts"

/** What one server has on the database; it looks by itself so rarely that only being woken helps. */
const server = (url: string) =>
  Effect.gen(function*() {
    const context = yield* Layer.build(
      Layer.merge(PgCommandQueue.layer({ pollInterval: "1 hour", lease: "1 hour" }), PgOutbox.layer).pipe(
        Layer.provideMerge(
          Database.layer({ _tag: "Server", url: Redacted.make(url), connections: 8 }, Migrations.layer)
        ),
        Layer.fresh
      )
    )
    return {
      context,
      store: PgProcesses.make(SampleTable.sampleTable).pipe(Effect.provideContext(context)),
      outbox: Context.get(context, Outbox),
      queue: yield* Context.get(context, CommandQueues).of(sampleLife)
    }
  })

const patience = "60 seconds"

if (skippedServer !== undefined) describe.skip(`two servers: ${skippedServer}`, () => it("is not run", () => {}))

const skipped = skippedServer === undefined ? "" : ` [skipped: ${skippedServer}]`

describe.skipIf(skippedServer !== undefined)(`two servers on one PostgreSQL${skipped}`, () => {
  it.live("see at once what the other changed, read nothing again that nobody changed, and see their own transaction", () =>
    Effect.gen(function*() {
      const { url } = yield* temporaryDatabase
      const first = yield* server(url)
      const second = yield* server(url)
      yield* SampleTable.create.pipe(Effect.provideContext(first.context))
      const [here, there] = [yield* first.store, yield* second.store]
      const { state: { id } } = yield* here.create({ name: "one", items: ["a", "b"] }, { _tag: "Submitted", at: 1 })
      const asked = (item: string, at: number) => [
        { event: { _tag: "Asked", at, tickets: { [item]: "1" } } satisfies ErrandEvent, key: undefined }
      ]

      const before = yield* there.get(id)
      assert.strictEqual((yield* there.get(id)).state, before.state)
      const changed = yield* here.apply(id, asked("a", 2))
      const after = yield* there.get(id)
      assert.strictEqual(after.revision, changed.revision)
      assert.deepStrictEqual(after.state, changed.state)

      const sql = yield* SqlClient.SqlClient.pipe(Effect.provideContext(second.context))
      yield* sql.withTransaction(Effect.gen(function*() {
        const own = yield* there.apply(id, asked("b", 3))
        assert.strictEqual((yield* there.get(id)).revision, own.revision)
      }))
    }).pipe(Effect.scoped))

  it.live("change the same processes at once and lose nothing, and announce each change once, in order", () =>
    Effect.gen(function*() {
      const { url } = yield* temporaryDatabase
      const first = yield* server(url)
      const second = yield* server(url)
      yield* SampleTable.create.pipe(Effect.provideContext(first.context))
      const stores = [yield* first.store, yield* second.store]
      const ids: Array<number> = []
      for (let name = 0; name < 12; name++) {
        const created = yield* stores[0]!.create({ name: `${name}`, items: ["a"] }, { _tag: "Submitted", at: 1 })
        const asked: ErrandEvent = { _tag: "Asked", at: 2, tickets: { a: "1" } }
        yield* stores[1]!.apply(created.state.id, [{ event: asked, key: undefined }])
        ids.push(created.state.id)
      }

      // A server of the version before, which is exchanged later, announces and numbers in its own way.
      const earlier = ids.length * 10
      yield* EarlierServer.announce(earlier).pipe(Effect.provideContext(first.context), Effect.forkScoped)

      // A reader sees every number once, none before those below it.
      const total = ids.length * (2 + 40) + earlier
      const reader = yield* Effect.forkChild(Effect.gen(function*() {
        let last = 0
        while (last < total) {
          for (const { sequence } of yield* second.outbox.after(last, 1000)) assert.strictEqual(sequence, ++last)
        }
      }))
      // Every event comes twice, once by each server.
      const reminders = Array.from({ length: 20 }, (_, n) => n).flatMap((n) =>
        ids.flatMap((id) => stores.flatMap((store) => ["x", "y"].map((key) => ({ id, store, key: `${n}/${key}` }))))
      )
      yield* Effect.forEach(
        reminders,
        ({ id, key, store }) => store.apply(id, [{ event: { _tag: "Reminded", at: 3 }, key }]),
        { concurrency: 64, discard: true }
      )
      yield* Effect.timeout(Fiber.join(reader), patience)
      assert.strictEqual(yield* first.outbox.last, total)
      for (const id of ids) {
        const history = yield* stores[0]!.history(id, 0, 1000)
        assert.lengthOf(history, 42)
        const { revision, state } = yield* stores[1]!.get(id)
        assert.strictEqual(revision, 42)
        const replayed = Application.replay(
          sampleLife,
          sampleLife.unborn(id, state.plan),
          history.map(({ event }) => event)
        )
        assert.deepStrictEqual(Result.getOrThrow(replayed), state)
      }

      // Both take commands; each goes to one of them, once.
      const taken: Array<string> = []
      const commands = ids.length * (1 + 40)
      const all = yield* Deferred.make<void>()
      const work = (queue: typeof first.queue) =>
        queue.take((_, { id }) =>
          Effect.suspend(() => {
            taken.push(id)
            return taken.length < commands ? Effect.void : Effect.asVoid(Deferred.succeed(all, undefined))
          })
        ).pipe(Effect.forever)
      for (const { queue } of [first, second, first, second, first]) yield* Effect.forkScoped(work(queue))
      yield* Effect.timeout(Deferred.await(all), patience)
      assert.strictEqual(new Set(taken).size, commands)
      assert.lengthOf(taken, commands)
    }).pipe(Effect.scoped))

  it.live("wake each other: for commands that no hand is free for", () =>
    Effect.gen(function*() {
      const { url } = yield* temporaryDatabase
      const first = yield* server(url)
      const second = yield* server(url)
      const envelope = { process: 1, revision: 1, command: { _tag: "Ask", items: [] } } as const
      const begun = yield* Deferred.make<void>()
      yield* Effect.forkScoped(first.queue.take(() => Effect.andThen(Deferred.succeed(begun, undefined), Effect.never)))
      yield* first.queue.offer("one", envelope, 0)
      yield* Effect.timeout(Deferred.await(begun), patience)
      // The only hand of the first server is busy now, and the second one found nothing when it looked.
      const other = yield* Deferred.make<string>()
      yield* Effect.forkScoped(second.queue.take((_, { id }) => Effect.asVoid(Deferred.succeed(other, id))))
      yield* Effect.sleep("300 millis")
      yield* first.queue.offer("two", envelope, 0)
      assert.strictEqual(yield* Effect.timeout(Deferred.await(other), patience), "two")
    }).pipe(Effect.scoped))
})
