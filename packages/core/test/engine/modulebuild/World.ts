/** The whole engine in memory, and ways to wait for it. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { ModuleBuildCommands } from "../../../src/engine/modulebuild/ModuleBuildCommands.ts"
import { ModuleBuildEngine } from "../../../src/engine/modulebuild/ModuleBuildEngine.ts"
import * as ModuleBuildWatches from "../../../src/engine/modulebuild/ModuleBuildWatches.ts"
import { Publisher } from "../../../src/engine/modulebuild/Publisher.ts"
import { BuildSystem, type Interface } from "../../../src/ports/BuildSystem.ts"
import { ModuleBuilds } from "../../../src/ports/modulebuild/ModuleBuilds.ts"
import type { RepositoryHost } from "../../../src/ports/RepositoryHost.ts"
import * as MemoryBuildSystem from "../../../src/testing/MemoryBuildSystem.ts"
import * as MemoryCommandQueue from "../../../src/testing/MemoryCommandQueue.ts"
import * as MemoryModuleBuilds from "../../../src/testing/MemoryModuleBuilds.ts"
import * as MemoryModuleFarm from "../../../src/testing/MemoryModuleFarm.ts"
import * as MemoryOutbox from "../../../src/testing/MemoryOutbox.ts"
import * as MemoryRepositoryHost from "../../../src/testing/MemoryRepositoryHost.ts"
import * as MemorySourceControl from "../../../src/testing/MemorySourceControl.ts"

export interface Options {
  readonly farm?: MemoryBuildSystem.Options
  /** Puts something between the engine and the farm. */
  readonly between?: (farm: Interface) => Interface
  readonly sources?: Parameters<typeof MemorySourceControl.layer>[0]
  readonly host?: Layer.Layer<RepositoryHost>
  /** Milliseconds between two questions about a task. */
  readonly interval?: number
}

/** Ports and the interpreter of commands; nothing happens by itself. */
export const still = ({ between = (farm) => farm, farm, host, sources = {} }: Options = {}) =>
  Layer.merge(ModuleBuildEngine.layer, ModuleBuildCommands.layer).pipe(
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(MemoryModuleBuilds.layer),
    Layer.provideMerge(Layer.mergeAll(
      MemoryCommandQueue.layer,
      MemoryOutbox.layer,
      MemorySourceControl.layer(sources),
      host ?? MemoryRepositoryHost.layer,
      Layer.effect(BuildSystem, Effect.map(BuildSystem, between)).pipe(
        Layer.provideMerge(MemoryBuildSystem.layer(farm))
      )
    ))
  )

/** The same with workers and a reconciler at it. */
export const running = (options: Options = {}) =>
  Layer.merge(
    ModuleBuildCommands.workers({ concurrency: 4 }),
    ModuleBuildWatches.layer({ interval: options.interval ?? 100 })
  ).pipe(
    Layer.provideMerge(still(options))
  )

/** The whole engine on a farm that owns module builds. */
export const handing = (options: MemoryModuleFarm.Options = {}) =>
  Layer.merge(ModuleBuildCommands.workers({ concurrency: 4 }), ModuleBuildWatches.layer({ interval: 100 })).pipe(
    Layer.provideMerge(Layer.merge(ModuleBuildEngine.layer, ModuleBuildCommands.layer)),
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(MemoryModuleBuilds.layer),
    Layer.provideMerge(Layer.mergeAll(
      MemoryCommandQueue.layer,
      MemoryOutbox.layer,
      MemorySourceControl.layer({}),
      MemoryRepositoryHost.layer,
      MemoryModuleFarm.layer(options)
    ))
  )

/** Waits for a state; fails where another end is reached first. */
export const until = Effect.fnUntraced(function*(id: number, state: string) {
  const store = yield* ModuleBuilds
  return yield* store.get(id).pipe(
    Effect.map(({ state }) => state),
    Effect.repeat({ until: (build) => build.state === state, schedule: Schedule.spaced("10 millis") }),
    Effect.timeout("20 seconds")
  )
})

/** Waits until something is so. */
export const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>, test: (value: A) => boolean) =>
  effect.pipe(
    Effect.repeat({ until: test, schedule: Schedule.spaced("10 millis") }),
    Effect.timeout("20 seconds")
  )
