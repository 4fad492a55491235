/**
 * Removes what would grow for ever: announcements that everybody has had, finished commands, and events of processes that have
 * ended and whose history nobody shows.
 *
 * It goes in batches with pauses in between, so that nobody waits for it; several servers take turns.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Statements from "./PruningStatements.ts"
import * as QueueStatements from "./QueueStatements.ts"
import * as UpkeepTurn from "./UpkeepTurn.ts"

/** What is kept; 0 keeps all. */
export interface Options {
  readonly announcementKeepDays: number
  readonly announcementKeepCount: number
  readonly commandKeepDays: number
  readonly commandKeepCount: number
  readonly eventKeepDays: number
  /** The tables of events that are not kept for ever. */
  readonly events: ReadonlyArray<Statements.EventSource>
}

/** How many of each were removed. */
export interface Removed {
  readonly announcements: number
  readonly commands: number
  readonly events: number
}

/** Rows of one batch. */
const batch = 500
/** Between two batches. */
const pause = "20 millis"
/** Between two rounds of all servers together. */
const hour = 3_600_000

const day = 86_400_000

/** Repeats a batch for as long as it answers that there is more; answers the sum of what it removed. */
const repeated = <R>(one: Effect.Effect<{ readonly removed: number; readonly isMore: boolean }, SqlError, R>) =>
  Effect.gen(function*() {
    let all = 0
    for (;;) {
      const { isMore, removed } = yield* one
      all += removed
      if (!isMore) return all
      yield* Effect.sleep(pause)
    }
  })

/** Removes what need not be kept any more, once. */
export const prune = (options: Options): Effect.Effect<Removed, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Clock.currentTimeMillis
    const since = (days: number): number => days === 0 ? 0 : now - days * day
    const given = (count: number): number | undefined => count === 0 ? undefined : count

    const isKept = options.announcementKeepDays === 0 && options.announcementKeepCount === 0
    const announcements = isKept ? 0 : yield* repeated(Effect.map(
      Statements.announcements(
        sql,
        since(options.announcementKeepDays),
        given(options.announcementKeepCount),
        batch
      ),
      ([row]) => ({ removed: Number(row!.removed), isMore: Number(row!.removed) === batch })
    ))

    const queue = QueueStatements.make(sql, 0)
    const commands = options.commandKeepDays === 0 && options.commandKeepCount === 0 ? 0 : yield* repeated(Effect.map(
      queue.remove(given(options.commandKeepDays * 86_400), given(options.commandKeepCount), batch),
      ([row]) => ({ removed: Number(row!.removed), isMore: Number(row!.removed) === batch })
    ))

    let events = 0
    for (const source of options.eventKeepDays === 0 ? [] : options.events) {
      const before = since(options.eventKeepDays)
      let after = 0
      events += yield* repeated(Effect.map(
        Effect.suspend(() => Statements.events(sql, source, after, before, batch)),
        ([row]) => {
          after = Number(row!.last ?? after)
          return {
            removed: Number(row!.removed),
            isMore: Number(row!.looked) === batch && Number(row!.newest) < before
          }
        }
      ))
    }
    return { announcements, commands, events }
  })

/** Prunes each hour, for as long as the layer lives. */
export const layer = (options: Options): Layer.Layer<never, never, SqlClient.SqlClient> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const round = Effect.gen(function*() {
      if ((yield* UpkeepTurn.take(sql, "pruning", hour / 2000)).length === 0) return
      const removed = yield* prune(options)
      if (Object.values(removed).every((count) => count === 0)) return
      yield* Effect.logInfo("Removed what need not be kept any more").pipe(Effect.annotateLogs({ ...removed }))
    })
    yield* Upkeep.repeating({ failed: "What need not be kept could not be removed yet", interval: hour }, round)
  }))
