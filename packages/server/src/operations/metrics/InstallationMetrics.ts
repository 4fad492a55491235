/**
 * What every process knows of the whole installation, by asking the database: builds, queues, slots, listeners.
 *
 * A scrape costs one statement about what is under way. Counting all builds and components takes longer the more there are, so it
 * is done less often the more there are, and then not waited for.
 */
import { ComponentState } from "@orch/core/modulebuild/ComponentBuild"
import { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import { applicationName } from "../../database/Database.ts"
import { asUnavailable } from "../../database/PgError.ts"
import * as Statements from "../statements/MetricStatements.ts"

const moduleBuilds = Metric.gauge("orch_module_builds", { description: "Module builds by state" })
const componentBuilds = Metric.gauge("orch_component_builds", { description: "Component builds by state" })
const waiting = Metric.gauge("orch_commands_waiting", { description: "Commands that are due and wait for a worker" })
const oldest = Metric.gauge("orch_command_oldest_seconds", {
  description: "For how long the oldest of the commands that wait has been due"
})
const dead = Metric.gauge("orch_dead_letters", { description: "Commands whose retries are spent" })
const used = Metric.gauge("orch_slots_used", {
  description: "Packages being built: in all, and the most that one owner has"
})
const limit = Metric.gauge("orch_slots_limit", { description: "How many may be built; 0 for no limit" })
const behind = Metric.gauge("orch_announcements_behind", {
  description: "Announcements that a listener has not taken yet"
})
const connections = Metric.gauge("orch_database_connections", {
  description: "Connections of this process to the database: used, idle, and how many it may have (limit)"
})

type Gauge = Metric.Gauge<number>

/** Sets one series for each label. */
const set = (gauge: Gauge, label: string, values: Readonly<Record<string, number | undefined>>) =>
  Effect.forEach(
    Object.entries(values),
    ([name, value]) => Metric.update(Metric.withAttributes(gauge, { [label]: name }), value ?? 0),
    { discard: true }
  )

/** Every series is always shown: one that comes and goes cannot be told from one that is lost. */
const zeroes = (names: ReadonlyArray<string>) => Object.fromEntries(names.map((name) => [name, 0]))

/** Milliseconds for which a count holds, for each row that was counted: a minute for two millions, no time for some hundreds. */
const holdsPerRow = 0.03
/** Counts that hold longer are so large that a scrape does not wait for the next one, but is answered from the last: some thousand rows. */
const longest = 100
/** How long a scrape waits for a connection. */
const patience = "2 seconds"

/** What the settings say of the installation. */
export interface Options {
  /** Names of the lives whose commands are queued. */
  readonly queues: ReadonlyArray<string>
  /** Listeners by the name of their cursor. */
  readonly listeners: Readonly<Record<string, string>>
  /** Packages built at once, in all and for one owner; 0 for no limit. */
  readonly limits: { readonly total: number; readonly owner: number }
  /** Connections this process may have. */
  readonly connections: number
}

/** Answers what brings these metrics up to date. */
export const make = (
  options: Options
): Effect.Effect<
  Effect.Effect<void, StoreUnavailable>,
  never,
  ModuleBuildIndex | Scope.Scope | SqlClient.SqlClient
> =>
  Effect.gen(function*() {
    const index = yield* ModuleBuildIndex
    const sql = yield* SqlClient.SqlClient
    const scope = yield* Effect.scope
    const turn = yield* Semaphore.make(1)
    let countedAt: number | undefined
    let holds = 0

    const count = Effect.gen(function*() {
      const { builds, components } = yield* index.counts
      yield* set(moduleBuilds, "state", { ...zeroes(ModuleBuildState.literals), ...builds })
      yield* set(componentBuilds, "state", { ...zeroes(ComponentState.literals), ...components })
      countedAt = yield* Clock.currentTimeMillis
      holds = holdsPerRow * [builds, components].flatMap(Object.values<number>).reduce((sum, rows) => sum + rows, 0)
    })
    const counts = Effect.gen(function*() {
      if (countedAt !== undefined && (yield* Clock.currentTimeMillis) - countedAt < holds) return
      if (countedAt === undefined || holds < longest) return yield* turn.withPermit(count)
      yield* Effect.forkIn(turn.withPermitsIfAvailable(1)(count), scope)
    })

    const full = set(connections, "state", { used: options.connections, idle: 0, limit: options.connections })

    const sample = Effect.gen(function*() {
      const rows = yield* Effect.timeoutOption(
        asUnavailable("Metrics.sample")(Statements.sample(sql, applicationName)),
        patience
      )
      // No connection was to be had: that is what there is to say.
      if (Option.isNone(rows)) return yield* full
      const found = rows.value[0]!
      const of = (name: string) => found.queues.find(({ queue }) => queue === name)
      for (const name of options.queues) {
        yield* Metric.update(Metric.withAttributes(waiting, { queue: name }), of(name)?.waiting ?? 0)
        yield* Metric.update(Metric.withAttributes(oldest, { queue: name }), Math.max(0, of(name)?.oldest ?? 0))
      }
      yield* Metric.update(dead, Number(found.dead))
      yield* set(used, "scope", {
        total: found.slots.reduce((sum, { count }) => sum + count, 0),
        owner: Math.max(0, ...found.slots.map(({ count }) => count))
      })
      yield* set(limit, "scope", options.limits)
      for (const [cursor, listener] of Object.entries(options.listeners)) {
        const left = Math.max(0, Number(found.announced) - (found.cursors[cursor] ?? 0))
        yield* Metric.update(Metric.withAttributes(behind, { listener }), left)
      }
      const { idle, used: inUse } = found.connections
      // The connection that asked is idle again.
      yield* set(connections, "state", { used: inUse, idle: idle + 1, limit: options.connections })
    })

    return Effect.andThen(counts, sample)
  })
