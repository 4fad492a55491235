/** Variants of platforms, which builds may ask for: more repositories, and settings of their own. */
import type { FlavorCreate } from "@orch/api/albs/PlatformWire"
import type { RepositoryWire } from "@orch/api/albs/RepositoryWire"
import * as PlatformData from "@orch/core/packagebuild/PlatformData"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/FlavorStatements.ts"
import { ensureRepositories } from "./statements/PlatformStatements.ts"

/** A variant of platforms. */
export interface Flavor {
  readonly id: number
  readonly name: string
  readonly modularity: Schema.Json
  readonly data: PlatformData.PlatformData | undefined
  readonly repositories: ReadonlyArray<RepositoryWire>
}

/** The settings of a platform for builds that ask for these flavors: what nodes get. */
export const settingsWith = (
  platform: { readonly data: PlatformData.PlatformData },
  flavors: ReadonlyArray<Flavor>
): PlatformData.PlatformData =>
  flavors.reduce((settings, { data = {} }) => PlatformData.merge(settings, data), platform.data)

/** The same with the versions of modules that the `modularity` documents of both name. */
export const settingsWithVersions = (
  { data, modularity }: { readonly data: PlatformData.PlatformData; readonly modularity: Schema.Json },
  flavors: ReadonlyArray<Flavor>
): PlatformData.PlatformData =>
  settingsWith(
    { data: PlatformData.withModularity(data, modularity) },
    flavors.map((flavor) => ({ ...flavor, data: PlatformData.withModularity(flavor.data ?? {}, flavor.modularity) }))
  )

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** What is known of flavors. */
export interface Interface {
  readonly list: Store<ReadonlyArray<Flavor>>
  /** By number; those that are not known are missing. */
  readonly numbered: (ids: ReadonlyArray<number>) => Store<ReadonlyArray<Flavor>>
  /** `undefined` when there is one of that name. */
  readonly create: (given: FlavorCreate) => Store<Flavor | undefined>
  /** What is absent stays; `undefined` when there is none of that name. */
  readonly modify: (given: FlavorCreate) => Store<Flavor | undefined>
}

/** Flavors. */
export class Flavors extends Context.Service<Flavors, Interface>()("@orch/server/platforms/Flavors") {}

const decodeData = Schema.decodeUnknownSync(Schema.NullOr(PlatformData.PlatformData))

const toFlavor = (row: Statements.FlavorRow): Flavor => ({
  id: Number(row.id),
  name: row.name,
  modularity: (row.modularity ?? null) as Schema.Json,
  data: decodeData(row.data) ?? undefined,
  repositories: row.repositories
})

/** Flavors in the database. */
export const layer: Layer.Layer<Flavors, never, SqlClient.SqlClient> = Layer.effect(
  Flavors,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Flavors.${operation}`))
    const write = (given: FlavorCreate, written: typeof Statements.insert) =>
      sql.withTransaction(Effect.gen(function*() {
        const id = yield* written(given)
        if (id === undefined) return undefined
        if (given.repositories !== undefined && given.repositories !== null) {
          yield* Statements.setRepositories(id, yield* ensureRepositories(given.repositories))
        }
        const [row] = yield* Statements.list([id])
        return row === undefined ? undefined : toFlavor(row)
      }))
    return Flavors.of({
      list: Effect.map(run("list", Statements.list(undefined)), (rows) => rows.map(toFlavor)),
      numbered: (ids) =>
        ids.length === 0
          ? Effect.succeed([])
          : Effect.map(run("numbered", Statements.list(ids)), (rows) => rows.map(toFlavor)),
      create: (given) => run("create", write(given, Statements.insert)),
      modify: (given) => run("modify", write(given, Statements.update))
    })
  })
)
