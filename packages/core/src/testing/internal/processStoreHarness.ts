/** What the promises of a process store are checked with: processes in a wanted state, what was queued and told. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Draft } from "../../life/Draft.ts"
import { unkeyed } from "../../life/Keyed.ts"
import * as Life from "../../life/Life.ts"
import { apply } from "../../life/LifeApplication.ts"
import { CommandQueues } from "../../ports/CommandQueue.ts"
import { Outbox } from "../../ports/Outbox.ts"
import type { ProcessStore } from "../../ports/ProcessStore.ts"
import type { Specimen } from "../ProcessSpecimen.ts"

/** What the suite is told of the implementation. */
export interface Options<L extends Life.Any, R> {
  readonly specimen: Specimen<L>
  readonly store: Effect.Effect<ProcessStore<L>, never, R>
  /** Another store on the same data, as another server would have. */
  readonly reopen?: Effect.Effect<ProcessStore<L>, unknown, CommandQueues | Outbox | R | Scope.Scope>
  /** Milliseconds after which commands and announcements that have not come are taken not to exist; 500 unless told. */
  readonly quiet?: number
}

interface Queued {
  readonly id: string
  readonly command: unknown
}

/** Changes that follow from a life's own `decide`, one transaction for each event. */
export const expected = <L extends Life.Any>(
  life: L,
  id: number,
  wanted: Life.PlanOf<L>,
  events: ReadonlyArray<Life.EventOf<L>>
) => {
  let state: Life.StateOf<L> = life.unborn(id, wanted)
  let revision = 0
  const commands: Array<Queued> = []
  const announcements: Array<Draft> = []
  for (const event of events) {
    const { change } = Result.getOrThrow(apply(life, state, [event]))
    if (!change.changed) continue
    state = change.state
    revision++
    announcements.push(...change.announcements)
    for (const [index, { command, delay }] of change.commands.entries()) {
      // What waits for long is not seen here.
      if (delay === 0) commands.push({ id: Life.commandId(life, id, revision, index), command })
    }
  }
  return { state, revision, commands, announcements }
}

/** States compare by value, maps also in their order. */
export const plain = (value: unknown): unknown =>
  value instanceof Map
    ? [...value].map(([key, one]) => [key, plain(one)])
    : Array.isArray(value)
    ? value.map(plain)
    : typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
    : value

/** The tools of the suite for one implementation. */
export const harness = <L extends Life.Any, R>(options: Options<L, R>) => {
  const { specimen, store } = options
  const { life } = specimen
  const quiet = options.quiet ?? 500
  const taken = new Map<number, Array<Queued & { readonly place: number }>>()

  /** Everything that was ever queued for a process, in the order of its revisions; waits longer for `count` of them. */
  const commandsOf = Effect.fnUntraced(function*(id: number, count: number) {
    const queue = yield* (yield* CommandQueues).of(life)
    const one = queue.take(({ command, process, revision }, delivery) =>
      Effect.sync(() => {
        const index = Number(delivery.id.split(".").at(-1))
        taken.set(process, [...taken.get(process) ?? [], { id: delivery.id, command, place: revision * 1000 + index }])
      })
    )
    let more = true
    while (more) {
      const patience = (taken.get(id)?.length ?? 0) < count ? 10_000 : quiet
      more = Option.isSome(yield* Effect.timeoutOption(one, patience))
    }
    return (taken.get(id) ?? []).toSorted((a, b) => a.place - b.place).map(({ command, id }) => ({ id, command }))
  })

  /** Everything that was ever told of a process, once `count` announcements are there or have had the time to come. */
  const announcementsOf = Effect.fnUntraced(function*(id: number, count: number) {
    const outbox = yield* Outbox
    const all = outbox.after(0, 100_000, { subject: specimen.subject(id) })
    const told = yield* all.pipe(
      Effect.repeat({ while: (found) => found.length < count, schedule: Schedule.spaced("50 millis") }),
      Effect.timeoutOption("5 seconds")
    )
    return Option.isSome(told) ? told.value : yield* all
  })

  /** A process all of whose parts are under way. */
  const begun = Effect.fnUntraced(function*(parts: ReadonlyArray<string>, given?: Life.PlanOf<L>) {
    const processes = yield* store
    const plan: Life.PlanOf<L> = given ?? specimen.plan(parts)
    const { state } = yield* processes.create(plan, specimen.submitted)
    const id = life.idOf(state)
    const events = specimen.begin(id, parts)
    for (const event of events) yield* processes.apply(id, unkeyed([event]))
    return { store: processes, id, plan, events: [specimen.submitted, ...events] }
  })

  /** All that is stored of a process is what its events ask for, each command and announcement once. */
  const assertStored = Effect.fnUntraced(
    function*(id: number, wanted: Life.PlanOf<L>, events: ReadonlyArray<Life.EventOf<L>>) {
      const processes = yield* store
      const should = expected(life, id, wanted, events)
      const { revision, state } = yield* processes.get(id)
      assert.deepStrictEqual(plain(state), plain(should.state))
      assert.strictEqual(revision, should.revision)
      assert.deepStrictEqual<unknown>((yield* processes.history(id, 0, 1000)).map(({ event }) => event), events)
      assert.deepStrictEqual<unknown>(yield* commandsOf(id, should.commands.length), should.commands)
      const told = yield* announcementsOf(id, should.announcements.length)
      assert.deepStrictEqual(told.map(({ body, subject, topic }) => ({ topic, subject, body })), should.announcements)
    }
  )

  return { options, specimen, life, store, begun, assertStored }
}

/** The tools, as the promises take them. */
export type Harness<L extends Life.Any, R> = ReturnType<typeof harness<L, R>>
