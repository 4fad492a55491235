/** The run of tests as a life: what the engine and the stores are given to run tests. */
import * as Schema from "effect/Schema"
import * as Delays from "../farm/Delays.ts"
import type { Life } from "../life/Life.ts"
import { assemble, PackageTest, Progress, TestPlan, type TestRun, unborn } from "./TestRun.ts"
import { TestRunCommand, TestRunEvent } from "./TestRunEvent.ts"
import { decide } from "./TestRunTransition.ts"

/** The type of `testRunLife`. */
export type TestRunLife = Life<"test-run", TestPlan, Progress, PackageTest, TestRun, TestRunEvent, TestRunCommand>

/** Runs of tests: their parts are the tests of single packages. */
export const testRunLife: TestRunLife = {
  name: "test-run",
  codecs: {
    plan: Schema.toCodecJson(TestPlan),
    progress: Schema.toCodecJson(Progress),
    part: Schema.toCodecJson(PackageTest),
    event: Schema.toCodecJson(TestRunEvent),
    command: Schema.toCodecJson(TestRunCommand)
  },
  unborn,
  assemble,
  take: ({ id: _, plan, tests, ...progress }) => ({ plan, progress, part: (name) => tests.get(name) }),
  idOf: ({ id }) => id,
  stateOf: ({ state }) => state,
  modifiedAt: ({ modifiedAt }) => modifiedAt,
  place: () => undefined,
  decide,
  delays: { event: Delays.event, of: Delays.of },
  // What a test system refuses again and again would wait for ever.
  givesUp: true,
  rejected: (command, reason, at) => ({ _tag: "CommandRejected", at, command, reason })
}
