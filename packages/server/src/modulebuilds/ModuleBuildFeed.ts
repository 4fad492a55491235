/** Module builds in lines: a page of them in a constant number of statements, whatever they are filtered by. */
import type { FeedEntry } from "@orch/api/orch/FeedApi"
import type * as Forecast from "@orch/core/farm/Forecast"
import type * as FilterText from "@orch/core/filter/FilterText"
import type * as BuildFilter from "@orch/core/modulebuild/BuildFilter"
import * as Headline from "@orch/core/modulebuild/Headline"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import { time } from "../http/Timestamp.ts"
import { expectedEnd, ExpectedTimes } from "./ExpectedTimes.ts"
import * as Statements from "./statements/FeedStatements.ts"

/** How many fit, or that there are more. */
export interface Total {
  readonly total: number
  readonly more: boolean
}

/** What can be asked. */
export interface Interface {
  /** A page, newest first, and how many fit in all. */
  readonly list: (
    page: Statements.Page
  ) => Effect.Effect<{ readonly items: ReadonlyArray<FeedEntry> } & Total, StoreUnavailable>
  /** The newest ready build before this one of the same name and stream; `undefined` where there is none. */
  readonly lastReady: (id: number) => Effect.Effect<number | undefined, StoreUnavailable>
  /** How many fit each filter. */
  readonly counts: (
    filters: ReadonlyArray<ReadonlyArray<FilterText.Term>>,
    asking: BuildFilter.Asking
  ) => Effect.Effect<ReadonlyArray<Total>, StoreUnavailable>
}

/** The feed. */
export class ModuleBuildFeed extends Context.Service<ModuleBuildFeed, Interface>()(
  "@orch/server/modulebuilds/ModuleBuildFeed"
) {}

/** Builds of one page whose end is foretold, the newest. */
const mostForetold = 50

/** Counting goes no further; where builds are gone through for names of components, which takes longer for each of them, less far. */
export const [mostCounted, mostCountedOften] = [10_000, 1000]

/** A filter, and which of its names of components are there often. */
type Filter = Pick<Statements.Counted, "often" | "terms">

/** The feed of the database. */
export const layer: Layer.Layer<ModuleBuildFeed, never, SqlClient.SqlClient | ExpectedTimes> = Layer.effect(
  ModuleBuildFeed,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const times = yield* ExpectedTimes
    const totals = (filters: ReadonlyArray<Filter>, asking: BuildFilter.Asking) => {
      const most = filters.map(({ often }) => often.size > 0 ? mostCountedOften : mostCounted)
      return Effect.map(
        Statements.counts(sql, filters.map((one, place) => ({ ...one, most: most[place]! + 1 })), asking),
        (rows): ReadonlyArray<Total> =>
          rows.toSorted((a, b) => a.place - b.place).map(({ place, total }) => ({
            total: Math.min(Number(total), most[place]!),
            more: Number(total) > most[place]!
          }))
      )
    }
    const filterOf = (terms: ReadonlyArray<FilterText.Term>) =>
      Effect.map(Statements.often(sql, terms), (often): Filter => ({ terms, often }))
    return ModuleBuildFeed.of({
      list: (page) =>
        Effect.gen(function*() {
          const filter = yield* filterOf(page.terms)
          const rows = yield* Statements.list(sql, page, filter.often)
          // A page that is not full is all there is, and whoever looks for what is rare goes through builds once.
          const [total] = page.before === undefined && rows.length < page.limit
            ? [{ total: rows.length, more: false }]
            : yield* totals([filter], page.asking)
          const forecasts = yield* times.ofMany(rows.filter(isForetold).slice(0, mostForetold).map(running))
          return { items: rows.map((row) => entry(row, forecasts.get(Number(row.id)))), ...total! }
        }).pipe(asUnavailable("ModuleBuildFeed.list")),
      lastReady: (id) =>
        Statements.lastReady(sql, id).pipe(
          Effect.map(([row]) => row === undefined ? undefined : Number(row.id)),
          asUnavailable("ModuleBuildFeed.lastReady")
        ),
      counts: (filters, asking) =>
        filters.length === 0
          ? Effect.succeed([])
          : Effect.forEach(filters, filterOf).pipe(
            Effect.flatMap((all) => totals(all, asking)),
            asUnavailable("ModuleBuildFeed.counts")
          )
    })
  })
)

const countsOf = ({ component_count, counts, reused }: Statements.FeedRow): Headline.Counts => {
  const of = (state: string): number => counts?.[state] ?? 0
  const stored = Object.values(counts ?? {}).reduce((sum, one) => sum + one, 0)
  return {
    total: component_count,
    // Components that nothing has happened to are not stored yet.
    waiting: of("waiting") + Math.max(0, component_count - stored),
    submitting: of("submitting"),
    building: of("building"),
    built: of("built"),
    available: of("available"),
    failed: of("failed"),
    canceled: of("canceled"),
    reused
  }
}

const running = ({ arches, id, state }: Statements.FeedRow) => ({ id: Number(id), state, arches })

/** Builds that go on, and are not so large that a list had better not look at each component. */
const isForetold = ({ component_count, state }: Statements.FeedRow): boolean =>
  (state === "init" || state === "wait" || state === "build") && component_count <= 500

const entry = (row: Statements.FeedRow, forecast: Forecast.Forecast | undefined): FeedEntry => {
  const counts = countsOf(row)
  return {
    kind: row.scratch ? "scratch" : "module",
    id: Number(row.id),
    name: row.name,
    stream: row.stream,
    version: `${row.version}`,
    context: row.context,
    state: row.state,
    state_reason: row.reason,
    owner: row.owner,
    platform: row.platform,
    arches: row.arches,
    created_at: time(row.created_at.getTime()),
    modified_at: time(row.modified_at.getTime()),
    completed_at: row.completed_at === null ? null : time(row.completed_at.getTime()),
    sentence: Headline.sentence({
      state: row.state,
      reason: row.reason,
      scratch: row.scratch,
      counts,
      open: row.open,
      openCount: row.open_count,
      free: row.free,
      isDelayed: row.is_delayed,
      isRegenerating: row.is_regenerating
    }),
    components: counts,
    first_error: row.failed === null ? null : {
      component: row.failed.name,
      attempt: row.failed.attempt,
      reason: row.failed.reason,
      phase: row.failed.error?.phase ?? null,
      line: row.failed.error?.line ?? null,
      text: row.failed.error?.text ?? null
    },
    expected: expectedEnd(forecast),
    dead_letters: row.letters
  }
}
