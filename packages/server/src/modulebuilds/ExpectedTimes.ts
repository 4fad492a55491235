/** When builds are expected to end, from how long their components took before: a constant number of statements for any number of them. */
import type { ExpectedEnd } from "@orch/api/orch/ExpectedEnd"
import * as ExpectedTime from "@orch/core/farm/ExpectedTime"
import type { Limits } from "@orch/core/farm/FairShare"
import type * as Forecast from "@orch/core/farm/Forecast"
import * as BuildForecast from "@orch/core/modulebuild/BuildForecast"
import type { ModuleBuild, ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import { time } from "../http/Timestamp.ts"
import * as Statements from "./statements/ForecastStatements.ts"

/** What is foretold of one build, and what it is told from. */
export interface Foretold {
  /** `undefined` of a build that has ended. */
  readonly forecast: Forecast.Forecast | undefined
  readonly usual: (component: string) => ExpectedTime.Usual | undefined
}

/** What can be asked. */
export interface Interface {
  readonly of: (build: ModuleBuild) => Effect.Effect<Foretold, StoreUnavailable>
  /** How long components usually take on these architectures, by name. */
  readonly usual: (
    names: ReadonlyArray<string>,
    arches: ReadonlyArray<string>
  ) => Effect.Effect<Foretold["usual"], StoreUnavailable>
  /** The same of several that go on, by number, without opening what is not needed. */
  readonly ofMany: (
    builds: ReadonlyArray<{
      readonly id: number
      readonly state: ModuleBuildState
      readonly arches: ReadonlyArray<string>
    }>
  ) => Effect.Effect<ReadonlyMap<number, Forecast.Forecast>, StoreUnavailable>
}

/** Forecasts of module builds. */
export class ExpectedTimes extends Context.Service<ExpectedTimes, Interface>()(
  "@orch/server/modulebuilds/ExpectedTimes"
) {}

/** How many components can be built at the same time. */
export interface Options {
  readonly limits: Limits
  /** What the farm itself can do; `undefined` where nobody knows. */
  readonly slots: number | undefined
}

/** What one build may expect of slots that several share. */
const share = ({ limits, slots }: Options, builds: number): number => {
  const all = Math.min(limits.total ?? Infinity, slots ?? Infinity)
  return Math.min(limits.perOwner ?? Infinity, Math.max(1, Math.floor(all / Math.max(1, builds))))
}

type Runs = ReadonlyMap<string, ReadonlyArray<Statements.RunRow>>

/** Of the same architectures where that is enough, otherwise of any. */
const usual = (runs: Runs, arches: ReadonlyArray<string>) => {
  const wanted = [...arches].sort().join(" ")
  return (name: string): ExpectedTime.Usual | undefined => {
    const all = runs.get(name) ?? []
    const same = all.filter((one) => [...one.arches].sort().join(" ") === wanted)
    return ExpectedTime.usual((same.length >= ExpectedTime.fewest ? same : all).map(({ seconds }) => seconds))
  }
}

const component = (row: Statements.LeftRow): BuildForecast.Component => ({
  plan: {
    name: row.name,
    batch: row.batch,
    afterBatch: row.after_batch,
    after: row.after,
    priority: row.priority
  },
  build: {
    state: row.state ?? "waiting",
    attempt: row.attempt ?? 1,
    open: row.open ?? false,
    reason: row.reason ?? "",
    ...(row.opened_at === null ? {} : { openedAt: row.opened_at }),
    ...(row.submitted_at === null ? {} : { submittedAt: row.submitted_at })
  }
})

/** Forecasts from the database. */
export const layer = (options: Options): Layer.Layer<ExpectedTimes, never, SqlClient.SqlClient> =>
  Layer.effect(
    ExpectedTimes,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const runsOf = (names: ReadonlyArray<string>) =>
        Effect.map(Statements.runs(sql, names), (rows): Runs => Map.groupBy(rows, ({ name }) => name))
      const sharing = Effect.map(Statements.sharing(sql), ([row]) => Number(row!.builds))
      return ExpectedTimes.of({
        of: (build) =>
          Effect.gen(function*() {
            const parts = BuildForecast.components(build)
            const known = usual(yield* runsOf(parts.map(({ plan }) => plan.name)), build.plan.arches)
            const slots = share(options, yield* sharing)
            const now = yield* Clock.currentTimeMillis
            return { forecast: BuildForecast.forecast(build.state, parts, known, slots, now), usual: known }
          }).pipe(asUnavailable("ExpectedTimes.of")),
        usual: (names, arches) =>
          Effect.map(runsOf(names), (runs) => usual(runs, arches)).pipe(asUnavailable("ExpectedTimes.usual")),
        ofMany: (builds) =>
          builds.length === 0 ? Effect.succeed(new Map<number, Forecast.Forecast>()) : Effect.gen(function*() {
            const rows = yield* Statements.left(sql, builds.map(({ id }) => id))
            const runs = yield* runsOf([...new Set(rows.map(({ name }) => name))])
            const slots = share(options, yield* sharing)
            const now = yield* Clock.currentTimeMillis
            const of = Map.groupBy(rows, ({ id }) => Number(id))
            return new Map(builds.flatMap(({ arches, id, state }) => {
              const parts = (of.get(id) ?? []).map(component)
              const forecast = BuildForecast.forecast(state, parts, usual(runs, arches), slots, now)
              return forecast === undefined ? [] : [[id, forecast] as const]
            }))
          }).pipe(asUnavailable("ExpectedTimes.ofMany"))
      })
    })
  )

/** Critical parts that are shown. */
const shown = 10

/** As answers write it; null where nothing is foretold. */
export const expectedEnd = (forecast: Forecast.Forecast | undefined): ExpectedEnd | null =>
  forecast?._tag !== "Known" ? null : {
    at: time(Math.round(forecast.at)),
    earliest: time(Math.round(forecast.earliest)),
    latest: time(Math.round(forecast.latest)),
    known_runs: forecast.runs,
    critical: forecast.critical.slice(0, shown),
    late: forecast.late
  }
