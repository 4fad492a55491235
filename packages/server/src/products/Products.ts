/** Products, which were called distributions before: sets of repositories that packages of builds are put into. */
import type { RepositoryWire } from "@orch/api/albs/RepositoryWire"
import * as ArtifactPlace from "@orch/core/packagebuild/ArtifactPlace"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import { RepositoryHost, type RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as SelfUrl from "../albs/SelfUrl.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as Teams from "../people/Teams.ts"
import { ensureRepositories, type Platform } from "../platforms/Platforms.ts"
import * as Statements from "./statements/ProductStatements.ts"

/** A repository of a product, and the number of the platform whose packages it takes. */
export interface ProductRepository extends RepositoryWire {
  readonly platform: number
}

/** A product. */
export interface Product {
  readonly id: number
  readonly name: string
  readonly title: string | null
  readonly description: string | null
  readonly isCommunity: boolean
  /** Number of the person. */
  readonly owner: number | undefined
  /** Number of the team. */
  readonly team: number | undefined
  readonly platforms: ReadonlyArray<number>
  readonly repositories: ReadonlyArray<ProductRepository>
  /** The newest builds in it. */
  readonly builds: ReadonlyArray<number>
}

/** A product that is to be made. */
export interface NewProduct {
  readonly name: string
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly isCommunity: boolean
  readonly owner: { readonly id: number }
  /** One of its own is made without it. */
  readonly team?: number | undefined
  readonly platforms: ReadonlyArray<Platform>
  /** What the names of its repositories begin with. */
  readonly prefix: string
}

/** A product of that name, or a team of the name that its own would have, is there already. */
export class ProductExists extends Data.TaggedError("ProductExists")<{ readonly message: string }> {}

type Store<A, E = never> = Effect.Effect<A, E | StoreUnavailable>

/** What is known of products. */
export interface Interface {
  readonly create: (given: NewProduct) => Store<Product, ProductExists | RepositoryHostError>
  readonly page: (
    search: string | undefined,
    limit: number,
    offset: number
  ) => Store<{ readonly products: ReadonlyArray<Product>; readonly total: number }>
  readonly find: (by: { readonly id?: number; readonly name?: string }) => Store<Product | undefined>
  /** Products by their numbers; those that there are not are left out. */
  readonly ofNumbers: (numbers: ReadonlyArray<number>) => Store<ReadonlyMap<number, Product>>
  readonly addPlatforms: (
    product: Product,
    platforms: ReadonlyArray<Platform>,
    prefix: string
  ) => Store<void, RepositoryHostError>
  /** It is no longer there for anybody; its repositories go when they can. Whether there was one. */
  readonly remove: (id: number) => Store<boolean>
  /** Products by the build that is in them. */
  readonly ofBuilds: (
    builds: ReadonlyArray<number>
  ) => Store<ReadonlyMap<number, ReadonlyArray<{ readonly id: number; readonly name: string }>>>
}

/** Products. */
export class Products extends Context.Service<Products, Interface>()("@orch/server/products/Products") {}

/** The name of a product's repository toward its host. */
export const hostName = (repository: string): string => `products/${repository}`

/** Names of repositories have fewer characters than those of platforms may have. */
const inName = (text: string): string => text.replace(/[^A-Za-z0-9._+-]/g, "_")

/** All repositories for packages of a platform. */
const placesOf = (prefix: string, { archList, name }: Platform) =>
  ArtifactPlace.all([...archList, TaskName.source]).map(({ arch, debug }) => ({
    arch,
    debug,
    name: inName(`${prefix}-${name.toLowerCase()}-${arch}${debug ? "-debug" : ""}-dr`)
  }))

const toProduct = (row: Statements.ProductRow): Product => ({
  id: Number(row.id),
  name: row.name,
  title: row.title,
  description: row.description,
  isCommunity: row.is_community,
  owner: row.owner === null ? undefined : Number(row.owner),
  team: row.team === null ? undefined : Number(row.team),
  platforms: row.platforms,
  repositories: row.repositories,
  builds: row.builds
})

/** Repositories that are made at the same time. */
const concurrency = 4

/** Products in the database, their repositories at the host. */
export const layer: Layer.Layer<Products, never, RepositoryHost | SqlClient.SqlClient> = Layer.effect(
  Products,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const host = yield* RepositoryHost
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Products.${operation}`))

    /** Makes the repositories; those of an attempt that got no further are found again by their names. */
    const prepare = (prefix: string, platforms: ReadonlyArray<Platform>) =>
      Effect.forEach(platforms, (platform) =>
        Effect.map(
          Effect.forEach(
            placesOf(prefix, platform),
            Effect.fnUntraced(function*(place) {
              yield* host.ensure(hostName(place.name))
              const { url } = yield* host.publish(hostName(place.name))
              return { ...place, type: "rpm", url: SelfUrl.store(url), production: true }
            }),
            { concurrency }
          ),
          (repositories) => ({ platform, repositories })
        ))

    const link = Effect.fnUntraced(function*(id: number, made: Effect.Success<ReturnType<typeof prepare>>) {
      for (const { platform, repositories } of made) {
        yield* Statements.addPlatform(id, platform.id, yield* ensureRepositories(repositories))
      }
    })

    const exists = (name: string) => new ProductExists({ message: `Product with name=${name} already exists` })

    return Products.of({
      create: Effect.fnUntraced(function*(given) {
        if ((yield* run("create", Statements.find({ name: given.name }))) !== undefined) {
          return yield* exists(given.name)
        }
        const made = yield* prepare(given.prefix, given.platforms)
        return yield* run(
          "create",
          sql.withTransaction(Effect.gen(function*() {
            const team = given.team ?? (yield* Teams.insert(`${given.name}_team`, given.owner.id))
            if (team === undefined) {
              return yield* new ProductExists({ message: `Team with name=${given.name}_team already exists` })
            }
            const id = yield* Statements.insert({
              name: given.name,
              title: given.title,
              description: given.description,
              isCommunity: given.isCommunity,
              owner: given.owner.id,
              team
            })
            if (id === undefined) return yield* exists(given.name)
            yield* link(id, made)
            return toProduct((yield* Statements.find({ id }))!)
          }))
        )
      }),
      page: (search, limit, offset) =>
        Effect.map(
          run("page", Effect.all([Statements.page(search, limit, offset), Statements.count(search)])),
          ([rows, total]) => ({ products: rows.map(toProduct), total })
        ),
      find: (by) =>
        Effect.map(run("find", Statements.find(by)), (row) => row === undefined ? undefined : toProduct(row)),
      ofNumbers: (numbers) =>
        numbers.length === 0
          ? Effect.succeed(new Map())
          : Effect.map(
            run("ofNumbers", Statements.ofNumbers(numbers)),
            (rows) => new Map(rows.map((row) => [Number(row.id), toProduct(row)]))
          ),
      addPlatforms: Effect.fnUntraced(function*(product, platforms, prefix) {
        const made = yield* prepare(prefix, platforms)
        yield* run("addPlatforms", sql.withTransaction(link(product.id, made)))
      }),
      remove: (id) => run("remove", Statements.beginRemoval(id)),
      ofBuilds: (builds) =>
        builds.length === 0
          ? Effect.succeed(new Map())
          : Effect.map(
            run("ofBuilds", Statements.ofBuilds(builds)),
            (rows) => Map.groupBy(rows.map(({ build, id, name }) => ({ build, id, name })), ({ build }) => build)
          )
    })
  })
)
