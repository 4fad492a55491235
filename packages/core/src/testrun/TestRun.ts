/**
 * The life of one run of tests: the packages that tasks of a package build made, each tested once.
 *
 * Another run of the same task's packages is another revision. How a run gets from one state to the next is
 * `TestRunTransition.decide` and nowhere else.
 */
import * as Schema from "effect/Schema"
import { Delays } from "../farm/Delays.ts"
import * as LifeParts from "../life/LifeParts.ts"

/** What is tested: one package of one build task. */
export const Subject = Schema.Struct({
  /** Unique in the run: `TASK/PACKAGE`. */
  name: Schema.String,
  /** Number of the build task toward nodes. */
  task: Schema.Number,
  /** From 1; larger is newer. */
  revision: Schema.Number,
  /** The attempt of the task that made the package. */
  attempt: Schema.optionalKey(Schema.Number),
  package: Schema.String,
  version: Schema.String,
  release: Schema.String,
  /** Architecture of the machine that tests. */
  arch: Schema.String
})
export interface Subject extends Schema.Schema.Type<typeof Subject> {}

/** What is to be tested, fixed when the run is made. */
export const TestPlan = Schema.Struct({
  /** Number of the package build. */
  build: Schema.Number,
  /** Number of the first test toward test systems; the others follow in order. */
  firstTest: Schema.Number,
  subjects: Schema.Array(Subject),
  /** How often a test that nobody reports is handed out. */
  tries: Schema.Number
})
export interface TestPlan extends Schema.Schema.Type<typeof TestPlan> {}

/** `created`: nobody has it. `started`: a test system has it. */
export const TestState = Schema.Literals(["created", "started", "completed", "failed", "canceled"])
export type TestState = typeof TestState.Type

/** The test of one package, and what became of it. */
export const PackageTest = Schema.Struct({
  name: Schema.String,
  state: TestState,
  reason: Schema.String,
  /** How often it was handed out. */
  tries: Schema.Number,
  /** As the test system reported it. */
  response: Schema.optionalKey(Schema.Json),
  stats: Schema.optionalKey(Schema.Json),
  startedAt: Schema.optionalKey(Schema.Number),
  finishedAt: Schema.optionalKey(Schema.Number)
})
export interface PackageTest extends Schema.Schema.Type<typeof PackageTest> {}

/** `running` until every test has ended. */
export const TestRunState = Schema.Literals(["running", "passed", "failed", "canceled"])
export type TestRunState = typeof TestRunState.Type

/** The part that changes and does not grow with the number of tests. */
export const Progress = Schema.Struct({
  state: TestRunState,
  reason: Schema.String,
  /** What its commands wait for outside; absent while none does. */
  delays: Schema.optionalKey(Delays),
  createdAt: Schema.Number,
  modifiedAt: Schema.Number,
  finishedAt: Schema.optionalKey(Schema.Number)
})
export interface Progress extends Schema.Schema.Type<typeof Progress> {}

/** One run of tests, with what became of it. */
export interface TestRun extends Progress {
  readonly id: number
  readonly plan: TestPlan
  /** By name, in the order of the plan. */
  readonly tests: ReadonlyMap<string, PackageTest>
}

const initial = ({ name }: Subject): PackageTest => ({ name, state: "created", reason: "Not started", tries: 0 })

/** A run before its first event, with times of 0 and no test begun. */
export const unborn = (id: number, plan: TestPlan): TestRun =>
  assemble(id, plan, { state: "running", reason: "", createdAt: 0, modifiedAt: 0 }, [])

/** Puts a run together from its stored parts. Tests that were never stored are as they were at the beginning. */
export const assemble = (
  id: number,
  plan: TestPlan,
  progress: Progress,
  tests: ReadonlyArray<PackageTest>
): TestRun => ({ ...progress, id, plan, tests: LifeParts.byName(plan.subjects.map(initial), tests) })

/** The subject that has this number toward test systems; `undefined` when the run has none. */
export const ofNumber = (plan: TestPlan, number: number): Subject | undefined =>
  Number.isSafeInteger(number) ? plan.subjects[number - plan.firstTest] : undefined

/** Whether nothing more happens to the test. */
export const isEnded = ({ state }: PackageTest): boolean => state !== "created" && state !== "started"
