/** Gathers all that a plan follows from, and has it made: the target, what the builds bring, what lies there, what others know. */
import * as Nevra from "@orch/core/Nevra"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import { ReferenceData } from "@orch/core/ports/release/ReferenceData"
import { type Held, RepositoryHost, type RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as RepositoryHosts from "@orch/core/ports/RepositoryHosts"
import type { Release } from "@orch/core/release/Release"
import { moduleOf } from "@orch/core/release/ReleasePackage"
import type { ReleasePlan } from "@orch/core/release/ReleasePlan"
import * as ReleasePlanning from "@orch/core/release/ReleasePlanning"
import type { PresentModule, PresentPackage } from "@orch/core/release/ReleaseTarget"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as BuildContents from "./BuildContents.ts"
import { ProductionHost, withProducts } from "./ProductionHost.ts"
import { ReleaseTargets } from "./ReleaseTargets.ts"

interface Present {
  readonly packages: ReadonlyArray<PresentPackage>
  readonly modules: ReadonlyArray<PresentModule>
}

/** What one repository holds, as planning looks at it. */
export const presentOf = (repository: string, held: ReadonlyArray<Held>): Present => {
  const modules = held.filter(({ id }) => Result.isFailure(Nevra.parse(id)))
  const shipped = new Map(
    modules.flatMap((module) => (module.artifacts ?? []).map((nevra) => [nevra, moduleOf(module)]))
  )
  return {
    modules: modules.map(({ id }) => ({ repository, id })),
    packages: held.flatMap(({ id, provides, requires, sha256 }): ReadonlyArray<PresentPackage> => {
      if (Result.isFailure(Nevra.parse(id))) return []
      const module = shipped.get(id)
      return [{
        repository,
        nevra: id,
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(module === undefined ? {} : { module }),
        ...(requires === undefined ? {} : { requires }),
        ...(provides === undefined ? {} : { provides })
      }]
    })
  }
}

/** What packages need and offer was looked at; a plan that is stored for ever does not repeat it. */
const lean = (plan: ReleasePlan): ReleasePlan => ({
  ...plan,
  packages: plan.packages.map((one) => {
    const { provides: _, requires: __, ...rest } = one.package
    return { ...one, package: rest }
  })
})

/** Makes plans. */
export const make = Effect.gen(function*() {
  const host = withProducts(yield* ProductionHost, yield* RepositoryHost)
  const store = yield* ArtifactStore
  const builds = yield* PackageBuilds
  const targets = yield* ReleaseTargets
  const reference = yield* ReferenceData

  const buildOf = (id: number) =>
    builds.get(id).pipe(
      Effect.map(({ state }) => state),
      Effect.catchTag("ProcessNotFound", () =>
        Effect.fail(new BuildContents.BuildsUnusable({ message: `there is no build ${id}` }))),
      Effect.tap((build) => {
        const message = BuildContents.problemOf(build)
        return message === undefined ? Effect.void : Effect.fail(new BuildContents.BuildsUnusable({ message }))
      })
    )

  const present = (repository: string): Effect.Effect<Present, RepositoryHostError> =>
    RepositoryHosts.inventory(host, repository).pipe(
      Effect.map((held) => presentOf(repository, held)),
      // One that nothing was ever released to.
      Effect.catchIf(({ reason }) => reason === "gone", () => Effect.succeed({ packages: [], modules: [] }))
    )

  return Effect.fn("ReleasePlanner.plan")(function*({ edits, plan }: Release) {
    const { accepts, distributions, publicKeys, target } = yield* targets.of({
      platform: plan.platform,
      references: plan.references ?? [],
      product: plan.product
    })
    const contents = yield* BuildContents.collect(store, yield* Effect.forEach(plan.builds, buildOf), {
      platforms: accepts,
      tasks: plan.tasks === undefined ? undefined : new Set(plan.tasks),
      publicKeys
    })
    const there = yield* Effect.forEach(target.repositories, ({ name }) => present(name), { concurrency: 4 })
    const known = yield* reference.find({ distributions, sources: contents.sources })
    return lean(ReleasePlanning.plan({
      target,
      packages: contents.packages,
      modules: contents.modules,
      present: there.flatMap(({ packages }) => packages),
      presentModules: there.flatMap(({ modules }) => modules),
      reference: known,
      edits
    }))
  })
})
