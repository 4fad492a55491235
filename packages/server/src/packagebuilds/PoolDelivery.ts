/**
 * Tells package builds what became of their tasks: taken, reported, given up.
 *
 * The pool keeps what happened until the build has heard of it, so a server that dies in between loses nothing; each piece of news has a
 * key, so hearing it twice changes nothing.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { Keyed } from "@orch/core/life/Keyed"
import { TaskArtifact } from "@orch/core/packagebuild/BuildTask"
import type { PackageBuildEvent } from "@orch/core/packagebuild/PackageBuildEvent"
import { packageBuildLife } from "@orch/core/packagebuild/PackageBuildLife"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { BuilderPool, topic, type Untold } from "../builders/BuilderPool.ts"
import { Notifier } from "../database/Notifier.ts"

const Report = Schema.Struct({
  status: Schema.Literals(["done", "failed", "excluded"]),
  artifacts: Schema.Array(TaskArtifact),
  commit: Schema.optionalKey(Schema.String),
  stats: Schema.optionalKey(Schema.Json),
  startedAt: Schema.optionalKey(Schema.Number)
})

const decodeReport = Schema.decodeUnknownSync(Report)

const batch = 200

/** What one task's news means to its build; nothing when somebody took it back. */
const eventOf = (row: Untold, at: number): ReadonlyArray<Keyed<PackageBuildEvent>> => {
  const { attempt, part: task } = row
  const node = row.node ?? ""
  const key = `pool/${row.id}/${attempt}/${row.token}/${row.state}`
  switch (row.state) {
    case "leased":
      return [{ key, event: { _tag: "TasksStarted", at, tasks: [{ task, attempt, node }] } }]
    case "reported":
      return [{ key, event: { _tag: "TaskReported", at, task, attempt, node, ...decodeReport(row.report) } }]
    case "abandoned": {
      const reason = `It was handed out ${row.tries} times, and no node brought it to an end, the last one ${node}`
      return [{ key, event: { _tag: "TaskAbandoned", at, task, attempt, reason } }]
    }
    default:
      return []
  }
}

const deliver = Effect.gen(function*() {
  const pool = yield* BuilderPool
  const builds = yield* PackageBuilds
  const rows = yield* pool.untold(packageBuildLife.name, batch)
  if (rows.length === 0) return 0
  const at = yield* Clock.currentTimeMillis
  yield* Effect.forEach(
    Map.groupBy(rows, ({ process }) => Number(process)),
    Effect.fnUntraced(function*([process, news]) {
      yield* builds.apply(process, news.flatMap((row) => eventOf(row, at))).pipe(
        Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void)
      )
      yield* pool.tell(news)
      yield* Effect.forEach(news, (row) => {
        const { since } = row
        if (row.state !== "reported" || since === null || decodeReport(row.report).status !== "done") return Effect.void
        const seconds = (at - Number(since)) / 1000
        return pool.took(Number(row.id), { package: row.package, arch: row.arch, seconds, at })
      }, { discard: true })
    }),
    { concurrency: 4, discard: true }
  )
  return rows.length
})

/** Delivers when told that there is something, and looks by itself every second; lapsed leases are ended every few seconds. */
export const layer: Layer.Layer<never, never, BuilderPool | Notifier | PackageBuilds> = Layer.effectDiscard(
  Effect.gen(function*() {
    const pool = yield* BuilderPool
    const notifier = yield* Notifier
    const wake = Latch.makeUnsafe(false)
    yield* Stream.runForEach(notifier.notifications(topic), () => Effect.sync(() => wake.openUnsafe())).pipe(
      Effect.forkScoped
    )
    yield* Upkeep.repeating(
      { failed: "Builds could not be told of their tasks", interval: 0 },
      Effect.gen(function*() {
        wake.closeUnsafe()
        if ((yield* deliver) === 0) yield* Effect.race(wake.await, Effect.sleep("1 second"))
      }).pipe(Effect.tapCause(() => Effect.sleep("1 second")))
    )
    yield* Upkeep.repeating({ failed: "Lapsed leases could not be ended", interval: 3_000 }, pool.expire)
  })
)
