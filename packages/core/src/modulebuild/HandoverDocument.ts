/**
 * What a farm that owns module builds is asked for: the module as a packager would hand it in, with nothing left to choose.
 *
 * Its dependencies are pinned to the streams of the plan, so the farm comes to the one build that was planned. What is computed is
 * left out, as such a farm computes it itself: the context, the platform's part of the version, and `xmd.mbs`.
 */
import type { FarmModuleRequest } from "../farm/FarmModule.ts"
import * as Modulemd from "../modulemd/Modulemd.ts"
import type { ModulemdDocument } from "../modulemd/ModulemdDocument.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as Xmd from "../modulemd/Xmd.ts"
import * as ModuleVersion from "../resolution/ModuleVersion.ts"
import type { ResolutionSettings } from "../resolution/ResolutionSettings.ts"
import { askedFor, type ModulePlan } from "./ModulePlan.ts"

const isStream = (document: ModulemdDocument): document is ModuleStreamV2 => document._tag === "ModuleStreamV2"

/** A context that the packager named is named again. */
const staticContext = ({ context, dependencies }: ModulePlan) => {
  const single = (streams: Readonly<Record<string, ReadonlyArray<string>>>) =>
    Object.fromEntries(Object.entries(streams).map(([name, [stream = ""]]) => [name, stream]))
  return {
    [context]: { buildrequires: single(dependencies.buildrequires), requires: single(dependencies.requires) }
  }
}

const xmdOf = ({ xmd }: ModuleStreamV2, plan: ModulePlan): ReadonlyMap<string, Xmd.Xmd> => {
  const own = new Map(Xmd.isMapping(xmd) ? xmd : [])
  own.delete("mbs")
  if (Xmd.asBoolean(Xmd.get(xmd, "mbs", "static_context")) !== true) return own
  const options = own.get("mbs_options")
  return own.set(
    "mbs_options",
    new Map([...(Xmd.isMapping(options) ? options : []), ["contexts", Xmd.fromJson(staticContext(plan))]])
  )
}

const handedIn = (document: ModuleStreamV2, plan: ModulePlan, settings: ResolutionSettings): ModuleStreamV2 => {
  const { context: _, ...rest } = document
  const xmd = xmdOf(document, plan)
  return {
    ...rest,
    context: undefined,
    version: ModuleVersion.plain(plan.version, plan.buildrequires, settings),
    xmd: xmd.size === 0 ? undefined : xmd
  }
}

/** Why no farm can be asked for this plan; undefined where one can. */
export const problemOf = ({ modules, ownedBy, submission }: ModulePlan): string | undefined => {
  if ((submission?.srpms ?? []).length > 0) return `${ownedBy} cannot build from uploaded source packages`
  // Contexts of scratch builds are numbered.
  const scratch = modules.find(({ context }) => context.includes("_"))
  return scratch === undefined
    ? undefined
    : `${ownedBy} cannot build with a scratch build, such as ${scratch.name}:${scratch.stream} here`
}

/** The request for this plan. */
export const requestOf = (plan: ModulePlan, settings: ResolutionSettings): FarmModuleRequest => ({
  name: plan.name,
  stream: plan.stream,
  version: plan.version,
  context: plan.context,
  document: Modulemd.read(plan.modulemd).documents.filter(isStream).map((one) =>
    Modulemd.write(handedIn(one, plan, settings))
  ).join(""),
  ...(plan.scmurl === undefined ? {} : { scmurl: plan.scmurl }),
  streams: Object.fromEntries(Object.entries(askedFor(plan)).map(([name, { stream }]) => [name, stream])),
  requires: plan.dependencies.requires,
  scratch: plan.scratch,
  owner: plan.owner
})
