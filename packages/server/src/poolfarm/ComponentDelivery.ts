/**
 * Takes what nodes say of components' tasks: what they brought is looked at, and then the component goes on or ends.
 *
 * The pool keeps what happened until it was taken. The component's row is locked while it changes, so of two servers that hear the same
 * one changes it, and the other finds it changed.
 */
import * as PoolComponent from "@orch/core/builderpool/PoolComponent"
import { TaskArtifact } from "@orch/core/packagebuild/BuildTask"
import * as NodeReport from "@orch/core/packagebuild/NodeReport"
import { TaskId } from "@orch/core/ports/BuildSystem"
import type { RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as InstalledLog from "../artifacts/InstalledLog.ts"
import { BuilderPool, type Untold } from "../builders/BuilderPool.ts"
import * as TaskNews from "../builders/TaskNews.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as ReportedArtifacts from "../packagebuilds/ReportedArtifacts.ts"
import { People } from "../people/People.ts"
import { Platforms } from "../platforms/Platforms.ts"
import * as ComponentTasks from "./ComponentTasks.ts"
import * as ComponentWorld from "./ComponentWorld.ts"
import * as Statements from "./statements/PoolFarmStatements.ts"

const Report = Schema.Struct({
  status: Schema.Literals(["done", "failed", "excluded"]),
  artifacts: Schema.Array(TaskArtifact)
})

const decodeReport = Schema.decodeUnknownOption(Report)

/** The list of what the buildroot held, where the node brought it. */
const installedOf = (artifacts: ReadonlyArray<TaskArtifact>): { readonly installed?: string } => {
  const found = artifacts.find(InstalledLog.isOne)
  const sha256 = found === undefined ? undefined : ArtifactHref.parse(found.href)
  return sha256 === undefined ? {} : { installed: sha256 }
}

/** Where the first log that a node brought can be read. */
const logOf = (artifacts: ReadonlyArray<TaskArtifact>): { readonly log?: string } => {
  const found = artifacts.find((one) => one.type === "build_log" && !InstalledLog.isOne(one))
  const sha256 = found === undefined ? undefined : ArtifactHref.parse(found.href)
  return found === undefined || sha256 === undefined ? {} : { log: ArtifactHref.content(sha256, found.name) }
}

/** Delivers from now on, for as long as the scope lives; components that changed are told. */
export const make = Effect.fn("ComponentDelivery.make")(function*() {
  const pool = yield* BuilderPool
  const platforms = yield* Platforms
  const people = yield* People
  const store = yield* ArtifactStore
  const sql = yield* SqlClient.SqlClient
  const changes = yield* PubSub.sliding<TaskId>(4_096)
  const run = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable("ComponentDelivery"))

  /** What the node brought, believed after it was looked at. */
  const brought = Effect.fnUntraced(function*(stored: Statements.StoredComponent, row: Untold) {
    const report = decodeReport(row.report)
    if (Option.isNone(report)) {
      const reason = `what node ${row.node ?? ""} reported of it cannot be read`
      return { _tag: "Failed", reason } satisfies PoolComponent.TaskEnd
    }
    const { artifacts, status } = report.value
    const log = logOf(artifacts)
    const failed = (reason: string): PoolComponent.TaskEnd => ({ _tag: "Failed", reason, ...log })
    if (status === "excluded") return { _tag: "Excluded", ...log } satisfies PoolComponent.TaskEnd
    if (status === "failed") return failed(`node ${row.node ?? ""} could not build it for ${row.arch}`)
    const problems = NodeReport.problems({ arch: row.arch }, artifacts, row.arch !== PoolComponent.source)
    if (problems.length > 0) return failed(problems.slice(0, 10).join("; "))
    return yield* ReportedArtifacts.check(store, artifacts, ComponentTasks.sourceFile(stored)).pipe(
      Effect.map((checked): PoolComponent.TaskEnd => ({
        _tag: "Done",
        ...log,
        ...installedOf(artifacts),
        artifacts: checked.flatMap(({ artifact: { license, sha256 }, nevra, path }) =>
          nevra === undefined ? [] : [{
            nevra,
            location: path,
            ...(license === undefined ? {} : { license }),
            ...(sha256 === undefined ? {} : { sha256 })
          }]
        )
      })),
      Effect.catchTag("ArtifactsUnusable", ({ message }) => Effect.succeed(failed(message)))
    )
  })

  const endOf = Effect.fnUntraced(function*(stored: Statements.StoredComponent, row: Untold) {
    if (row.state === "reported") return yield* brought(stored, row)
    const reason = `it was handed out ${row.tries} times, and no node brought it to an end, the last one ${
      row.node ?? ""
    }`
    return { _tag: "Failed", reason } satisfies PoolComponent.TaskEnd
  })

  /** Answers how long the task's build took, where that is known. */
  const proceed = Effect.fnUntraced(function*(row: Untold): Effect.fn.Return<
    ReadonlyArray<TaskNews.Took>,
    RepositoryHostError | StoreUnavailable
  > {
    const id = Number(row.process)
    const before = (yield* run(Statements.components([id]))).get(id)
    if (before === undefined || before.component.result !== undefined) return []
    // Files are read before the row is locked: others need not wait for that.
    const end = yield* endOf(before, row)
    const buildroot = (yield* run(Statements.buildroots([before.buildroot]))).get(before.buildroot)!
    const world = yield* ComponentWorld.find({ pool, platforms, people }, buildroot, [before.request.component])
    const lost: PoolComponent.TaskEnd = { _tag: "Failed", reason: "its platform is no longer there" }
    yield* run(sql.withTransaction(Effect.gen(function*() {
      const stored = yield* Statements.lockComponent(id)
      if (stored === undefined) return
      const step = PoolComponent.end(stored.component, row.part, world === undefined ? lost : end)
      if (step.component === stored.component) return
      yield* Statements.saveComponent(id, step.component)
      const after = { ...stored, component: step.component }
      if (world !== undefined) yield* pool.offer(ComponentTasks.offers(after, step.offer, world))
      if (!step.withdraw) return
      const tasks = [PoolComponent.source, ...stored.component.arches].map((task) => ({ task, attempt: 1 }))
      yield* pool.withdraw(ComponentTasks.life, id, tasks)
    })))
    yield* pool.lookAgain
    if (end._tag !== "Done" || row.since === null) return []
    const at = yield* Clock.currentTimeMillis
    const seconds = (at - Number(row.since)) / 1000
    return [{ task: Number(row.id), package: row.package, arch: row.arch, seconds, at }]
  })

  yield* TaskNews.telling({
    life: ComponentTasks.life,
    failed: "A component could not be told of its tasks",
    tell: Effect.fnUntraced(function*(process, news) {
      const took = yield* Effect.forEach(news, (row) => row.state === "leased" ? Effect.succeed([]) : proceed(row))
      yield* PubSub.publish(changes, TaskId.make(String(process)))
      return took.flat()
    })
  })
  return Stream.fromPubSub(changes)
})
