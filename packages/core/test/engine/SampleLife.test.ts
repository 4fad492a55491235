/** A second life on the generic engine: the errand of `testing/SampleLife`, run, watched, followed and explained. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { interpreter, type PortError } from "../../src/engine/CommandInterpreter.ts"
import * as CommandWorkers from "../../src/engine/CommandWorkers.ts"
import * as Following from "../../src/engine/Following.ts"
import * as Reconciler from "../../src/engine/Reconciler.ts"
import { CommandQueues, maxAttempts } from "../../src/ports/CommandQueue.ts"
import { Outbox } from "../../src/ports/Outbox.ts"
import type { ProcessStore } from "../../src/ports/ProcessStore.ts"
import * as MemoryCommandQueue from "../../src/testing/MemoryCommandQueue.ts"
import { MemoryDatabase } from "../../src/testing/MemoryDatabase.ts"
import * as MemoryOutbox from "../../src/testing/MemoryOutbox.ts"
import * as MemoryProcessStore from "../../src/testing/MemoryProcessStore.ts"
import { type Errand, explain, type SampleLife, sampleLife } from "../../src/testing/SampleLife.ts"

class Errands extends Context.Service<Errands, ProcessStore<SampleLife>>()("test/engine/Errands") {}

const ports = Layer.effect(Errands, MemoryProcessStore.make(sampleLife)).pipe(
  Layer.provideMerge(Layer.mergeAll(MemoryCommandQueue.layer, MemoryOutbox.layer, MemoryDatabase.layer))
)

/** Whoever has the items: gives a ticket for each, and hands over what has arrived. */
const shop = ({ givesUp = false } = {}) => {
  const state = {
    failures: 0,
    refuses: false,
    isAway: false,
    arrived: new Set<string>(),
    asked: 0,
    reminded: [] as Array<string>
  }
  const away: PortError = { _tag: "ShopError", isRetryable: true, message: "the shop is closed" }
  const unknown: PortError = { _tag: "ShopError", isRetryable: false, message: "the shop has no such thing" }
  const run = Effect.map(
    Errands,
    (store) =>
      interpreter<SampleLife, PortError>(
        { ...store, life: { ...store.life, givesUp } },
        (errand, command) =>
          Effect.suspend(() => {
            if (state.failures-- > 0) return Effect.fail(away)
            if (state.isAway) return Effect.fail({ ...away, away: "the shop" })
            if (state.refuses) return Effect.fail(unknown)
            if (command._tag === "Remind") {
              state.reminded.push(...command.tickets)
              return Effect.succeed([])
            }
            state.asked++
            return Effect.succeed([{
              _tag: "Asked" as const,
              tickets: Object.fromEntries(command.items.map((item) => [item, `${errand.id}/${item}`]))
            }])
          })
      )
  )
  const watch = Effect.gen(function*() {
    const store = yield* Errands
    const rows = (yield* MemoryDatabase).table(sampleLife)
    interface Asked extends Reconciler.Outstanding<string> {
      readonly item: string
    }
    const waiting = (): ReadonlyArray<Asked> =>
      [...rows.values()].flatMap(({ state: { id, items } }) =>
        [...items.values()].flatMap(({ name, state, ticket }) =>
          state === "asked" && ticket !== undefined ? [{ process: id, item: name, ref: ticket }] : []
        )
      )
    const tell = Reconciler.applying(store, (answers: ReadonlyArray<Reconciler.Answer<Asked, boolean>>, at) => {
      const arrived = answers.find(({ seen }) => seen)
      return arrived === undefined ? [] : [{ _tag: "Arrived" as const, at, item: arrived.about.item }]
    })
    yield* Reconciler.watch({
      claim: () => Effect.sync(waiting),
      ask: (tickets: ReadonlyArray<string>) => Effect.succeed(tickets.map((ticket) => state.arrived.has(ticket))),
      bulk: 2,
      route: () => "",
      tell
    }, { interval: 50 })
  })
  const engine = Layer.effectDiscard(Effect.gen(function*() {
    yield* CommandWorkers.work(sampleLife, yield* run, { concurrency: 2 })
    yield* watch
  }))
  return { state, engine: engine.pipe(Layer.provideMerge(ports)) }
}

const submit = (name: string, items: ReadonlyArray<string>) =>
  Effect.flatMap(
    Errands,
    (store) => Effect.map(store.create({ name, items }, { _tag: "Submitted", at: 1 }), ({ state }) => state.id)
  )

const until = (id: number, test: (errand: Errand) => boolean) =>
  Effect.flatMap(Errands, (store) => Effect.map(store.get(id), ({ state }) => state)).pipe(
    Effect.repeat({ until: test, schedule: Schedule.spaced("10 millis") }),
    Effect.timeout("20 seconds")
  )

describe("a second life", () => {
  it.live("runs its commands, hears of what has arrived, and is done", () => {
    const { engine, state } = shop()
    return Effect.gen(function*() {
      const id = yield* submit("groceries", ["milk", "bread", "eggs"])
      const waiting = yield* until(id, (errand) => errand.state === "waiting")
      assert.deepStrictEqual(explain(waiting), [
        `milk has not arrived yet (ticket ${id}/milk).`,
        `bread has not arrived yet (ticket ${id}/bread).`,
        `eggs has not arrived yet (ticket ${id}/eggs).`
      ])
      for (const item of ["bread", "milk", "eggs"]) state.arrived.add(`${id}/${item}`)
      assert.deepStrictEqual(explain(yield* until(id, (errand) => errand.state === "done")), [])
      const told = yield* (yield* Outbox).after(0, 100, { subject: `errand/${id}` })
      assert.strictEqual((told.at(-1)!.body as { readonly state: string }).state, "done")
      assert.strictEqual(state.asked, 1)
    }).pipe(Effect.provide(engine))
  })

  it.live("ends with the reason when a command can never succeed", () => {
    const { engine, state } = shop()
    state.refuses = true
    return Effect.gen(function*() {
      const { reason } = yield* until(yield* submit("moon", ["moon"]), (errand) => errand.state === "failed")
      assert.strictEqual(reason, "the shop has no such thing")
    }).pipe(Effect.provide(engine))
  })

  it.live("waits for a shop that is known to be away without spending retries, although it shows nothing of it", () => {
    const { engine, state } = shop()
    state.isAway = true
    return Effect.gen(function*() {
      const id = yield* submit("early", ["x"])
      yield* Effect.sleep("1500 millis")
      const { state: errand } = yield* (yield* Errands).get(id)
      assert.deepInclude(errand, { state: "asking", reason: "Submitted" })
      state.isAway = false
      yield* until(id, (errand) => errand.state === "waiting")
      assert.deepStrictEqual(yield* (yield* CommandQueues).deadLetters({ limit: 10 }), [])
    }).pipe(Effect.provide(engine))
  })

  it.live("leaves a dead letter when retries are spent, and goes on once it is released", () => {
    const { engine, state } = shop()
    state.failures = maxAttempts
    return Effect.gen(function*() {
      const queues = yield* CommandQueues
      const id = yield* submit("late", ["x"])
      const [letter] = yield* queues.deadLetters({ life: "errand", process: id, limit: 10 }).pipe(
        Effect.repeat({ until: (letters) => letters.length > 0, schedule: Schedule.spaced("10 millis") }),
        Effect.timeout("20 seconds")
      )
      assert.deepStrictEqual([letter!.life, letter!.process, letter!.command], ["errand", id, "Ask"])
      assert.isTrue(yield* queues.release(letter!.id))
      yield* until(id, (errand) => errand.state === "waiting")
    }).pipe(Effect.provide(engine))
  })

  it.live("ends with the last reason when retries are spent, where its life gives up", () => {
    const { engine, state } = shop({ givesUp: true })
    state.failures = maxAttempts
    return Effect.gen(function*() {
      const id = yield* submit("never", ["x"])
      const { reason } = yield* until(id, (errand) => errand.state === "failed")
      assert.strictEqual(reason, "the shop is closed")
      assert.deepStrictEqual(yield* (yield* CommandQueues).deadLetters({ limit: 10 }), [])
    }).pipe(Effect.provide(engine))
  })

  it.live("hears of others by their announcements, each once however often it is told", () => {
    const { engine, state } = shop()
    return Effect.gen(function*() {
      const store = yield* Errands
      const outbox = yield* Outbox
      const first = yield* submit("first", ["a"])
      const second = yield* submit("second", ["b"])
      yield* until(second, (errand) => errand.state === "waiting")
      // The second errand is reminded when the first is done; one that is not there does not hold it up.
      const following: Following.Following<SampleLife> = {
        name: "reminders",
        store,
        of: ({ body, subject }) =>
          Effect.succeed(
            subject === `errand/${first}` && (body as { readonly state: string }).state === "done"
              ? [{ process: 999, event: { _tag: "Reminded" } }, { process: second, event: { _tag: "Reminded" } }]
              : []
          )
      }
      yield* Following.follow(following)
      state.arrived.add(`${first}/a`)
      yield* until(second, ({ reason }) => reason === "Reminded")
      yield* Effect.forEach(yield* outbox.after(0, 100), (one) => Following.hear(following, one), { discard: true })
      const events = (yield* store.history(second, 0, 100)).map(({ event }) => event._tag)
      assert.deepStrictEqual(events, ["Submitted", "Asked", "Reminded"])
    }).pipe(Effect.scoped, Effect.provide(engine))
  })
})
