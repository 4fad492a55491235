/** Makes runs of tests of what builds made: one test for each package of each task, source packages excepted. */
import * as Arch from "@orch/core/Arch"
import * as ArtifactPlace from "@orch/core/packagebuild/ArtifactPlace"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import { TestRuns } from "@orch/core/ports/testrun/TestRuns"
import type { Subject } from "@orch/core/testrun/TestRun"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BuildTesting } from "../packagebuilds/BuildTesting.ts"
import { type KnownTest, Tests } from "./Tests.ts"

/** How often a test that nobody reports is handed out. */
const tries = 3

/** A package that is to be tested, before it is known which revision that is. */
type Candidate = Omit<Subject, "name" | "revision"> & { readonly attempt: number }

/** Everything of a build that can be tested. */
const candidates = (build: PackageBuild): ReadonlyArray<Candidate> =>
  build.plan.tasks.flatMap(({ arch, name }, position): ReadonlyArray<Candidate> => {
    const task = build.tasks.get(name)!
    if (task.state !== "completed" || arch === TaskName.source) return []
    return task.artifacts.flatMap((artifact): ReadonlyArray<Candidate> => {
      const found = artifact.type === "rpm" ? ArtifactPlace.packageOf(artifact.name) : undefined
      if (found === undefined || Arch.isSource(found.arch)) return []
      return [{
        task: TaskName.number(build.plan, position),
        attempt: task.attempt,
        package: found.name,
        version: found.version,
        release: found.release,
        arch
      }]
    })
  })

/** Which of them a run is made of. */
type Choice = (candidate: Candidate, newest: KnownTest | undefined) => boolean

/** Makes a run of what is chosen. `undefined` when nothing is, or when somebody else has made it at the same moment. */
export const makeRun = Effect.fn("BuildTesting.makeRun")(function*(build: PackageBuild, choice: Choice) {
  const tests = yield* Tests
  const newest = new Map((yield* tests.newest(build.id)).map((one) => [`${one.task}/${one.package}`, one]))
  const subjects = new Map<string, Subject>()
  for (const candidate of candidates(build)) {
    const name = `${candidate.task}/${candidate.package}`
    const before = newest.get(name)
    if (choice(candidate, before)) subjects.set(name, { ...candidate, name, revision: (before?.revision ?? 0) + 1 })
  }
  if (subjects.size === 0) return undefined
  const firstTest = yield* tests.takeNumbers(subjects.size)
  const at = yield* Clock.currentTimeMillis
  return yield* (yield* TestRuns).create(
    { build: build.id, firstTest, subjects: [...subjects.values()], tries },
    { _tag: "Made", at }
  ).pipe(
    Effect.map(({ state }) => state),
    Effect.catchTag("ProcessExists", () => Effect.undefined)
  )
})

/** Tests of whatever the newest attempt of a task made and that no run has. */
export const layer: Layer.Layer<BuildTesting, never, TestRuns | Tests> = Layer.effect(
  BuildTesting,
  Effect.gen(function*() {
    const context = yield* Effect.context<TestRuns | Tests>()
    return BuildTesting.of({
      make: (build) =>
        makeRun(build, ({ attempt }, newest) => newest?.attempt !== attempt).pipe(
          Effect.map((run) => run?.plan.subjects.length ?? 0),
          Effect.provideContext(context)
        )
    })
  })
)
