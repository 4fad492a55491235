/** Module builds in a wanted state, for the contract suites. */
import * as Effect from "effect/Effect"
import { unkeyed } from "../../life/Keyed.ts"
import type { ModulePlan } from "../../modulebuild/ModulePlan.ts"
import { ModuleBuilds } from "../../ports/modulebuild/ModuleBuilds.ts"
import { accepted, plan, prepared, submitted } from "./moduleBuildEvents.ts"

/** A build in `build`, all of whose components have a task. */
export const building = Effect.fnUntraced(function*(names: ReadonlyArray<string>, fields: Partial<ModulePlan> = {}) {
  const store = yield* ModuleBuilds
  const wanted = plan(names, fields)
  const { state: { id } } = yield* store.create(wanted, submitted)
  const events = [prepared(`module-build-${id}`), accepted(id, wanted.components.map(({ name }) => name))]
  for (const event of events) yield* store.apply(id, unkeyed([event]))
  return { store, id, plan: wanted }
})
