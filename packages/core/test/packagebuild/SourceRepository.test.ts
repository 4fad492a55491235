/** Source packages are put into their repository while others are built from them. */
import { assert, describe, it } from "@effect/vitest"
import * as Explanation from "../../src/packagebuild/PackageBuildExplanation.ts"
import { packagePlan, platform, ref } from "./plans.ts"
import { Simulation } from "./Simulation.ts"

describe("the repository of source packages", () => {
  /** A build of one package whose packages are all made, and whose source package is not in its repository. */
  const built = (): Simulation => {
    const world = new Simulation(packagePlan({ platforms: [platform({ arches: ["x86_64"] })] }))
    const go = (): void => {
      const ready = () => world.commands.findIndex(({ _tag }) => _tag !== "StoreSources")
      for (let next = ready(); next >= 0; next = ready()) world.run(world.commands.splice(next, 1)[0]!)
    }
    go()
    for (const [task] of world.build.tasks) {
      world.report(world.offers.find((offer) => offer.task === task)!, "done")
      go()
    }
    return world
  }

  it("gets all of a build at once, when no task is left that a node could take", () => {
    const world = new Simulation(packagePlan({ refs: [ref("chan"), ref("libchan")] }))
    const asked = () =>
      [...world.past, ...world.commands].flatMap((one) => one._tag === "StoreSources" ? [one.tasks] : [])
    const runAll = (): void => {
      while (world.commands.length > 0) world.run(world.commands.shift()!)
    }
    const offerOf = (task: string) => world.offers.find((offer) => offer.task === task)!
    runAll()
    for (const task of ["el8/src/0", "el8/src/1", "el8/x86_64/0"]) {
      world.report(offerOf(task), "done")
      runAll()
      assert.isEmpty(asked())
    }
    world.apply({ _tag: "TasksStarted", at: ++world.time, tasks: [{ ...offerOf("el8/x86_64/1"), node: "n1" }] })
    assert.deepStrictEqual(asked(), [[{ task: "el8/src/0", attempt: 1 }, { task: "el8/src/1", attempt: 1 }]])
    world.drain()
    assert.lengthOf(asked(), 1)
  })

  it("is waited for by nothing but the end of the build", () => {
    const world = built()
    assert.deepStrictEqual([...world.build.tasks.values()].map(({ state }) => state), ["completed", "completed"])
    assert.strictEqual(world.build.state, "building")
    assert.deepStrictEqual(Explanation.explain(world.build).waitsFor, [
      "The source packages of el8/src/0 have to be put into their repository."
    ])
    world.drain()
    assert.strictEqual(world.build.state, "finished")
    world.assertReplays()
  })

  it("fails the task whose source package it can never have", () => {
    const world = built()
    world.apply({ _tag: "SourcesStored", at: ++world.time, task: "el8/src/0", attempt: 1, error: "it is not signed" })
    const task = world.build.tasks.get("el8/src/0")!
    assert.deepStrictEqual([task.state, task.error, world.build.state], ["failed", "it is not signed", "finished"])
    world.apply({ _tag: "RestartRequested", at: ++world.time, by: "bob" })
    world.drain()
    assert.deepStrictEqual([...world.build.tasks.values()].map(({ state }) => state), ["completed", "completed"])

    const other = built()
    other.apply({ _tag: "CommandRejected", at: ++other.time, command: "StoreSources", reason: "the host is gone" })
    assert.strictEqual(other.build.tasks.get("el8/src/0")!.state, "failed")
    assert.strictEqual(other.build.state, "finished")
  })
})
