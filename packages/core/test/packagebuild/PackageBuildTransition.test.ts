import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import type * as BuildTask from "../../src/packagebuild/BuildTask.ts"
import type { PackageBuildEvent } from "../../src/packagebuild/PackageBuildEvent.ts"
import * as Explanation from "../../src/packagebuild/PackageBuildExplanation.ts"
import { decide } from "../../src/packagebuild/PackageBuildTransition.ts"
import { anyPlan, anyScript, packagePlan, platform, ref } from "./plans.ts"
import { Simulation } from "./Simulation.ts"

const states = (world: Simulation): Record<string, BuildTask.TaskState> =>
  Object.fromEntries([...world.build.tasks].map(([name, { state }]) => [name, state]))

const runAll = (world: Simulation): void => {
  while (world.commands.length > 0) world.run(world.commands.shift()!)
}

const offerOf = (world: Simulation, task: string) => world.offers.findLast((offer) => offer.task === task)!

it("only packages of several architectures are shared, so a build for one is finished with its last package", () => {
  const past = (arches: ReadonlyArray<string>) => {
    const world = new Simulation(packagePlan({ platforms: [platform({ arches })] }))
    world.drain()
    return world.past.map(({ _tag }) => _tag)
  }
  assert.notInclude(past(["x86_64"]), "SettleGroup")
  assert.include(past(["x86_64", "i686"]), "SettleGroup")
})

describe("laws", () => {
  it.prop(
    "whatever is lost, repeated or late, a build whose tasks succeed finishes with all of them, in order",
    [anyPlan, anyScript],
    ([plan, script]) => {
      const world = new Simulation(plan)
      for (const choice of script) world.step(choice, false)
      world.drain()
      assert.isTrue([...world.build.tasks.values()].every(({ state }) => state === "completed"))
      assert.lengthOf(world.offers, plan.tasks.length, "every task was offered once")
      assert.strictEqual(world.build.testing, "made")
      world.assertReplays()
    }
  )

  it.prop(
    "failures, cancels and restarts never break the order, the history replays, and the build can always be brought to its end",
    [anyPlan, anyScript],
    ([plan, script]) => {
      const world = new Simulation(plan)
      for (const choice of script) world.step(choice, true)
      world.drain()
      world.assertReplays()
      for (let lives = 0; lives < 3; lives++) {
        world.apply({ _tag: "RestartRequested", at: ++world.time, by: "bob" })
        world.drain()
      }
      assert.isTrue([...world.build.tasks.values()].every(({ state }) => state === "completed" || state === "excluded"))
      world.assertReplays()
    }
  )

  it.prop(
    "when a build has finished, packages without architecture are the same files on all architectures",
    [anyPlan, anyScript],
    ([plan, script]) => {
      const world = new Simulation(plan)
      for (const choice of script) world.step(choice, true)
      world.drain()
      const hrefs = new Map<string, Set<string>>()
      for (const { index, name, platform: on } of plan.tasks) {
        const task = world.build.tasks.get(name)!
        if (task.state !== "completed") continue
        for (const { href, name: file } of task.artifacts.filter((one) => one.name.endsWith(".noarch.rpm"))) {
          const key = `${on}/${index}/${file}`
          hrefs.set(key, (hrefs.get(key) ?? new Set()).add(href))
        }
      }
      for (const [key, found] of hrefs) assert.strictEqual(found.size, 1, key)
    }
  )
})

describe("failures", () => {
  const plan = packagePlan({
    refs: [ref("chan"), ref("libchan")],
    platforms: [platform({ arches: ["x86_64", "i686"] })]
  })

  it("a source package that fails ends all that is built from it and all that waits for it, with the cause", () => {
    const world = new Simulation(plan)
    runAll(world)
    world.report(offerOf(world, "el8/src/0"), "failed")
    runAll(world)
    assert.deepStrictEqual(new Set(Object.values(states(world))), new Set(["failed"]))
    assert.strictEqual(world.build.state, "finished")
    assert.strictEqual(world.build.tasks.get("el8/x86_64/1")!.blockedBy, "el8/src/0")
    assert.strictEqual(
      world.build.tasks.get("el8/i686/0")!.error,
      "Not built: its source package could not be made, see el8/src/0"
    )
    assert.isUndefined(world.build.tasks.get("el8/src/0")!.error, "the package's own failure is in its log")
    assert.strictEqual(world.build.testing, "none")
  })

  it("restarting a task that never began restarts what kept it from beginning, and all that this kept", () => {
    const world = new Simulation(plan)
    runAll(world)
    world.report(offerOf(world, "el8/src/0"), "failed")
    world.apply({ _tag: "RestartRequested", at: 99, by: "bob", task: "el8/x86_64/1" })
    assert.deepStrictEqual(states(world), {
      "el8/src/0": "queued",
      "el8/src/1": "waiting",
      "el8/i686/0": "waiting",
      "el8/i686/1": "waiting",
      "el8/x86_64/0": "waiting",
      "el8/x86_64/1": "waiting"
    })
    assert.strictEqual(world.build.tasks.get("el8/src/0")!.attempt, 2)
  })

  it("a restart of all is no serial chain: what is independent starts at once", () => {
    const world = new Simulation(plan)
    runAll(world)
    for (const task of ["el8/src/0", "el8/src/1"]) {
      world.report(offerOf(world, task), "done")
      runAll(world)
    }
    world.report(offerOf(world, "el8/i686/0"), "failed")
    world.report(offerOf(world, "el8/x86_64/0"), "failed")
    runAll(world)
    world.apply({ _tag: "RestartRequested", at: 99, by: "bob" })
    assert.strictEqual(states(world)["el8/i686/0"], "queued")
    assert.strictEqual(states(world)["el8/x86_64/0"], "queued")
    assert.strictEqual(states(world)["el8/x86_64/1"], "waiting")
  })

  it("a parallel restart lets packages wait for their own sources alone", () => {
    const world = new Simulation(plan)
    runAll(world)
    for (const task of ["el8/src/0", "el8/src/1"]) {
      world.report(offerOf(world, task), "done")
      runAll(world)
    }
    world.report(offerOf(world, "el8/x86_64/0"), "failed")
    world.apply({ _tag: "RestartRequested", at: 99, by: "bob", parallel: true })
    assert.strictEqual(states(world)["el8/x86_64/0"], "queued")
    assert.strictEqual(states(world)["el8/x86_64/1"], "queued")
  })

  it("an excluded package lets others go on; an excluded source excludes all its architectures", () => {
    const world = new Simulation(plan)
    runAll(world)
    world.report(offerOf(world, "el8/src/0"), "excluded")
    assert.deepStrictEqual(states(world), {
      "el8/src/0": "excluded",
      "el8/src/1": "queued",
      "el8/i686/0": "excluded",
      "el8/i686/1": "waiting",
      "el8/x86_64/0": "excluded",
      "el8/x86_64/1": "waiting"
    })
  })

  it("what cannot be taken in fails its task with the reason", () => {
    const world = new Simulation(plan)
    runAll(world)
    world.report(offerOf(world, "el8/src/0"), "done")
    assert.strictEqual(states(world)["el8/src/0"], "processing")
    world.apply({ _tag: "ArtifactsRefused", at: 9, task: "el8/src/0", attempt: 1, reason: "checksum differs" })
    assert.strictEqual(world.build.tasks.get("el8/src/0")!.error, "checksum differs")
    assert.strictEqual(states(world)["el8/src/0"], "failed")
  })

  it("a command that can never succeed ends the build instead of leaving it", () => {
    const world = new Simulation(plan)
    world.apply({ _tag: "CommandRejected", at: 2, command: "PrepareRepositories", reason: "no space" })
    assert.strictEqual(world.build.state, "finished")
    world.apply({ _tag: "RestartRequested", at: 3, by: "bob" })
    assert.strictEqual(world.build.state, "preparing")
    world.drain()
  })
})

describe("lying nodes", () => {
  const plan = packagePlan({ platforms: [platform({ arches: ["x86_64", "aarch64"] })] })
  const report = (task: string, files: ReadonlyArray<string>): string | undefined => {
    const world = new Simulation(plan)
    runAll(world)
    if (task !== "el8/src/0") {
      world.report(offerOf(world, "el8/src/0"), "done")
      runAll(world)
    }
    world.apply({
      _tag: "TaskReported",
      at: 9,
      task,
      attempt: 1,
      node: "n1",
      status: "done",
      artifacts: files.map((name, index) => ({ name, type: "rpm", href: `/${index}` }))
    })
    return world.build.tasks.get(task)!.error
  }
  const cases: ReadonlyArray<[string, string, ReadonlyArray<string>, RegExp | undefined]> = [
    ["packages of the architecture and of none", "el8/x86_64/0", ["a-1-1.x86_64.rpm", "b-1-1.noarch.rpm"], undefined],
    [
      "a package of another architecture",
      "el8/x86_64/0",
      ["a-1-1.aarch64.rpm"],
      /a-1-1.aarch64.rpm is no package for x86_64/
    ],
    ["nothing at all", "el8/x86_64/0", [], /no package for x86_64 is reported/],
    ["what is not called like a package", "el8/x86_64/0", ["readme.rpm"], /not called like one/],
    ["a second source package", "el8/x86_64/0", ["a-1-1.x86_64.rpm", "a-1-1.src.rpm"], /there is one already/],
    ["two source packages", "el8/src/0", ["a-1-1.src.rpm", "b-1-1.src.rpm"], /2 source packages/],
    ["one name for two files", "el8/x86_64/0", ["a-1-1.x86_64.rpm", "a-1-1.x86_64.rpm"], /reported twice/]
  ]
  for (const [what, task, files, expected] of cases) {
    it(`${what}: ${expected === undefined ? "believed" : "refused"}`, () => {
      const error = report(task, files)
      if (expected === undefined) assert.isUndefined(error)
      else assert.match(error ?? "", expected)
    })
  }

  it("a report of another attempt, of a canceled task, or a second one changes nothing", () => {
    const world = new Simulation(plan)
    runAll(world)
    const offer = offerOf(world, "el8/src/0")
    assert.isFalse(decideChanges(world, { ...done, task: offer.task, attempt: 2 }))
    world.report(offer, "done")
    assert.isFalse(decideChanges(world, { ...done, task: offer.task, attempt: 1 }))
    world.apply({ _tag: "CancelRequested", at: 5, by: "bob" })
    assert.isFalse(decideChanges(world, { ...done, task: offer.task, attempt: 1 }))
  })
  const done = { _tag: "TaskReported", at: 8, node: "n2", status: "done", artifacts: [] } as const
  const decideChanges = (world: Simulation, event: PackageBuildEvent): boolean =>
    Result.getOrThrow(decide(world.build, event)).changed
})

describe("requests of people", () => {
  it("cancel ends tasks that nodes have, takes them back, and lets the build finish", () => {
    const world = new Simulation(packagePlan())
    runAll(world)
    world.apply({ _tag: "TasksStarted", at: 4, tasks: [{ task: "el8/src/0", attempt: 1, node: "n1" }] })
    world.apply({ _tag: "CancelRequested", at: 5, by: "bob" })
    assert.deepStrictEqual(states(world), { "el8/src/0": "canceled", "el8/x86_64/0": "canceled" })
    assert.strictEqual(world.build.state, "finished")
    assert.deepInclude(world.commands, { _tag: "WithdrawTasks", tasks: [{ task: "el8/src/0", attempt: 1 }] })
  })

  it("a released build cannot be removed, one that came back can", () => {
    const world = new Simulation(packagePlan())
    world.drain()
    world.apply({ _tag: "Released", at: 50, release: 7 })
    assert.isTrue(Result.isFailure(decide(world.build, { _tag: "RemoveRequested", at: 51, by: "bob" })))
    world.apply({ _tag: "Released", at: 52 })
    assert.isTrue(world.apply({ _tag: "RemoveRequested", at: 53, by: "bob" }))
    assert.isFalse(world.apply({ _tag: "RestartRequested", at: 54, by: "bob" }))
  })

  it("a restart with nothing lost, and a cancel of what has finished, change nothing", () => {
    const world = new Simulation(packagePlan())
    world.drain()
    assert.isFalse(world.apply({ _tag: "RestartRequested", at: 50, by: "bob" }))
    assert.isFalse(world.apply({ _tag: "CancelRequested", at: 50, by: "bob" }))
    assert.isTrue(Result.isFailure(decide(world.build, { _tag: "RestartRequested", at: 50, by: "bob", task: "x" })))
  })

  it("tests that somebody canceled are not made", () => {
    const world = new Simulation(packagePlan())
    world.apply({ _tag: "TestsCancelRequested", at: 2, by: "bob" })
    world.drain()
    assert.strictEqual(world.tests, 0)
  })
})

describe("signing", () => {
  it("replaces a file wherever it is an artifact", () => {
    const world = new Simulation(packagePlan({ platforms: [platform({ arches: ["x86_64", "aarch64"] })] }))
    world.drain()
    const [from] = new Set(
      [...world.build.tasks.values()].flatMap(({ artifacts }) =>
        artifacts.filter(({ name }) => name.endsWith("noarch.rpm")).map(({ href }) => href)
      )
    )
    world.apply({ _tag: "Signed", at: 80, key: 3, artifacts: [{ from: from!, to: "/signed", sha256: "ab" }] })
    const signed = [...world.build.tasks.values()].flatMap(({ artifacts }) =>
      artifacts.filter((one) => one.href === "/signed")
    )
    assert.lengthOf(signed, 2)
    assert.strictEqual(world.build.signedBy, 3)
  })
})

describe("explain", () => {
  it("names what each task waits for", () => {
    const world = new Simulation(packagePlan({ refs: [ref("chan"), ref("libchan")] }))
    assert.deepStrictEqual(Explanation.explain(world.build).tasks[0]!.waitsFor, { _tag: "Repositories" })
    runAll(world)
    const { tasks, waitsFor } = Explanation.explain(world.build)
    assert.deepStrictEqual(waitsFor, ["A node has to take el8/src/0."])
    assert.deepStrictEqual(tasks.map(({ number, package: name, waitsFor: wait }) => [number, name, wait]), [
      [1, "chan", { _tag: "Node" }],
      [2, "libchan", { _tag: "Tasks", tasks: ["el8/src/0"] }],
      [3, "chan", { _tag: "Tasks", tasks: ["el8/src/0"] }],
      [4, "libchan", { _tag: "Tasks", tasks: ["el8/src/1", "el8/x86_64/0"] }]
    ])
  })
})
