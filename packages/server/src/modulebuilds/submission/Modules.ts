/** The modules that a build can be resolved against: the farm's platforms and every ready build of this server. */
import { ResolutionRules } from "@orch/core/engine/modulebuild/ResolutionRules"
import { type ModulePlan, nsvc } from "@orch/core/modulebuild/ModulePlan"
import type { Dependencies } from "@orch/core/modulemd/ModuleContent"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { ModuleBuildIndex, type ReadyBuild, type Summary } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as AvailableModules from "@orch/core/resolution/AvailableModules"
import type { ResolutionSettings } from "@orch/core/resolution/ResolutionSettings"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ModuleLocations } from "../../farms/ModuleLocations.ts"
import { type SubmissionRefused, unreachable } from "./SubmissionRefused.ts"

export interface Available {
  readonly available: AvailableModules.AvailableModules
  /** Where the packages of a module are, by `name:stream:version:context`. */
  readonly locations: Readonly<Record<string, string>>
  /** Names of packages that a module built and does not ship, in the same way. */
  readonly filters: Readonly<Record<string, ReadonlyArray<string>>>
  /** The document of a module, in the same way; platforms that the farm stands for have none. */
  readonly documents: Readonly<Record<string, string>>
}

export interface Interface {
  /**
   * Everything that these dependencies, and those of what they name, can be met with; `others` are modules besides, and `builtWith` ids of
   * scratch builds that count as ready.
   */
  readonly available: (
    dependencies: ReadonlyArray<Dependencies>,
    others?: ReadonlyArray<string>,
    builtWith?: ReadonlyArray<number>
  ) => Effect.Effect<Available, SubmissionRefused | StoreUnavailable>
}

/** Streams of one module that are looked at; the newest ones. */
const perModule = 500

/** Unfinished builds of all of them. */
const mostUnfinished = 5000

export class Modules extends Context.Service<Modules, Interface>()("@orch/server/modulebuilds/submission/Modules") {
  static readonly layer: Layer.Layer<
    Modules,
    never,
    BuildSystem | ModuleBuildIndex | ModuleBuilds | ModuleLocations
  > = Layer.effect(
    Modules,
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const index = yield* ModuleBuildIndex
      const locations = yield* ModuleLocations
      const builds = yield* ModuleBuilds
      const settings = yield* ResolutionRules
      const [platform] = settings.baseModuleNames
      /** The farm's platforms are streams of the first base module. */
      const platforms = () =>
        platform === undefined ? [] : (farm.capabilities.platforms ?? []).map((stream) =>
          AvailableModule.make({
            name: platform,
            stream,
            version: standIn,
            standsIn: true,
            kojiTag: farm.capabilities.platformTags?.[stream] ?? null
          })
        )

      /** What is in the tags that base modules name; of a farm without such tags every module will do. */
      const taggedIn = Effect.fnUntraced(function*(modules: ReadonlyArray<AvailableModule.AvailableModule>) {
        const found = new Map<string, ReadonlySet<string>>()
        const { taggedModules } = farm
        if (taggedModules === undefined) return found
        const isBase = ({ name }: AvailableModule.AvailableModule) => settings.baseModuleNames.includes(name)
        const names = [...new Set(modules.filter((one) => !isBase(one)).map(({ name }) => name))]
        for (const { kojiTagWithModules: tag, stream } of modules) {
          if (tag === undefined || found.has(tag)) continue
          const builds = names.length === 0 ? [] : yield* taggedModules(stream, tag, names).pipe(
            Effect.mapError(({ message }) => unreachable(`The modules in ${tag} cannot be listed: ${message}`))
          )
          const there = new Set(builds)
          found.set(
            tag,
            new Set(modules.filter((one) => there.has(TagPlan.cgNvr(one))).map((one) => AvailableModule.nsvc(one)))
          )
        }
        return found
      })

      /** Scratch builds that are done, as if they were ready. */
      const scratch = (ids: ReadonlyArray<number>) =>
        Effect.map(
          Effect.forEach(ids, (id) => builds.get(id).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))),
          (all) =>
            all.flatMap((one): ReadonlyArray<ReadyBuild> =>
              one?.state.state !== "done" ? [] : [{ id: one.state.id, plan: one.state.plan, progress: one.state }]
            )
        )

      return {
        available: Effect.fn("Modules.available")(function*(dependencies, others = [], builtWith = []) {
          const found: Array<ReadyBuild> = [...yield* scratch(builtWith)]
          const seen = new Set<string>()
          const unseen = (names: ReadonlyArray<string>) => [...new Set(names)].filter((name) => !seen.has(name))
          // Base modules may have been imported, too.
          let wanted = unseen([
            ...settings.baseModuleNames,
            ...others,
            ...dependencies.flatMap(({ buildrequires, requires }) => [...buildrequires.keys(), ...requires.keys()])
          ])
          // One statement for each step away from the module: what it names, what those require, and so on.
          while (wanted.length > 0) {
            for (const name of wanted) seen.add(name)
            const builds = yield* index.ready(wanted, perModule)
            found.push(...builds)
            wanted = unseen(builds.flatMap(({ plan }) => Object.keys(plan.dependencies.requires)))
          }
          // Builds with unfinished siblings are not built against, so these have to be known, too.
          const { items } = yield* index.list({
            names: [...seen],
            states: ["init", "wait", "build", "done"],
            order: "newest",
            limit: mostUnfinished,
            offset: 0
          })
          const usable = found.map((one) => toAvailable(one, settings))
          const tagged = yield* taggedIn(usable)
          return {
            available: AvailableModules.make(
              [
                ...platforms(),
                ...usable.map((one) =>
                  one.kojiTagWithModules === undefined || tagged.has(one.kojiTagWithModules)
                    ? one
                    : { ...one, kojiTagWithModules: undefined }
                ),
                ...items.filter(({ scratch }) => !scratch).map(unfinished)
              ],
              settings,
              tagged
            ),
            filters: Object.fromEntries(found.map(({ plan }) => [nsvc(plan), plan.filter])),
            documents: Object.fromEntries(found.map(({ plan }) => [nsvc(plan), plan.modulemd])),
            locations: Object.fromEntries(
              found.flatMap((build) => {
                const location = locations.of(build)
                return location === undefined ? [] : [[nsvc(build.plan), location]]
              })
            )
          }
        })
      }
    })
  )
}

const unfinished = ({ context, id, name, state, stream, version }: Summary): AvailableModule.AvailableModule =>
  AvailableModule.make({ id, name, stream, version, context, state })

/** The version of a platform that the farm stands for, which nobody imported. */
const standIn = 1

/**
 * What a build was made with. One made on the platform that the farm stands for was made on that stream as it is: it stays
 * usable when somebody imports a version of the platform, which the farm then stands for.
 */
const recorded = (
  { buildrequires }: ModulePlan,
  { baseModuleNames: [platform] }: ResolutionSettings
): AvailableModule.AvailableModule["buildrequires"] => {
  const base = platform === undefined ? undefined : buildrequires[platform]
  return platform === undefined || base === undefined || base.ref !== null || base.version !== String(standIn)
    ? buildrequires
    : { ...buildrequires, [platform]: { stream: base.stream } }
}

/** What a privileged module that was built here says of itself; of others nothing is read. */
const marks = (plan: ModulePlan, settings: ResolutionSettings): Partial<AvailableModule.AvailableModule> => {
  if (!settings.privilegedModuleNames.includes(plan.name)) return {}
  const [document] = Modulemd.read(plan.modulemd).documents
  const said = document?._tag === "ModuleStreamV2" ? StreamDocument.availableModule(document) : undefined
  return said?.disttagMarking === undefined ? {} : { disttagMarking: said.disttagMarking }
}

const toAvailable = ({ id, plan }: ReadyBuild, settings: ResolutionSettings): AvailableModule.AvailableModule =>
  AvailableModule.make({
    id,
    name: plan.name,
    stream: plan.stream,
    version: plan.version,
    context: plan.context,
    dependencies: [plan.dependencies],
    buildrequires: recorded(plan, settings),
    kojiTag: TagPlan.tag({ ...plan, id }),
    commit: /#([0-9a-f]+)$/.exec(plan.scmurl ?? "")?.[1] ?? null,
    ...marks(plan, settings),
    ...plan.imported
  })
