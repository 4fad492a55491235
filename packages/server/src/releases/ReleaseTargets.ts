/** The production repositories of a platform, and what the platform asks of releases. */
import type { RepositoryWire } from "@orch/api/albs/RepositoryWire"
import type { Distribution } from "@orch/core/ports/release/ReferenceData"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as ReleasePolicy from "@orch/core/release/ReleasePolicy"
import type { ReleaseTarget, TargetRepository } from "@orch/core/release/ReleaseTarget"
import * as RepositoryFamily from "@orch/core/release/RepositoryFamily"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Platform, Platforms } from "../platforms/Platforms.ts"
import { hostName, type Product, Products } from "../products/Products.ts"
import { type SignKey, SignKeys } from "../signing/SignKeys.ts"
import * as PublicKeys from "./PublicKeys.ts"

/** There is no such platform, or what it says of releases cannot be understood. */
export class TargetUnusable extends Data.TaggedError("TargetUnusable")<{ readonly message: string }> {
  readonly isRetryable = false
}

/** A production repository, as its platform has it and as its host calls it. */
export interface ProductionRepository {
  readonly record: RepositoryWire
  readonly target: TargetRepository
}

/** Where releases of a platform go. */
export interface Target {
  readonly platform: Platform
  readonly target: ReleaseTarget
  readonly repositories: ReadonlyArray<ProductionRepository>
  /** Names of the platforms whose builds go there. */
  readonly accepts: ReadonlySet<string>
  /** Armoured public keys that signatures are verified with. */
  readonly publicKeys: ReadonlyArray<string>
  readonly distributions: ReadonlyArray<Distribution>
}

/** What is asked beside the platform. */
export interface Asked {
  readonly platform: string
  /** Platforms whose reference data is asked besides. */
  readonly references: ReadonlyArray<string>
  /** Number of a product: one of a community has repositories of its own. */
  readonly product: number | undefined
}

/** Targets of releases. */
export class ReleaseTargets extends Context.Service<ReleaseTargets, {
  readonly of: (asked: Asked) => Effect.Effect<Target, StoreUnavailable | TargetUnusable>
  /** The production repositories of platforms and of these products, each once, by number. */
  readonly reachable: (
    products: Iterable<Product>
  ) => Effect.Effect<ReadonlyArray<ProductionRepository>, StoreUnavailable>
  /** All production repositories of platforms and products, each once, by number. */
  readonly all: Effect.Effect<ReadonlyArray<ProductionRepository>, StoreUnavailable>
}>()("@orch/server/releases/ReleaseTargets") {}

const decodePolicy = Schema.decodeUnknownResult(ReleasePolicy.ReleasePolicy, { onExcessProperty: "error" })

/** What a platform's settings say of releases; the failure is for people. */
export const policyOf = (
  platform: Pick<Platform, "data" | "name">
): Result.Result<ReleasePolicy.ReleasePolicy, string> =>
  Result.mapError(
    decodePolicy(platform.data["release"] ?? {}),
    ({ message }) =>
      `the settings of ${platform.name} say of releases what cannot be understood: data.release: ${message}`
  )

const repositoryOf = (record: RepositoryWire, policy: ReleasePolicy.ReleasePolicy): ProductionRepository => ({
  record,
  target: {
    name: RepositoryFamily.hostName({ name: record.name, arch: record.arch, debug: record.debug === true }),
    family: (policy.families?.[record.name] ?? RepositoryFamily.of(record.name)).toLowerCase(),
    arch: record.arch,
    kind: record.debug === true ? "debug" : record.arch === "src" ? "source" : "binary"
  }
})

/** A repository of a product. All of them are one family, so packages go where their architecture and kind say. */
const ofProduct = (record: RepositoryWire, product: string): ProductionRepository => ({
  record,
  target: {
    name: hostName(record.name),
    family: product.toLowerCase(),
    arch: record.arch,
    kind: record.debug === true ? "debug" : record.arch === "src" ? "source" : "binary"
  }
})

/** Products whose repositories are shown with those of platforms. */
const mostProducts = 10_000

const isProduction = ({ production, type }: RepositoryWire): boolean => production === true && type === "rpm"

/** Where packages go that nobody knows: the only family there is, or the one for developers. */
const fallbackOf = (repositories: ReadonlyArray<ProductionRepository>): string | undefined => {
  const families = new Set(repositories.map(({ target: { family } }) => family))
  return families.size === 1 ? [...families][0] : families.has("devel") ? "devel" : undefined
}

const distributionOf = ({ distrVersion, name }: Platform): Distribution => ({
  platform: name,
  name: name.replace(/[-_]?\d[\d.]*$/, ""),
  version: distrVersion
})

const keysOf = (keys: ReadonlyArray<SignKey>, { id }: Platform): ReadonlyArray<SignKey> =>
  keys.filter(({ active, platforms }) => active && (platforms.length === 0 || platforms.includes(id)))

/** Targets, from what is known of platforms and keys. */
export const layer: Layer.Layer<ReleaseTargets, never, Platforms | Products | SignKeys> = Layer.effect(
  ReleaseTargets,
  Effect.gen(function*() {
    const platforms = yield* Platforms
    const products = yield* Products
    const signKeys = yield* SignKeys
    const publicKeys = PublicKeys.make()
    const reachable = (owners: Iterable<Product>) =>
      Effect.map(platforms.productionRepositories, (records) => {
        const found = [
          ...records.map((record) => repositoryOf(record, {})),
          ...[...owners].flatMap(({ name, repositories }) =>
            repositories.filter(isProduction).map((record) => ofProduct(record, name))
          )
        ]
        const byNumber = new Map(found.map((one) => [one.record.id, one]))
        return [...byNumber.values()].sort((one, other) => one.record.id - other.record.id)
      })
    return ReleaseTargets.of({
      of: Effect.fn("ReleaseTargets.of")(function*({ platform: name, product: number, references }) {
        const platform = (yield* platforms.named([name])).get(name)
        if (platform === undefined) return yield* new TargetUnusable({ message: `there is no platform ${name}` })
        const policy = yield* Effect.fromResult(
          Result.mapError(policyOf(platform), (message) => new TargetUnusable({ message }))
        )
        const product = number === undefined ? undefined : yield* products.find({ id: number })
        if (number !== undefined && product === undefined) {
          return yield* new TargetUnusable({ message: `there is no product ${number}` })
        }
        const repositories = product?.isCommunity === true
          ? product.repositories.filter((one) => one.platform === platform.id).map((one) =>
            ofProduct(one, product.name)
          )
          : (yield* platforms.repositoriesOf(platform.id)).filter(isProduction).map((one) => repositoryOf(one, policy))
        const keys = keysOf(yield* signKeys.list, platform)
        const fingerprints = [...keys.map(({ fingerprint }) => fingerprint), ...policy.keys ?? []]
        const asked = [...new Set([name, ...policy.references ?? [], ...references])]
        const known = yield* platforms.named(asked)
        const fallback = policy.fallback?.toLowerCase() ?? fallbackOf(repositories)
        return {
          platform,
          repositories,
          accepts: new Set([name, ...platform.data.compatible_release_platforms ?? []]),
          publicKeys: yield* publicKeys.of(
            [...policy.public_keys ?? [], ...platform.pgpKey === null ? [] : [platform.pgpKey]],
            keys
          ),
          distributions: asked.flatMap((one) => {
            const found = known.get(one)
            return found === undefined ? [] : [distributionOf(found)]
          }),
          target: {
            platform: name,
            repositories: repositories.map(({ target }) => target),
            // A product takes everything by architecture and kind, whatever lies where of earlier releases.
            rules: product?.isCommunity === true
              ? [{ names: "*", family: product.name.toLowerCase() }]
              : (policy.rules ?? []).map((rule) => ({ ...rule, family: rule.family.toLowerCase() })),
            ...(fallback === undefined ? {} : { fallback }),
            keys: fingerprints,
            signatures: policy.signatures ?? (fingerprints.length > 0 ? "required" : "reported"),
            downgrades: policy.downgrades ?? "refused",
            // As communities know it: what can be installed everywhere is offered everywhere.
            ...(product?.isCommunity === true ? { noarch: "everywhere" as const } : {})
          }
        }
      }),
      reachable,
      all: Effect.flatMap(products.page(undefined, mostProducts, 0), (page) => reachable(page.products))
    })
  })
)
