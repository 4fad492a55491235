/** What a release would do, as data that people read and that is carried out later: nothing in it is looked up again. */
import * as Schema from "effect/Schema"
import { Placement } from "./Placement.ts"
import { ReleaseModule, ReleasePackage } from "./ReleasePackage.ts"
import { ReleaseProblem } from "./ReleaseProblem.ts"

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

/** One thing that a repository gets. */
export type Addition =
  | { readonly _tag: "Package"; readonly package: ReleasePackage }
  | { readonly _tag: "Module"; readonly module: ReleaseModule }

/** What each repository gets that it does not hold, by its name; repositories that get nothing are left out. */
export const additions = (plan: ReleasePlan): ReadonlyMap<string, ReadonlyArray<Addition>> => {
  const found = new Map<string, Array<Addition>>()
  const add = (repository: string, addition: Addition) => {
    const known = found.get(repository)
    if (known === undefined) found.set(repository, [addition])
    else known.push(addition)
  }
  for (const { excluded, package: one, places } of plan.packages) {
    for (const { repository, there } of excluded ? [] : places) {
      if (there !== "same") add(repository, { _tag: "Package", package: one })
    }
  }
  for (const { excluded, module, places } of plan.modules) {
    for (const { repository, there } of excluded ? [] : places) {
      if (there !== "same") add(repository, { _tag: "Module", module })
    }
  }
  return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1))
}
