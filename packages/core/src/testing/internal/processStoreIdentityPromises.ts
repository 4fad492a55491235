/** Promises about which processes may exist beside each other, and that what is stored is what was given. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { unkeyed } from "../../life/Keyed.ts"
import type * as Life from "../../life/Life.ts"
import type { CommandQueues } from "../../ports/CommandQueue.ts"
import type { Outbox } from "../../ports/Outbox.ts"
import { ProcessExists, ProcessNotFound } from "../../ports/ProcessStore.ts"
import type * as Contract from "../Contract.ts"
import { type Harness, plain } from "./processStoreHarness.ts"

/** For a store of any life. */
export const identityPromises = <L extends Life.Any, R>(
  { assertStored, begun, life, specimen, store }: Harness<L, R>
): ReadonlyArray<Contract.Check<CommandQueues | Outbox | R>> => {
  const { back, beside, end, gone, plan, rich, submitted } = specimen
  const unless = specimen.placeless === true ? "no process of this life takes a place" : undefined
  return [
    {
      name: "stores a new process with its first event",
      check: Effect.gen(function*() {
        const processes = yield* store
        const wanted: Life.PlanOf<L> = plan(["a", "b"])
        const { changed, revision, state } = yield* processes.create(wanted, submitted)
        assert.deepStrictEqual([changed, revision], [true, 1])
        yield* assertStored(life.idOf(state), wanted, [submitted])
      })
    },
    {
      name: "gives back every field as it was stored",
      check: Effect.gen(function*() {
        const processes = yield* store
        const { events, plan } = rich()
        const { state } = yield* processes.create(plan, submitted)
        const id = life.idOf(state)
        for (const event of events(id)) yield* processes.apply(id, unkeyed([event]))
        yield* assertStored(id, plan, [submitted, ...events(id)])
      })
    },
    {
      name: "is not stopped by text of any characters",
      check: Effect.gen(function*() {
        const { id, store: processes } = yield* begun(["a", "b"])
        const { events, read } = specimen.text(id, "a\u0000b \ud800 c \\u0000 \u001b[31m")
        yield* processes.apply(id, unkeyed(events))
        const texts = read((yield* processes.get(id)).state)
        assert.isNotEmpty(texts)
        for (const text of texts) assert.match(text, /^a.b . c \\u0000 .\[31m$/su)
      })
    },
    {
      name: "refuses a second process for the same place, naming the first",
      unless,
      check: Effect.gen(function*() {
        const { id, plan: wanted, store: processes } = yield* begun(["a"])
        const { state } = yield* processes.get(id)
        const error = yield* Effect.flip(processes.create(wanted, submitted))
        assert.deepStrictEqual(
          error,
          new ProcessExists({ life: life.name, id, place: life.place(state) ?? "", state: life.stateOf(state) })
        )
        const ids = new Set([id])
        for (const other of beside(wanted)) ids.add(life.idOf((yield* processes.create(other, submitted)).state))
        assert.strictEqual(ids.size, 1 + beside(wanted).length)
      })
    },
    {
      name: "lets one of many begin that are submitted at once",
      unless,
      check: Effect.gen(function*() {
        const processes = yield* store
        const wanted: Life.PlanOf<L> = plan(["a"])
        const answers = yield* Effect.forEach(
          Array.from({ length: 10 }),
          () => Effect.result(processes.create(wanted, submitted)),
          { concurrency: "unbounded" }
        )
        const won = answers.flatMap((answer) => Result.isSuccess(answer) ? [life.idOf(answer.success.state)] : [])
        assert.lengthOf(won, 1)
        for (const answer of answers) {
          if (Result.isSuccess(answer)) continue
          if (answer.failure._tag !== "ProcessExists") assert.fail(String(answer.failure))
          assert.strictEqual(answer.failure.id, won[0])
        }
      })
    },
    {
      name: "begins anew beside a process that has left its place",
      check: Effect.gen(function*() {
        const { id, plan: wanted, store: processes } = yield* begun(["a"])
        yield* processes.apply(id, unkeyed([gone]))
        const { state } = yield* processes.create(wanted, submitted)
        assert.notStrictEqual(life.idOf(state), id)
      })
    },
    {
      name: "refuses to take up a process whose place another one has taken",
      unless,
      check: Effect.gen(function*() {
        const { events, id, plan: wanted, store: processes } = yield* begun(["a"])
        yield* processes.apply(id, unkeyed([gone]))
        yield* processes.create(wanted, submitted)
        const error = yield* Effect.flip(processes.apply(id, unkeyed([back])))
        assert.strictEqual(error._tag, "IllegalTransition")
        yield* assertStored(id, wanted, [...events, gone])
      })
    },
    {
      name: "says that a process is not there",
      check: Effect.gen(function*() {
        const processes = yield* store
        const missing = new ProcessNotFound({ life: life.name, id: 999_999_999 })
        assert.deepStrictEqual(yield* Effect.flip(processes.get(missing.id)), missing)
        assert.deepStrictEqual(yield* Effect.flip(processes.get(missing.id, 1)), missing)
        assert.deepStrictEqual(yield* Effect.flip(processes.apply(missing.id, unkeyed([gone]))), missing)
        assert.deepStrictEqual(yield* processes.history(missing.id, 0, 10), [])
      })
    },
    {
      name: "shows a process at the revision asked for, or later",
      unless: specimen.together === true ? "the parts of this life end together" : undefined,
      check: Effect.gen(function*() {
        const { id, store: processes } = yield* begun(["a", "b"])
        for (const part of ["a", "b"]) {
          const { revision, state } = yield* processes.apply(id, unkeyed([end(id, part)]))
          const seen = yield* processes.get(id, revision)
          assert.deepStrictEqual([seen.revision, seen.changed], [revision, false])
          assert.deepStrictEqual(plain(seen.state), plain(state))
          assert.strictEqual((yield* processes.get(id, 1)).revision, revision)
        }
      })
    }
  ]
}
