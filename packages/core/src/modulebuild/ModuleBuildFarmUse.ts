/** What a module build wants of the farm. */
import type { FarmUse } from "../farm/FarmUse.ts"
import { type ModuleBuild, urgency } from "./ModuleBuild.ts"

/** Tasks of components being built, the repository being generated, and components that are or could be submitted. */
export const moduleBuildFarmUse: FarmUse<ModuleBuild> = {
  tasks: (build) =>
    build.state !== "build" ?
      [] :
      [...build.components.values()].flatMap(({ name, state, task }) =>
        state === "building" && task !== undefined ? [{ part: name, task }] : []
      ),
  repositories: ({ repository }) => repository?.request === undefined ? [] : [repository.request],
  modules: ({ handover, modifiedAt, publishing, state }) =>
    state === "build" && !publishing && handover?.id !== undefined
      ? [{ module: handover.id, quietSince: modifiedAt }]
      : [],
  slots: (build) =>
    build.state !== "build" ? [] : build.plan.components.flatMap(({ arches, name, priority }) => {
      const state = build.components.get(name)?.state
      return state !== "building" && state !== "submitting" ? [] : [{
        part: name,
        owner: build.plan.owner,
        arches,
        urgency: urgency(build),
        priority,
        ...(build.plan.rebuild === undefined ? {} : { rebuild: build.plan.rebuild.of }),
        state: state === "building" ? "active" as const : "waiting" as const
      }]
    })
}
