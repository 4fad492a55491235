/** What a release would do, as data that people read and that is carried out later: nothing in it is looked up again. */
import * as Schema from "effect/Schema"
import { Placement } from "./Placement.ts"
import { ReleaseModule, ReleasePackage } from "./ReleasePackage.ts"
import { ReleaseProblem } from "./ReleaseProblem.ts"
import type { Addition } from "./RepositoryRelease.ts"

export const PlannedPackage = Schema.Struct({
  package: ReleasePackage,
  /** People left it out. */
  excluded: Schema.Boolean,
  places: Schema.Array(Placement)
})
/** A package and where it goes. */
export type PlannedPackage = typeof PlannedPackage.Type

export const PlannedModule = Schema.Struct({
  module: ReleaseModule,
  excluded: Schema.Boolean,
  places: Schema.Array(Placement)
})
/** A module's document and where it goes. */
export type PlannedModule = typeof PlannedModule.Type

export const ReleasePlan = Schema.Struct({
  packages: Schema.Array(PlannedPackage),
  modules: Schema.Array(PlannedModule),
  problems: Schema.Array(ReleaseProblem)
})
/** What a release would do. */
export type ReleasePlan = typeof ReleasePlan.Type

/** What each repository gets that it does not hold, by its name; repositories that get nothing are left out. */
export const byRepository = (plan: ReleasePlan): ReadonlyMap<string, ReadonlyArray<Addition>> => {
  const all = [
    ...plan.packages.flatMap(({ excluded, package: one, places }) =>
      excluded ? [] : places.map((placement): Addition => ({ _tag: "Package", package: one, placement }))
    ),
    ...plan.modules.flatMap(({ excluded, module, places }) =>
      excluded ? [] : places.map((placement): Addition => ({ _tag: "Module", module, placement }))
    )
  ].filter(({ placement }) => placement.there !== "same")
  return new Map([...Map.groupBy(all, ({ placement }) => placement.repository)].sort(([a], [b]) => a < b ? -1 : 1))
}

/** NEVRAs and module identities that no repository gets: excluded, unplaced, or there already. Sorted. */
export const leftOut = (plan: ReleasePlan): ReadonlyArray<string> => {
  const goes = ({ excluded, places }: Pick<PlannedPackage, "excluded" | "places">) =>
    !excluded && places.some(({ there }) => there !== "same")
  return [
    ...plan.packages.flatMap((one) => goes(one) ? [] : [one.package.nevra]),
    ...plan.modules.flatMap((one) => goes(one) ? [] : [one.module.id])
  ].sort()
}
