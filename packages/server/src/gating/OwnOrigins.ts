/** Where builds are from: those of this server by its own records, others by what the build system knows. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { type BuildOrigin, BuildOrigins } from "./RemoteFiles.ts"
import * as Statements from "./statements/DecisionStatements.ts"

/** Builds of a build system that keeps them itself; knows none unless the farm brings one. */
export const FarmOrigins: Context.Reference<BuildOrigins> = Context.Reference("@orch/server/gating/FarmOrigins", {
  defaultValue: (): BuildOrigins => ({ name: "this server", find: () => Effect.succeed(undefined) })
})

/** A repository and a commit of it as gates read sources. */
const sourceOf = (repository: string | null, commit: string | null): string | undefined =>
  repository === null || commit === null ? undefined : `${repository}#${commit}`

const given = (at: number | null): number | undefined => at ?? undefined

/** Whoever asks is told by this server first. A database that does not answer knows nothing, which lets nothing through. */
export const layer: Layer.Layer<never, never, SqlClient.SqlClient> = Layer.effect(
  BuildOrigins,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const farm = yield* FarmOrigins
    const own = Effect.fnUntraced(function*(nvr: string) {
      const module = yield* Statements.moduleOrigin(nvr)
      if (module !== undefined) {
        return { source: module.scmurl ?? undefined, builtAt: given(module.at) } satisfies BuildOrigin
      }
      const component = yield* Statements.componentOrigin(nvr)
      if (component === undefined) return undefined
      return {
        source: sourceOf(component.repository, component.commit),
        builtAt: given(component.at)
      } satisfies BuildOrigin
    })
    return {
      name: farm.name,
      find: (nvr: string) =>
        own(nvr).pipe(
          Effect.provideService(SqlClient.SqlClient, sql),
          Effect.catchCause((cause) =>
            Effect.as(Effect.logWarning("The origin of a build is not known", cause), undefined)
          ),
          Effect.flatMap((found) => found === undefined ? farm.find(nvr) : Effect.succeed(found))
        )
    }
  })
)
