/** What is removed as time goes by, and what stays: all that somebody may still ask for. */
import { assert, layer } from "@effect/vitest"
import { CommandQueues } from "@orch/core/ports/CommandQueue"
import { Outbox } from "@orch/core/ports/Outbox"
import { sampleLife } from "@orch/core/testing/SampleLife"
import * as PgCommandQueue from "@orch/server/database/PgCommandQueue"
import * as PgOutbox from "@orch/server/database/PgOutbox"
import * as PgProcesses from "@orch/server/database/PgProcesses"
import * as Pruning from "@orch/server/database/Pruning"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import * as MbsStatements from "../../src/mbs/statements/MbsStatements.ts"
import { databases } from "../support/Databases.ts"
import * as SampleTable from "./SampleTable.ts"

const day = 86_400_000

const all: Pruning.Options = {
  announcementKeepDays: 0,
  announcementKeepCount: 0,
  commandKeepDays: 0,
  commandKeepCount: 0,
  eventKeepDays: 0,
  events: [{
    event: "errand_event",
    process: "errand",
    reference: "errand_id",
    ended: "p.state IN ('done', 'failed')"
  }]
}

const nothing = { announcements: 0, commands: 0, events: 0 }

/** Says of a build that it and its component came into some states, at a time. */
const tell = Effect.fnUntraced(function*(build: number, states: ReadonlyArray<string>, at: number) {
  const outbox = yield* Outbox
  const before = yield* outbox.last
  yield* outbox.append(
    states.flatMap((state) => [
      { topic: "module-build.state", subject: `module-build/${build}`, body: { state, state_reason: `${state}, why` } },
      {
        topic: "component-build.state",
        subject: `module-build/${build}/perl`,
        body: { state, state_reason: "", called_off: true }
      },
      { topic: "module-build.remark", subject: `module-build/${build}`, body: { reason: "a remark" } },
      { topic: "repository.changed", subject: `repository/${build}`, body: {} }
    ]),
    at
  )
  yield* outbox.last.pipe(
    Effect.repeat({ until: (last) => last === before + 4 * states.length, schedule: Schedule.spaced("10 millis") }),
    Effect.timeout("20 seconds")
  )
})

/** What the Module Build Service's interface shows of a build. */
const shown = Effect.fnUntraced(function*(build: number) {
  const sql = yield* SqlClient.SqlClient
  return [
    yield* MbsStatements.tracesOf(sql, "module-build.state", [`module-build/${build}`]),
    yield* MbsStatements.tracesOf(sql, "component-build.state", [`module-build/${build}/perl`]),
    yield* MbsStatements.messagesOf(sql, `module-build/${build}`, true, { page: 1, perPage: 100 })
  ]
})

for (const { layer: database, name } of databases) {
  const world = Layer.merge(PgCommandQueue.layer({ pollInterval: "50 millis", lease: "5 seconds" }), PgOutbox.layer)
    .pipe(
      Layer.provideMerge(database)
    )

  layer(world, { timeout: "180 seconds", excludeTestServices: true })(`pruning on ${name}`, (it) => {
    it.effect("removes old announcements that every listener had, and keeps what is shown of module builds", () =>
      Effect.gen(function*() {
        const outbox = yield* Outbox
        const now = Date.now()
        yield* tell(1, ["init", "build"], now - 10 * day)
        yield* tell(1, ["ready"], now - 4 * day)
        yield* tell(2, ["init"], now)
        const before = [yield* shown(1), yield* shown(2)]
        assert.lengthOf(before[0]![2]!, 9)
        assert.deepStrictEqual(yield* Pruning.prune(all), nothing)

        // One listener has had five of them.
        yield* outbox.serve("slow", 5, () => Effect.void)
        assert.deepStrictEqual(yield* Pruning.prune({ ...all, announcementKeepDays: 3 }), {
          ...nothing,
          announcements: 5
        })
        yield* outbox.serve("slow", 100, () => Effect.void)
        assert.deepStrictEqual(yield* Pruning.prune({ ...all, announcementKeepDays: 5 }), {
          ...nothing,
          announcements: 3
        })
        assert.deepStrictEqual([yield* shown(1), yield* shown(2)], before)
        assert.deepStrictEqual(yield* Pruning.prune({ ...all, announcementKeepDays: 3 }), {
          ...nothing,
          announcements: 4
        })
        assert.deepStrictEqual([yield* shown(1), yield* shown(2)], before)
        assert.deepStrictEqual((yield* outbox.after(0, 100)).map(({ sequence }) => sequence), [13, 14, 15, 16])

        // By number, whatever their age, to the last one; new ones go on with the numbers.
        const few = { ...all, announcementKeepCount: 1 }
        assert.deepStrictEqual(yield* Pruning.prune(few), { ...nothing, announcements: 3 })
        assert.deepStrictEqual([yield* shown(1), yield* shown(2)], before)
        yield* tell(3, ["init"], 1)
        assert.deepStrictEqual(yield* Pruning.prune({ ...all, announcementKeepDays: 1 }), nothing)
        yield* outbox.serve("slow", 100, () => Effect.void)
        assert.deepStrictEqual(yield* Pruning.prune(few), { ...nothing, announcements: 4 })
        assert.strictEqual(yield* outbox.last, 20)
      }))

    it.effect("removes finished commands, and neither those to come nor dead letters", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const queue = yield* (yield* CommandQueues).of(sampleLife)
        for (let n = 0; n < 6; n++) {
          yield* queue.offer(`${n}`, { process: 1, revision: n, command: { _tag: "Ask", items: [] } }, 0)
        }
        yield* sql`
          UPDATE command_queue SET updated_at = now() - make_interval(days => id::integer),
            state = CASE WHEN id = '5' THEN 'failed' WHEN id = '4' THEN 'pending' ELSE 'completed' END`
        const left = Effect.map(sql<{ id: string }>`SELECT id FROM command_queue ORDER BY id`, (rows) =>
          rows.map(({ id }) => id))
        assert.deepStrictEqual(yield* Pruning.prune({ ...all, commandKeepDays: 3 }), { ...nothing, commands: 1 })
        assert.deepStrictEqual(yield* left, ["0", "1", "2", "4", "5"])
        assert.deepStrictEqual(yield* Pruning.prune({ ...all, commandKeepCount: 1 }), { ...nothing, commands: 2 })
        assert.deepStrictEqual(yield* left, ["0", "4", "5"])
      }))

    it.effect("removes old events of what has ended, and none of what goes on", () =>
      Effect.gen(function*() {
        yield* SampleTable.create
        const store = yield* PgProcesses.make(SampleTable.sampleTable)
        const ids: Array<number> = []
        for (const [index, at] of [1, 1, Date.now()].entries()) {
          const { state: { id } } = yield* store.create({ name: `${index}`, items: [] }, { _tag: "Submitted", at })
          if (index !== 1) {
            yield* store.apply(id, [{ event: { _tag: "CancelRequested", at, by: "bob" }, key: undefined }])
          }
          ids.push(id)
        }
        assert.deepStrictEqual(yield* Pruning.prune({ ...all, eventKeepDays: 1 }), { ...nothing, events: 2 })
        const left = yield* Effect.forEach(ids, (id) => Effect.map(store.history(id, 0, 10), ({ length }) => length))
        assert.deepStrictEqual(left, [0, 1, 2])
        assert.strictEqual((yield* store.get(ids[0]!)).state.state, "failed")
      }))
  })
}
