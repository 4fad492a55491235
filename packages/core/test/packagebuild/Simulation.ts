/**
 * A world for one package build: nodes, a queue of commands, and an adversary who decides what happens next.
 *
 * Commands may run twice, answers may be lost, repeated or late; nodes report twice, late, and for tasks they lost. The simulation
 * checks at each step what must always hold, and remembers every event for replay.
 */
import { assert } from "@effect/vitest"
import * as Result from "effect/Result"
import * as BuildTask from "../../src/packagebuild/BuildTask.ts"
import * as PackageBuild from "../../src/packagebuild/PackageBuild.ts"
import type { PackageBuildCommand } from "../../src/packagebuild/PackageBuildCommand.ts"
import type { PackageBuildEvent } from "../../src/packagebuild/PackageBuildEvent.ts"
import { decide } from "../../src/packagebuild/PackageBuildTransition.ts"
import type { PackagePlan } from "../../src/packagebuild/PackagePlan.ts"

type Offer = { readonly task: string; readonly attempt: number }

export class Simulation {
  build: PackageBuild.PackageBuild
  readonly history: Array<PackageBuildEvent> = []
  readonly commands: Array<PackageBuildCommand> = []
  readonly past: Array<PackageBuildCommand> = []
  /** What a node may take or has. */
  readonly queue = new Map<string, Offer>()
  /** Everything that was ever offered. */
  readonly offers: Array<Offer> = []
  tests = 0
  time = 1
  readonly plan: PackagePlan

  constructor(plan: PackagePlan) {
    this.plan = plan
    this.build = PackageBuild.unborn(1, plan)
    this.apply({ _tag: "Submitted", at: this.time, by: "alice" })
  }

  apply(event: PackageBuildEvent): boolean {
    const before = this.build
    const decided = decide(before, event)
    if (Result.isFailure(decided)) return false
    const { announcements, changed, commands, state, touched } = decided.success
    if (!changed) {
      assert.strictEqual(state, before)
      assert.lengthOf(commands, 0)
      return false
    }
    for (const [name, task] of state.tasks) {
      assert.strictEqual(before.tasks.get(name) !== task, touched.has(name), `${name}: touched says what differs`)
    }
    this.build = state
    this.history.push(event)
    this.commands.push(...commands.map(({ command }) => command))
    if (before.state !== state.state) {
      assert.isTrue(announcements.some(({ topic }) => topic === "package-build.state"), "a state change is announced")
    }
    return true
  }

  run(command: PackageBuildCommand): void {
    this.past.push(command)
    const at = ++this.time
    switch (command._tag) {
      case "PrepareRepositories":
        this.apply({
          _tag: "RepositoriesPrepared",
          at,
          repositories: [{ name: "r", platform: "el8", arch: "src", url: "u", type: "rpm", debug: false }]
        })
        return
      case "OfferTasks":
        for (const offer of command.tasks) {
          const task = this.build.tasks.get(offer.task)!
          if (task.state !== "queued" || task.attempt !== offer.attempt) continue
          const key = `${offer.task}#${offer.attempt}`
          if (this.queue.has(key)) continue
          this.assertReady(offer.task)
          this.queue.set(key, offer)
          this.offers.push(offer)
        }
        return
      case "WithdrawTasks":
        return
      case "TakeArtifacts": {
        const task = this.build.tasks.get(command.task)!
        if (task.attempt !== command.attempt) return
        this.apply({
          _tag: "ArtifactsTaken",
          at,
          task: command.task,
          attempt: command.attempt,
          artifacts: task.artifacts.map((one) => ({ ...one, href: `/taken${one.href}` })),
          ...(command.task.includes("/src/") ? { srpm: { url: "srpm" }, unstored: true } : {})
        })
        return
      }
      case "StoreSources":
        for (const stored of command.tasks) this.apply({ _tag: "SourcesStored", at, ...stored })
        return
      case "SettleGroup":
        this.apply({ _tag: "GroupSettled", at, platform: command.platform, index: command.index, multilib: [] })
        return
      case "MakeTests":
        this.tests++
        this.apply({ _tag: "TestsMade", at, tests: 1 })
        return
      case "PrioritizeTasks":
      case "RemoveRepositories":
        return
    }
  }

  /** The law of the order: nothing is offered before all that it waits for has succeeded. */
  private assertReady(name: string): void {
    const plan = this.plan.tasks.find((one) => one.name === name)!
    const task = this.build.tasks.get(name)!
    for (const needed of plan.after) {
      if (task.alone === true && !needed.includes("/src/")) continue
      assert.isTrue(BuildTask.isPassed(this.build.tasks.get(needed)!), `${name} was offered before ${needed} succeeded`)
    }
  }

  report(offer: Offer, status: "done" | "failed" | "excluded"): void {
    const plan = this.plan.tasks.find(({ name }) => name === offer.task)!
    const file = (arch: string) => `p${plan.index}${arch === "noarch" ? "-doc" : ""}-1-1.${arch}.rpm`
    const made = plan.arch === "src" ? [file("src")] : [file(plan.arch), file("noarch")]
    this.apply({
      _tag: "TaskReported",
      at: ++this.time,
      ...offer,
      node: "n1",
      status,
      artifacts: status === "done"
        ? made.map((name) => ({ name, type: "rpm" as const, href: `/${plan.arch}/${name}` }))
        : [{ name: "build.log", type: "build_log", href: `/${plan.name}` }]
    })
  }

  /** One thing happens, chosen by a number. */
  step(choice: number, failures: boolean): void {
    const pick = <A>(all: ReadonlyArray<A>): A | undefined => all.length === 0 ? undefined : all[choice % all.length]
    switch (choice % 8) {
      case 0:
      case 1:
      case 2: {
        const command = pick(this.commands)
        if (command === undefined) return
        this.commands.splice(this.commands.indexOf(command), 1)
        return this.run(command)
      }
      case 3: {
        const repeated = pick(this.past)
        return repeated === undefined ? undefined : this.run(repeated)
      }
      case 4: {
        const offer = pick(this.offers)
        if (offer !== undefined) {
          this.apply({ _tag: "TasksStarted", at: ++this.time, tasks: [{ ...offer, node: `n${choice % 3}` }] })
        }
        return
      }
      case 5:
      case 6: {
        const offer = pick(this.offers)
        if (offer === undefined) return
        return this.report(offer, failures && choice % 3 === 0 ? (choice % 2 === 0 ? "failed" : "excluded") : "done")
      }
      case 7: {
        if (!failures) return
        const at = ++this.time
        if (choice > 90) this.apply({ _tag: "CancelRequested", at, by: "bob" })
        else if (choice > 60) this.apply({ _tag: "RestartRequested", at, by: "bob", parallel: choice % 2 === 0 })
        else if (choice > 50) {
          const offer = pick(this.offers)
          if (offer !== undefined) this.apply({ _tag: "TaskAbandoned", at, ...offer, reason: "lost three times" })
        }
      }
    }
  }

  /** Everything that is outstanding happens, and happens well. */
  drain(): void {
    for (let round = 0; round < 500; round++) {
      if (this.build.state === "finished" && this.commands.length === 0) return
      while (this.commands.length > 0) this.run(this.commands.shift()!)
      for (const offer of this.offers) this.report(offer, "done")
    }
    assert.fail(`stuck in ${this.build.state}: ${JSON.stringify(PackageBuild.counts(this.build))}`)
  }

  /** Folding the stored events gives the state. */
  assertReplays(): void {
    let again = PackageBuild.unborn(1, this.plan)
    for (const event of this.history) again = Result.getOrThrow(decide(again, event)).state
    assert.deepStrictEqual({ ...again, tasks: [...again.tasks] }, { ...this.build, tasks: [...this.build.tasks] })
  }
}
