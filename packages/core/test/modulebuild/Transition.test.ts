import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { TaskId } from "../../src/farm/Task.ts"
import { replay } from "../../src/life/LifeApplication.ts"
import { explain } from "../../src/modulebuild/Explanation.ts"
import { type ModuleBuild, ModuleBuildState, unborn } from "../../src/modulebuild/ModuleBuild.ts"
import type { ModuleBuildEvent } from "../../src/modulebuild/ModuleBuildEvent.ts"
import { moduleBuildLife } from "../../src/modulebuild/ModuleBuildLife.ts"
import { trace } from "../../src/modulebuild/Trace.ts"
import { decide } from "../../src/modulebuild/Transition.ts"
import { anyPlan, anyScript, component, modulePlan } from "./plans.ts"
import { Simulation } from "./Simulation.ts"

describe("laws", () => {
  it.prop(
    "whatever is lost, repeated or late, a build whose tasks succeed ends ready, in order",
    [anyPlan, anyScript],
    ([plan, script]) => {
      const world = new Simulation(plan)
      world.steps = 2
      for (const choice of script) world.step(choice, false)
      world.drain()
      assert.strictEqual(world.build.state, "ready")
      assert.strictEqual(world.tasks.size, plan.components.length, "every component was built once")
      world.assertReplays()
    }
  )

  it.prop(
    "failures, cancels, retries and resumes never break the order, and the history replays",
    [anyPlan, anyScript],
    ([plan, script]) => {
      const world = new Simulation(plan)
      world.steps = 2
      for (const choice of script) world.step(choice, true)
      world.assertReplays()
      for (const one of world.build.components.values()) {
        assert.isFalse(world.build.state === "ready" && one.state !== "built" && one.state !== "available")
      }
    }
  )

  it.prop(
    "a failed build resumes to ready and builds nothing twice that was built",
    [anyPlan, anyScript],
    ([plan, script]) => {
      const world = new Simulation(plan)
      world.steps = 2
      for (const choice of script) world.step(choice, true)
      for (let lives = 0; lives < 10 && world.build.state !== "ready"; lives++) {
        world.drain()
        if (world.build.state === "failed") world.apply({ _tag: "ResumeRequested", at: ++world.time, by: "bob" })
      }
      assert.strictEqual(world.build.state, "ready")
      for (const name of world.build.components.keys()) {
        const closed = [...world.tasks.values()].filter((task) => task.component === name && task.state === "closed")
        // A task that closed after it was called off is the only way to a second one.
        if (!world.history.some(({ _tag }) => _tag === "CancelRequested")) assert.lengthOf(closed, 1)
      }
    }
  )
})

const inState = (state: typeof ModuleBuildState.Type): ModuleBuild => {
  const plan = modulePlan([component("a", { batch: 1 }), component("b", { batch: 2 })])
  const born = Result.getOrThrow(decide(unborn(1, plan), { _tag: "Submitted", at: 1, by: "alice" })).build
  return { ...born, state }
}

describe("requests of people", () => {
  const at = 2
  const cases: ReadonlyArray<[ModuleBuildEvent, ReadonlyArray<typeof ModuleBuildState.Type>]> = [
    [{ _tag: "CancelRequested", at, by: "bob" }, ["init", "wait", "build"]],
    [{ _tag: "ResumeRequested", at, by: "bob" }, ["failed"]],
    [{ _tag: "RetireRequested", at, by: "bob" }, ["ready", "failed"]],
    [{ _tag: "RetryRequested", at, by: "bob", component: "nobody" }, []],
    [{ _tag: "PriorityRequested", at, by: "bob", priority: 3 }, ["init", "wait", "build"]],
    [{ _tag: "Imported", at, by: "bob" }, ["done", "failed", "ready", "garbage"]]
  ]
  for (const [event, allowed] of cases) {
    for (const state of ModuleBuildState.literals) {
      it(`${event._tag} in ${state} is ${allowed.includes(state) ? "granted" : "refused and changes nothing"}`, () => {
        assert.strictEqual(Result.isSuccess(decide(inState(state), event)), allowed.includes(state))
      })
    }
  }
})

describe("imports", () => {
  const plan = modulePlan([], { buildrequires: {} })
  const imported = (build: ModuleBuild, event: Partial<Extract<ModuleBuildEvent, { _tag: "Imported" }>> = {}) =>
    Result.getOrThrow(decide(build, { _tag: "Imported", at: 5, by: "bob", ...event }))

  it("make a module ready at once, told to everybody, with nothing to be done", () => {
    const { announcements, build, commands } = imported(unborn(1, plan))
    assert.deepInclude(build, {
      state: "ready",
      reason: "Imported by bob",
      createdAt: 5,
      modifiedAt: 5,
      completedAt: 5
    })
    assert.deepStrictEqual(commands, [])
    assert.deepStrictEqual(announcements.map(({ body, topic }) => [topic, (body as { state: string }).state]), [
      ["module-build.state", "ready"]
    ])
    assert.isUndefined(build.deadlineAt)
  })

  it("of a module that is there replace all that was known of it, and count for its times", () => {
    const retired = Result.getOrThrow(
      decide(imported(unborn(1, plan)).build, { _tag: "RetireRequested", at: 6, by: "eve" })
    ).build
    const again = { ...plan, owner: "somebody" }
    const { build } = imported(retired, { at: 7, plan: again })
    assert.deepStrictEqual(build, imported(unborn(1, again), { at: 7 }).build)
    const built = imported(inState("failed"), { plan: again })
    assert.strictEqual(built.build.components.size, 0)
    assert.isUndefined(built.build.deadlineAt)
  })

  it("have a history that replays to the state", () => {
    const again = { ...plan, filter: ["a-devel"] }
    const history: ReadonlyArray<ModuleBuildEvent> = [
      { _tag: "Imported", at: 5, by: "bob" },
      { _tag: "RetireRequested", at: 6, by: "eve" },
      { _tag: "Imported", at: 7, by: "bob", plan: again }
    ]
    const state = Result.getOrThrow(replay(moduleBuildLife, unborn(1, again), history))
    assert.deepStrictEqual(state, Result.getOrThrow(replay(moduleBuildLife, unborn(1, plan), history)))
    assert.deepStrictEqual(trace(1, again, history).map(({ cause, state }) => [state, cause]), [
      ["ready", "Imported"],
      ["garbage", "RetireRequested"],
      ["ready", "Imported"]
    ])
  })
})

describe("late answers", () => {
  const at = 3
  const answers: ReadonlyArray<ModuleBuildEvent> = [
    { _tag: "SourcesResolved", at, commits: {} },
    {
      _tag: "TasksObserved",
      at,
      observations: [{ component: "a", task: TaskId.make("1"), state: "closed", artifacts: [] }]
    },
    { _tag: "RepositoryRequested", at, request: { buildroot: "k", id: "r" }, components: ["a"] },
    { _tag: "RepositoryObserved", at, request: { buildroot: "k", id: "r" }, state: "Ready" },
    { _tag: "Published", at, url: "u" },
    { _tag: "CommandRejected", at, command: "Publish", reason: "no" },
    { _tag: "CommandDelayed", at, command: "Publish" },
    { _tag: "DeadlinePassed", at }
  ]
  for (const event of answers) {
    for (const state of ["failed", "ready", "garbage"] as const) {
      it(`${event._tag} is absorbed by ${state}`, () => {
        const decided = Result.getOrThrow(decide(inState(state), event))
        assert.isFalse(decided.changed)
      })
    }
  }

  it("a task that was accepted after its build was canceled is called off", () => {
    const world = new Simulation(modulePlan([component("a")]))
    world.run(world.commands.shift()!)
    const submit = world.commands.shift()!
    assert.strictEqual(submit._tag, "SubmitComponents")
    world.apply({ _tag: "CancelRequested", at, by: "bob" })
    world.apply({
      _tag: "ComponentsSubmitted",
      at,
      submissions: [{ component: "a", attempt: 1, task: TaskId.make("7") }]
    })
    assert.deepInclude(world.commands, { _tag: "CancelTasks", tasks: [TaskId.make("7")] })
  })
})

describe("the preparation of the buildroot", () => {
  const at = 3
  const buildroot = { key: "k", id: "k" }
  const awaiting = (id: string) => ({ _tag: "BuildrootPrepared", at, buildroot: { ...buildroot, awaits: id } }) as const
  const observed = (id: string, state: "Ready" | "Failed"): ModuleBuildEvent => ({
    _tag: "RepositoryObserved",
    at,
    request: { buildroot: "k", id },
    state,
    ...(state === "Failed" ? { reason: "task 7 failed" } : {})
  })
  const waiting = () => {
    const world = new Simulation(modulePlan([component("a")]))
    world.commands.length = 0
    world.apply(awaiting("one"))
    return world
  }

  it("stays in wait while something is awaited, and is asked for again when that has come", () => {
    const world = waiting()
    assert.strictEqual(world.build.state, "wait")
    assert.deepStrictEqual(world.commands, [])
    assert.isFalse(world.apply(awaiting("one")), "the same answer again says nothing new")
    world.apply(observed("other", "Ready"))
    assert.deepStrictEqual(world.commands, [])
    world.apply(observed("one", "Ready"))
    assert.deepStrictEqual(world.commands, [{ _tag: "PrepareBuildroot" }])
    world.apply(awaiting("two"))
    assert.strictEqual(world.build.repository?.request?.id, "two")
    world.apply({ _tag: "BuildrootPrepared", at, buildroot })
    assert.strictEqual(world.build.state, "build")
    assert.isUndefined(world.build.repository)
  })

  it("says what is waited for, since when and why, in its reason and when it is asked to explain itself", () => {
    const world = waiting()
    const since = Date.UTC(2026, 10, 21)
    const task = { on: "task 7, which builds macros", since, reason: "a builder has to take it" }
    const words = "waiting for task 7, which builds macros since 2026-11-21T00:00:00Z: a builder has to take it"
    world.apply({ ...awaiting("two"), buildroot: { ...buildroot, awaits: "two", waiting: task } })
    assert.strictEqual(world.build.reason, words)
    assert.deepStrictEqual(explain(world.build).waitsFor, [`The build system is ${words}.`])
  })

  it("that fails ends the build with its reason", () => {
    const world = waiting()
    world.apply(observed("one", "Failed"))
    assert.strictEqual(world.build.state, "failed")
    assert.strictEqual(world.build.reason, "The buildroot cannot be prepared: task 7 failed")
    assert.deepStrictEqual(world.commands, [{ _tag: "Finish", succeeded: false }])
  })

  it("is released when the build is canceled before anything is known of it", () => {
    const world = new Simulation(modulePlan([component("a")]))
    world.commands.length = 0
    world.apply({ _tag: "CancelRequested", at, by: "bob" })
    assert.deepStrictEqual(world.commands, [{ _tag: "Finish", succeeded: false }])
  })

  for (const state of ["failed", "garbage"] as const) {
    for (const event of [awaiting("one"), { _tag: "BuildrootPrepared", at, buildroot } as const]) {
      it(`that ends ${"awaits" in event.buildroot ? "half way" : "well"} when the build is ${state} is released`, () => {
        const { build, commands } = Result.getOrThrow(decide(inState(state), event))
        assert.strictEqual(build.state, state)
        assert.deepStrictEqual(commands, [{ command: { _tag: "Finish", succeeded: false }, delay: 0 }])
      })
    }
  }

  it("changes nothing when it ends in a build that is ready", () => {
    assert.isFalse(Result.getOrThrow(decide(inState("ready"), { _tag: "BuildrootPrepared", at, buildroot })).changed)
  })
})

describe("repositories", () => {
  it("are generated once for each batch and not after the last", () => {
    const world = new Simulation(modulePlan([
      component("a", { batch: 1 }),
      component("b", { batch: 1 }),
      component("c", { batch: 2 }),
      component("d", { batch: 3 })
    ]))
    world.drain()
    assert.strictEqual(world.history.filter(({ _tag }) => _tag === "RepositoryRequested").length, 2)
  })

  it("that fail three times end the build with their reason", () => {
    const world = new Simulation(modulePlan([component("a", { batch: 1 }), component("b", { batch: 2 })]))
    for (let turn = 0; turn < 3; turn++) {
      for (let round = 0; round < 6 && world.build.repository?.request === undefined; round++) {
        while (world.commands.length > 0) world.run(world.commands.shift()!)
        for (const id of world.tasks.keys()) {
          world.settle(id, "closed")
          world.observe(id)
        }
      }
      const request = world.build.repository!.request!
      world.apply({ _tag: "RepositoryObserved", at: ++world.time, request, state: "Failed", reason: "disk full" })
    }
    assert.strictEqual(world.build.state, "failed")
    assert.strictEqual(world.build.reason, "The buildroot's repository failed: disk full")
  })
})

describe("remarks", () => {
  const failing = () => {
    const world = new Simulation(modulePlan([component("a")]))
    world.apply({ _tag: "CancelRequested", at: ++world.time, by: "alice" })
    return world
  }

  it("say why a build failed, and are not covered by what is said of ordinary steps", () => {
    const world = failing()
    assert.strictEqual(world.build.remark, "Canceled by alice.")
    world.apply({ _tag: "ResumeRequested", at: ++world.time, by: "bob" })
    world.drain()
    assert.deepInclude(world.build, { state: "ready", remark: "Resubmitted by bob" })
  })

  it("tell components that were called off with their build from those canceled at the build system", () => {
    const building = (): Simulation => {
      const world = new Simulation(modulePlan([component("a")]))
      for (let step = 0; step < 100 && world.build.components.get("a")!.state !== "building"; step++) {
        world.step(0, false)
      }
      return world
    }
    const off = building()
    off.apply({ _tag: "CancelRequested", at: ++off.time, by: "alice" })
    assert.deepInclude(off.build.components.get("a"), { state: "canceled", calledOff: true })
    off.apply({ _tag: "ResumeRequested", at: ++off.time, by: "alice" })
    assert.notProperty(off.build.components.get("a"), "calledOff")
    const { build, time } = building()
    const { task } = build.components.get("a")!
    const observations = [{ component: "a", task: task!, state: "canceled" as const, artifacts: [] }]
    const lost = Result.getOrThrow(decide(build, { _tag: "TasksObserved", at: time, observations })).build
    assert.strictEqual(lost.components.get("a")!.state, "canceled")
    assert.notProperty(lost.components.get("a"), "calledOff")
  })

  it("say what the gate said for as long as it holds the build back", () => {
    const world = new Simulation(modulePlan([component("a")]))
    world.drain()
    const { remark: _, ...ready } = world.build
    const done: ModuleBuild = { ...ready, state: "done" }
    const gate = (build: ModuleBuild, satisfied: boolean, reason: string) =>
      Result.getOrThrow(decide(build, { _tag: "GateDecided", at: 9, satisfied, reason, retryAfter: 5 })).build
    const held = gate(done, false, "No result of the test yet")
    assert.deepInclude(held, { state: "done", remark: "No result of the test yet" })
    assert.notProperty(gate(held, true, "The gate is satisfied"), "remark")
  })
})
