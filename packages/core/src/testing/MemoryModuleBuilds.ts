/** Module builds in memory: their store, their index, and their work for the farm. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ModuleBuild } from "../modulebuild/ModuleBuild.ts"
import { moduleBuildFarmUse } from "../modulebuild/ModuleBuildFarmUse.ts"
import { moduleBuildLife } from "../modulebuild/ModuleBuildLife.ts"
import type { CommandQueues } from "../ports/CommandQueue.ts"
import type { FarmWork } from "../ports/FarmWork.ts"
import { ModuleBuildIndex, type Query, type Summary } from "../ports/modulebuild/ModuleBuildIndex.ts"
import { ModuleBuilds } from "../ports/modulebuild/ModuleBuilds.ts"
import type { Outbox } from "../ports/Outbox.ts"
import { MemoryDatabase } from "./MemoryDatabase.ts"
import * as MemoryFarmWork from "./MemoryFarmWork.ts"
import * as MemoryProcessStore from "./MemoryProcessStore.ts"

const index: Layer.Layer<ModuleBuildIndex, never, MemoryDatabase> = Layer.effect(
  ModuleBuildIndex,
  Effect.gen(function*() {
    const rows = (yield* MemoryDatabase).table(moduleBuildLife)
    const builds = () => [...rows.values()].map(({ state }) => state)
    return {
      list: (query) =>
        Effect.sync(() => {
          const matching = builds().map(summary).filter((one) => matches(one, query))
          if (query.order === "newest") matching.reverse()
          return { items: matching.slice(query.offset, query.offset + query.limit), total: matching.length }
        }),
      ready: (names, perModule) =>
        Effect.sync(() =>
          names.flatMap((name) =>
            builds().reverse()
              .filter(({ plan, state }) => state === "ready" && !plan.scratch && plan.name === name)
              .slice(0, perModule)
              .map(({ components: _, id, plan, ...progress }) => ({ id, plan, progress }))
          )
        ),
      counts: Effect.sync(() => ({
        builds: tally(builds().map(({ state }) => state)),
        components: tally(builds().flatMap(({ components }) => [...components.values()].map(({ state }) => state)))
      }))
    }
  })
)

/** All three on tables of their own; shared tables come with `MemoryDatabase.layer` and the pieces. */
export const layer: Layer.Layer<ModuleBuilds | ModuleBuildIndex | FarmWork, never, CommandQueues | Outbox> = Layer
  .mergeAll(
    Layer.effect(ModuleBuilds, MemoryProcessStore.make(moduleBuildLife)),
    index,
    MemoryFarmWork.layer([MemoryFarmWork.source(moduleBuildLife, moduleBuildFarmUse)])
  ).pipe(Layer.provide(MemoryDatabase.layer))

const tally = <K extends string>(values: ReadonlyArray<K>): Partial<Record<K, number>> => {
  const counts: Partial<Record<K, number>> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

const summary = (build: ModuleBuild): Summary => ({
  id: build.id,
  state: build.state,
  reason: build.reason,
  name: build.plan.name,
  stream: build.plan.stream,
  version: build.plan.version,
  context: build.plan.context,
  owner: build.plan.owner,
  scratch: build.plan.scratch,
  createdAt: build.createdAt,
  modifiedAt: build.modifiedAt,
  completedAt: build.completedAt
})

const matches = (one: Summary, query: Query): boolean =>
  (query.states === undefined || query.states.includes(one.state)) &&
  (query.name === undefined || query.name === one.name) &&
  (query.names === undefined || query.names.includes(one.name)) &&
  (query.stream === undefined || query.stream === one.stream) &&
  (query.owner === undefined || query.owner === one.owner) &&
  (query.modifiedBefore === undefined || one.modifiedAt < query.modifiedBefore)
