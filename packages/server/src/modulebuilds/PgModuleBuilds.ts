/**
 * Module builds in the database: one transaction for each change.
 *
 * Each process keeps the builds it saw last, and decides on what it keeps. What follows is written only if the build is
 * still at that revision; otherwise the build is read again and decided upon under its lock.
 */
import type { Active } from "@orch/core/farm/FairShare"
import { TaskId } from "@orch/core/farm/Task"
import * as Application from "@orch/core/life/Application"
import type { Change } from "@orch/core/modulebuild/Change"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { unborn } from "@orch/core/modulebuild/ModuleBuild"
import type { ModuleBuildEvent } from "@orch/core/modulebuild/ModuleBuildEvent"
import { type ModulePlan, nsvc } from "@orch/core/modulebuild/ModulePlan"
import { CommandQueue } from "@orch/core/ports/CommandQueue"
import {
  type Applied,
  commandId,
  fresh,
  type Keyed,
  ModuleBuildExists,
  ModuleBuildNotFound,
  type OutstandingTask,
  placeTaken,
  ProcessStore,
  type StoreUnavailable
} from "@orch/core/ports/ProcessStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Notifier } from "../database/Notifier.ts"
import { asUnavailable } from "../database/PgError.ts"
import { RevisionCache } from "../database/RevisionCache.ts"
import * as MbsProjection from "../mbs/statements/MbsProjection.ts"
import * as Row from "./statements/ModuleBuildRow.ts"
import * as Statements from "./statements/ModuleBuildStatements.ts"
import { ResolutionRules } from "./submission/ResolutionRules.ts"

export const layer: Layer.Layer<ProcessStore, never, SqlClient.SqlClient | CommandQueue | Notifier> = Layer.effect(
  ProcessStore,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const settings = yield* ResolutionRules
    const queue = yield* CommandQueue
    const notifier = yield* Notifier
    const cache = new RevisionCache<ModuleBuild>(1000)

    const load = Effect.fnUntraced(function*(id: number) {
      const rows = yield* Statements.read(sql, id)
      const row = rows[0]
      if (row === undefined) return yield* new ModuleBuildNotFound({ id })
      const found = { build: Row.decode(id, row), revision: Number(row.revision) }
      cache.put(id, found.revision, found.build)
      return found
    })

    /** Writes a change and what follows from it; false when the build has moved on since it was decided. */
    const write = Effect.fnUntraced(function*(change: Change, next: number, events: ReadonlyArray<Keyed>) {
      const { announcements, build, commands } = change
      const written = yield* Statements.write(sql, change, next, events)
      if (written.length === 0) return false
      for (const [index, { command, delay }] of commands.entries()) {
        yield* queue.offer(commandId(build.id, next, index), { build: build.id, revision: next, command }, delay)
      }
      yield* sql.afterCommit(Effect.sync(() => cache.put(build.id, next, build)))
      if (announcements.length > 0) yield* sql.afterCommit(notifier.wake("outbox"))
      return true
    })

    /** Decides and writes; the caller holds the build's lock. */
    const change = Effect.fnUntraced(function*(build: ModuleBuild, revision: number, events: ReadonlyArray<Keyed>) {
      const { change, effective } = yield* Effect.fromResult(
        Application.apply(build, events.map(({ event }) => event))
      )
      if (!change.changed) return { build, revision, changed: false }
      yield* write(change, revision + 1, effective.map((position) => events[position]!))
      return { build: change.build, revision: revision + 1, changed: true }
    })

    /**
     * Decides on the build as it was seen last and writes if nobody has changed it since: one statement where no command
     * follows. `undefined` where it must be looked at under its lock: it is not known here, it has moved on, or what was
     * seen last, which may be old, does not take the events.
     */
    const applyAtOnce = Effect.fnUntraced(function*(id: number, given: ReadonlyArray<Keyed>) {
      const kept = cache.latest(id)
      if (kept === undefined) return undefined
      const events = fresh(given, () => false)
      const decided = Application.apply(kept.value, events.map(({ event }) => event))
      if (Result.isFailure(decided)) return undefined
      const { change, effective } = decided.success
      if (!change.changed) {
        const [row] = yield* Statements.revision(sql, id)
        return Number(row?.revision) !== kept.revision
          ? undefined
          : { build: kept.value, revision: kept.revision, changed: false }
      }
      const next = kept.revision + 1
      const writing = write(change, next, effective.map((position) => events[position]!))
      const written = yield* change.commands.length === 0 ? writing : sql.withTransaction(writing)
      return written ? { build: change.build, revision: next, changed: true } : undefined
    })

    const applyLocked = (id: number, events: ReadonlyArray<Keyed>) =>
      sql.withTransaction(Effect.gen(function*() {
        const locked = yield* Statements.lock(sql, id, events.flatMap(({ key }) => key ?? []))
        const row = locked[0]
        if (row === undefined) return yield* new ModuleBuildNotFound({ id })
        const revision = Number(row.revision)
        const kept = cache.get(id, revision)
        const current = kept ?? (yield* load(id)).build
        return yield* change(current, revision, fresh(events, (key) => row.seen.includes(key)))
      }))

    // The lock is waited for with a view of the keys from before: a key written meanwhile shows as a violation of its
    // index, and the second look sees it.
    const applyUnderLock = (id: number, events: ReadonlyArray<Keyed>) =>
      Effect.catchReason(
        applyLocked(id, events),
        "SqlError",
        "UniqueViolation",
        Effect.fnUntraced(function*({ constraint }) {
          if (constraint !== "module_build_nsvc") return yield* applyLocked(id, events)
          const { build } = yield* load(id)
          const holder = (yield* Statements.findHolder(sql, build))[0]
          if (holder === undefined) return yield* applyLocked(id, events)
          return yield* placeTaken(build.state, events, Number(holder.id))
        })
      )

    // In this process, changes of one build wait for each other here, where waiting takes no connection.
    const turns = Array.from({ length: 64 }, () => Semaphore.makeUnsafe(1))

    const apply = (id: number, events: ReadonlyArray<Keyed>) =>
      // A key that was seen shows as a violation of its index.
      Effect.catchReason(applyAtOnce(id, events), "SqlError", "UniqueViolation", () => Effect.undefined).pipe(
        Effect.flatMap((applied) => applied === undefined ? applyUnderLock(id, events) : Effect.succeed(applied)),
        Semaphore.withPermit(turns[Math.trunc(id) % turns.length] ?? turns[0]!),
        asUnavailable("ProcessStore.apply")
      )

    const create = (plan: ModulePlan, event: ModuleBuildEvent) => {
      const build = unborn(0, plan)
      const insert = sql.withTransaction(Effect.gen(function*() {
        const inserted = yield* Statements.insert(sql, build)
        yield* MbsProjection.record(sql, Number(inserted[0]!.id), plan, settings)
        return yield* change(unborn(Number(inserted[0]!.id), plan), 0, [{ event, key: "submitted" }])
      })).pipe(Effect.catchTag("IllegalTransition", Effect.die))
      return Effect.catchReason(
        insert,
        "SqlError",
        "UniqueViolation",
        Effect.fnUntraced(
          function*(_reason, error): Effect.fn.Return<Applied, ModuleBuildExists | SqlError | StoreUnavailable> {
            const holder = (yield* Statements.findHolder(sql, build))[0]
            if (holder === undefined) return yield* error
            return yield* new ModuleBuildExists({ id: Number(holder.id), nsvc: nsvc(plan), state: holder.state })
          }
        )
      )
    }

    return ProcessStore.of({
      create: (plan, event) => create(plan, event).pipe(asUnavailable("ProcessStore.create")),
      apply,
      get: (id, atLeast = Number.POSITIVE_INFINITY) => {
        const kept = cache.latest(id)
        return kept !== undefined && kept.revision >= atLeast
          ? Effect.succeed({ build: kept.value, revision: kept.revision, changed: false })
          : load(id).pipe(Effect.map((found) => ({ ...found, changed: false })), asUnavailable("ProcessStore.get"))
      },
      list: (query) =>
        Effect.all([Statements.list(sql, query), Statements.count(sql, query)]).pipe(
          Effect.map(([rows, totals]) => ({ items: rows.map(Row.summary), total: Number(totals[0]!.total) })),
          asUnavailable("ProcessStore.list")
        ),
      ready: (names, perModule) =>
        Statements.ready(sql, names, perModule).pipe(
          Effect.map((rows) => rows.map(Row.ready)),
          asUnavailable("ProcessStore.ready")
        ),
      history: (id, after, limit) =>
        Statements.history(sql, id, after, limit).pipe(
          Effect.map((rows) =>
            rows.map(({ event, sequence }) => ({ sequence: Number(sequence), event: Row.decodeEvent(event) }))
          ),
          asUnavailable("ProcessStore.history")
        ),
      claimOutstanding: (notSince, limit) =>
        Effect.all([Statements.claimTasks(sql, notSince, limit), Statements.claimRepositories(sql, notSince, limit)])
          .pipe(
            Effect.map(([tasks, repositories]) => ({
              tasks: tasks.map(outstanding),
              repositories: repositories.map(({ build, request }) => ({ build: Number(build), request }))
            })),
            asUnavailable("ProcessStore.claimOutstanding")
          ),
      findTasks: (tasks) =>
        Statements.findTasks(sql, tasks).pipe(
          Effect.map((rows) => rows.map(outstanding)),
          asUnavailable("ProcessStore.findTasks")
        ),
      grant: (choose) =>
        sql.withTransaction(Effect.gen(function*() {
          yield* Statements.lockSlots(sql)
          const waiting = yield* Statements.waiting(sql)
          const share = choose(
            waiting.map(({ build, ...rest }) => ({ ...rest, build: Number(build) })),
            activity(waiting.length === 0 ? [] : yield* Statements.active(sql))
          )
          if (share.granted.length > 0) yield* Statements.markGranted(sql, share.granted)
          return share
        })).pipe(asUnavailable("ProcessStore.grant")),
      counts: Statements.counts(sql).pipe(
        Effect.map((rows) => ({ builds: tally(rows, "build"), components: tally(rows, "component") })),
        asUnavailable("ProcessStore.counts")
      )
    })
  })
)

const outstanding = ({ build, component, task }: Statements.TaskRow): OutstandingTask => ({
  build: Number(build),
  component,
  task: TaskId.make(task)
})

const activity = (
  rows: ReadonlyArray<{ readonly owner: string; readonly arches: ReadonlyArray<string>; readonly count: bigint }>
): Active => {
  const byOwner = new Map<string, number>()
  const byArch = new Map<string, number>()
  let total = 0
  for (const row of rows) {
    const count = Number(row.count)
    total += count
    byOwner.set(row.owner, (byOwner.get(row.owner) ?? 0) + count)
    for (const arch of row.arches) byArch.set(arch, (byArch.get(arch) ?? 0) + count)
  }
  return { total, byOwner, byArch }
}

const tally = (
  rows: ReadonlyArray<{ readonly kind: string; readonly state: string; readonly count: bigint }>,
  kind: string
): Record<string, number> =>
  Object.fromEntries(rows.filter((row) => row.kind === kind).map(({ count, state }) => [state, Number(count)]))
