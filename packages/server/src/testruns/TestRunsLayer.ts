/** Tests in operation: their store, how builds get them, and what runs of them ask for. */
import { TestRuns } from "@orch/core/ports/testrun/TestRuns"
import * as Layer from "effect/Layer"
import * as PgProcesses from "../database/PgProcesses.ts"
import * as BuildTestingLayer from "./BuildTestingLayer.ts"
import * as TestRunCommands from "./TestRunCommands.ts"
import { subjects, testRunTable } from "./TestRunTable.ts"
import * as Tests from "./Tests.ts"
import * as TestSystem from "./TestSystem.ts"

/** What builds need so that their packages are tested. */
export const store = BuildTestingLayer.layer.pipe(
  Layer.provideMerge(Layer.merge(Layer.effect(TestRuns, PgProcesses.make(testRunTable, [subjects])), Tests.layer))
)

/** What runs of tests ask for; `concurrency` commands run side by side in this server process. */
export const workers = (options: { readonly concurrency: number }) =>
  TestRunCommands.workers(options).pipe(Layer.provide(TestSystem.layer))
