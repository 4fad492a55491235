/**
 * The builder pool as a build system: components of modules become tasks that any node takes.
 *
 * A component is one row with the key it was asked for under, so asking again finds it. Its tasks are offered in the transaction that makes
 * it, and what nodes say of them is taken by `ComponentDelivery`.
 */
import * as PoolComponent from "@orch/core/builderpool/PoolComponent"
import * as Upkeep from "@orch/core/engine/Upkeep"
import {
  type BuildInputs,
  type BuildrootPlan,
  BuildSystem,
  BuildSystemError,
  type Capabilities,
  type ComponentRequest,
  type Interface,
  type Observation,
  type RepositoryState,
  type Submission,
  TaskId
} from "@orch/core/ports/BuildSystem"
import { RepositoryHost, type RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import { SourceControl } from "@orch/core/ports/SourceControl"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Stream from "effect/Stream"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as InstalledLog from "../artifacts/InstalledLog.ts"
import { BuilderPool, capacity } from "../builders/BuilderPool.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as FarmDirectory from "../localbuild/FarmDirectory.ts"
import { People } from "../people/People.ts"
import { type Platform, Platforms } from "../platforms/Platforms.ts"
import * as BuildrootRepositories from "./BuildrootRepositories.ts"
import * as ComponentTasks from "./ComponentTasks.ts"
import * as ComponentWorld from "./ComponentWorld.ts"
import * as PoolPlatforms from "./PoolPlatforms.ts"
import type { StoredBuildroot, StoredComponent } from "./statements/PoolFarmStatements.ts"
import * as Statements from "./statements/PoolFarmStatements.ts"

/** Milliseconds between two looks at which platforms there are. */
const platformMillis = 2_000

const fail = (operation: string, reason: BuildSystemError["reason"], message: string) =>
  new BuildSystemError({ reason, operation, message })

/** What the store and the repositories say, as a failure of the farm. */
const asFarm = (operation: string) => (error: StoreUnavailable | RepositoryHostError): BuildSystemError =>
  error._tag === "RepositoryHostError"
    ? new BuildSystemError({
      reason: error.reason,
      operation,
      message: error.message,
      ...(error.waiting === undefined ? {} : { waiting: error.waiting })
    })
    : fail(operation, "unreachable", error.message)

const taskId = (id: number): TaskId => TaskId.make(String(id))
const numberOf = (task: string): number | undefined => /^[1-9]\d{0,14}$/.test(task) ? Number(task) : undefined

/** Why a source is none for nodes; they fetch it themselves. */
const sourceProblem = ({ source }: ComponentRequest): string | undefined =>
  source._tag === "Srpm" && !/^https?:\/\/[^\s\p{Cc}]+$/u.test(source.location)
    ? `nodes fetch source packages from http:// or https://, not from ${source.location}`
    : undefined

/** The build system, and the hints that `ComponentDelivery` gives. */
export const make = Effect.fn("PoolBuildSystem.make")(function*(hints: Stream.Stream<TaskId>) {
  const pool = yield* BuilderPool
  const platforms = yield* Platforms
  const people = yield* People
  const host = yield* RepositoryHost
  const sources = yield* SourceControl
  const store = yield* ArtifactStore
  const sql = yield* SqlClient.SqlClient
  let known: ReadonlyMap<string, Platform> = new Map()
  const look = Effect.map(platforms.list, (all) => known = PoolPlatforms.byStream(all))
  yield* Upkeep.surviving("The platforms of the builder pool could not be read", look)
  yield* Upkeep.repeating(
    { failed: "The platforms of the builder pool could not be read", interval: platformMillis },
    look
  )

  const run = <A, E>(operation: string, effect: Effect.Effect<A, E | SqlError, SqlClient.SqlClient>) =>
    effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`PoolBuildSystem.${operation}`))

  const buildrootOf = Effect.fnUntraced(function*(operation: string, id: string) {
    const found = (yield* run(operation, Statements.buildroots([id]))).get(id)
    return found ?? (yield* fail(operation, "gone", `the builder pool has no buildroot ${id}`))
  })

  const worldOf = Effect.fnUntraced(
    function*(operation: string, buildroot: StoredBuildroot, names: ReadonlyArray<string>) {
      const world = yield* ComponentWorld.find({ pool, platforms, people }, buildroot, names)
      const { platform } = buildroot.plan
      return world ?? (yield* fail(operation, "rejected", `no platform of the builder pool is ${platform} any more`))
    }
  )

  const prepare = Effect.fnUntraced(function*(plan: BuildrootPlan) {
    const streams = yield* look
    const platform = streams.get(plan.platform)
    if (platform === undefined) {
      const there = [...streams.keys()].join(", ")
      const message = `nodes build for no platform ${JSON.stringify(plan.platform)}, only for ${there || "none"}`
      return yield* fail("prepare", "rejected", message)
    }
    const foreign = plan.arches.filter((arch) => arch !== "noarch" && !platform.archList.includes(arch))
    if (foreign.length > 0) {
      return yield* fail("prepare", "rejected", `${platform.name} has no architecture ${foreign.join(", ")}`)
    }
    const id = FarmDirectory.buildrootId(plan)
    const arches = plan.arches.filter((arch) => arch !== "noarch")
    const repositories = yield* BuildrootRepositories.ensure(host, id, arches)
    yield* run("prepare", Statements.keepBuildroot(id, plan, repositories))
    return { key: plan.key, id }
  })

  const refusal = Effect.fnUntraced(function*(request: ComponentRequest, arches: ReadonlyArray<string>) {
    const problem = sourceProblem(request)
    if (problem !== undefined) return problem
    if (arches.length === 0) return `it is for ${request.arches.join(", ")}, and its module is not`
    if (request.source._tag === "Srpm") return undefined
    return yield* Effect.match(sources.authorize(request.source.repository), {
      onFailure: ({ message }) => message,
      onSuccess: () => undefined
    })
  })

  const archesOf = ({ plan }: StoredBuildroot, { arches }: ComponentRequest): ReadonlyArray<string> => {
    const all = plan.arches.filter((arch) => arch !== "noarch")
    const wanted = arches.filter((arch) => arch !== "noarch")
    return wanted.length === 0 ? all : all.filter((arch) => wanted.includes(arch))
  }

  /** Makes the component and offers its first task, both or neither. */
  const begin = (world: ComponentTasks.World, request: ComponentRequest, arches: ReadonlyArray<string>) =>
    sql.withTransaction(Effect.gen(function*() {
      const first = yield* pool.takeNumbers(1 + arches.length)
      const made = yield* Statements.insertComponent(world.buildroot.id, request, first, arches)
      if (made !== undefined) yield* pool.offer(ComponentTasks.offers(made, [PoolComponent.source], world))
      return made
    }))

  const submit = Effect.fnUntraced(function*(id: string, requests: ReadonlyArray<ComponentRequest>) {
    const buildroot = yield* buildrootOf("submit", id)
    const keys = requests.map(({ key }) => key)
    const before = yield* run("submit", Statements.componentsOfKeys(id, keys))
    const world = yield* worldOf("submit", buildroot, requests.map(({ component }) => component))
    const answers: Array<Submission> = []
    for (const request of requests) {
      const { key } = request
      const arches = archesOf(buildroot, request)
      let found: StoredComponent | undefined = before.get(key)
      const adopted = found !== undefined
      if (found === undefined) {
        const reason = yield* refusal(request, arches)
        if (reason !== undefined) {
          answers.push({ _tag: "Rejected", key, reason })
          continue
        }
        found = yield* run("submit", begin(world, request, arches))
      }
      // Somebody else asked at the same moment.
      found ??= (yield* run("submit", Statements.componentsOfKeys(id, [key]))).get(key)
      answers.push(
        found === undefined
          ? { _tag: "Rejected", key, reason: "the builder pool has lost it" }
          : { _tag: "Accepted", key, task: taskId(found.id), adopted }
      )
    }
    yield* pool.lookAgain
    return answers
  })

  const observe = Effect.fnUntraced(function*(tasks: ReadonlyArray<TaskId>) {
    const ids = tasks.flatMap((task) => numberOf(task) ?? [])
    const found = yield* run("observe", Statements.components(ids))
    const open = [...found.values()].filter(({ component }) => component.result === undefined).map(({ id }) => id)
    const rows = yield* pool.ofProcesses(ComponentTasks.life, open)
    const begun = new Set(rows.filter(({ state }) => state !== "queued").map(({ process }) => Number(process)))
    return tasks.map((task): Observation => {
      const one = found.get(numberOf(task) ?? 0)
      if (one === undefined) return { task, state: "gone", artifacts: [] }
      const { ended, result } = one.component
      if (result !== undefined) return { task, ...result }
      const isOpen = begun.has(one.id) || Object.keys(ended).length > 0
      return { task, state: isOpen ? "open" : "free", artifacts: [] }
    })
  })

  /** What the buildroots of components held, on the first architecture whose node told. */
  const inputs = Effect.fnUntraced(function*(tasks: ReadonlyArray<TaskId>) {
    const found = yield* run("inputs", Statements.components(tasks.flatMap((task) => numberOf(task) ?? [])))
    return yield* Effect.forEach(tasks, (task) => {
      const component = found.get(numberOf(task) ?? 0)?.component
      const told = (component?.arches ?? []).flatMap((arch) => {
        const end = component?.ended[arch]
        return end?._tag === "Done" && end.installed !== undefined ? [end.installed] : []
      })
      return Effect.gen(function*(): Effect.fn.Return<BuildInputs, StoreUnavailable> {
        const file = told[0] === undefined ? undefined : yield* store.find(told[0])
        return file === undefined ? {} : { buildroot: (yield* InstalledLog.read(file.path)).map((name) => ({ name })) }
      })
    })
  })

  const cancelOne = (id: number) =>
    sql.withTransaction(Effect.gen(function*() {
      const stored = yield* Statements.lockComponent(id)
      if (stored === undefined) return
      const { component, withdraw } = PoolComponent.cancel(stored.component)
      if (!withdraw) return
      yield* Statements.saveComponent(id, component)
      yield* pool.withdraw(ComponentTasks.life, id, tasksOf(stored))
    }))

  const admit = Effect.fnUntraced(function*(id: string, artifacts: ReadonlyArray<Observation["artifacts"][number]>) {
    const { plan } = yield* buildrootOf("admit", id)
    yield* BuildrootRepositories.admit(host, id, plan.arches.filter((arch) => arch !== "noarch"), artifacts)
    return { buildroot: id, id: String(yield* run("admit", Statements.nextRevision(id))) }
  })

  const finish = Effect.fnUntraced(function*(plan: BuildrootPlan, succeeded: boolean) {
    const id = FarmDirectory.buildrootId(plan)
    const open = yield* run("finish", Statements.openComponents(id))
    yield* Effect.forEach(open, (one) => run("finish", cancelOne(one.id)), { discard: true })
    // A failed build may be resumed, and then needs what was admitted.
    if (succeeded) yield* BuildrootRepositories.remove(host, id, plan.arches.filter((arch) => arch !== "noarch"))
  })

  const capabilities = (): Capabilities => ({
    name: "pool",
    arches: [...new Set([...known.values()].flatMap(PoolPlatforms.archesOf))],
    platformArches: Object.fromEntries(
      [...known].map(([stream, platform]) => [stream, PoolPlatforms.archesOf(platform)])
    ),
    platforms: [...known.keys()],
    hints: true,
    bulk: 1_000
  })

  return BuildSystem.of({
    get capabilities() {
      return capabilities()
    },
    // A component takes a slot of each architecture.
    slots: Effect.gen(function*() {
      const slots = [...capacity(yield* pool.nodes, yield* Clock.currentTimeMillis).values()]
      return slots.length === 0 ? undefined : Math.min(...slots)
    }).pipe(Effect.catch(() => Effect.undefined)),
    prepare: (plan) => prepare(plan).pipe(Effect.mapError(inFarm("prepare"))),
    submit: (buildroot, requests) => submit(buildroot.id, requests).pipe(Effect.mapError(inFarm("submit"))),
    observe: (tasks) => observe(tasks).pipe(Effect.mapError(inFarm("observe"))),
    inputs: (builds) => inputs(builds.map(({ task }) => task)).pipe(Effect.mapError(inFarm("inputs"))),
    cancel: (tasks) =>
      Effect.forEach(new Set(tasks.flatMap((task) => numberOf(task) ?? [])), (id) => run("cancel", cancelOne(id)), {
        discard: true
      }).pipe(Effect.mapError(inFarm("cancel"))),
    admit: (buildroot, builds) =>
      admit(buildroot.id, builds.flatMap(({ artifacts }) => artifacts)).pipe(Effect.mapError(inFarm("admit"))),
    observeRepositories: (requests) =>
      Effect.map(
        run("observeRepositories", Statements.buildroots([...new Set(requests.map(({ buildroot }) => buildroot))])),
        (found) =>
          requests.map(({ buildroot, id }): RepositoryState => {
            const revision = found.get(buildroot)?.revision
            if (revision === undefined) {
              return { _tag: "Failed", reason: `the builder pool has no buildroot ${buildroot}` }
            }
            const asked = numberOf(id)
            return asked !== undefined && asked <= revision
              ? { _tag: "Ready" }
              : { _tag: "Failed", reason: `nobody asked for revision ${id} of buildroot ${buildroot}` }
          })
      ).pipe(Effect.mapError(inFarm("observeRepositories"))),
    finish: (plan, outcome) => finish(plan, outcome._tag === "Succeeded").pipe(Effect.mapError(inFarm("finish"))),
    hints
  }) satisfies Interface
})

const inFarm = (operation: string) => (error: BuildSystemError | StoreUnavailable | RepositoryHostError) =>
  error._tag === "BuildSystemError" ? error : asFarm(operation)(error)

/** The tasks of a component that may be in the pool. */
const tasksOf = ({ component }: StoredComponent) =>
  [PoolComponent.source, ...component.arches].map((task) => ({ task, attempt: 1 }))
