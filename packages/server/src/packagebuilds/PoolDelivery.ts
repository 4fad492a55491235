/**
 * Tells package builds what became of their tasks: taken, reported, given up. Each piece of news has a key, so hearing it twice changes
 * nothing.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { Keyed } from "@orch/core/life/Keyed"
import { TaskArtifact } from "@orch/core/packagebuild/BuildTask"
import type { PackageBuildEvent } from "@orch/core/packagebuild/PackageBuildEvent"
import { packageBuildLife } from "@orch/core/packagebuild/PackageBuildLife"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { BuilderPool, type Untold } from "../builders/BuilderPool.ts"
import * as TaskNews from "../builders/TaskNews.ts"
import type { Notifier } from "../database/Notifier.ts"

const Report = Schema.Struct({
  status: Schema.Literals(["done", "failed", "excluded"]),
  artifacts: Schema.Array(TaskArtifact),
  commit: Schema.optionalKey(Schema.String),
  stats: Schema.optionalKey(Schema.Json),
  startedAt: Schema.optionalKey(Schema.Number)
})

const decodeReport = Schema.decodeUnknownOption(Report)

/** What one task's news means to its build; nothing when somebody took it back. */
const eventOf = (row: Untold, at: number): ReadonlyArray<Keyed<PackageBuildEvent>> => {
  const { attempt, part: task } = row
  const node = row.node ?? ""
  const key = `pool/${row.id}/${attempt}/${row.token}/${row.state}`
  const abandoned = (reason: string) => [{ key, event: { _tag: "TaskAbandoned" as const, at, task, attempt, reason } }]
  switch (row.state) {
    case "leased":
      return [{ key, event: { _tag: "TasksStarted", at, tasks: [{ task, attempt, node }] } }]
    case "reported":
      return Option.match(decodeReport(row.report), {
        onNone: () => abandoned(`What node ${node} reported of it cannot be read`),
        onSome: (report) => [{ key, event: { _tag: "TaskReported", at, task, attempt, node, ...report } }]
      })
    case "abandoned":
      return abandoned(`It was handed out ${row.tries} times, and no node brought it to an end, the last one ${node}`)
    default:
      return []
  }
}

/** How long the build of a task took that is done. */
const tookOf = (row: Untold, at: number): ReadonlyArray<TaskNews.Took> => {
  const { arch, id, package: name, since, state } = row
  if (state !== "reported" || since === null) return []
  return Option.exists(decodeReport(row.report), ({ status }) => status === "done")
    ? [{ task: Number(id), package: name, arch, seconds: (at - Number(since)) / 1000, at }]
    : []
}

/** Tells one build; what it does not take any more is told as well. */
export const tell = Effect.fnUntraced(function*(process: number, news: ReadonlyArray<Untold>) {
  const builds = yield* PackageBuilds
  const at = yield* Clock.currentTimeMillis
  yield* builds.apply(process, news.flatMap((row) => eventOf(row, at))).pipe(
    Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void)
  )
  return news.flatMap((row) => tookOf(row, at))
})

/** Delivers from now on; lapsed leases are ended every few seconds. */
export const layer: Layer.Layer<never, never, BuilderPool | Notifier | PackageBuilds> = Layer.effectDiscard(
  Effect.gen(function*() {
    const pool = yield* BuilderPool
    yield* TaskNews.telling({ life: packageBuildLife.name, failed: "A build could not be told of its tasks", tell })
    yield* Upkeep.repeating({ failed: "Lapsed leases could not be ended", interval: 3_000 }, pool.expire)
  })
)
