/** The tables of events that are pruned once their processes have ended: those whose history nobody shows. */
import type { EventSource } from "./database/PruningStatements.ts"
import { packageBuildEvents } from "./packagebuilds/PackageBuildTable.ts"
import { signingEvents } from "./signing/SigningTable.ts"
import { testRunEvents } from "./testruns/TestRunTable.ts"

export const all: ReadonlyArray<EventSource> = [packageBuildEvents, signingEvents, testRunEvents]
