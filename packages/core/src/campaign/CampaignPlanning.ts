/**
 * From what changed to the modules that may have to be rebuilt, in tiers, each with the way by which the change reaches it.
 *
 * A module is reached by whatever its buildroot held, not only by what its document names: a tool that comes out as it was may still
 * work otherwise when what it runs with changed.
 */
import * as DependencyGraph from "../rebuild/DependencyGraph.ts"
import * as Impact from "../rebuild/Impact.ts"
import type { Cause, NodePlan } from "./CampaignPlan.ts"
import * as CampaignRules from "./CampaignRules.ts"

/** A module stream as it was built last. */
export interface BuiltModule {
  /** `name:stream`. */
  readonly name: string
  /** Builds of its newest version, one for each context. */
  readonly builds: ReadonlyArray<number>
  readonly scmurl: string
  /** How long it took, in seconds. */
  readonly seconds: number
  /** Repositories of its components, with the reference that the document names. */
  readonly components: ReadonlyArray<{ readonly name: string; readonly repository: string; readonly ref?: string }>
  /** `name:stream` of everything that its buildroot held. */
  readonly buildroot: ReadonlyArray<string>
  /** `name:stream` of what its document asks for itself; all of its buildroot where that is not known. */
  readonly named?: ReadonlyArray<string>
}

/** `rpms/zlib` of `https://git.example.org/rpms/zlib.git?#main`. */
const pathOf = (url: string): string => url.replace(/[?#].*$/, "").replace(/\/+$/, "").replace(/\.git$/, "")

const isNamed = (url: string, subject: string): boolean =>
  pathOf(url) === subject || pathOf(url).endsWith(`/${subject}`)

const isCommit = (ref: string): boolean => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(ref)

/** Whether the change is one of the module's own document; by the custom of dist-git its branch is called like the stream. */
const isDocument = ({ name, scmurl }: BuiltModule, { ref, subject }: Cause): boolean =>
  isNamed(scmurl, subject) &&
  (ref === undefined || ref.replaceAll("-", "_") === name.slice(name.indexOf(":") + 1).replaceAll("-", "_"))

/** Where the module's document is now. */
const scmurlOf = (module: BuiltModule, causes: ReadonlyArray<Cause>): string => {
  const commit = causes.find((cause) => isDocument(module, cause))?.commit
  return commit === undefined ? module.scmurl : module.scmurl.replace(/#.*$/, `#${commit}`)
}

/** Why the change is one of the module's own sources; undefined where it is not. A component that names a commit does not move. */
const ownReason = (module: BuiltModule, cause: Cause): string | undefined => {
  const { ref, subject } = cause
  if (subject === module.name) return `${subject} is to be rebuilt`
  if (isDocument(module, cause)) return `Its document in ${subject} changed`
  const component = module.components.find((one) =>
    isNamed(one.repository, subject) && (one.ref === undefined || (!isCommit(one.ref) && (ref ?? one.ref) === one.ref))
  )
  return component === undefined ? undefined : `Its component ${component.name} changed in ${subject}`
}

/**
 * The nodes of a campaign for these changes, none before what it waits for; empty where nothing is reached. Modules that were built with
 * each other form a circle, which is opened at the module whose name comes first. Whether something vanished that a module needs is only
 * known when it has been built: until then a module that is rebuilt for nothing else is part of the plan. Linear in modules and what
 * their buildroots held.
 */
export const plan = (
  modules: ReadonlyArray<BuiltModule>,
  causes: ReadonlyArray<Cause>,
  rules: CampaignRules.CampaignRules = CampaignRules.none
): ReadonlyArray<NodePlan> => {
  const triggers = new Map(modules.map(({ name }) => [name, CampaignRules.triggerOf(rules, name)]))
  const byName = new Map(modules.map((module) => [module.name, module]))
  const own = new Map(modules.flatMap((module) => {
    const reason = causes.flatMap((cause) => ownReason(module, cause) ?? [])[0]
    return reason === undefined ? [] : [[module.name, reason] as const]
  }))
  const graph = DependencyGraph.make(
    byName.keys(),
    modules.flatMap(({ buildroot, name, named = buildroot }) =>
      (triggers.get(name) === "direct" ? named : buildroot).filter((used) => used !== name && byName.has(used))
        .map((used) => ({ from: name, to: used, kind: "buildroot" as const }))
    )
  )
  const { affected } = Impact.of(graph, own.keys(), {
    kinds: ["buildroot"],
    triggerOf: (name) => {
      const trigger = triggers.get(name)!
      return trigger === "vanished" ? "transitive" : trigger
    }
  })
  const placed = new Map<string, NodePlan>()
  for (const { because, name } of affected) {
    const module = byName.get(name)!
    const trigger = triggers.get(name)!
    const after = [...new Set(module.buildroot)].filter((used) => used !== name && placed.has(used)).sort()
    placed.set(name, {
      name,
      tier: 1 + after.reduce((most, parent) => Math.max(most, placed.get(parent)!.tier), 0),
      seconds: module.seconds,
      after,
      changed: own.has(name),
      why: own.get(name) ?? `Built with ${because}`,
      scmurl: scmurlOf(module, causes),
      previous: module.builds,
      ...(trigger === "transitive" ? {} : { trigger }),
      ...(trigger === "direct"
        ? { by: after.filter((one) => own.has(one) && module.named?.includes(one) !== false) }
        : {})
    })
  }
  return [...placed.values()]
}
