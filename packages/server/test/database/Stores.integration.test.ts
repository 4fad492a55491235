/** The contracts of the stores, on every database this machine offers. */
import { ProcessStore } from "@orch/core/ports/ProcessStore"
import { commandQueueContract } from "@orch/core/testing/CommandQueueContract"
import { outboxContract } from "@orch/core/testing/OutboxContract"
import { processStoreContract } from "@orch/core/testing/ProcessStoreContract"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as PgProcessStore from "../../src/modulebuilds/PgModuleBuilds.ts"
import { databases } from "../support/Databases.ts"

const queue = PgCommandQueue.layer({ pollInterval: "50 millis", lease: "5 seconds" })

for (const { layer: database, name } of databases) {
  processStoreContract(`PgProcessStore on ${name}`, {
    layer: PgProcessStore.layer.pipe(
      Layer.provideMerge(Layer.merge(queue, PgOutbox.layer)),
      Layer.provideMerge(database)
    ),
    reopen: Effect.map(Layer.build(Layer.fresh(PgProcessStore.layer)), (context) => Context.get(context, ProcessStore)),
    quiet: 300
  })

  commandQueueContract(`PgCommandQueue on ${name}`, {
    layer: PgCommandQueue.layer({
      pollInterval: "20 millis",
      lease: "5 seconds",
      retries: Schedule.spaced("10 millis")
    }).pipe(Layer.provide(database)),
    quiet: 300
  })

  outboxContract(`PgOutbox on ${name}`, { layer: PgOutbox.layer.pipe(Layer.provide(database)) })
}
