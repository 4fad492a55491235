/** The engine on memory implementations of every port, and a wait for a build to reach a state. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as CommandInterpreter from "../../src/engine/CommandInterpreter.ts"
import * as CommandWorkers from "../../src/engine/CommandWorkers.ts"
import { ModuleBuildEngine } from "../../src/engine/ModuleBuildEngine.ts"
import { Publisher } from "../../src/engine/Publisher.ts"
import * as Reconciler from "../../src/engine/Reconciler.ts"
import { ProcessStore } from "../../src/ports/ProcessStore.ts"
import * as MemoryBuildSystem from "../../src/testing/MemoryBuildSystem.ts"
import * as MemoryCommandQueue from "../../src/testing/MemoryCommandQueue.ts"
import * as MemoryOutbox from "../../src/testing/MemoryOutbox.ts"
import * as MemoryProcessStore from "../../src/testing/MemoryProcessStore.ts"
import * as MemoryRepositoryHost from "../../src/testing/MemoryRepositoryHost.ts"
import * as MemorySourceControl from "../../src/testing/MemorySourceControl.ts"

export const world = (
  options: MemoryBuildSystem.Options = {},
  repositories: Readonly<Record<string, MemorySourceControl.Repository>> = {}
) =>
  Layer.mergeAll(
    ModuleBuildEngine.layer,
    CommandWorkers.layer({ concurrency: 4 }),
    Reconciler.layer({ interval: 200 })
  ).pipe(
    Layer.provideMerge(CommandInterpreter.CommandInterpreter.layer),
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(MemoryProcessStore.layer),
    Layer.provideMerge(Layer.mergeAll(
      MemoryCommandQueue.layer,
      MemoryOutbox.layer,
      MemoryBuildSystem.layer(options),
      MemorySourceControl.layer(repositories),
      MemoryRepositoryHost.layer
    ))
  )

export const until = Effect.fnUntraced(function*(id: number, state: string) {
  const store = yield* ProcessStore
  return yield* store.get(id).pipe(
    Effect.map(({ build }) => build),
    Effect.repeat({ until: (build) => build.state === state, schedule: Schedule.spaced("10 millis") }),
    Effect.timeout("10 seconds")
  )
})
