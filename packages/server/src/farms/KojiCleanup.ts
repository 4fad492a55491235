/**
 * Has a Koji hub cleaned of what ended module builds left there, again and again, by one of the servers that share a database.
 *
 * A build that ends releases its own target; this is for those whose release never came through, and for tags, which are
 * kept for resuming and can be given up after a while.
 */
import { HubCleanup, type KojiHub } from "@orch/adapters-koji"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import * as UpkeepTurn from "../database/UpkeepTurn.ts"
import * as Statements from "./KojiCleanupStatements.ts"

export interface Options {
  /** Seconds after the end of a build at which its target goes. */
  readonly targetSeconds: number
  /** Seconds after the end of a build at which its tags go, as far as nobody installs from them; 0 keeps all. */
  readonly tagSeconds: number
  /** Seconds between two rounds, of all servers together. */
  readonly everySeconds: number
}

const removals = Metric.counter("orch_koji_removals_total", {
  description: "Targets and tags removed from the hub, or refused by it, by hub and outcome (target, tag, refused)",
  incremental: true
})

/** Rows of one statement. */
const batch = 1000

/** One round; `undefined` when another server has had it. */
export const round = Effect.fnUntraced(function*(hub: KojiHub.KojiHub, options: Options) {
  const sql = yield* SqlClient.SqlClient
  const { everySeconds, tagSeconds, targetSeconds } = options
  if ((yield* UpkeepTurn.take(sql, `koji-cleanup ${hub.name}`, everySeconds)).length === 0) return undefined
  const judge = (tags: ReadonlyArray<string>) =>
    Effect.gen(function*() {
      const verdicts = new Map<string, HubCleanup.Leftover>()
      for (let at = 0; at < tags.length; at += batch) {
        const rows = yield* Statements.ended(sql, tags.slice(at, at + batch), targetSeconds, tagSeconds)
        for (const { expired, tag, wanted } of rows) {
          verdicts.set(tag, tagSeconds === 0 || !expired ? "target" : wanted ? "build-tag" : "tag")
        }
      }
      return verdicts
    })
  const cleaned = yield* HubCleanup.sweep(hub, { judge, tags: tagSeconds > 0 })
  const { refused, tags, targets } = cleaned
  const count = (outcome: string, times: number) =>
    Metric.update(Metric.withAttributes(removals, { hub: hub.name, outcome }), times)
  yield* count("target", targets.length)
  yield* count("tag", tags.length)
  yield* count("refused", refused.length)
  if (targets.length + tags.length > 0) {
    yield* Effect.logInfo("Removed leftovers of module builds from the hub").pipe(
      Effect.annotateLogs({ hub: hub.name, targets, tags })
    )
  }
  if (refused.length > 0) {
    yield* Effect.logWarning("The hub refused to remove leftovers of module builds").pipe(
      Effect.annotateLogs({ hub: hub.name, refused })
    )
  }
  return cleaned
})

/** Runs for as long as the layer lives. */
export const layer = (hub: KojiHub.KojiHub, options: Options): Layer.Layer<never, never, SqlClient.SqlClient> =>
  Layer.effectDiscard(
    round(hub, options).pipe(
      Effect.catchCause((cause) => Effect.logWarning("The hub could not be cleaned up", cause)),
      Effect.repeat(Schedule.spaced(options.everySeconds * 1000)),
      Effect.forkScoped
    )
  )
