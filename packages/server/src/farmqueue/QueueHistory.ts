/** How much waited and ran on each architecture in the last hours: counted every five minutes, by whichever server comes first. */
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import { FarmQueue, type Queue } from "./FarmQueue.ts"
import * as Statements from "./statements/FarmQueueStatements.ts"

/** What was counted on one architecture. Times are milliseconds since the epoch. */
export interface Sample {
  readonly arch: string
  readonly at: number
  readonly running: number
  readonly waiting: number
}

/** What can be asked. */
export interface Interface {
  /** Of the last six hours, the oldest first. An architecture with nothing has no sample. */
  readonly recent: Effect.Effect<ReadonlyArray<Sample>, StoreUnavailable>
  /** Counts now, unless that was done in the same five minutes. */
  readonly take: Effect.Effect<void, StoreUnavailable>
}

/** The queue as it was. */
export class QueueHistory extends Context.Service<QueueHistory, Interface>()("@orch/server/farmqueue/QueueHistory") {}

/** Milliseconds between two counts, and how far back they are shown. */
export const interval = 300_000
const kept = 6 * 3_600_000

/** How many parts run and wait on each architecture. */
export const counted = ({ entries, running }: Queue): ReadonlyArray<Omit<Sample, "at">> => {
  const of = (all: ReadonlyArray<{ readonly arches: ReadonlyArray<string> }>) =>
    Map.groupBy(all.flatMap(({ arches }) => arches), (arch) => arch)
  const [runs, waits] = [of(running), of(entries)]
  return [...new Set([...runs.keys(), ...waits.keys()])].toSorted().map((arch) => ({
    arch,
    running: runs.get(arch)?.length ?? 0,
    waiting: waits.get(arch)?.length ?? 0
  }))
}

/** The history of the database. */
export const layer: Layer.Layer<QueueHistory, never, SqlClient.SqlClient | FarmQueue> = Layer.effect(
  QueueHistory,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const farm = yield* FarmQueue
    const slot = Effect.map(Clock.currentTimeMillis, (now) => Math.floor(now / interval) * interval)
    return QueueHistory.of({
      recent: Effect.gen(function*() {
        const rows = yield* Statements.samples(sql, (yield* slot) - kept)
        return rows.map(({ arch, at, running, waiting }) => ({ arch, at: Number(at), running, waiting }))
      }).pipe(asUnavailable("QueueHistory.recent")),
      take: Effect.gen(function*() {
        const at = yield* slot
        const counts = counted(yield* farm.queue)
        if (counts.length > 0) yield* Statements.keepSamples(sql, at, counts)
        yield* Statements.forgetSamples(sql, at - 2 * kept)
      }).pipe(asUnavailable("QueueHistory.take"))
    })
  })
)

/** The same, counted for as long as the server lives. */
export const counting = Layer.effectDiscard(
  Effect.flatMap(
    QueueHistory,
    ({ take }) => Upkeep.repeating({ failed: "The farm's queue could not be counted", interval }, take)
  )
).pipe(Layer.provideMerge(layer))
