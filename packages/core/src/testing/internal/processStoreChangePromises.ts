/** Promises about changes: one transaction each, all of it or nothing, nothing twice, nothing lost. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { type Keyed, unkeyed } from "../../life/Keyed.ts"
import type * as Life from "../../life/Life.ts"
import { replay } from "../../life/LifeApplication.ts"
import type { CommandQueues } from "../../ports/CommandQueue.ts"
import type { Outbox } from "../../ports/Outbox.ts"
import type * as Contract from "../Contract.ts"
import { type Harness, plain } from "./processStoreHarness.ts"

/** For a store of any life. */
export const changePromises = <L extends Life.Any, R>(
  { assertStored, begun, life, options, specimen, store }: Harness<L, R>
): ReadonlyArray<Contract.Check<CommandQueues | Outbox | R>> => {
  type Event = Life.EventOf<L>
  const { again, back, end, gone, plan, stale, submitted } = specimen

  const alone = specimen.together === true ? "the parts of this life end together" : undefined

  /** A process that `again.event` changes each time. */
  const changing = Effect.gen(function*() {
    const begin = yield* begun(["a"])
    const events = again.reach(begin.id, "a")
    for (const event of events) yield* begin.store.apply(begin.id, unkeyed([event]))
    return { ...begin, events: [...begin.events, ...events] }
  })
  const keyed = (n: number, key: string): Keyed<Event> => ({ event: again.event(n), key })
  const other = Effect.suspend(() => options.reopen ?? store)

  return [
    {
      name: "applies events in order, as one change",
      unless: alone,
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* begun(["a", "b", "c"])
        const before = yield* processes.get(id)
        const next = ["a", "b"].map((part) => end(id, part))
        const applied = yield* processes.apply(id, unkeyed(next))
        assert.deepStrictEqual([applied.changed, applied.revision], [true, before.revision + 1])
        assert.deepStrictEqual(plain((yield* processes.get(id)).state), plain(applied.state))
        assert.deepStrictEqual<unknown>(
          (yield* processes.history(id, 0, 100)).map(({ event }) => event),
          [...events, ...next]
        )
        assert.deepStrictEqual(plain(life.take(applied.state).plan), plain(wanted))
      })
    },
    {
      name: "queues each command and tells each announcement of a change once",
      unless: alone,
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* begun(["a", "b"])
        const ends = ["a", "b"].map((part) => end(id, part))
        for (const event of ends) yield* processes.apply(id, unkeyed([event]))
        yield* assertStored(id, wanted, [...events, ...ends])
      })
    },
    {
      name: "drops an event whose key it has seen, and keeps its neighbours",
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* changing
        const first = yield* processes.apply(id, [keyed(0, "x")])
        assert.isTrue(first.changed)
        const repeated = yield* processes.apply(id, [keyed(1, "x")])
        assert.deepStrictEqual([repeated.changed, repeated.revision], [false, first.revision])
        assert.isTrue((yield* processes.apply(id, [keyed(2, "x"), keyed(3, "y")])).changed)
        yield* assertStored(id, wanted, [...events, again.event(0), again.event(3)])
      })
    },
    {
      name: "applies one of two events of the same key in one call",
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* changing
        yield* processes.apply(id, [keyed(0, "x"), keyed(1, "x")])
        yield* assertStored(id, wanted, [...events, again.event(0)])
      })
    },
    {
      name: "applies an event of one key once, however many bring it at once",
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* changing
        const elsewhere = yield* other
        const answers = yield* Effect.forEach(
          Array.from({ length: 20 }),
          (_, index) => (index % 2 === 0 ? processes : elsewhere).apply(id, [keyed(0, "x")]),
          { concurrency: "unbounded" }
        )
        assert.lengthOf(answers.filter(({ changed }) => changed), 1)
        yield* assertStored(id, wanted, [...events, again.event(0)])
      })
    },
    {
      name: "keeps the keys of one process apart from another's",
      check: Effect.gen(function*() {
        const one = yield* changing
        const two = yield* changing
        for (const { events, id, plan: wanted, store: processes } of [one, two]) {
          assert.isTrue((yield* processes.apply(id, [keyed(0, "x")])).changed)
          yield* assertStored(id, wanted, [...events, again.event(0)])
        }
      })
    },
    {
      name: "changes nothing when one event of a call is refused",
      unless: specimen.unrefused === true ? "no event of this life is ever refused" : alone,
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* begun(["a", "b"])
        const ended: Keyed<Event> = { event: end(id, "a"), key: "x" }
        const error = yield* Effect.flip(processes.apply(id, [ended, { event: back, key: "y" }]))
        assert.strictEqual(error._tag, "IllegalTransition")
        yield* assertStored(id, wanted, events)
        // The keys of what was refused are still free.
        yield* processes.apply(id, [ended])
        yield* assertStored(id, wanted, [...events, end(id, "a")])
      })
    },
    {
      name: "changes nothing when an event has nothing to say",
      unless: alone,
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* begun(["a", "b"])
        yield* processes.apply(id, unkeyed([end(id, "a")]))
        const before = yield* processes.get(id)
        const after = yield* processes.apply(id, unkeyed([end(id, "a"), stale]))
        assert.deepStrictEqual([after.changed, after.revision], [false, before.revision])
        assert.isFalse((yield* processes.apply(id, [])).changed)
        yield* assertStored(id, wanted, [...events, end(id, "a")])
      })
    },
    {
      name: "keeps the events of a process, page by page, and replaying them gives the process",
      unless: alone,
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* begun(["a", "b"])
        const later = [end(id, "a"), gone]
        for (const event of later) yield* processes.apply(id, unkeyed([event]))
        const all = yield* processes.history(id, 0, 100)
        assert.deepStrictEqual<unknown>(all.map(({ event }) => event), [...events, ...later])
        const paged = []
        for (let after = 0;;) {
          const page = yield* processes.history(id, after, 2)
          if (page.length === 0) break
          assert.isAtMost(page.length, 2)
          assert.isAbove(page[0]!.sequence, after)
          after = page.at(-1)!.sequence
          paged.push(...page)
        }
        assert.deepStrictEqual(paged, [...all])
        const replayed = Result.getOrThrow(replay(life, life.unborn(id, wanted), all.map(({ event }) => event)))
        assert.deepStrictEqual(plain(replayed), plain((yield* processes.get(id)).state))
      })
    },
    {
      name: "loses nothing of 50 changes of one process that come at once",
      unless: alone,
      check: Effect.gen(function*() {
        const parts = Array.from({ length: 50 }, (_, index) => `c${index}`)
        const { events, id, plan: wanted, store: processes } = yield* begun([...parts, "last"])
        const elsewhere = yield* other
        const answers = yield* Effect.forEach(
          parts,
          (part, index) => (index % 2 === 0 ? processes : elsewhere).apply(id, unkeyed([end(id, part)])),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(answers.map(({ revision }) => revision)).size, 50)
        const history = yield* processes.history(id, 0, 1000)
        yield* assertStored(id, wanted, history.map(({ event }) => event))
        assert.lengthOf(history, events.length + 50)
      })
    },
    {
      name: "keeps processes that change at once apart",
      unless: alone,
      check: Effect.gen(function*() {
        const all = yield* Effect.forEach(Array.from({ length: 10 }), () => begun(["a", "b"]), {
          concurrency: "unbounded"
        })
        yield* Effect.forEach(all, ({ id, store: processes }) => processes.apply(id, unkeyed([end(id, "a")])), {
          concurrency: "unbounded"
        })
        for (const { events, id, plan: wanted } of all) yield* assertStored(id, wanted, [...events, end(id, "a")])
      })
    },
    {
      name: "has all of a change or nothing when its caller is interrupted",
      unless: alone,
      check: Effect.gen(function*() {
        const processes = yield* store
        const parts = ["a", "b", "c", "d"]
        const run = Effect.fnUntraced(function*(wait: number) {
          const wanted: Life.PlanOf<L> = plan(parts)
          const id = life.idOf((yield* processes.create(wanted, submitted)).state)
          const work = Effect.gen(function*() {
            for (const event of specimen.begin(id, parts)) yield* processes.apply(id, unkeyed([event]))
            // The last one stays, so that the process can still be ended.
            for (const part of parts.slice(1)) yield* processes.apply(id, unkeyed([end(id, part)]))
          })
          const fiber = yield* Effect.forkChild(work)
          yield* Effect.sleep(wait)
          yield* Fiber.interrupt(fiber)
          // Whoever comes next finds the process whole and can go on.
          yield* processes.apply(id, unkeyed([gone]))
          const history = yield* processes.history(id, 0, 100)
          yield* assertStored(id, wanted, history.map(({ event }) => event))
        })
        for (let wait = 0; wait < 10; wait++) yield* run(wait)
      })
    },
    {
      name: "shows another server what was changed, and takes its changes",
      unless: options.reopen === undefined ? "the hook reopen is not given" : alone,
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* begun(["a", "b"])
        const elsewhere = yield* other
        assert.deepStrictEqual(plain((yield* elsewhere.get(id)).state), plain((yield* processes.get(id)).state))
        yield* elsewhere.apply(id, unkeyed([end(id, "a")]))
        yield* processes.apply(id, unkeyed([end(id, "b")]))
        yield* assertStored(id, wanted, [...events, end(id, "a"), end(id, "b")])
      })
    }
  ]
}
