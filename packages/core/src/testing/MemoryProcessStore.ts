/**
 * The process store in memory, for any life: for tests, and for people who drive builds inside their own program.
 *
 * A transaction is one synchronous step, so nothing can come between; announcements and commands follow it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { IllegalTransition } from "../life/IllegalTransition.ts"
import { fresh, type Keyed } from "../life/Keyed.ts"
import * as Life from "../life/Life.ts"
import * as Application from "../life/LifeApplication.ts"
import { CommandQueues } from "../ports/CommandQueue.ts"
import { Outbox } from "../ports/Outbox.ts"
import { type Applied, placeTaken, ProcessExists, ProcessNotFound, type ProcessStore } from "../ports/ProcessStore.ts"
import { MemoryDatabase, type Row } from "./MemoryDatabase.ts"

/** Who holds which place, by table: found at once, however many processes there are. */
const placesOf = new WeakMap<object, Map<string, number>>()

/** A store of one life on the tables of this program. */
export const make = <L extends Life.Any>(
  life: L
): Effect.Effect<ProcessStore<L>, never, MemoryDatabase | CommandQueues | Outbox> =>
  Effect.gen(function*() {
    type State = Life.StateOf<L>
    type Event = Life.EventOf<L>
    const rows = (yield* MemoryDatabase).table(life)
    const places = placesOf.get(rows) ?? new Map<string, number>()
    placesOf.set(rows, places)
    const queue = yield* (yield* CommandQueues).of(life)
    const outbox = yield* Outbox

    /** Another process that holds the place that this one would hold. */
    const holderOf = (id: number, state: State): readonly [id: number, state: State] | undefined => {
      const place = life.place(state)
      if (place === undefined) return undefined
      const holder = places.get(place)
      const row = holder === undefined || holder === id ? undefined : rows.get(holder)
      return row === undefined ? undefined : [holder!, row.state]
    }

    const hold = (id: number, before: string | undefined, place: string | undefined): void => {
      if (before !== undefined && before !== place && places.get(before) === id) places.delete(before)
      if (place !== undefined) places.set(place, id)
    }

    const commit = (
      id: number,
      row: Row<State, Event>,
      events: ReadonlyArray<Keyed<Event>>
    ): Result.Result<Effect.Effect<boolean>, IllegalTransition> => {
      const unseen = fresh(events, (key) => row.keys.has(key))
      const applied = Application.apply(life, row.state, unseen.map(({ event }) => event))
      if (Result.isFailure(applied)) return Result.fail(applied.failure)
      const { change, effective } = applied.success
      const place = life.place(row.state)
      const taken = place === undefined ? holderOf(id, change.state) : undefined
      if (taken !== undefined) return Result.fail(placeTaken(life, row.state, unseen, taken[0]))
      hold(id, place, life.place(change.state))
      for (const { key } of unseen) if (key !== undefined) row.keys.add(key)
      if (!change.changed) return Result.succeed(Effect.succeed(false))
      row.state = change.state
      row.revision++
      for (const position of effective) row.events.push(unseen[position]!.event)
      const { revision } = row
      return Result.succeed(
        // Announced before anybody can run what follows from it, so that the order is that of the changes.
        outbox.append(change.announcements, life.modifiedAt(change.state)).pipe(
          Effect.andThen(Effect.forEach(
            change.commands,
            ({ command, delay }, index) =>
              queue.offer(Life.commandId(life, id, revision, index), { process: id, revision, command }, delay)
          )),
          Effect.orDie,
          Effect.as(true)
        )
      )
    }

    const applied = ({ revision, state }: Row<State, Event>, changed: boolean): Applied<State> => ({
      state,
      revision,
      changed
    })

    return {
      life,
      create: (plan, event) =>
        Effect.suspend(() => {
          const id = rows.size + 1
          const row: Row<State, Event> = {
            state: life.unborn(id, plan),
            revision: 0,
            keys: new Set(),
            events: [],
            asked: new Map(),
            granted: new Map()
          }
          const holder = holderOf(id, row.state)
          if (holder !== undefined) {
            return Effect.fail(
              new ProcessExists({
                life: life.name,
                id: holder[0],
                place: life.place(row.state) ?? "",
                state: life.stateOf(holder[1])
              })
            )
          }
          const committed = Result.getOrThrow(commit(id, row, [{ event, key: "submitted" }]))
          rows.set(id, row)
          return Effect.map(committed, (changed) => applied(row, changed))
        }),
      apply: (id, events) =>
        Effect.suspend((): Effect.Effect<Applied<State>, IllegalTransition | ProcessNotFound> => {
          const row = rows.get(id)
          if (row === undefined) return Effect.fail(new ProcessNotFound({ life: life.name, id }))
          const committed = commit(id, row, events)
          return Result.isFailure(committed)
            ? Effect.fail(committed.failure)
            : Effect.map(committed.success, (changed) => applied(row, changed))
        }),
      get: (id) =>
        Effect.suspend(() => {
          const row = rows.get(id)
          return row === undefined
            ? Effect.fail(new ProcessNotFound({ life: life.name, id }))
            : Effect.succeed(applied(row, false))
        }),
      history: (id, after, limit) =>
        Effect.sync(() =>
          (rows.get(id)?.events ?? []).slice(after, after + limit)
            .map((event, index) => ({ sequence: after + index + 1, event }))
        )
    }
  })
