/**
 * Takes what nodes say of components' tasks: what they brought is looked at, and then the component goes on or ends.
 *
 * The pool keeps what happened until it was taken. The component's row is locked while it changes, so of two servers that hear the same
 * one changes it, and the other finds it changed.
 */
import * as PoolComponent from "@orch/core/builderpool/PoolComponent"
import * as Upkeep from "@orch/core/engine/Upkeep"
import { TaskArtifact } from "@orch/core/packagebuild/BuildTask"
import * as NodeReport from "@orch/core/packagebuild/NodeReport"
import { TaskId } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as InstalledLog from "../artifacts/InstalledLog.ts"
import { BuilderPool, topic, type Untold } from "../builders/BuilderPool.ts"
import { Notifier } from "../database/Notifier.ts"
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

const decodeReport = Schema.decodeUnknownSync(Report)

const batch = 200

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
  const notifier = yield* Notifier
  const sql = yield* SqlClient.SqlClient
  const changes = yield* PubSub.sliding<TaskId>(4_096)
  const run = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable("ComponentDelivery"))

  /** What the node brought, believed after it was looked at. */
  const brought = Effect.fnUntraced(function*(stored: Statements.StoredComponent, row: Untold) {
    const { artifacts, status } = decodeReport(row.report)
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

  const proceed = Effect.fnUntraced(function*(row: Untold) {
    const id = Number(row.process)
    const before = (yield* run(Statements.components([id]))).get(id)
    if (before === undefined || before.component.result !== undefined) return
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
    if (end._tag !== "Done" || row.since === null) return
    const at = yield* Clock.currentTimeMillis
    const seconds = (at - Number(row.since)) / 1000
    yield* pool.took(Number(row.id), { package: row.package, arch: row.arch, seconds, at })
  })

  const deliver = Effect.gen(function*() {
    const rows = yield* pool.untold(ComponentTasks.life, batch)
    yield* Effect.forEach(
      Map.groupBy(rows, ({ process }) => process).values(),
      Effect.fnUntraced(function*(news) {
        yield* Effect.forEach(news, (row) => row.state === "leased" ? Effect.void : proceed(row), { discard: true })
        yield* pool.tell(news)
        yield* PubSub.publish(changes, TaskId.make(String(news[0]!.process)))
      }),
      { concurrency: 4, discard: true }
    )
    return rows.length
  })

  const wake = Latch.makeUnsafe(false)
  yield* Stream.runForEach(notifier.notifications(topic), () => Effect.sync(() => wake.openUnsafe())).pipe(
    Effect.forkScoped
  )
  yield* Upkeep.repeating(
    { failed: "Components could not be told of their tasks", interval: 0 },
    Effect.gen(function*() {
      wake.closeUnsafe()
      if ((yield* deliver) === 0) yield* Effect.race(wake.await, Effect.sleep("1 second"))
    }).pipe(Effect.tapCause(() => Effect.sleep("1 second")))
  )
  return Stream.fromPubSub(changes)
})
