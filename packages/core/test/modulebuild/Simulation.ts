/**
 * A world for one module build: a farm, a queue of commands, and an adversary who decides what happens next.
 *
 * Commands may run twice, answers may be lost, repeated or late. The simulation checks at each step what must always
 * hold, and remembers every event for replay.
 */
import { assert } from "@effect/vitest"
import * as Result from "effect/Result"
import { TaskId } from "../../src/farm/Task.ts"
import { replay } from "../../src/life/LifeApplication.ts"
import * as ModuleBuild from "../../src/modulebuild/ModuleBuild.ts"
import type { ModuleBuildCommand } from "../../src/modulebuild/ModuleBuildCommand.ts"
import type { ModuleBuildEvent } from "../../src/modulebuild/ModuleBuildEvent.ts"
import { moduleBuildLife } from "../../src/modulebuild/ModuleBuildLife.ts"
import type { ModulePlan } from "../../src/modulebuild/ModulePlan.ts"
import { decide } from "../../src/modulebuild/Transition.ts"

type Task = { readonly component: string; readonly key: string; state: "open" | "closed" | "failed" | "canceled" }

export class Simulation {
  build: ModuleBuild.ModuleBuild
  readonly history: Array<ModuleBuildEvent> = []
  readonly commands: Array<ModuleBuildCommand> = []
  /** Commands that ran already and may run once more. */
  readonly past: Array<ModuleBuildCommand> = []
  readonly tasks = new Map<string, Task>()
  readonly repository = new Set<string>()
  /** What the preparation of the buildroot still has to wait for, one after the other. */
  steps = 0
  time = 1
  readonly plan: ModulePlan

  constructor(plan: ModulePlan) {
    this.plan = plan
    this.build = ModuleBuild.unborn(1, plan)
    this.apply({ _tag: "Submitted", at: this.time, by: "alice" })
  }

  apply(event: ModuleBuildEvent): boolean {
    const before = this.build
    const decided = decide(before, event)
    if (Result.isFailure(decided)) {
      assert.strictEqual(this.build, before)
      return false
    }
    const { announcements, changed, commands } = decided.success
    if (!changed) {
      assert.strictEqual(decided.success.build, before)
      assert.lengthOf(commands, 0)
      return false
    }
    this.build = decided.success.build
    this.history.push(event)
    this.commands.push(...commands.filter(({ delay }) => delay === 0).map(({ command }) => command))
    if (before.state !== this.build.state) {
      assert.isTrue(announcements.some(({ topic }) => topic === "module-build.state"), "a state change is announced")
    }
    return true
  }

  run(command: ModuleBuildCommand): void {
    this.past.push(command)
    const at = ++this.time
    // What the interpreter says first of a command that was performed.
    this.apply({ _tag: "CommandDelayed", at, command: command._tag })
    const { build } = this
    switch (command._tag) {
      case "ResolveSources":
        return void this.apply({
          _tag: "SourcesResolved",
          at,
          commits: Object.fromEntries(this.plan.components.map(({ name }) => [name, "b".repeat(40)]))
        })
      case "PrepareBuildroot":
        return void this.apply({
          _tag: "BuildrootPrepared",
          at,
          buildroot: { key: "k", id: "k", ...(this.steps === 0 ? {} : { awaits: `step ${this.steps}` }) }
        })
      case "SubmitComponents": {
        const submissions = command.components.flatMap(({ attempt, name }) => {
          const component = build.components.get(name)!
          if (build.state !== "build" || component.state !== "submitting" || component.attempt !== attempt) return []
          return [{ component: name, attempt, task: this.begin(name, attempt) }]
        })
        return void this.apply({ _tag: "ComponentsSubmitted", at, submissions })
      }
      case "RequestRepository": {
        if (build.repository === undefined || build.repository.request !== undefined) return
        for (const name of command.components) this.repository.add(name)
        const request = { buildroot: "k", id: `r${at}` }
        this.apply({ _tag: "RepositoryRequested", at, request, components: command.components })
        return
      }
      case "CancelTasks":
        for (const task of command.tasks) this.settle(task, "canceled")
        return
      case "Publish":
        return void this.apply({ _tag: "Published", at, url: "u" })
      case "AskGate":
        return void this.apply({ _tag: "GateDecided", at, satisfied: true, reason: "ok", retryAfter: 0 })
      case "Finish":
      case "StartDeadline":
        return
    }
  }

  /** The farm takes a request, or adopts the task it has for the key; here the laws of the order are checked. */
  private begin(name: string, attempt: number): TaskId {
    const key = `${name}/${attempt}`
    for (const [id, task] of this.tasks) if (task.key === key) return TaskId.make(id)
    assert.strictEqual(this.steps, 0, `${name} started before the buildroot was prepared`)
    for (const prerequisite of prerequisites(this.plan, name)) {
      assert.isTrue(this.repository.has(prerequisite), `${name} started before ${prerequisite} was in the repository`)
    }
    const id = `${this.tasks.size + 1}`
    this.tasks.set(id, { component: name, key, state: "open" })
    return TaskId.make(id)
  }

  settle(id: string, state: "closed" | "failed" | "canceled"): void {
    const task = this.tasks.get(id)
    if (task?.state === "open") task.state = state
  }

  observe(id: string): void {
    const task = this.tasks.get(id)!
    this.apply({
      _tag: "TasksObserved",
      at: ++this.time,
      observations: [{
        component: task.component,
        task: TaskId.make(id),
        state: task.state,
        nvr: `${task.component}-1-1`,
        artifacts: []
      }]
    })
  }

  observeRepository(): void {
    const request = this.build.repository?.request
    if (request === undefined) return
    if (request.id === `step ${this.steps}`) this.steps--
    this.apply({ _tag: "RepositoryObserved", at: ++this.time, request, state: "Ready" })
  }

  /** A command or question finds a system away, or does not any more; which one is chosen by a number. */
  private away(choice: number): void {
    const { state } = this.build
    const all = ["PrepareBuildroot", "SubmitComponents", "ObserveTasks", "Finish", "AskGate", "ResolveSources"]
    const at = ++this.time
    this.apply({
      _tag: "CommandDelayed",
      at,
      command: all[choice % all.length]!,
      ...(choice % 4 === 0 ? {} : { waiting: { on: `hub ${choice % 2}`, since: 1, reason: `${choice % 3}` } })
    })
    assert.strictEqual(this.build.state, state, "waiting changes no state")
  }

  /** One thing happens, chosen by a number. */
  step(choice: number, failures: boolean): void {
    const pick = <A>(all: ReadonlyArray<A>): A | undefined => all.length === 0 ? undefined : all[choice % all.length]
    const ids = [...this.tasks.keys()]
    const { components, state } = this.build
    if (choice % 6 === 0) this.away(choice / 6)
    switch (choice % 10) {
      case 0:
      case 1: {
        const command = pick(this.commands)
        if (command === undefined) return
        this.commands.splice(this.commands.indexOf(command), 1)
        return this.run(command)
      }
      case 2: {
        const repeated = pick(this.past)
        return repeated === undefined ? undefined : this.run(repeated)
      }
      case 3:
      case 4: {
        const id = pick(ids)
        return id === undefined ? undefined : this.settle(id, failures && choice % 7 === 0 ? "failed" : "closed")
      }
      case 5:
      case 6: {
        const id = pick(ids)
        return id === undefined ? undefined : this.observe(id)
      }
      case 7:
        return this.observeRepository()
      case 8: {
        if (!failures || choice < 80) return
        this.apply({ _tag: "CancelRequested", at: ++this.time, by: "bob" })
        return
      }
      case 9: {
        if (!failures) return
        const lost = [...components.values()].find((one) => one.state === "failed")
        this.apply(
          state === "failed" && lost !== undefined && choice > 50
            ? { _tag: "RetryRequested", at: ++this.time, by: "bob", component: lost.name }
            : { _tag: "ResumeRequested", at: ++this.time, by: "bob" }
        )
      }
    }
  }

  /** Everything that is outstanding happens, and happens well. */
  drain(): void {
    for (let round = 0; round < 200; round++) {
      const { state } = this.build
      if (state === "ready" || (state === "failed" && this.commands.length === 0)) return
      while (this.commands.length > 0) this.run(this.commands.shift()!)
      for (const id of this.tasks.keys()) {
        this.settle(id, "closed")
        this.observe(id)
      }
      this.observeRepository()
    }
    assert.fail(`stuck in ${this.build.state}`)
  }

  /** Folding the stored events gives the state. */
  assertReplays(): void {
    const again = Result.getOrThrow(replay(moduleBuildLife, ModuleBuild.unborn(1, this.plan), this.history))
    assert.deepStrictEqual({ ...again, components: [...again.components] }, {
      ...this.build,
      components: [...this.build.components]
    })
  }
}

/** Everything that must be in the repository before a component starts. */
const prerequisites = (plan: ModulePlan, name: string): ReadonlyArray<string> => {
  const own = plan.components.find((component) => component.name === name)!
  return [
    ...own.after,
    ...plan.components.filter(({ batch }) => batch <= own.afterBatch).map((component) => component.name)
  ]
}
