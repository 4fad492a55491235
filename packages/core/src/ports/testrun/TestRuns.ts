/** The store of runs of tests. */
import * as Context from "effect/Context"
import type { TestRunLife } from "../../testrun/TestRunLife.ts"
import type { ProcessStore } from "../ProcessStore.ts"

/** Runs of tests: create, apply, get, history. */
export class TestRuns extends Context.Service<TestRuns, ProcessStore<TestRunLife>>()(
  "@orch/core/ports/testrun/TestRuns"
) {}
