/** Products on AlmaLinux's build system's interface, and distributions, which they were called before. */
import * as PlatformWire from "@orch/api/albs/PlatformWire"
import { Success } from "@orch/api/albs/SignWire"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import { RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { type AlbsCaller, AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import * as AlbsPermission from "../../albs/AlbsPermission.ts"
import { People } from "../../people/People.ts"
import type { Action } from "../../people/Permission.ts"
import { Teams } from "../../people/Teams.ts"
import { Platforms } from "../../platforms/Platforms.ts"
import { SignKeys } from "../../signing/SignKeys.ts"
import * as BuildRights from "../BuildRights.ts"
import { GeneratedKeys } from "../GeneratedKeys.ts"
import { ProductBuilds } from "../ProductBuilds.ts"
import { type Product, ProductExists, Products } from "../Products.ts"
import * as ProductView from "./ProductView.ts"

/** What the routes need. */
export type Services =
  | AlbsCallers
  | GeneratedKeys
  | PackageBuilds
  | People
  | Platforms
  | ProductBuilds
  | Products
  | SignKeys
  | Teams

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<Services>

const pageSize = 10
/** Products that are listed where no page is asked for. */
const mostProducts = 1000

const caller = (call: AlbsCall.AlbsCall) =>
  Effect.flatMap(AlbsCallers, (callers) => callers.require(call.request, "packager"))

const isKnown = (call: AlbsCall.AlbsCall) =>
  Effect.map(
    Effect.result(Effect.flatMap(AlbsCallers, (callers) => callers.identify(call.request))),
    ({ _tag }) => _tag === "Success"
  )

/** Refuses who may not do this to the product. */
const permit = Effect.fnUntraced(function*(by: AlbsCaller, product: Product, action: Action) {
  const owner = yield* BuildRights.ownerOf(product)
  if (!AlbsPermission.may(by, action, { owner, team: product.team })) {
    return yield* AlbsFailure.forbidden("User has no permissions to change the product")
  }
})

const refused = (error: ProductExists | RepositoryHostError) =>
  error._tag === "ProductExists"
    ? AlbsFailure.conflict(error.message)
    : error.reason === "rejected"
    ? AlbsFailure.badRequest(error.message)
    : AlbsFailure.unavailable("Where repositories are kept does not answer; try again in a moment")

const orRefused = <A, E, R>(
  effect: Effect.Effect<A, E | ProductExists | RepositoryHostError, R>
): Effect.Effect<A, Exclude<E, ProductExists | RepositoryHostError> | AlbsFailure.AlbsFailure, R> =>
  Effect.mapError(effect, (error) =>
    error instanceof ProductExists || error instanceof RepositoryHostError
      ? refused(error)
      : error as Exclude<E, ProductExists | RepositoryHostError>)

const platformsNamed = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  const known = yield* (yield* Platforms).named(names)
  const missing = [...new Set(names)].filter((name) => !known.has(name))
  if (missing.length > 0) {
    return yield* AlbsFailure.notFound(`platforms: ${missing.join(", ")} cannot be found in database`)
  }
  return [...known.values()]
})

const find = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall) {
  const id = yield* AlbsCall.id(call, "product_id")
  return (yield* (yield* Products).find({ id })) ?? (yield* AlbsFailure.notFound(`Product with id=${id} is not found`))
})

const answer = Effect.fnUntraced(function*(product: Product, call: AlbsCall.AlbsCall, status = 200) {
  const [shown] = yield* ProductView.show([product], call.origin, { isKnown: yield* isKnown(call) })
  return AlbsCall.answer(PlatformWire.ProductWire, shown!, status)
})

/** Who makes a product owns it, or runs the place. */
const create: Handler = Effect.fnUntraced(function*(call) {
  const by = yield* caller(call)
  const given = yield* AlbsCall.body(call, PlatformWire.ProductCreate, "product")
  const owner = yield* (yield* People).find({ id: given.owner_id })
  if (owner === undefined) return yield* AlbsFailure.notFound(`User with ID ${given.owner_id} is not found`)
  if (owner.name !== by.name && !by.roles.has("admin")) {
    return yield* AlbsFailure.forbidden("User has no permissions to make products of others")
  }
  const team = given.team_id ?? undefined
  if (team !== undefined) {
    if (!(yield* (yield* Teams).numbered([team])).has(team)) {
      return yield* AlbsFailure.notFound(`Team with team_id=${team} is not found`)
    }
    if (!AlbsPermission.may(by, "change_product", { owner: undefined, team })) {
      return yield* AlbsFailure.forbidden("User has no permissions to make products of the team")
    }
  }
  const platforms = yield* platformsNamed((given.platforms ?? []).map(({ name }) => name))
  const product = yield* (yield* Products).create({
    name: given.name,
    title: given.title,
    description: given.description ?? undefined,
    isCommunity: given.is_community === true,
    owner,
    team,
    platforms,
    prefix: `${owner.name}-${given.name}`
  }).pipe(orRefused)
  return yield* answer(product, call)
})

const list: Handler = Effect.fnUntraced(function*(call) {
  const page = yield* AlbsCall.page(call)
  const search = AlbsCall.queryText(call, "search_string")
  const products = yield* Products
  const found = page === undefined || page === 0
    ? yield* products.page(search, mostProducts, 0)
    : yield* products.page(search, pageSize, (page - 1) * pageSize)
  const shown = yield* ProductView.show(found.products, call.origin, { isKnown: yield* isKnown(call) })
  return AlbsCall.answer(
    PlatformWire.ProductPage,
    page === undefined || page === 0
      ? shown
      : { products: shown, total_products: found.total, current_page: page }
  )
})

/** The build and product of the path, and who asks. */
const membership = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall, what: string) {
  const by = yield* caller(call)
  const id = yield* AlbsCall.id(call, "build_id")
  const name = AlbsCall.text(call, "name")
  const product = yield* (yield* Products).find({ name })
  if (product === undefined) return yield* AlbsFailure.notFound(`${what} with name=${name} is not found`)
  yield* permit(by, product, "release")
  const missing = AlbsFailure.notFound(`Build with build_id=${id} is not found`)
  const { state: build } = yield* (yield* PackageBuilds).get(id).pipe(
    Effect.catchTag("ProcessNotFound", () => Effect.fail(missing))
  )
  if (build.state === "removed") return yield* missing
  return { build, name, product }
})

const addBuild = (what: string): Handler =>
  Effect.fnUntraced(function*(call) {
    const { build, name, product } = yield* membership(call, what)
    if (build.state !== "finished") {
      return yield* AlbsFailure.badRequest(`Build ${build.id} has not finished, so there is nothing to add`)
    }
    if (!(yield* (yield* ProductBuilds).add(product.id, build.id))) {
      return yield* AlbsFailure.badRequest(
        `Packages of build ${build.id} have already been added to ${name} ${what.toLowerCase()}`
      )
    }
    return AlbsCall.answer(Success, {
      success: true,
      message: `Build ${build.id} is being added to ${what.toLowerCase()} ${name}`
    })
  })

const removeBuild = (what: string): Handler =>
  Effect.fnUntraced(function*(call) {
    const { build, name, product } = yield* membership(call, what)
    if (!(yield* (yield* ProductBuilds).remove(product.id, build.id))) {
      return yield* AlbsFailure.badRequest(
        `Packages of build ${build.id} cannot be removed from ${name} ${what.toLowerCase()} as they are not added there`
      )
    }
    return AlbsCall.answer(Success, {
      success: true,
      message: `Build ${build.id} is being removed from ${what.toLowerCase()} ${name}`
    })
  })

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Readonly<Record<string, Handler>> = {
  "albsProducts.create": create,
  "albsProducts.list": list,
  "albsProducts.get": Effect.fnUntraced(function*(call) {
    return yield* answer(yield* find(call), call)
  }),
  "albsProducts.addBuild": addBuild("Product"),
  "albsProducts.removeBuild": removeBuild("Product"),
  "albsProducts.remove": Effect.fnUntraced(function*(call) {
    const by = yield* caller(call)
    const product = yield* find(call)
    yield* permit(by, product, "delete_product")
    if (product.builds.length > 0) {
      return yield* AlbsFailure.conflict(`Product ${product.name} has builds; remove them from it first`)
    }
    yield* (yield* Products).remove(product.id)
    return AlbsCall.empty(204)
  }),
  "albsProducts.addPlatforms": Effect.fnUntraced(function*(call) {
    const by = yield* caller(call)
    const product = yield* find(call)
    yield* permit(by, product, "change_product")
    const given = yield* AlbsCall.body(call, PlatformWire.PlatformNames, "platforms")
    const platforms = yield* platformsNamed(given.map(({ name }) => name))
    const owner = yield* BuildRights.ownerOf(product)
    const prefix = owner === undefined ? product.name : `${owner}-${product.name}`
    yield* (yield* Products).addPlatforms(product, platforms, prefix).pipe(orRefused)
    return yield* answer(yield* find(call), call, 201)
  }),
  "albsProducts.genSignKey": Effect.fnUntraced(function*(call) {
    const by = yield* caller(call)
    const product = yield* find(call)
    yield* permit(by, product, "make_key")
    if ((yield* (yield* GeneratedKeys).ask(product.id)) === undefined) {
      return yield* AlbsFailure.conflict(`A key of product ${product.name} is being made already`)
    }
    return AlbsCall.answer(Success, { success: true, message: `A key of product ${product.name} is being made` })
  }),
  "albsDistributions.create": Effect.fnUntraced(function*(call) {
    const by = yield* caller(call)
    const given = yield* AlbsCall.body(call, PlatformWire.DistributionCreate, "distribution")
    const owner = by.person ?? (yield* (yield* People).ensure(by.name))
    const { id, name } = yield* (yield* Products).create({
      name: given.name,
      isCommunity: false,
      owner,
      platforms: yield* platformsNamed(given.platforms),
      prefix: given.name
    }).pipe(orRefused)
    return AlbsCall.answer(PlatformWire.DistributionWire, { id, name })
  }),
  "albsDistributions.list": Effect.fnUntraced(function*() {
    const { products } = yield* (yield* Products).page(undefined, mostProducts, 0)
    return AlbsCall.answer(
      Schema.Array(PlatformWire.DistributionWire),
      products.map(({ id, name }) => ({ id, name }))
    )
  }),
  "albsDistributions.addBuild": addBuild("Distribution"),
  "albsDistributions.removeBuild": removeBuild("Distribution")
}
