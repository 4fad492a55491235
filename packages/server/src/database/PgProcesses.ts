/**
 * Processes of any life in the database: one transaction for each change.
 *
 * Each server keeps the processes it saw last, and decides on what it keeps. What follows is written only if the process is
 * still at that revision; otherwise it is read again and decided upon under its lock.
 */
import { fresh, type Keyed } from "@orch/core/life/Keyed"
import * as Life from "@orch/core/life/Life"
import * as Application from "@orch/core/life/LifeApplication"
import type { Change } from "@orch/core/life/LifeChange"
import { placeTaken, ProcessNotFound, type ProcessStore } from "@orch/core/ports/ProcessStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Slices from "../Slices.ts"
import * as CommandTaking from "./CommandTaking.ts"
import * as Gathering from "./Gathering.ts"
import { Notifier } from "./Notifier.ts"
import { rowCodec } from "./PgCommandQueue.ts"
import { asUnavailable } from "./PgError.ts"
import * as ProcessCreation from "./ProcessCreation.ts"
import * as ProcessStatements from "./ProcessStatements.ts"
import type { ProcessTable, Projection } from "./ProcessTable.ts"
import { RevisionCache } from "./RevisionCache.ts"

/** Processes kept in memory, of each life. */
const kept = 1000
/** Changes written by one statement at most. */
const writesAtOnce = 50
/** Changes that bring plans, which may be long, written by one transaction at most. */
const replannedAtOnce = 10

const isWritten = ([answer]: ReadonlyArray<Result.Result<boolean>>): boolean =>
  answer?._tag === "Success" && answer.success

/** A store on the tables of one life. */
export const make = <L extends Life.Any>(
  table: ProcessTable<L>,
  projections: ReadonlyArray<Projection<L>> = []
): Effect.Effect<ProcessStore<L>, never, SqlClient.SqlClient | Notifier> =>
  Effect.gen(function*() {
    type State = Life.StateOf<L>
    type Event = Life.EventOf<L>
    type Events = ReadonlyArray<Keyed<Event>>
    type Write = ProcessStatements.DecidedWrite<L>
    const { life } = table
    const sql = yield* SqlClient.SqlClient
    const notifier = yield* Notifier
    const statements = ProcessStatements.make(sql, table)
    const cache = new RevisionCache<State>(kept)

    const encodeCommand = Schema.encodeSync(rowCodec(life))
    const decodePlan = Schema.decodeUnknownSync(life.codecs.plan)
    const decodeProgress = Schema.decodeUnknownSync(life.codecs.progress)
    const decodePart = Schema.decodeUnknownSync(life.codecs.part)
    const readPlan = table.readPlan ?? ((stored: unknown) => Effect.sync(() => decodePlan(stored)))
    const decodeEvent = Schema.decodeUnknownSync(life.codecs.event)

    // What was stored and does not fit the schema is corruption, not something to handle: decoding throws.
    const load = Effect.fnUntraced(function*(id: number) {
      const [row] = yield* statements.read(id)
      if (row === undefined) return yield* new ProcessNotFound({ life: life.name, id })
      const { parts, plan, progress } = row
      const state: State = life.assemble(
        id,
        yield* readPlan(plan),
        decodeProgress(progress),
        yield* Slices.map((parts ?? []) as ReadonlyArray<unknown>, decodePart)
      )
      const revision = Number(row.revision)
      cache.put(id, revision, state)
      return { state, revision }
    })

    /** What is written of a change. */
    const writeOf = (
      id: number,
      revision: number,
      before: State,
      change: Change<State, Life.CommandOf<L>>,
      events: Events
    ): Write => ({
      id,
      revision,
      before,
      change,
      events,
      isReplanned: life.take(before).plan !== life.take(change.state).plan,
      commands: change.commands.map(({ command, delay }, index) => ({
        id: Life.commandId(life, id, revision, index),
        element: JSON.stringify(encodeCommand({ process: id, revision, command })),
        delay
      }))
    })

    /** What follows from changes that are committed. */
    const published = (writes: ReadonlyArray<Write>) =>
      Effect.gen(function*() {
        for (const { change, id, revision } of writes) cache.put(id, revision, change.state)
        if (writes.some(({ commands }) => commands.length > 0)) yield* notifier.wake(CommandTaking.topic(life.name))
        if (writes.some(({ change }) => change.announcements.length > 0)) yield* notifier.notify("announcement")
        for (const { before, change } of writes) table.changed?.(before, change.state)
      })

    const project = (writes: ReadonlyArray<Write>) =>
      Effect.forEach(
        writes.filter(({ isReplanned }) => isReplanned),
        ({ change, id }) =>
          Effect.forEach(projections, (one) => one(sql, id, life.take(change.state).plan), { discard: true }),
        { discard: true }
      )

    /**
     * Writes changes as part of a transaction, whose caller holds their processes' locks. The statement that takes the numbers of
     * announcements is the last one, since everybody waits for them until the commit.
     */
    const write = Effect.fnUntraced(function*(writes: ReadonlyArray<Write>) {
      if (writes.length === 0) return
      yield* project(writes)
      yield* statements.write(writes)
      yield* sql.afterCommit(published(writes))
    })

    /** Whether each was written. */
    const writeTogether = (writes: ReadonlyArray<Write>) =>
      statements.write(writes).pipe(
        Effect.map((rows) => new Set(rows.map(({ id }) => Number(id)))),
        Effect.tap((ids) => published(writes.filter(({ id }) => ids.has(id)))),
        Effect.map((ids) => writes.map(({ id }) => Result.succeed(ids.has(id))))
      )

    /** Whether each was written, where what is shown of plans is written with them. */
    const writeReplanned = (writes: ReadonlyArray<Write>) =>
      sql.withTransaction(Effect.gen(function*() {
        const rows = yield* statements.hold(writes)
        const held = new Set(rows.map(({ id }) => Number(id)))
        yield* write(writes.filter(({ id }) => held.has(id)))
        return writes.map(({ id }) => Result.succeed(held.has(id)))
      }))

    // A key or a place that is taken, or a lock that another server wants in another order, is the matter of one of them.
    const gather = (
      most: number,
      together: (writes: ReadonlyArray<Write>) => Effect.Effect<ReadonlyArray<Result.Result<boolean>>, SqlError>
    ) =>
      Gathering.make({
        parallel: 2,
        most,
        run: (writes: ReadonlyArray<Write>): Effect.Effect<ReadonlyArray<Result.Result<boolean, SqlError>>, SqlError> =>
          writes.length === 1
            ? together(writes)
            : Effect.catchIf(
              together(writes),
              ProcessStatements.isOfOne,
              () => Effect.forEach(writes, (one) => Effect.result(Effect.map(together([one]), isWritten)))
            )
      })
    const gathered = yield* gather(writesAtOnce, writeTogether)
    const replanned = yield* gather(replannedAtOnce, writeReplanned)
    const revisionOf = yield* Gathering.make({
      parallel: 2,
      most: 500,
      run: (ids: ReadonlyArray<number>) =>
        Effect.map(statements.revisions(ids), (rows) => {
          const revisions = new Map(rows.map(({ id, revision }) => [Number(id), Number(revision)]))
          return ids.map((id) => revisions.get(id))
        })
    })

    /**
     * The process as it was seen last, if it has not changed since: its revision is asked for, with those that others want to
     * know, and neither plan nor parts are read again. A transaction sees what it wrote itself, so it reads for itself.
     */
    const current = (id: number) =>
      Effect.flatMap(Effect.serviceOption(sql.transactionService), (transaction) => {
        const known = cache.latest(id)
        if (known === undefined || Option.isSome(transaction)) return Effect.undefined
        return Effect.map(
          revisionOf(id),
          (revision) => revision === known.revision ? { state: known.value, revision } : undefined
        )
      })

    /** Decides and writes; the caller holds the process's lock. */
    const change = Effect.fnUntraced(function*(id: number, state: State, revision: number, events: Events) {
      const { change, effective } = yield* Effect.fromResult(
        Application.apply(life, state, events.map(({ event }) => event))
      )
      if (!change.changed) return { state, revision, changed: false }
      yield* write([writeOf(id, revision + 1, state, change, effective.map((position) => events[position]!))])
      return { state: change.state, revision: revision + 1, changed: true }
    })

    /**
     * Decides on the process as it was seen last and writes if nobody has changed it since: one statement for all that
     * change at the moment. `undefined` where it must be looked at under its lock: it is not known here, it has moved on, or what was
     * seen last, which may be old, does not take the events.
     */
    const applyAtOnce = Effect.fnUntraced(function*(id: number, given: Events) {
      const known = cache.latest(id)
      if (known === undefined) return undefined
      const events = fresh(given, () => false)
      const decided = Application.apply(life, known.value, events.map(({ event }) => event))
      if (Result.isFailure(decided)) return undefined
      const { change, effective } = decided.success
      if (!change.changed) {
        return (yield* revisionOf(id)) !== known.revision
          ? undefined
          : { state: known.value, revision: known.revision, changed: false }
      }
      const next = known.revision + 1
      const one = writeOf(id, next, known.value, change, effective.map((position) => events[position]!))
      const written = yield* Effect.fromResult(yield* (one.isReplanned ? replanned : gathered)(one))
      return written ? { state: change.state, revision: next, changed: true } : undefined
    })

    const applyLocked = (id: number, events: Events) =>
      sql.withTransaction(Effect.gen(function*() {
        const [row] = yield* statements.lock(id, events.flatMap(({ key }) => key ?? []))
        if (row === undefined) return yield* new ProcessNotFound({ life: life.name, id })
        const revision = Number(row.revision)
        const current = cache.get(id, revision) ?? (yield* load(id)).state
        return yield* change(id, current, revision, fresh(events, (key) => row.seen.includes(key)))
      }))

    // The lock is waited for with a view of the keys from before: a key written meanwhile shows as a violation of its
    // index, and the second look sees it.
    const applyUnderLock = (id: number, events: Events) =>
      Effect.catchReason(
        applyLocked(id, events),
        "SqlError",
        "UniqueViolation",
        Effect.fnUntraced(function*({ constraint }) {
          if (constraint !== table.placeIndex) return yield* applyLocked(id, events)
          const { state } = yield* load(id)
          const [holder] = yield* table.holder(sql, life.take(state).plan)
          if (holder === undefined) return yield* applyLocked(id, events)
          return yield* placeTaken(life, state, events, Number(holder.id))
        })
      )

    // In this server, changes of one process wait for each other here, where waiting takes no connection.
    const turns = Array.from({ length: 64 }, () => Semaphore.makeUnsafe(1))

    const apply: ProcessStore<L>["apply"] = (id, events) =>
      // A key that was seen shows as a violation of its index.
      Effect.catchReason(applyAtOnce(id, events), "SqlError", "UniqueViolation", () => Effect.undefined).pipe(
        Effect.flatMap((applied) => applied === undefined ? applyUnderLock(id, events) : Effect.succeed(applied)),
        Semaphore.withPermit(turns[Math.trunc(id) % turns.length] ?? turns[0]!),
        asUnavailable(`ProcessStore.apply ${life.name}`)
      )

    const create = yield* ProcessCreation.make({ table, projections, statements, writeOf, published })

    return {
      life,
      create: (plan, event) => create(plan, event).pipe(asUnavailable(`ProcessStore.create ${life.name}`)),
      apply,
      get: (id, atLeast = Number.POSITIVE_INFINITY) => {
        const known = cache.latest(id)
        return known !== undefined && known.revision >= atLeast
          ? Effect.succeed({ state: known.value, revision: known.revision, changed: false })
          : Effect.flatMap(current(id), (seen) => seen === undefined ? load(id) : Effect.succeed(seen)).pipe(
            Effect.map((found) => ({ ...found, changed: false })),
            asUnavailable(`ProcessStore.get ${life.name}`)
          )
      },
      history: (id, after, limit) =>
        statements.history(id, after, limit).pipe(
          Effect.map((rows) =>
            rows.map(({ event, sequence }) => ({ sequence: Number(sequence), event: decodeEvent(event) as Event }))
          ),
          asUnavailable(`ProcessStore.history ${life.name}`)
        )
    }
  })
