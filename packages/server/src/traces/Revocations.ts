/**
 * Results that are taken no more, because what they were taken for was found to come out otherwise, or because somebody says so.
 *
 * A result is known by the task that made it: it is in every build that took it over. All that was made with it is revoked with it: what was
 * built after it in a build that holds it, and what other modules built with such a build in their buildroots, at any distance. Traces that lead to
 * any of these are removed, so that what asks for the same inputs is built.
 */
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/RevocationStatements.ts"

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** What was revoked. */
export interface Revoked {
  /** Components whose results are taken no more: the one that was meant, and those that were built after it. */
  readonly components: ReadonlyArray<string>
  /** Module streams whose ready builds hold one of them. */
  readonly modules: ReadonlyArray<string>
  /** Module streams that were built with one of those, at any distance: their results are taken no more either. */
  readonly derived: ReadonlyArray<string>
}

/** Revokes. */
export class Revocations extends Context.Service<Revocations, {
  /** Revokes what these components came to in a build, and what was built after them there. */
  readonly revoke: (build: ModuleBuild, components: ReadonlyArray<string>, by: string, why: string) => Store<Revoked>
  /** Revokes what a trace leads to, and answers the same when it is asked again; undefined where there is no such trace. */
  readonly revokeTrace: (input: string, by: string, why: string) => Store<Revoked | undefined>
  /** The traces of a build, by component. */
  readonly tracesOf: (build: number, limit: number, offset: number) => Store<{
    readonly items: ReadonlyArray<Statements.TraceRow>
    readonly total: number
  }>
}>()("@orch/server/traces/Revocations") {}

/** These components and all that were built after them, in the order of the plan. */
const withDerived = (
  planned: Statements.HolderRow["components"],
  components: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const found = new Set(components)
  let earliest = Infinity
  const batches = [...planned].sort((one, other) => one.batch - other.batch)
  for (const { batch, name } of batches) if (found.has(name)) earliest = Math.min(earliest, batch)
  for (let before = -1; before !== found.size;) {
    before = found.size
    for (const { after, afterBatch, name } of batches) {
      if (afterBatch >= earliest || after.some((one) => found.has(one))) found.add(name)
    }
  }
  return planned.flatMap(({ name }) => found.has(name) ? [name] : [])
}

/** Two statements for each step from a result to what was made with it. */
const spread = Effect.fnUntraced(function*(first: ReadonlyArray<Statements.Revoked>) {
  const found = new Map(first.map(({ component, task }) => [task, component]))
  const modules = new Set<string>()
  const derived = new Set<string>()
  for (let fresh = [...found.keys()], isFirst = true; fresh.length > 0; isFirst = false) {
    const these = new Set(fresh)
    const holders = yield* Statements.holders(fresh)
    const made = holders.length === 0 ? [] : yield* Statements.madeWith(holders.map(({ nsvc }) => nsvc))
    const next = new Map(made.map(({ component, task }) => [task, component]))
    for (const { stream } of holders) (isFirst ? modules : derived).add(stream)
    for (const { stream } of made) derived.add(stream)
    for (const { components, tasks } of holders) {
      const held = Object.keys(tasks).filter((name) => these.has(tasks[name]!))
      for (const name of withDerived(components, held)) if (tasks[name] !== undefined) next.set(tasks[name], name)
    }
    fresh = [...next.keys()].filter((task) => !found.has(task))
    for (const task of fresh) found.set(task, next.get(task)!)
  }
  return {
    results: [...found].map(([task, component]) => ({ component, task })),
    modules: [...modules].sort(),
    derived: [...derived].filter((stream) => !modules.has(stream)).sort()
  }
})

/** In the database. */
export const layer: Layer.Layer<Revocations, never, ModuleBuilds | SqlClient.SqlClient> = Layer.effect(
  Revocations,
  Effect.gen(function*() {
    const builds = yield* ModuleBuilds
    const sql = yield* SqlClient.SqlClient
    const run = <A>(operation: string, effect: Effect.Effect<A, SqlError, SqlClient.SqlClient>): Store<A> =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Revocations.${operation}`))

    const note = Effect.fnUntraced(function*(
      build: ModuleBuild,
      components: ReadonlyArray<string>,
      input: string | undefined,
      by: string,
      why: string
    ): Effect.fn.Return<Revoked, StoreUnavailable> {
      const own = withDerived(build.plan.components, components).flatMap((component) => {
        const task = build.components.get(component)?.task
        return task === undefined ? [] : [{ component, task }]
      })
      const { derived, modules } = yield* run(
        "revoke",
        sql.withTransaction(Effect.gen(function*() {
          const found = yield* spread(own)
          const isOwn = new Set<string>(own.map(({ task }) => task))
          yield* Statements.note(own, input, by, why)
          yield* Statements.note(found.results.filter(({ task }) => !isOwn.has(task)), undefined, by, why)
          yield* Statements.removeTraces(found.results.map(({ task }) => task))
          return found
        }))
      )
      return { components: own.map(({ component }) => component), modules, derived }
    })

    return Revocations.of({
      revoke: (build, components, by, why) => note(build, components, undefined, by, why),
      revokeTrace: Effect.fn("Revocations.revokeTrace")(function*(input, by, why) {
        const found = yield* run("traced", Statements.traced(input))
        if (found === undefined) {
          // Somebody revoked it before; what follows may not have been done then.
          const own = yield* run("revokedBy", Statements.revokedBy(input))
          if (own.length === 0) return undefined
          const { derived, modules } = yield* run("spread", spread(own))
          return { components: [], modules, derived }
        }
        const build = yield* builds.get(found.build).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
        return build === undefined ? undefined : yield* note(build.state, [found.component], input, by, why)
      }),
      tracesOf: (build, limit, offset) => run("tracesOf", Statements.ofBuild(build, limit, offset))
    })
  })
)
