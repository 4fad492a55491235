import { assert, it } from "@effect/vitest"
import { TaskId } from "../../src/farm/Task.ts"
import { unborn } from "../../src/modulebuild/ModuleBuild.ts"
import * as ModuleBuildLog from "../../src/modulebuild/ModuleBuildLog.ts"
import { component, modulePlan } from "./plans.ts"

it("a build log names what was built, by which task, in the order of the ends", () => {
  const build = unborn(7, modulePlan([component("a"), component("b")], { owner: "alice", scmurl: "https://git/x?#1" }))
  const ended = (name: string, finishedAt: number) => ({
    ...build.components.get(name)!,
    state: "built" as const,
    task: TaskId.make(`t-${name}`),
    nvr: `${name}-1-1`,
    reason: "Built",
    submittedAt: 1000,
    finishedAt
  })
  const done = {
    ...build,
    createdAt: 0,
    modifiedAt: 2000,
    components: new Map([["a", ended("a", 5000)], ["b", { ...ended("b", 3000), log: "https://logs/b" }]])
  }
  const { context, name, stream, version } = build.plan
  assert.strictEqual(ModuleBuildLog.endOf(done), 5000)
  assert.deepStrictEqual(ModuleBuildLog.format(done).split("\n"), [
    `1970-01-01T00:00:00.000Z | module build 7: ${name}:${stream}:${version}:${context}, submitted by alice from https://git/x?#1`,
    "1970-01-01T00:00:03.000Z | b: b-1-1: Built | task t-b, attempt 1, submitted 1970-01-01T00:00:01.000Z | https://logs/b",
    "1970-01-01T00:00:05.000Z | a: a-1-1: Built | task t-a, attempt 1, submitted 1970-01-01T00:00:01.000Z",
    ""
  ])
})
