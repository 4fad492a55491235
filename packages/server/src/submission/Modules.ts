/** The modules that a build can be resolved against: the farm's platforms and every ready build of this server. */
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { nsvc } from "@orch/core/modulebuild/ModulePlan"
import type { Dependencies } from "@orch/core/modulemd/ModuleContent"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { ProcessStore, type StoreUnavailable } from "@orch/core/ports/ProcessStore"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as AvailableModules from "@orch/core/resolution/AvailableModules"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export interface Available {
  readonly available: AvailableModules.AvailableModules
  /** Where the packages of a module are, by `name:stream:version:context`. */
  readonly locations: Readonly<Record<string, string>>
}

export interface Interface {
  /** Everything that these dependencies, and those of what they name, can be met with. */
  readonly available: (dependencies: ReadonlyArray<Dependencies>) => Effect.Effect<Available, StoreUnavailable>
}

/** Streams of one module that are looked at; the newest ones. */
const perModule = 500

export class Modules extends Context.Service<Modules, Interface>()("@orch/server/submission/Modules") {
  static readonly layer: Layer.Layer<Modules, never, BuildSystem | ProcessStore> = Layer.effect(
    Modules,
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const store = yield* ProcessStore
      const platforms = (farm.capabilities.platforms ?? []).map((stream) =>
        AvailableModule.make({ name: "platform", stream, version: 1 })
      )
      const readyBuilds = Effect.fnUntraced(function*(name: string) {
        const { items } = yield* store.list({ states: ["ready"], name, order: "newest", limit: perModule, offset: 0 })
        return yield* Effect.forEach(items, ({ id }) => Effect.map(store.get(id, 1), ({ build }) => build))
      }, Effect.catchTag("ModuleBuildNotFound", Effect.die))

      return {
        available: Effect.fn("Modules.available")(function*(dependencies) {
          const found: Array<ModuleBuild> = []
          const seen = new Set(["platform"])
          let wanted = dependencies.flatMap((
            { buildrequires, requires }
          ) => [...buildrequires.keys(), ...requires.keys()])
          while (wanted.length > 0) {
            const next: Array<string> = []
            for (const name of new Set(wanted)) {
              if (seen.has(name)) continue
              seen.add(name)
              const builds = yield* readyBuilds(name)
              found.push(...builds)
              next.push(...builds.flatMap(({ plan }) => Object.keys(plan.dependencies.requires)))
            }
            wanted = next
          }
          return {
            available: AvailableModules.make([...platforms, ...found.map(toAvailable)]),
            locations: Object.fromEntries(
              found.flatMap(({ plan, published }) =>
                published === undefined ? [] : [[nsvc(plan), published.path ?? published.url]]
              )
            )
          }
        })
      }
    })
  )
}

const toAvailable = ({ id, plan }: ModuleBuild): AvailableModule.AvailableModule =>
  AvailableModule.make({
    id,
    name: plan.name,
    stream: plan.stream,
    version: plan.version,
    context: plan.context,
    dependencies: [plan.dependencies],
    buildrequires: plan.buildrequires
  })
