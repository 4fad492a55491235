/** The module build as a life: what the engine and the stores are given to run module builds. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Delays from "../farm/Delays.ts"
import type { Life } from "../life/Life.ts"
import { ComponentBuild } from "./ComponentBuild.ts"
import { assemble, holdsPlace, type ModuleBuild, Progress, unborn } from "./ModuleBuild.ts"
import { ModuleBuildCommand } from "./ModuleBuildCommand.ts"
import { ModuleBuildEvent } from "./ModuleBuildEvent.ts"
import { ModulePlan, nsvc } from "./ModulePlan.ts"
import { decide } from "./Transition.ts"

/** The type of `moduleBuildLife`. */
export type ModuleBuildLife = Life<
  "module-build",
  ModulePlan,
  Progress,
  ComponentBuild,
  ModuleBuild,
  ModuleBuildEvent,
  ModuleBuildCommand
>

/** Module builds: their parts are components, and their place is `name:stream:version:context`. */
export const moduleBuildLife: ModuleBuildLife = {
  name: "module-build",
  // Whole numbers beyond 2^53 are decimal text in JSON; everything else is itself.
  codecs: {
    plan: Schema.toCodecJson(ModulePlan),
    progress: Schema.toCodecJson(Progress),
    part: Schema.toCodecJson(ComponentBuild),
    event: Schema.toCodecJson(ModuleBuildEvent),
    command: Schema.toCodecJson(ModuleBuildCommand)
  },
  unborn,
  assemble,
  take: ({ components, id: _, plan, ...progress }) => ({ plan, progress, part: (name) => components.get(name) }),
  idOf: ({ id }) => id,
  stateOf: ({ state }) => state,
  modifiedAt: ({ modifiedAt }) => modifiedAt,
  place: (build) => holdsPlace(build) ? nsvc(build.plan) : undefined,
  decide: (build, event) => Result.map(decide(build, event), ({ build: state, ...rest }) => ({ ...rest, state })),
  rejected: (command, reason, at) => ({ _tag: "CommandRejected", at, command, reason }),
  delays: { event: Delays.event, of: Delays.of },
  // The first life's commands are named without it, as they always were.
  commandId: (process, revision, index) => `${process}.${revision}.${index}`
}
