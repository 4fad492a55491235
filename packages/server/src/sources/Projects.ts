/** Projects of a forge, as they were when it was last looked at: what people choose from when they plan a build. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/ProjectStatements.ts"

/** A project. */
export interface Project {
  readonly name: string
  readonly cloneUrl: string
  readonly tags: ReadonlyArray<string>
  readonly branches: ReadonlyArray<string>
}

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** The lists. */
export class Projects extends Context.Service<Projects, {
  readonly list: (organisation: string) => Store<ReadonlyArray<Project>>
  /** When each project was changed, as the forge says it, by name. */
  readonly known: (organisation: string) => Store<ReadonlyMap<string, string>>
  /** Keeps a project as it is now; `updatedAt` as the forge says it, `look` is the number of this look. */
  readonly keep: (organisation: string, project: Project & { readonly updatedAt: string }, look: number) => Store<void>
  /** Those of the names are there as they were. */
  readonly seen: (organisation: string, names: ReadonlyArray<string>, look: number) => Store<void>
  /** Forgets what an earlier look saw and this one did not. */
  readonly forgetOthers: (organisation: string, look: number) => Store<void>
  /** Has the next look ask about the project's branches, whatever the forge says of it. */
  readonly stale: (cloneUrl: string) => Store<void>
}>()("@orch/server/sources/Projects") {}

/** In the database. */
export const layer: Layer.Layer<Projects, never, SqlClient.SqlClient> = Layer.effect(
  Projects,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Projects.${operation}`))
    return Projects.of({
      list: (organisation) =>
        Effect.map(
          run("list", Statements.list(organisation)),
          (rows) => rows.map(({ branches, clone_url, name, tags }) => ({ name, cloneUrl: clone_url, tags, branches }))
        ),
      known: (organisation) =>
        Effect.map(
          run("known", Statements.known(organisation)),
          (rows) => new Map(rows.flatMap(({ name, updated_at }) => updated_at === null ? [] : [[name, updated_at]]))
        ),
      keep: (organisation, project, look) => run("keep", Statements.keep(organisation, project, look)),
      seen: (organisation, names, look) => run("seen", Statements.seen(organisation, names, look)),
      forgetOthers: (organisation, look) => run("forgetOthers", Statements.forgetOthers(organisation, look)),
      stale: (cloneUrl) => run("stale", Statements.stale(cloneUrl))
    })
  })
)
