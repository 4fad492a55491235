/** The package build as a life: what the engine and the stores are given to run package builds. */
import * as Schema from "effect/Schema"
import * as Delays from "../farm/Delays.ts"
import type { Life } from "../life/Life.ts"
import { BuildTask } from "./BuildTask.ts"
import { assemble, type PackageBuild, Progress, unborn } from "./PackageBuild.ts"
import { PackageBuildCommand } from "./PackageBuildCommand.ts"
import { PackageBuildEvent } from "./PackageBuildEvent.ts"
import { decide } from "./PackageBuildTransition.ts"
import { PackagePlan } from "./PackagePlan.ts"

/** The type of `packageBuildLife`. */
export type PackageBuildLife = Life<
  "package-build",
  PackagePlan,
  Progress,
  BuildTask,
  PackageBuild,
  PackageBuildEvent,
  PackageBuildCommand
>

/** Package builds: their parts are tasks, and each is for itself: none takes a place from another. */
export const packageBuildLife: PackageBuildLife = {
  name: "package-build",
  // Versions of modules are decimal text in JSON; everything else is itself.
  codecs: {
    plan: Schema.toCodecJson(PackagePlan),
    progress: Schema.toCodecJson(Progress),
    part: Schema.toCodecJson(BuildTask),
    event: Schema.toCodecJson(PackageBuildEvent),
    command: Schema.toCodecJson(PackageBuildCommand)
  },
  unborn,
  assemble,
  take: ({ id: _, plan, tasks, ...progress }) => ({ plan, progress, part: (name) => tasks.get(name) }),
  idOf: ({ id }) => id,
  stateOf: ({ state }) => state,
  modifiedAt: ({ modifiedAt }) => modifiedAt,
  place: () => undefined,
  decide,
  delays: { event: Delays.event, of: Delays.of },
  rejected: (command, reason, at) => ({ _tag: "CommandRejected", at, command, reason })
}
