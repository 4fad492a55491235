/**
 * What builds held and what their components were built from, kept so that nothing is built twice from the same inputs.
 *
 * Every ready build is looked at once, whoever asked for it. What cannot be read, such as packages that are not files of this machine, is
 * known as that. What is noted of a build goes when it is not ready any more.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import { isBase } from "@orch/core/farm/Buildroot"
import * as ComponentKeys from "@orch/core/modulebuild/ComponentKeys"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { nsvc, type Reused } from "@orch/core/modulebuild/ModulePlan"
import { BuildTraces } from "@orch/core/ports/modulebuild/BuildTraces"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { SourceControl } from "@orch/core/ports/SourceControl"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { asUnavailable } from "../database/PgError.ts"
import { type Contents, type Gone, ModuleContents } from "./ModuleContents.ts"
import * as Revocations from "./statements/RevocationStatements.ts"
import * as Statements from "./statements/TraceStatements.ts"

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** What is kept. */
export class TraceKeeping extends Context.Service<TraceKeeping, {
  /** Reads a build and keeps what it holds; `undefined` where that cannot be read. */
  readonly read: (build: ModuleBuild) => Store<Contents | undefined>
  /** What a build holds, and nothing is kept of it; `undefined` where that cannot be read. */
  readonly look: (build: ModuleBuild) => Effect.Effect<Contents | undefined>
  /** Of these builds those that need something that is gone, and those of which it is not known what they need. In one statement. */
  readonly lacking: (builds: ReadonlyArray<number>, gone: Gone) => Store<ReadonlySet<number>>
  /** Results of ready builds that were built from the same inputs; see the port. */
  readonly find: Context.Service.Shape<typeof BuildTraces>["find"]
  /** Results that nobody takes any more; see the port. */
  readonly revoked: Context.Service.Shape<typeof BuildTraces>["revoked"]
}>()("@orch/server/traces/TraceKeeping") {}

/** Builds that are read in one round. */
const perRound = 20
/** Builds that are forgotten in one statement. */
const perForget = 500
/** Milliseconds between two looks for what is to be forgotten. */
const hour = 3_600_000
/** Repositories that are asked at the same time. */
const concurrency = 8

/** In the database. */
export const layer = Layer.effect(
  TraceKeeping,
  Effect.gen(function*() {
    const contents = yield* ModuleContents
    const builds = yield* ModuleBuilds
    const sources = yield* SourceControl
    const sql = yield* SqlClient.SqlClient
    const run = <A>(operation: string, effect: Effect.Effect<A, SqlError, SqlClient.SqlClient>): Store<A> =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`TraceKeeping.${operation}`))
    const buildOf = (id: number) => builds.get(id).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))

    /** The hash of each component's inputs, as far as all of them are known. */
    const keysOf = Effect.fnUntraced(function*(
      build: ModuleBuild,
      commits: Readonly<Record<string, string>>
    ): Effect.fn.Return<ReadonlyMap<string, string>, StoreUnavailable> {
      const { plan } = build
      const modules = plan.modules.filter((one) => !isBase(one)).map(nsvc)
      const held = yield* run("contents", Statements.contents(modules))
      if (modules.some((name) => !held.has(name))) return new Map()
      const trees = new Map<string, string>()
      yield* Effect.forEach(plan.components, ({ name, repository, srpm }) => {
        const commit = commits[name] ?? build.components.get(name)?.commit
        return srpm !== undefined || commit === undefined ? Effect.void : sources.commit(repository, commit).pipe(
          // A source control that knows no trees knows commits.
          Effect.map(({ tree }) => void trees.set(name, tree ?? commit)),
          Effect.catch(() => Effect.void)
        )
      }, { concurrency, discard: true })
      return ComponentKeys.of(plan, {
        sourcesOf: (name) => trees.get(name),
        contentOf: (name) => held.get(name)
      })
    })

    const look = (build: ModuleBuild) =>
      // What a farm has built that owns the build is not here: that nothing is known of it does not mean that it holds nothing.
      build.plan.ownedBy !== undefined ? Effect.undefined : contents.read(build).pipe(
        Effect.catch((error) =>
          Effect.as(Effect.logWarning(`Module build ${build.id} could not be read: ${error.message}`), undefined)
        )
      )

    const revoked = (tasks: ReadonlyArray<string>) =>
      tasks.length === 0 ? Effect.succeed(new Set<string>()) : run("revoked", Revocations.among(tasks))

    /** What was built with a result that was revoked meanwhile is revoked as well. */
    const revokeDerived = Effect.fnUntraced(function*(build: ModuleBuild, modules: ReadonlyArray<string>) {
      const gone = modules.length === 0 ? undefined : yield* run("held", Revocations.held(modules))
      if (gone === undefined) return
      const made = [...build.components].flatMap(([component, { reusedFrom, task }]) =>
        task === undefined || reusedFrom !== undefined ? [] : [{ component, task }]
      )
      yield* run("note", Revocations.note(made, undefined, gone.by, gone.why))
    })

    const read = Effect.fnUntraced(function*(build: ModuleBuild) {
      const found = yield* look(build)
      const modules = build.plan.modules.filter((one) => !isBase(one)).map(nsvc)
      yield* run("noteBuildroot", Statements.noteBuildroot(build.id, modules))
      yield* run("noteModule", Statements.noteModule(build.id, nsvc(build.plan), found))
      yield* revokeDerived(build, modules)
      if (found === undefined) return undefined
      const keys = yield* keysOf(build, {})
      const taskOf = (component: string) => build.components.get(component)?.task ?? ""
      const gone = yield* revoked([...keys.keys()].map(taskOf))
      const traces = [...keys].flatMap(([component, input]) => {
        const output = found.components.get(component)
        return output === undefined || gone.has(taskOf(component)) ? [] : [{ input, component, output }]
      })
      yield* run("noteComponents", Statements.noteComponents(build.id, traces))
      return found
    })

    const find: Context.Service.Shape<typeof BuildTraces>["find"] = Effect.fnUntraced(
      function*(build, commits, components) {
        const reused: Record<string, Reused> = {}
        if (components.length === 0) return reused
        const keys = yield* keysOf(build, commits)
        const wanted = new Set(components)
        const inputs = [...keys].flatMap(([name, input]) => wanted.has(name) ? [input] : [])
        const found = inputs.length === 0 ? [] : yield* run("find", Statements.find(inputs))
        for (const [id, traces] of Map.groupBy(found, (trace) => trace.build)) {
          const earlier = yield* buildOf(id)
          for (const { component } of traces) {
            const before = earlier?.state.components.get(component)
            if (before?.task === undefined || before.nvr === undefined || before.artifacts.length === 0) continue
            reused[component] = { from: id, task: before.task, nvr: before.nvr, artifacts: before.artifacts }
          }
        }
        return reused
      }
    )

    const unread = Upkeep.sparing(run("unread", Statements.unread(perRound)), [], (ids) => ids.length === 0)
    const round = Effect.gen(function*() {
      for (const id of yield* unread) {
        const found = yield* buildOf(id)
        if (found !== undefined) yield* read(found.state)
      }
    })
    yield* Upkeep.repeating({ failed: "The contents of builds could not be read", interval: 2000 }, round)

    const forget = Effect.repeat(run("forget", Statements.forget(perForget)), { while: (gone) => gone === perForget })
    yield* Upkeep.repeating(
      { failed: "Builds that are not ready any more could not be forgotten", interval: hour },
      forget
    )

    const lacking = (ids: ReadonlyArray<number>, { names, versions }: Gone) =>
      ids.length === 0 || names.length + versions.length === 0
        ? Effect.succeed(new Set<number>())
        : run("lacking", Statements.needing(ids, names, versions))

    return TraceKeeping.of({ read, look, lacking, find, revoked })
  })
)

/** What the engine asks, answered from what is kept. */
export const traces = Layer.effect(BuildTraces, Effect.map(TraceKeeping, ({ find, revoked }) => ({ find, revoked })))
