/**
 * Puts the packages of builds into products, and takes them out again.
 *
 * What is wished is written down first, and the wish stands until it is done: a server that stops in between goes on with it. Changes of
 * repositories are keyed by the turn, so that a second attempt at one does nothing twice.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import * as ArtifactPlace from "@orch/core/packagebuild/ArtifactPlace"
import * as BuildTask from "@orch/core/packagebuild/BuildTask"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import { type Content, contentId, RepositoryHost, type RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as BuildRepositories from "../packagebuilds/BuildRepositories.ts"
import { hostName, type Product, Products } from "./Products.ts"
import * as BuildStatements from "./statements/ProductBuildStatements.ts"
import * as ProductStatements from "./statements/ProductStatements.ts"

/** Changes of what is in products. */
export interface Interface {
  /** Whether it begins: not when the build is in the product, or on its way in or out. */
  readonly add: (product: number, build: number) => Effect.Effect<boolean, StoreUnavailable>
  /** Whether it begins: not when the build is not in the product. */
  readonly remove: (product: number, build: number) => Effect.Effect<boolean, StoreUnavailable>
}

/** Builds of products. */
export class ProductBuilds extends Context.Service<ProductBuilds, Interface>()("@orch/server/products/ProductBuilds") {}

/** Whoever asks waits so long for it to be done; it goes on without them. Milliseconds. */
const patience = 20_000

/** Tasks whose packages go out: source packages only where something was built from them. */
const tasksOf = ({ plan, tasks }: PackageBuild) =>
  plan.tasks.filter(({ arch, index, name, platform }) =>
    tasks.get(name)!.state === "completed" && (arch !== TaskName.source
      || plan.tasks.some((other) =>
        other.arch !== TaskName.source && other.index === index && other.platform === platform
        && tasks.get(other.name)!.state === "completed"
      ))
  )

/** What goes to which repository of the product. */
const contentsOf = Effect.fnUntraced(function*(product: Product, build: PackageBuild) {
  const store = yield* ArtifactStore
  const platforms = new Map(build.plan.platforms.map(({ id, name }) => [name, id]))
  const found = new Map<string, { readonly repository: number; readonly contents: Map<string, Content> }>()
  const add = (platform: string, place: ArtifactPlace.Place, content: Content): void => {
    const repository = product.repositories.find(({ arch, debug, platform: on }) =>
      on === platforms.get(platform) && arch === place.arch && debug === place.debug
    )
    if (repository === undefined) return
    const known = found.get(repository.name) ?? { repository: repository.id, contents: new Map() }
    known.contents.set(contentId(content), content)
    found.set(repository.name, known)
  }
  for (const { arch, name, platform } of tasksOf(build)) {
    for (const { href, name: file, nevra } of BuildTask.packages(build.tasks.get(name)!)) {
      const sha256 = ArtifactHref.parse(href)
      const place = ArtifactPlace.of(file, arch)
      const artifact = sha256 === undefined ? undefined : yield* store.find(sha256)
      if (nevra === undefined || place === undefined || artifact === undefined) continue
      add(platform, place, { _tag: "Package", nevra, location: artifact.path, sha256: artifact.sha256 })
    }
  }
  for (const { arches, name: platform } of build.plan.platforms) {
    for (const arch of arches.filter((one) => one !== TaskName.source)) {
      for (const document of BuildRepositories.moduleContent(build, platform, arch, new Map())) {
        add(platform, { arch, debug: false }, document)
      }
    }
  }
  return found
})

export const layer: Layer.Layer<
  ProductBuilds,
  never,
  ArtifactStore | PackageBuilds | Products | RepositoryHost | SqlClient.SqlClient
> = Layer.effect(
  ProductBuilds,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const host = yield* RepositoryHost
    const builds = yield* PackageBuilds
    const products = yield* Products
    const store = yield* ArtifactStore
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`ProductBuilds.${operation}`))

    const change = Effect.fnUntraced(
      function*(
        { build, product, state, turn }: BuildStatements.Wish,
        name: string,
        add: ReadonlyArray<Content>,
        remove: ReadonlyArray<string>
      ) {
        const key = `product-${product}/package-build-${build}/${turn}/${state}`
        yield* host.change(hostName(name), { key, add, remove })
        yield* host.publish(hostName(name))
      }
    )

    const bring = Effect.fnUntraced(function*(wish: BuildStatements.Wish) {
      const product = yield* products.find({ id: wish.product })
      const build = yield* builds.get(wish.build).pipe(
        Effect.map(({ state }) => state),
        Effect.catchTag("ProcessNotFound", () => Effect.undefined)
      )
      // A build that is gone by now brings nothing.
      if (product === undefined || build === undefined || build.state === "removed") return
      const found = yield* contentsOf(product, build).pipe(Effect.provideService(ArtifactStore, store))
      yield* run(
        "writeContent",
        BuildStatements.writeContent(
          wish,
          [...found.values()].flatMap(({ contents, repository }) =>
            [...contents.keys()].map((content) => ({ repository, content }))
          )
        )
      )
      yield* Effect.forEach(
        found,
        ([name, { contents }]) => change(wish, name, [...contents.values()], []),
        { concurrency: 4, discard: true }
      )
    })

    const take = Effect.fnUntraced(function*(wish: BuildStatements.Wish) {
      const own = yield* run("ownContent", BuildStatements.ownContent(wish))
      yield* Effect.forEach(
        Map.groupBy(own, ({ name }) => name),
        ([name, contents]) => change(wish, name, [], contents.map(({ content }) => content)),
        { concurrency: 4, discard: true }
      )
    })

    const fulfil = (wish: BuildStatements.Wish) =>
      Effect.andThen(wish.state === "adding" ? bring(wish) : take(wish), run("done", BuildStatements.done(wish))).pipe(
        Effect.catchTag(
          "RepositoryHostError",
          (error: RepositoryHostError) => run("problem", BuildStatements.problem(wish, error.message))
        )
      )

    // One after the other: what one build brings is not to be taken by another one that goes at the same moment.
    const turns = yield* Semaphore.make(1)
    const fulfilAll = (of?: { readonly product: number; readonly build: number }) =>
      turns.withPermits(1)(
        Effect.flatMap(
          run("wishes", BuildStatements.wishes(of)),
          (all) => Effect.forEach(all, fulfil, { discard: true })
        )
      )

    /** Repositories of products that are gone. */
    const clear = Effect.gen(function*() {
      for (const { id, repositories } of yield* run("removing", ProductStatements.removing())) {
        yield* Effect.forEach(repositories, (name) => host.remove(hostName(name)), { discard: true })
        yield* run("clear", sql.withTransaction(ProductStatements.remove(id)))
      }
    })

    yield* Upkeep.repeating(
      { failed: "Products could not be brought to what is wished of them", interval: 5000 },
      Effect.andThen(fulfilAll(), clear)
    )
    const scope = yield* Effect.scope

    /** Does it now; whoever asked does not wait for ever. */
    const soon = (product: number, build: number) =>
      Upkeep.surviving("A product could not be changed yet", fulfilAll({ product, build })).pipe(
        Effect.forkIn(scope),
        Effect.flatMap((fiber) => Effect.timeoutOption(Fiber.join(fiber), patience)),
        Effect.asVoid
      )

    return ProductBuilds.of({
      add: Effect.fnUntraced(function*(product, build) {
        const turn = yield* run("wishIn", BuildStatements.wishIn(product, build))
        if (turn === undefined) return false
        yield* soon(product, build)
        return true
      }),
      remove: Effect.fnUntraced(function*(product, build) {
        if (!(yield* run("wishOut", BuildStatements.wishOut(product, build)))) return false
        yield* soon(product, build)
        return true
      })
    })
  })
)
