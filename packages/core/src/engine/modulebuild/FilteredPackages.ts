/**
 * What the modules that a build is made with built and do not ship, for farms that do not say it themselves: by what is stored of
 * those modules' builds.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { KeptOut } from "../../farm/Buildroot.ts"
import { results } from "../../modulebuild/ModuleBuild.ts"
import { type ModulePlan, nsvc } from "../../modulebuild/ModulePlan.ts"
import * as Nevra from "../../Nevra.ts"
import type { Interface as ModuleBuildIndex } from "../../ports/modulebuild/ModuleBuildIndex.ts"
import type { ModuleBuilds } from "../../ports/modulebuild/ModuleBuilds.ts"
import type { StoreUnavailable } from "../../ports/StoreUnavailable.ts"
import * as PackageConflicts from "../../resolution/PackageConflicts.ts"

/** Builds of one module that are looked through for the one that is built with; the newest ones. */
const newest = 50

/** `name-epoch:version-release` of every package but the sources, whatever its architecture. */
const builds = (nevras: ReadonlyArray<string>): ReadonlyArray<string> =>
  nevras.flatMap((text) => {
    const nevra = Nevra.parse(text)
    if (Result.isFailure(nevra) || nevra.success.arch === "src") return []
    const { epoch, name, release, version } = nevra.success
    return [`${name}-${epoch}:${version}-${release}`]
  })

/** By module, those without left out. Modules that were built elsewhere have nothing stored, and none. */
export const find = (
  plan: ModulePlan,
  index: ModuleBuildIndex,
  store: ModuleBuilds["Service"]
): Effect.Effect<KeptOut, StoreUnavailable> =>
  Effect.gen(function*() {
    const filtering = plan.modules.filter(({ filter = [] }) => filter.length > 0)
    if (filtering.length === 0) return { filtered: {} }
    const known = yield* index.ready(filtering.map(({ name }) => name), newest)
    const filtered: Record<string, ReadonlyArray<string>> = {}
    for (const module of filtering) {
      const found = known.find((one) => nsvc(one.plan) === nsvc(module))
      if (found === undefined) continue
      const { state } = yield* store.get(found.id).pipe(
        Effect.catchTag("ProcessNotFound", () => Effect.succeed({ state: undefined }))
      )
      const nevras = state === undefined
        ? []
        : results(state).flatMap(({ artifacts }) => artifacts.map(({ nevra }) => nevra))
      const out = PackageConflicts.filtered(builds(nevras), module.filter ?? [])
      if (out.length > 0) filtered[module.name] = out
    }
    return { filtered }
  })
