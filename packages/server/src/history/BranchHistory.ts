/**
 * What refs pointed to at any instant, by what forges, looks and people told.
 *
 * What was told is kept as it was and never changed; the intervals follow from it. A message is looked at together with the newest
 * 256 of its ref: what comes later than that many others is taken as it came.
 */
import * as RefTimeline from "@orch/core/history/RefTimeline"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Notifier } from "../database/Notifier.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as RefName from "./RefName.ts"
import * as Statements from "./statements/HistoryStatements.ts"

/** How something became known: a forge told, the server looked, it was read from git's own history, or a person said so. */
export type Source = "webhook" | "poll" | "backfill" | "manual"

/** What is told of a ref. Commits are `null` where it does not exist. */
export interface Observation {
  readonly repository: string
  readonly ref: string
  /** Absent where nobody said. */
  readonly before?: string | null
  readonly after: string | null
  /** Microseconds since the epoch; now without it. */
  readonly at?: number
  readonly actor?: string
  readonly forced?: boolean
  /** The same message always has the same. */
  readonly key?: string
}

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** What is known of refs. Repositories are addresses, or namespace and name; times are microseconds since the epoch. */
export class BranchHistory extends Context.Service<BranchHistory, {
  /** How many of these said something new. All are of one ref, and are kept together or not at all. */
  readonly observe: (source: Source, observations: ReadonlyArray<Observation>) => Store<number>
  /** The interval in which a time lies; one for each repository of that name. */
  readonly at: (repository: string, ref: string, time?: number) => Store<ReadonlyArray<Statements.IntervalRow>>
  /** The newest first, that begin before a time. */
  readonly intervals: (
    repository: string,
    ref: string,
    before: number | undefined,
    limit: number
  ) => Store<ReadonlyArray<Statements.IntervalRow>>
  readonly ofCommit: (repository: string, commit: string, limit: number) => Store<ReadonlyArray<Statements.IntervalRow>>
  readonly refs: (
    repository: string | undefined,
    after: number,
    limit: number
  ) => Store<ReadonlyArray<Effect.Success<ReturnType<typeof Statements.refs>>[number]>>
  readonly stale: (
    repository: string | undefined,
    ref: string | undefined,
    before: number | undefined,
    limit: number
  ) => Store<ReadonlyArray<Statements.StaleRow>>
  /** Has the refs looked at from now on, though nobody told of them. */
  readonly watch: (refs: ReadonlyArray<{ readonly repository: string; readonly ref: string }>) => Store<void>
  /** Refs that were not looked at for so many seconds; they count as looked at from now on. */
  readonly takeForLook: (seconds: number, limit: number) => Store<ReadonlyArray<Statements.RefRow>>
}>()("@orch/server/history/BranchHistory") {}

/** Messages of a ref that a new one is looked at together with. */
const windowSize = 256

const change = (row: Statements.EventRow): RefTimeline.RefChange => ({
  sequence: Number(row.sequence),
  before: row.before_known ? row.before : undefined,
  after: row.after,
  at: Number(row.at),
  forced: row.forced ?? undefined
})

const take = Effect.fnUntraced(function*(source: Source, ref: bigint, told: Observation & { readonly at: number }) {
  if (told.key !== undefined && (yield* Statements.isKnown(ref, told.key))) return false
  const from = yield* Statements.windowStart(ref, told.at, windowSize)
  const rows = yield* Statements.events(ref, from)
  const before = from === undefined ? undefined : yield* Statements.baseBefore(ref, from)
  const base = before?.commit
  const known = rows.map(change)
  const said = { before: told.before, after: told.after, at: told.at, forced: told.forced }
  if (RefTimeline.isRepeat(base, known, { sequence: Number.MAX_SAFE_INTEGER, ...said })) return false
  const sequence = yield* Statements.tell(ref, {
    ...said,
    key: told.key,
    actor: told.actor,
    source
  })
  const intervals = RefTimeline.intervals(base, [...known, { sequence, ...said }])
  yield* Statements.replace(
    ref,
    from,
    intervals.map((one, index) => ({
      from: one.from,
      to: intervals[index + 1]?.from ?? null,
      commit: one.commit,
      event: one.change.sequence,
      gap: one.gap
    }))
  )
  return true
})

/** The topic under which is told that branches have moved. */
export const topic = "history"

/** In the database. */
export const layer: Layer.Layer<BranchHistory, never, SqlClient.SqlClient | Notifier> = Layer.effect(
  BranchHistory,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const notifier = yield* Notifier
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(
        Effect.provideService(SqlClient.SqlClient, sql),
        asUnavailable(`BranchHistory.${operation}`)
      ) as Store<A>
    const now = Effect.map(Clock.currentTimeMillis, (millis) => millis * 1000)
    const end = Number.MAX_SAFE_INTEGER
    return BranchHistory.of({
      observe: (source, observations) =>
        run(
          "observe",
          sql.withTransaction(Effect.gen(function*() {
            const time = yield* now
            let taken = 0
            for (const one of observations) {
              const repository = RefName.repository(one.repository)
              const ref = yield* Statements.hold(repository, RefName.name(repository), RefName.ref(one.ref))
              // Nothing that is told of has happened after it was told.
              if (yield* take(source, ref, { ...one, at: Math.min(one.at ?? time, time) })) taken++
            }
            if (taken > 0) yield* sql.afterCommit(notifier.notify(topic))
            return taken
          }))
        ),
      at: (repository, ref, time) =>
        run(
          "at",
          Effect.flatMap(
            now,
            (present) => Statements.at(RefName.repository(repository), RefName.ref(ref), time ?? present)
          )
        ),
      intervals: (repository, ref, before, limit) =>
        run("intervals", Statements.intervals(RefName.repository(repository), RefName.ref(ref), before ?? end, limit)),
      ofCommit: (repository, commit, limit) =>
        run("ofCommit", Statements.ofCommit(RefName.repository(repository), commit, limit)),
      refs: (repository, after, limit) =>
        run(
          "refs",
          Statements.refs(repository === undefined ? undefined : RefName.repository(repository), after, limit)
        ),
      stale: (repository, ref, before, limit) =>
        run(
          "stale",
          Statements.stale(
            repository === undefined ? undefined : RefName.repository(repository),
            ref === undefined ? undefined : RefName.ref(ref),
            before ?? end,
            limit
          )
        ),
      watch: (refs) =>
        run(
          "watch",
          Statements.watch(refs.map((one) => {
            const repository = RefName.repository(one.repository)
            return { repository, name: RefName.name(repository), ref: RefName.ref(one.ref) }
          }))
        ),
      takeForLook: (seconds, limit) => run("takeForLook", Statements.takeForLook(seconds, limit))
    })
  })
)
