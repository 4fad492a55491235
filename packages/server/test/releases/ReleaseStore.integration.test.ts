/** The store's contract for releases, and their locks, on every database this machine offers. */
import { assert, describe, it } from "@effect/vitest"
import { Releases } from "@orch/core/ports/release/Releases"
import type { ReleaseEvent } from "@orch/core/release/ReleaseEvent"
import { commandQueueContract } from "@orch/core/testing/CommandQueueContract"
import { processStoreContract } from "@orch/core/testing/ProcessStoreContract"
import { releaseSpecimen } from "@orch/core/testing/ReleaseSpecimen"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as PgProcesses from "../../src/database/PgProcesses.ts"
import * as ReleasesLayer from "../../src/releases/ReleasesLayer.ts"
import { releaseTable } from "../../src/releases/ReleaseTable.ts"
import * as RepositoryLocks from "../../src/releases/RepositoryLocks.ts"
import { databases } from "../support/Databases.ts"

const queue = PgCommandQueue.layer({ pollInterval: "50 millis", lease: "5 seconds" })
const around = Layer.merge(queue, PgOutbox.layer)

for (const { layer: database, name } of databases) {
  const stored = ReleasesLayer.store.pipe(Layer.provideMerge(around), Layer.provideMerge(database))

  processStoreContract(`PgProcesses of releases on ${name}`, {
    specimen: releaseSpecimen,
    store: Releases,
    layer: stored,
    reopen: PgProcesses.make(releaseTable),
    quiet: 300
  })

  commandQueueContract(`PgCommandQueue of releases on ${name}`, {
    specimen: releaseSpecimen,
    layer: PgCommandQueue.layer({
      pollInterval: "20 millis",
      lease: "5 seconds",
      pause: () => 0.01
    }).pipe(Layer.provide(database)),
    quiet: 300
  })

  describe(`locks of repositories on ${name}`, () => {
    const names = ["production/a/x86_64/os", "production/b/x86_64/os"]

    /** A release that waits for the repositories; the last event of the specimen's beginning says that it has them. */
    const waiting = Effect.gen(function*() {
      const releases = yield* Releases
      const { state } = yield* releases.create(releaseSpecimen.plan(names), releaseSpecimen.submitted)
      const events = releaseSpecimen.begin(state.id, names).slice(0, -1)
      yield* releases.apply(state.id, events.map((event) => ({ event, key: undefined })))
      return state.id
    })
    const tell = (id: number, event: ReleaseEvent) =>
      Effect.flatMap(Releases, (releases) => releases.apply(id, [{ event, key: undefined }]))
    const locked = RepositoryLocks.layer.pipe(Layer.provideMerge(stored))

    it.layer(locked)((it) => {
      it.effect("are one release's at a time, all of them or none", () =>
        Effect.gen(function*() {
          const locks = yield* RepositoryLocks.RepositoryLocks
          const one = yield* waiting
          const two = yield* waiting
          const answers = yield* Effect.all(
            Array.from({ length: 6 }, (_, index) => locks.take(index % 2 === 0 ? one : two, names)),
            { concurrency: "unbounded" }
          )
          const winner = answers[0] === "taken" ? one : two
          const loser = winner === one ? two : one
          for (const [index, answer] of answers.entries()) {
            const isWinner = (index % 2 === 0) === (winner === one)
            assert.deepStrictEqual(answer, isWinner ? "taken" : { heldBy: winner })
          }
          // Nothing is freed that is still wanted.
          yield* locks.free(winner, names)
          assert.deepStrictEqual(yield* locks.take(loser, names), { heldBy: winner })
          yield* tell(winner, { _tag: "RevertRequested", at: 1, by: "bob", why: "late" })
          assert.strictEqual(yield* locks.take(winner, names), "unwanted")
          yield* locks.free(winner, names)
          assert.strictEqual(yield* locks.take(loser, names), "taken")
          yield* tell(loser, { _tag: "RevertRequested", at: 1, by: "bob", why: "done" })
          yield* locks.free(loser, names)
        }))

      it.effect("stay with a release that was committed again before they were freed", () =>
        Effect.gen(function*() {
          const locks = yield* RepositoryLocks.RepositoryLocks
          const one = yield* waiting
          const two = yield* waiting
          assert.strictEqual(yield* locks.take(one, names), "taken")
          yield* tell(one, { _tag: "RevertRequested", at: 1, by: "bob", why: "not yet" })
          yield* tell(one, { _tag: "CommitRequested", at: 2, by: "bob" })
          // The command of before comes late.
          yield* locks.free(one, names)
          assert.deepStrictEqual(yield* locks.take(two, names), { heldBy: one })
        }))
    })
  })
}
