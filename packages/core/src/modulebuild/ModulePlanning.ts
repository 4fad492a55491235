/**
 * Turns a module stream and one resolved combination of dependencies into the plan of a module build.
 *
 * Pure: which streams exist, which commits references stand for and who asks are arguments.
 */
import * as Result from "effect/Result"
import * as BuildOrder from "../buildorder/BuildOrder.ts"
import type { UnorderableComponents } from "../buildorder/BuildOrderProblem.ts"
import type { Orderable } from "../buildorder/Orderable.ts"
import type { BuildrootModule } from "../farm/Buildroot.ts"
import * as Pass from "../farm/Pass.ts"
import * as ModuleContent from "../modulemd/ModuleContent.ts"
import * as Modulemd from "../modulemd/Modulemd.ts"
import type { RpmComponent } from "../modulemd/ModulemdComponent.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as Xmd from "../modulemd/Xmd.ts"
import * as AvailableModule from "../resolution/AvailableModule.ts"
import * as DistTag from "../resolution/DistTag.ts"
import type { ExpandedModule } from "../resolution/ExpandedModule.ts"
import * as ResolutionSettings from "../resolution/ResolutionSettings.ts"
import * as XmdBuildrequires from "../resolution/XmdBuildrequires.ts"
import * as BuildrootProfiles from "./BuildrootProfiles.ts"
import * as MbsOptions from "./MbsOptions.ts"
import type { ComponentPlan, ModulePlan } from "./ModulePlan.ts"

/** A module that is built as part of another, with those it includes itself. */
export interface IncludedModule {
  readonly stream: ModuleStreamV2
  readonly included: ReadonlyMap<string, IncludedModule>
}

/** What is planned, and everything outside of its document that the plan depends on. */
export interface Request {
  readonly stream: ModuleStreamV2
  /** The documents of `components.modules`, by key. */
  readonly included: ReadonlyMap<string, IncludedModule>
  readonly expanded: ExpandedModule
  readonly settings: ResolutionSettings.ResolutionSettings
  /** Where a component's repository is when it names none: this and the package's name. */
  readonly rpmsRepository: string
  /** The same for included modules. */
  readonly modulesRepository: string
  /** Commits by component, as far as they are resolved. */
  readonly commits: Readonly<Record<string, string>>
  /** Architectures of the module; a component may be built for fewer. */
  readonly arches: ReadonlyArray<string>
  readonly scmurl: string | undefined
  /** What else the document records, in `xmd.mbs`, of how it was submitted. */
  readonly recorded?: Readonly<Record<string, unknown>>
  readonly owner: string
  readonly scratch: boolean
  /** The farm that owns its build, and is handed the document with its components as they are written. */
  readonly ownedBy?: string | undefined
  /** Seconds. */
  readonly deadline: number
  /** The platform of a module that names none. */
  readonly defaultPlatform: string
  /** The documents of the modules it is built with, as far as they have some. */
  readonly buildrequired: ReadonlyArray<ModuleStreamV2>
  /** Where the packages of a buildrequired module are, by `name:stream:version:context`; a platform has none. */
  readonly locations: Readonly<Record<string, string>>
  /** What a buildrequired module filters, in the same way; nothing where it is not named. */
  readonly filters: Readonly<Record<string, ReadonlyArray<string>>>
}

/** Seven days, after which the Module Build Service also gives up. */
export const defaultDeadline = 7 * 24 * 3600

/** The repository of a component's source: its own, or `rpmsRepository` with the package's name after it. */
export const repositoryOf = (
  name: string,
  component: { readonly name: string | undefined; readonly repository: string | undefined },
  rpmsRepository: string
): string => component.repository ?? `${rpmsRepository}${component.name ?? name}`

/**
 * The plan of one build. Fails with `UnorderableComponents` where the components, those of included modules among them,
 * have no order.
 */
export const plan = (request: Request): Result.Result<ModulePlan, UnorderableComponents> => {
  const sources = rpmComponents(request)
  return Result.map(BuildOrder.plan(orderable(request)), (order) => {
    const placed = order.placements.filter((placement) => placement.component.kind === "rpm")
    const passes = Pass.number(
      placed.map(({ component: { name } }) => ({ name, package: sources.get(name)!.name ?? name }))
    )
    return {
      ...header(request),
      components: placed.map((placement) => {
        const pass = passes.get(placement.component.name)
        return {
          ...component(request, placement, sources.get(placement.component.name)!),
          ...(pass === undefined ? {} : { pass })
        }
      })
    }
  })
}

/** The packages of a module and of those it includes, by key. A key that stands twice is refused by the order. */
export const rpmComponents = ({ included, stream }: IncludedModule): ReadonlyMap<string, RpmComponent> =>
  new Map([...stream.components.rpms, ...[...included.values()].flatMap((one) => [...rpmComponents(one)])])

const orderable = ({ included, stream }: IncludedModule): ReadonlyArray<Orderable> => [
  ...[...stream.components.rpms].map(([name, { buildafter, buildorder }]): Orderable => ({
    kind: "rpm",
    name,
    buildafter,
    buildorder
  })),
  ...[...stream.components.modules].map(([name, { buildorder }]): Orderable => {
    const document = included.get(name)
    return { kind: "module", name, buildorder, included: document === undefined ? [] : orderable(document) }
  })
]

const header = (request: Request): Omit<ModulePlan, "components"> => {
  const { expanded, settings, stream } = request
  const { buildrequires, context, defaultModules = [], dependencies, modules, version } = expanded
  const marking = DistTag.marking(Object.fromEntries(modules.map((one) => [one.name, one])), settings)
  return {
    name: expanded.name,
    stream: expanded.stream,
    version,
    context,
    platform: platformOf(expanded, settings) ?? request.defaultPlatform,
    arches: request.arches,
    ...(marking === undefined ? {} : { marking }),
    macros: stream.buildopts.rpms.macros ?? "",
    buildrequires,
    ...(defaultModules.length === 0 ? {} : { defaultModules }),
    dependencies,
    filter: stream.filter,
    modules: modules.map((one): BuildrootModule => {
      const key = AvailableModule.nsvc(one)
      const location = request.locations[key]
      const filter = request.filters[key] ?? []
      const { name, stream, version, context } = one
      return {
        name,
        stream,
        version,
        context,
        ...(settings.baseModuleNames.includes(name) ? { base: true } : {}),
        ...(location === undefined ? {} : { location }),
        ...(filter.length === 0 ? {} : { filter })
      }
    }),
    groups: BuildrootProfiles.of(request.buildrequired),
    ...wishes(MbsOptions.read(stream)),
    modulemd: Modulemd.write(identified(request)),
    ...(request.scmurl === undefined ? {} : { scmurl: request.scmurl }),
    owner: request.owner,
    scratch: request.scratch,
    ...(request.ownedBy === undefined ? {} : { ownedBy: request.ownedBy }),
    deadline: request.deadline
  }
}

const wishes = ({ blocked, problems: _, ...others }: MbsOptions.MbsOptions) => ({ blocked, ...others })

/** The stream of the first base module it is built with; undefined where it is built with none. */
export const platformOf = (
  { modules }: ExpandedModule,
  settings: ResolutionSettings.ResolutionSettings
): string | undefined =>
  settings.baseModuleNames.flatMap((name) => modules.find((one) => one.name === name)?.stream ?? [])[0]

/** Each build is one of the contexts, so its own document lists none; options that are empty then are gone, too. */
const withoutContexts = (xmd: ReadonlyMap<string, Xmd.Xmd>): ReadonlyMap<string, Xmd.Xmd> => {
  const options = xmd.get("mbs_options")
  if (!Xmd.isMapping(options) || !options.has("contexts")) return xmd
  const rest = new Map(Array.from(options).filter(([key]) => key !== "contexts"))
  return new Map(
    Array.from(xmd).flatMap(([key, value]): ReadonlyArray<readonly [string, Xmd.Xmd]> =>
      key !== "mbs_options" ? [[key, value]] : rest.size === 0 ? [] : [[key, rest]]
    )
  )
}

/** The components with what the document leaves to the installation: where they come from, for which architectures. */
const completed = ({ arches, modulesRepository, rpmsRepository, stream }: Request): ModuleStreamV2["components"] => {
  const { modules, rpms } = stream.components
  return {
    ...stream.components,
    rpms: new Map(Array.from(rpms, ([name, one]) => [name, {
      ...one,
      repository: repositoryOf(name, one, rpmsRepository),
      arches: one.arches.length === 0 ? arches.toSorted() : one.arches
    }])),
    modules: new Map(Array.from(modules, ([name, one]) => [
      name,
      { ...one, repository: one.repository ?? `${modulesRepository}${name}` }
    ]))
  }
}

/** The document as it is to be built: with its identity, its dependencies pinned, and what it was resolved against. */
const identified = (request: Request): ModuleStreamV2 => {
  const { commits, expanded, recorded, scmurl, settings, stream } = request
  const asMap = (streams: Readonly<Record<string, ReadonlyArray<string>>>) => new Map(Object.entries(streams))
  const commit = /#([0-9a-f]+)$/.exec(scmurl ?? "")?.[1]
  const mbs = {
    buildrequires: XmdBuildrequires.toXmd(expanded.buildrequires),
    mse: true,
    ...(expanded.staticContext ? { static_context: true } : {}),
    rpms: Object.fromEntries(Object.entries(commits).map(([name, ref]) => [name, { ref }])),
    scmurl: scmurl ?? "",
    commit: commit ?? "",
    ...recorded
  }
  const own = withoutContexts(Xmd.isMapping(stream.xmd) ? stream.xmd : new Map())
  const said = settings.privilegedModuleNames.includes(expanded.name)
    ? ResolutionSettings.privilegedKeys.flatMap((key) => {
      const value = Xmd.get(stream.xmd, "mbs", key)
      return value === undefined ? [] : [[key, value] as const]
    })
    : []
  return {
    ...stream,
    name: expanded.name,
    stream: expanded.stream,
    version: expanded.version,
    context: expanded.context,
    dependencies: [{
      buildrequires: asMap(expanded.dependencies.buildrequires),
      requires: asMap(expanded.dependencies.requires)
    }],
    components: request.ownedBy === undefined ? completed(request) : stream.components,
    artifacts: ModuleContent.noArtifacts,
    xmd: new Map([...own, ["mbs", Xmd.fromJson(new Map<string, unknown>([...said, ...Object.entries(mbs)]))]])
  }
}

const component = (request: Request, placement: BuildOrder.Placement, source: RpmComponent): ComponentPlan => {
  const { name } = placement.component
  const commit = request.commits[name]
  const arches = source.arches.length === 0
    ? request.arches
    : request.arches.filter((arch) => source.arches.includes(arch))
  return {
    name,
    repository: repositoryOf(name, source, request.rpmsRepository),
    ...(source.ref === undefined ? {} : { ref: source.ref }),
    ...(commit === undefined ? {} : { commit }),
    batch: placement.batch,
    afterBatch: placement.afterBatch,
    after: placement.after,
    placement: BuildOrder.explain(placement),
    arches,
    buildOnly: source.buildonly,
    priority: placement.downstream
  }
}
