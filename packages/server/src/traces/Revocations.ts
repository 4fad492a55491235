/**
 * Results that are taken no more, because what they were taken for was found to come out otherwise, or because somebody says so.
 *
 * A result is known by the task that made it: it is in every build that took it over. What was built after it in the same module is
 * revoked with it. Traces that lead to it are removed, so that what asks for the same inputs is built.
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
  /** Module streams whose ready builds hold one of them; a thousand at most. */
  readonly modules: ReadonlyArray<string>
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

/** Module streams that are named at once. */
const mostModules = 1000

/** These components and all that were built after them, in the order of the plan. */
const withDerived = ({ plan }: ModuleBuild, components: ReadonlyArray<string>): ReadonlyArray<string> => {
  const found = new Set(components)
  let earliest = Infinity
  const batches = [...plan.components].sort((one, other) => one.batch - other.batch)
  for (const { batch, name } of batches) if (found.has(name)) earliest = Math.min(earliest, batch)
  for (let before = -1; before !== found.size;) {
    before = found.size
    for (const { after, afterBatch, name } of batches) {
      if (afterBatch >= earliest || after.some((one) => found.has(one))) found.add(name)
    }
  }
  return plan.components.flatMap(({ name }) => found.has(name) ? [name] : [])
}

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
      const all = withDerived(build, components).flatMap((component) => {
        const task = build.components.get(component)?.task
        return task === undefined ? [] : [{ component, task }]
      })
      const tasks = all.map(({ task }) => task)
      const modules = yield* run(
        "revoke",
        sql.withTransaction(Effect.gen(function*() {
          yield* Statements.note(all, input, by, why)
          yield* Statements.removeTraces(tasks)
          return yield* Statements.holders(tasks, mostModules)
        }))
      )
      return { components: all.map(({ component }) => component), modules }
    })

    return Revocations.of({
      revoke: (build, components, by, why) => note(build, components, undefined, by, why),
      revokeTrace: Effect.fn("Revocations.revokeTrace")(function*(input, by, why) {
        const found = yield* run("traced", Statements.traced(input))
        if (found === undefined) {
          // Somebody revoked it before; what follows may not have been done then.
          const tasks = yield* run("revokedBy", Statements.revokedBy(input))
          return tasks.length === 0
            ? undefined
            : { components: [], modules: yield* run("holders", Statements.holders(tasks, mostModules)) }
        }
        const build = yield* builds.get(found.build).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
        return build === undefined ? undefined : yield* note(build.state, [found.component], input, by, why)
      }),
      tracesOf: (build, limit, offset) => run("tracesOf", Statements.ofBuild(build, limit, offset))
    })
  })
)
