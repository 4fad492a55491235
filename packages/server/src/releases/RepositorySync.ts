/**
 * Syncs production repositories that people asked to sync, one at a time in each server: the content comes, then readers are shown it.
 *
 * A server that dies leaves its lease behind; when that has run out, another server does it again, which brings nothing twice. No release
 * writes the repository meanwhile.
 */
import { AwaySystems } from "@orch/core/engine/AwaySystems"
import * as Upkeep from "@orch/core/engine/Upkeep"
import { RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { ProductionHost } from "./ProductionHost.ts"
import * as Statements from "./statements/SyncStatements.ts"

const leaseSeconds = 60

/** A Pulp that comes back within this time ends no sync. */
const patience = Schedule.spaced("3 seconds").pipe(Schedule.upTo({ duration: "10 minutes" }))

/** Tells of a Pulp that is away. */
const tellAway = ({ away, message }: RepositoryHostError) =>
  Effect.gen(function*() {
    if (away === undefined) return
    const now = yield* Clock.currentTimeMillis
    ;(yield* AwaySystems).tell({ on: away, since: now, reason: message }, now)
  })

const bring = Effect.fnUntraced(function*({ mirror, repository, url }: Statements.SyncRow) {
  const host = yield* ProductionHost
  if (host.sync === undefined) {
    const message = "the host of production repositories cannot sync: a Pulp can (ORCH_PULP_URL)"
    return yield* new RepositoryHostError({ reason: "rejected", operation: "sync", message })
  }
  const { revision } = yield* host.sync(repository, { url, mirror })
  yield* host.publish(repository)
  return `Readers see revision ${revision}`
})

/** Does what is due. */
const round = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (;;) {
    const due = yield* sql.withTransaction(Statements.claim(leaseSeconds))
    if (due === undefined) return
    // A database that is away for a moment does not end it.
    const renewing = Effect.ignore(Statements.renew(due.repository, leaseSeconds)).pipe(
      Effect.repeat(Schedule.spaced("20 seconds"))
    )
    const { reason, state } = yield* bring(due).pipe(
      Effect.tapError(tellAway),
      Effect.retry({ schedule: patience, while: ({ away }) => away !== undefined }),
      Effect.raceFirst(Effect.andThen(renewing, Effect.never)),
      Effect.match({
        onSuccess: (reason) => ({ state: "done" as const, reason }),
        onFailure: ({ message }) => ({ state: "failed" as const, reason: message })
      })
    )
    yield* sql.withTransaction(Statements.finish(due.repository, state, reason))
  }
})

/** Looks for what is due every few seconds. */
export const layer = Layer.effectDiscard(
  Upkeep.repeating({ failed: "Production repositories could not be synced", interval: 2000 }, round)
)
