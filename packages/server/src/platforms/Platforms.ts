/** What packages are built for: platforms, their settings for nodes, and the repositories they build with. */
import type { PlatformCreate, PlatformModify } from "@orch/api/albs/PlatformWire"
import type { RepositoryWire } from "@orch/api/albs/RepositoryWire"
import { PlatformData } from "@orch/core/packagebuild/PlatformData"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/PlatformStatements.ts"

/** Inside of a transaction of somebody else's: repositories of theirs become known here, or change. */
export { ensureRepositories } from "./statements/PlatformStatements.ts"

/** Why a platform is not made or changed. */
export class PlatformRefused extends Data.TaggedError("PlatformRefused")<{
  readonly reason: "exists" | "unknown"
  readonly message: string
}> {}

/** A platform. */
export interface Platform {
  readonly id: number
  readonly name: string
  readonly type: "rpm" | "deb"
  readonly distrType: string
  readonly distrVersion: string
  readonly archList: ReadonlyArray<string>
  readonly data: PlatformData
  readonly modularity: Schema.Json
  readonly pgpKey: string | null
  /** What test systems call the distribution. */
  readonly testDistName: string
}

type Store<A, E = never> = Effect.Effect<A, E | StoreUnavailable>

/** What is known of platforms. */
export interface Interface {
  readonly create: (given: PlatformCreate) => Store<Platform, PlatformRefused>
  readonly modify: (given: PlatformModify) => Store<Platform, PlatformRefused>
  readonly list: Store<ReadonlyArray<Platform>>
  readonly named: (names: ReadonlyArray<string>) => Store<ReadonlyMap<string, Platform>>
  readonly addRepositories: (id: number, repositories: ReadonlyArray<number>) => Store<Platform, PlatformRefused>
  readonly removeRepositories: (id: number, repositories: ReadonlyArray<number>) => Store<Platform, PlatformRefused>
  readonly repositoriesOf: (id: number) => Store<ReadonlyArray<RepositoryWire>>
  readonly repositories: Store<ReadonlyArray<RepositoryWire>>
  /** Those of them that releases go to and that are no product's. */
  readonly productionRepositories: Store<ReadonlyArray<RepositoryWire>>
  readonly repository: (id: number) => Store<RepositoryWire | undefined>
  /** Counts one more module build of the platform; its number. */
  readonly nextModule: (id: number) => Store<number>
}

/** Platforms. */
export class Platforms extends Context.Service<Platforms, Interface>()("@orch/server/platforms/Platforms") {}

/** Repositories listed at once. */
const mostRepositories = 10_000

const decodeData = Schema.decodeUnknownSync(PlatformData)

const toPlatform = (row: Statements.PlatformRow): Platform => ({
  id: Number(row.id),
  name: row.name,
  type: row.type,
  distrType: row.distr_type,
  distrVersion: row.distr_version,
  archList: row.arch_list,
  data: decodeData(row.data),
  modularity: row.modularity as Schema.Json,
  pgpKey: row.pgp_key,
  testDistName: row.details.test_dist_name ?? row.distr_type
})

const toRepository = ({ id, ...row }: Statements.RepositoryRow): RepositoryWire => ({ id: Number(id), ...row })

const unknown = (what: string) => new PlatformRefused({ reason: "unknown", message: `there is no platform ${what}` })

/** Platforms in the database. */
export const layer: Layer.Layer<Platforms, never, SqlClient.SqlClient> = Layer.effect(
  Platforms,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Platforms.${operation}`))
    const byId = (id: number) =>
      Effect.flatMap(
        Statements.byId(id),
        (row) => row === undefined ? Effect.fail(unknown(String(id))) : Effect.succeed(toPlatform(row))
      )
    return Platforms.of({
      create: (given) =>
        run(
          "create",
          sql.withTransaction(Effect.gen(function*() {
            const row = yield* Statements.insert(given)
            if (row === undefined) {
              return yield* new PlatformRefused({ reason: "exists", message: `there is a platform ${given.name}` })
            }
            const platform = toPlatform(row)
            yield* Statements.link(platform.id, yield* Statements.ensureRepositories(given.repos ?? []))
            return platform
          }))
        ),
      modify: (given) =>
        run(
          "modify",
          sql.withTransaction(Effect.gen(function*() {
            const row = yield* Statements.update(given)
            if (row === undefined) return yield* unknown(given.name)
            const platform = toPlatform(row)
            if (given.repos !== undefined && given.repos !== null) {
              const ids = yield* Statements.ensureRepositories(given.repos)
              yield* Statements.keepOnly(platform.id, ids)
              yield* Statements.link(platform.id, ids)
            }
            return platform
          }))
        ),
      list: Effect.map(run("list", Statements.list()), (rows) => rows.map(toPlatform)),
      named: (names) =>
        Effect.map(
          run("named", Statements.byNames(names)),
          (rows) => new Map(rows.map((row) => [row.name, toPlatform(row)]))
        ),
      addRepositories: (id, repositories) =>
        run(
          "addRepositories",
          Effect.tap(
            byId(id),
            Effect.fnUntraced(function*() {
              const known = new Set(yield* Statements.knownRepositories(repositories))
              const missing = repositories.filter((one) => !known.has(one))
              if (missing.length > 0) {
                const message = `there are no repositories ${missing.slice(0, 20).join(", ")}`
                return yield* new PlatformRefused({ reason: "unknown", message })
              }
              yield* Statements.link(id, repositories)
            })
          )
        ),
      removeRepositories: (id, repositories) =>
        run("removeRepositories", Effect.tap(byId(id), () => Statements.unlink(id, repositories))),
      repositoriesOf: (id) =>
        Effect.map(run("repositoriesOf", Statements.repositoriesOf(id)), (rows) => rows.map(toRepository)),
      repositories: Effect.map(
        run("repositories", Statements.repositories(mostRepositories)),
        (rows) => rows.map(toRepository)
      ),
      productionRepositories: Effect.map(
        run("productionRepositories", Statements.productionRepositories(mostRepositories)),
        (rows) => rows.map(toRepository)
      ),
      repository: (id) =>
        Effect.map(
          run("repository", Statements.repository(id)),
          (row) => row === undefined ? undefined : toRepository(row)
        ),
      nextModule: (id) => run("nextModule", Statements.nextModule(id))
    })
  })
)
