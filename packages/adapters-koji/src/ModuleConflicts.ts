/**
 * What must not be in a buildroot though one of its tags has it: packages that a module filters, and the platform's where a module
 * brings its own. The macros package conflicts with exactly these.
 */
import { isBase, type KeptOut } from "@orch/core/farm/Buildroot"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Nevra from "@orch/core/Nevra"
import type { BuildrootPlan } from "@orch/core/ports/BuildSystem"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { elementOr, Rpm } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiFarm } from "./KojiFarm.ts"
import type * as ModuleBuildMacros from "./ModuleBuildMacros.ts"
import * as PlatformCollisions from "./PlatformCollisions.ts"

/**
 * The tag of a module's packages: named as such, or as the repository that Koji makes of it, or, for a module published
 * elsewhere, the one it was built into. `undefined` for a module of which nobody says where it lies.
 */
export const moduleTag = (module: BuildrootPlan["modules"][number]): string | undefined => {
  const { location } = module
  if (location === undefined || /^[A-Za-z0-9_.+-]+$/.test(location)) return location
  return /\/repos\/([^/]+)\//.exec(location)?.[1] ?? TagPlan.tag({ ...module, scratch: false })
}

/** Where a module that was imported as a build keeps its document. */
const ImportedModule = Schema.NullOr(Schema.Struct({
  extra: Schema.NullOr(Schema.Struct({
    typeinfo: Schema.optional(Schema.Struct({
      module: Schema.optional(Schema.Struct({ modulemd_str: Schema.String }))
    }))
  }))
}))

/** What keeps packages of a module's tag from being installed: their names, save for these very builds. */
interface Filter {
  readonly module: BuildrootPlan["modules"][number]
  readonly tag: string
  readonly names: ReadonlySet<string>
  readonly kept: ReadonlySet<string>
}

/** What each module's filter keeps from being installed: its tag has these packages all the same. */
const filters = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan) {
  const modules = plan.modules.flatMap((module) => {
    const tag = module.location === undefined ? undefined : moduleTag(module)
    return tag === undefined ? [] : [{ module, tag }]
  })
  const out: Array<Filter> = []
  if (modules.length === 0) return out
  const builds = yield* farm.hub.readAll(
    modules.map(({ module }) => KojiCall.make("getBuild", [TagPlan.cgNvr({ ...module, scratch: false })]))
  )
  for (const [index, { module, tag }] of modules.entries()) {
    const build = yield* elementOr(ImportedModule, "getBuild", builds[index], null)
    const names = Modulemd.read(build?.extra?.typeinfo?.module?.modulemd_str ?? "").documents.flatMap((document) =>
      document._tag === "ModuleStreamV2" ? document.filter : []
    )
    const all = new Set([...(module.filter ?? []), ...names])
    if (all.size > 0) out.push({ module, tag, names: all, kept: new Set(module.kept) })
  }
  return out
})

/** The platform's packages that come from a module as well; undefined where nothing could collide. */
const collisions = (farm: KojiFarm, plan: BuildrootPlan) => {
  const tagsOf = (modules: BuildrootPlan["modules"]) => modules.flatMap((module) => moduleTag(module) ?? [])
  const configured = farm.settings.platformTags[plan.platform]
  const platform = [...tagsOf(plan.modules.filter(isBase)), ...(configured === undefined ? [] : [configured])]
  return PlatformCollisions.find(
    farm.hub,
    [...new Set(platform)],
    tagsOf(plan.modules.filter((module) => !isBase(module)))
  )
}

/** What stays out of a buildroot, for people and for the macros package. */
export interface Found {
  readonly keptOut: KeptOut
  /** What the macros package conflicts with: all of that but what the module itself took over. Sorted by name. */
  readonly conflicts: ReadonlyArray<ModuleBuildMacros.Conflict>
}

/** The exact versions of what must not be installed: what the modules' filters keep back, and what the platform has besides. */
export const find = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan) {
  const filtered = yield* filters(farm, plan)
  const answers = filtered.length === 0 ? [] : yield* farm.hub.readAll(
    filtered.map(({ tag }) => KojiCall.make("listTaggedRPMS", [tag], { latest: true, inherit: false }))
  )
  const conflicts = new Map<string, ModuleBuildMacros.Conflict>()
  const platform = yield* collisions(farm, plan)
  for (const { epoch, name, release, version } of platform ?? []) {
    conflicts.set(`${name}-${epoch}:${version}-${release}`, { name, epoch, version, release })
  }
  const byModule: Record<string, ReadonlyArray<string>> = {}
  for (const [index, { kept, module, names }] of filtered.entries()) {
    const [rpms] = yield* elementOr(TaggedRpms, "listTaggedRPMS", answers[index], [[], []] as const)
    const out = new Set<string>()
    for (const { arch, epoch, name, release, version } of rpms) {
      if (arch === "src" || !names.has(name)) continue
      const build = `${name}-${epoch ?? 0}:${version}-${release}`
      out.add(build)
      if (!kept.has(`${build}.${arch}`)) conflicts.set(build, { name, epoch: epoch ?? 0, version, release })
    }
    if (out.size > 0) byModule[module.name] = [...out].sort()
  }
  return {
    keptOut: {
      filtered: byModule,
      ...(platform === undefined ? {} : { platform: platform.map((rpm) => Nevra.format(rpm)).sort() })
    },
    conflicts: [...conflicts.values()].sort((a, b) => a.name < b.name ? -1 : 1)
  } satisfies Found
})

const TaggedRpms = Schema.Tuple([Schema.Array(Rpm), Schema.Array(Schema.Unknown)])
