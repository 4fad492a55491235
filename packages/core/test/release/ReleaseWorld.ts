/** Repositories, locks and queues in memory, on which releases are carried out with crashes, repetitions and steps that cannot be done. */
import { assert } from "@effect/vitest"
import * as Result from "effect/Result"
import * as LifeApplication from "../../src/life/LifeApplication.ts"
import * as Release from "../../src/release/Release.ts"
import type { ReleaseCommand, ReleaseEvent } from "../../src/release/ReleaseEvent.ts"
import { releaseLife } from "../../src/release/ReleaseLife.ts"
import type { ReleasePlan } from "../../src/release/ReleasePlan.ts"
import type { Step } from "../../src/release/RepositoryRelease.ts"
import { rpm } from "./World.ts"

interface Host {
  /** Contents by revision. */
  readonly revisions: Array<ReadonlyArray<string>>
  readonly keys: Map<string, number>
  /** Revision that readers see. */
  shown: number | undefined
}

/** How one turn goes: as it should, with the report lost and the command repeated, or with the report told twice. */
export type Mode = "well" | "lost" | "twice"

interface Running {
  release: Release.Release
  readonly queue: Array<ReleaseCommand>
  readonly history: Array<ReleaseEvent>
}

/** A plan that brings one package, named after the release, to each of the repositories. */
export const planFor = (id: number, repositories: ReadonlyArray<string>): ReleasePlan => ({
  packages: [{
    package: rpm(`p${id}-0:1-1.noarch`),
    excluded: false,
    places: repositories.map((repository) => ({
      repository,
      trust: "unknown",
      because: { _tag: "Fallback" },
      there: "nothing"
    }))
  }],
  modules: [],
  problems: []
})

export class ReleaseWorld {
  readonly hosts: ReadonlyMap<string, Host>
  readonly locks = new Map<string, number>()
  readonly running = new Map<number, Running>()
  /** Steps of a repository that cannot be done; with an effect they fail after they were done all the same. */
  readonly faults = new Map<string, "before" | "after">()
  /** How often faults on the way back happen before they mend. */
  patience = 2
  private time = 0

  constructor(names: ReadonlyArray<string>) {
    this.hosts = new Map(names.map((name, index) => [name, {
      revisions: [[], [`old-${name}`]],
      keys: new Map(),
      // Some have never been shown.
      shown: index % 3 === 2 ? undefined : 1
    }]))
  }

  /** What readers see of each repository. */
  readers(): ReadonlyMap<string, ReadonlyArray<string> | undefined> {
    return new Map(
      [...this.hosts].map(([name, { revisions, shown }]) => [name, shown === undefined ? undefined : revisions[shown]])
    )
  }

  contents(): ReadonlyMap<string, ReadonlyArray<string>> {
    return new Map([...this.hosts].map(([name, { revisions }]) => [name, revisions.at(-1)!]))
  }

  begin(id: number, repositories: ReadonlyArray<string>): void {
    const order = { platform: "el9", builds: [id], by: "releng" }
    this.running.set(id, { release: Release.unborn(id, order), queue: [], history: [] })
    this.tell(id, { _tag: "Submitted", at: ++this.time })
    this.running.get(id)!.queue.length = 0
    this.tell(id, { _tag: "Planned", at: ++this.time, edits: 0, plan: planFor(id, repositories) })
  }

  /** Applies an event as stores do; whether it was refused. */
  tell(id: number, event: ReleaseEvent): boolean {
    const one = this.running.get(id)!
    const applied = LifeApplication.apply(releaseLife, one.release, [event])
    if (Result.isFailure(applied)) return false
    const { change, effective } = applied.success
    if (effective.length === 0) return true
    // Only what is said to be touched is written, and read back.
    const before = one.release
    const parts = new Map(before.repositories)
    for (const name of change.touched) parts.set(name, change.state.repositories.get(name)!)
    const { plan, progress } = releaseLife.take(change.state)
    const read = releaseLife.assemble(id, plan, progress, [...parts.values()])
    assert.deepStrictEqual(read, change.state)
    one.release = read
    one.history.push(event)
    for (const { command } of change.commands) one.queue.push(command)
    return true
  }

  request(id: number, tag: "CommitRequested" | "RevertRequested"): boolean {
    const at = ++this.time
    return this.tell(
      id,
      tag === "CommitRequested" ? { _tag: tag, at, by: "releng" } : { _tag: tag, at, by: "releng", why: "no" }
    )
  }

  /** Takes one of the outstanding commands; whether there was one. */
  turn(choice: number, mode: Mode): boolean {
    const outstanding = [...this.running].flatMap(([id, { queue }]) => queue.map((_, index) => ({ id, index })))
    if (outstanding.length === 0) return false
    const { id, index } = outstanding[choice % outstanding.length]!
    const { queue } = this.running.get(id)!
    const command = queue[index]!
    const events = this.perform(id, command)
    if (mode === "lost") return true
    queue.splice(index, 1)
    for (const event of events) {
      this.tell(id, event)
      if (mode === "twice") this.tell(id, event)
    }
    return true
  }

  /** Goes on until nothing is left to do, in a mixed order that leaves no command waiting for ever. */
  settle(): void {
    for (let turns = 0; this.turn(Math.imul(turns + 1, 0x9e3779b1) >>> 8, "well"); turns++) {
      if (turns > 20_000) throw new Error("it never ends")
    }
  }

  private perform(id: number, command: ReleaseCommand): ReadonlyArray<ReleaseEvent> {
    const at = ++this.time
    const { release } = this.running.get(id)!
    switch (command._tag) {
      case "MakePlan":
        return []
      case "TakeLocks": {
        if (release.state !== "waiting") return []
        const holder = command.repositories.map((name) => this.locks.get(name)).find((one) =>
          one !== undefined && one !== id
        )
        if (holder !== undefined) return [{ _tag: "LocksHeld", at, by: holder }]
        for (const name of command.repositories) this.locks.set(name, id)
        return [{ _tag: "LocksTaken", at }]
      }
      case "FreeLocks":
        for (const name of command.repositories) {
          if (this.locks.get(name) === id && !Release.wantsLock(release, name)) this.locks.delete(name)
        }
        return []
      case "RunStep":
        // What is no longer wanted is not done.
        return release.repositories.get(command.repository)?.running === command.step
          ? this.step(release, command.repository, command.step, at)
          : []
    }
  }

  private step(release: Release.Release, repository: string, step: Step, at: number): ReadonlyArray<ReleaseEvent> {
    assert.strictEqual(this.locks.get(repository), release.id, `${repository} is written without its lock`)
    const fault = this.faults.get(`${repository} ${step}`)
    const backward = step === "cover" || step === "restore"
    const failed: ReadonlyArray<ReleaseEvent> = [{
      _tag: "StepFailed",
      at,
      repository,
      step,
      reason: "it cannot be done"
    }]
    if (fault === "before" && (!backward || this.patience-- > 0)) return failed
    const done = this.effect(release, repository, step, at)
    return fault === "after" && (!backward || this.patience-- > 0) ? failed : done
  }

  private change(host: Host, key: string, contents: ReadonlyArray<string>): number {
    const known = host.keys.get(key)
    if (known !== undefined) return known
    host.revisions.push(contents)
    host.keys.set(key, host.revisions.length - 1)
    return host.revisions.length - 1
  }

  private effect(release: Release.Release, repository: string, step: Step, at: number): ReadonlyArray<ReleaseEvent> {
    const host = this.hosts.get(repository)!
    const part = release.repositories.get(repository)!
    const revision = host.revisions.length - 1
    switch (step) {
      case "look": {
        const shown = host.shown === undefined
          ? null
          : { revision: host.shown, reference: `${repository}@${host.shown}` }
        return [{ _tag: "Looked", at, repository, revision, shown }]
      }
      case "change": {
        const added = part.additions.map((one) => one._tag === "Package" ? one.package.nevra : one.module.id)
        const key = Release.changeKey(release, "forward")
        return [{
          _tag: "Changed",
          at,
          repository,
          revision: this.change(host, key, [...host.revisions.at(-1)!, ...added])
        }]
      }
      case "prepare":
        return [{ _tag: "Prepared", at, repository, ready: { revision, reference: `${repository}@${revision}` } }]
      case "show":
        host.shown = part.ready!.revision
        return [{ _tag: "Shown", at, repository }]
      case "check":
        return [{ _tag: "Checked", at, repository, revision }]
      case "cover":
        host.shown = part.before!.shown?.revision
        return [{ _tag: "Covered", at, repository }]
      case "restore": {
        const key = Release.changeKey(release, "back")
        const contents = host.revisions[part.before!.revision]!
        return [{ _tag: "Restored", at, repository, revision: this.change(host, key, contents) }]
      }
    }
  }
}
