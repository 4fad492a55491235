/** Promises about changes: one transaction each, all of it or nothing, nothing twice, nothing lost. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import type { CommandQueue } from "../../ports/CommandQueue.ts"
import type { Outbox } from "../../ports/Outbox.ts"
import { type Keyed, ProcessStore } from "../../ports/ProcessStore.ts"
import type * as Contract from "../Contract.ts"
import {
  accepted,
  at,
  canceled,
  closed,
  type Harness,
  plain,
  plan,
  prepared,
  resumed,
  submitted,
  unkeyed
} from "./processStoreHarness.ts"

/** A verdict that changes a finished build each time it is applied. */
const held = (n: number): ModuleBuildEvent => ({
  _tag: "GateDecided",
  at: at + n,
  satisfied: false,
  reason: `not yet ${n}`,
  retryAfter: 0
})

export const changePromises = <R>(
  { assertStored, building, options }: Harness<R>
): ReadonlyArray<Contract.Check<ProcessStore | CommandQueue | Outbox | R>> => {
  /** A build that is done and waits for its gate. */
  const done = Effect.gen(function*() {
    const begun = yield* building(["a"])
    const published: ModuleBuildEvent = { _tag: "Published", at: at + 4, url: "memory:/x/", path: "/x" }
    const events = [closed(begun.id, "a"), published]
    for (const event of events) yield* begun.store.apply(begun.id, unkeyed(event))
    return { ...begun, events: [...begun.events, ...events] }
  })

  return [
    {
      name: "applies events in order, as one change",
      check: Effect.gen(function*() {
        const { events, id, plan, store } = yield* building(["a", "b", "c"])
        const before = yield* store.get(id)
        const next = ["a", "b"].map((name) => closed(id, name))
        const applied = yield* store.apply(id, unkeyed(...next))
        assert.isTrue(applied.changed)
        assert.strictEqual(applied.revision, before.revision + 1)
        assert.deepStrictEqual(plain((yield* store.get(id)).build), plain(applied.build))
        assert.deepStrictEqual((yield* store.history(id, 0, 100)).map(({ event }) => event), [...events, ...next])
        assert.deepStrictEqual(applied.build.plan, plan)
      })
    },
    {
      name: "queues each command and tells each announcement of a change once",
      check: Effect.gen(function*() {
        const { events, id, plan, store } = yield* building(["a", "b"])
        const end = [closed(id, "a"), closed(id, "b")]
        for (const event of end) yield* store.apply(id, unkeyed(event))
        yield* assertStored(id, plan, [...events, ...end])
      })
    },
    {
      name: "drops an event whose key it has seen, and keeps its neighbours",
      check: Effect.gen(function*() {
        const { events, id, plan, store } = yield* done
        const first = yield* store.apply(id, [{ event: held(10), key: "x" }])
        assert.isTrue(first.changed)
        const again = yield* store.apply(id, [{ event: held(11), key: "x" }])
        assert.deepStrictEqual([again.changed, again.revision], [false, first.revision])
        const mixed = yield* store.apply(id, [{ event: held(12), key: "x" }, { event: held(13), key: "y" }])
        assert.isTrue(mixed.changed)
        yield* assertStored(id, plan, [...events, held(10), held(13)])
      })
    },
    {
      name: "applies one of two events of the same key in one call",
      check: Effect.gen(function*() {
        const { events, id, plan, store } = yield* done
        yield* store.apply(id, [{ event: held(10), key: "x" }, { event: held(11), key: "x" }])
        yield* assertStored(id, plan, [...events, held(10)])
      })
    },
    {
      name: "applies an event of one key once, however many bring it at once",
      check: Effect.gen(function*() {
        const { events, id, plan, store } = yield* done
        const other = options.reopen === undefined ? store : yield* options.reopen
        const answers = yield* Effect.forEach(
          Array.from({ length: 20 }),
          (_, index) => (index % 2 === 0 ? store : other).apply(id, [{ event: held(10), key: "x" }]),
          { concurrency: "unbounded" }
        )
        assert.lengthOf(answers.filter(({ changed }) => changed), 1)
        yield* assertStored(id, plan, [...events, held(10)])
      })
    },
    {
      name: "keeps the keys of one build apart from another's",
      check: Effect.gen(function*() {
        const one = yield* done
        const other = yield* done
        for (const { events, id, plan, store } of [one, other]) {
          assert.isTrue((yield* store.apply(id, [{ event: held(10), key: "x" }])).changed)
          yield* assertStored(id, plan, [...events, held(10)])
        }
      })
    },
    {
      name: "changes nothing when one event of a call is refused",
      check: Effect.gen(function*() {
        const { events, id, plan, store } = yield* building(["a", "b"])
        const keyed: ReadonlyArray<Keyed> = [{ event: closed(id, "a"), key: "x" }, { event: resumed, key: "y" }]
        const error = yield* Effect.flip(store.apply(id, keyed))
        assert.strictEqual(error._tag, "IllegalTransition")
        yield* assertStored(id, plan, events)
        // The keys of what was refused are still free.
        yield* store.apply(id, [keyed[0]!])
        yield* assertStored(id, plan, [...events, closed(id, "a")])
      })
    },
    {
      name: "changes nothing when an event has nothing to say",
      check: Effect.gen(function*() {
        const { events, id, plan, store } = yield* building(["a", "b"])
        yield* store.apply(id, unkeyed(closed(id, "a")))
        const before = yield* store.get(id)
        const after = yield* store.apply(id, unkeyed(closed(id, "a"), prepared("late")))
        assert.deepStrictEqual([after.changed, after.revision], [false, before.revision])
        assert.deepStrictEqual([(yield* store.apply(id, [])).changed], [false])
        yield* assertStored(id, plan, [...events, closed(id, "a")])
      })
    },
    {
      name: "loses nothing of 50 changes of one build that come at once",
      check: Effect.gen(function*() {
        const names = Array.from({ length: 50 }, (_, index) => `c${index}`)
        const { id, plan: wanted, store } = yield* building([...names, "last"])
        const other = options.reopen === undefined ? store : yield* options.reopen
        const answers = yield* Effect.forEach(
          names,
          (name, index) => (index % 2 === 0 ? store : other).apply(id, unkeyed(closed(id, name))),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(answers.map(({ revision }) => revision)).size, 50)
        const { build } = yield* store.get(id)
        for (const name of names) assert.strictEqual(build.components.get(name)?.state, "built")
        const history = yield* store.history(id, 0, 1000)
        yield* assertStored(id, wanted, history.map(({ event }) => event))
        assert.lengthOf(history, 53)
      })
    },
    {
      name: "keeps builds that change at once apart",
      check: Effect.gen(function*() {
        const begun = yield* Effect.forEach(Array.from({ length: 10 }), () => building(["a", "b"]), {
          concurrency: "unbounded"
        })
        yield* Effect.forEach(begun, ({ id, store }) => store.apply(id, unkeyed(closed(id, "a"))), {
          concurrency: "unbounded"
        })
        for (const { events, id, plan } of begun) yield* assertStored(id, plan, [...events, closed(id, "a")])
      })
    },
    {
      name: "has all of a change or nothing when its caller is interrupted",
      check: Effect.gen(function*() {
        const store = yield* ProcessStore
        const names = ["a", "b", "c", "d"]
        const run = Effect.fnUntraced(function*(wait: number) {
          const wanted = plan(names)
          const { build: { id } } = yield* store.create(wanted, submitted)
          const work = Effect.gen(function*() {
            yield* store.apply(id, unkeyed(prepared("x")))
            yield* store.apply(id, unkeyed(accepted(id, names)))
            for (const name of names) yield* store.apply(id, unkeyed(closed(id, name)))
          })
          const fiber = yield* Effect.forkChild(work)
          yield* Effect.sleep(wait)
          yield* Fiber.interrupt(fiber)
          // Whoever comes next finds the build whole and can go on.
          yield* store.apply(id, unkeyed(canceled))
          const history = yield* store.history(id, 0, 100)
          yield* assertStored(id, wanted, history.map(({ event }) => event))
        })
        for (let wait = 0; wait < 10; wait++) yield* run(wait)
      })
    },
    {
      name: "shows another process what was changed, and takes its changes",
      unless: options.reopen === undefined ? "the hook reopen is not given" : undefined,
      check: Effect.gen(function*() {
        const { events, id, plan, store } = yield* building(["a", "b"])
        const other = yield* options.reopen!
        assert.deepStrictEqual(plain((yield* other.get(id)).build), plain((yield* store.get(id)).build))
        yield* other.apply(id, unkeyed(closed(id, "a")))
        yield* store.apply(id, unkeyed(closed(id, "b")))
        yield* assertStored(id, plan, [...events, closed(id, "a"), closed(id, "b")])
      })
    }
  ]
}
