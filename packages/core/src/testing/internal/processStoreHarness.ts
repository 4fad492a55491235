/** What the promises of a process store are checked with: plans, builds in a wanted state, what was queued and told. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { TaskId } from "../../farm/Task.ts"
import { apply } from "../../life/Application.ts"
import type { Draft } from "../../modulebuild/Announcing.ts"
import { type ModuleBuild, unborn } from "../../modulebuild/ModuleBuild.ts"
import type { ModuleBuildCommand } from "../../modulebuild/ModuleBuildCommand.ts"
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import type { ModulePlan } from "../../modulebuild/ModulePlan.ts"
import { CommandQueue } from "../../ports/CommandQueue.ts"
import { Outbox } from "../../ports/Outbox.ts"
import { commandId, type Interface, type Keyed, ProcessStore } from "../../ports/ProcessStore.ts"
import * as Contract from "../Contract.ts"
import { component, modulePlan } from "./plans.ts"

/** A plan of its own version, so that it meets no other. */
export const plan = (names: ReadonlyArray<string>, fields: Partial<ModulePlan> = {}): ModulePlan =>
  modulePlan(names.map((name) => component(name)), {
    name: "contract",
    version: BigInt(Contract.uniqueNumber()),
    context: "c0ffee42",
    ...fields
  })

/** A time that is the same before and after it was stored. */
export const at = 1_700_000_000_000

export const submitted: ModuleBuildEvent = { _tag: "Submitted", at, by: "alice" }
export const canceled: ModuleBuildEvent = { _tag: "CancelRequested", at: at + 9, by: "bob" }
export const retired: ModuleBuildEvent = { _tag: "RetireRequested", at: at + 10, by: "bob" }
export const resumed: ModuleBuildEvent = { _tag: "ResumeRequested", at: at + 11, by: "bob" }

export const prepared = (key: string): ModuleBuildEvent => ({
  _tag: "BuildrootPrepared",
  at: at + 1,
  buildroot: { key, id: key }
})

/** The farm's answer to a submission: every component gets a task of the build's own. */
export const accepted = (id: number, names: ReadonlyArray<string>): ModuleBuildEvent => ({
  _tag: "ComponentsSubmitted",
  at: at + 2,
  submissions: names.map((component) => ({ component, attempt: 1, task: taskOf(id, component) }))
})

export const taskOf = (id: number, component: string): TaskId => TaskId.make(`task-${id}-${component}`)

export const closed = (id: number, name: string): ModuleBuildEvent => ({
  _tag: "TasksObserved",
  at: at + 3,
  observations: [{
    component: name,
    task: taskOf(id, name),
    state: "closed",
    nvr: `${name}-1-1`,
    artifacts: [{ nevra: `${name}-0:1-1.x86_64`, location: `memory:${name}.rpm`, size: 1, sha256: "b".repeat(64) }]
  }]
})

export const unkeyed = (...events: ReadonlyArray<ModuleBuildEvent>): ReadonlyArray<Keyed> =>
  events.map((event) => ({ event, key: undefined }))

/** What a build looks like after events that were each applied in a transaction of its own, and what came of each. */
export const expected = (id: number, wanted: ModulePlan, events: ReadonlyArray<ModuleBuildEvent>) => {
  let build = unborn(id, wanted)
  let revision = 0
  const commands: Array<{ readonly id: string; readonly command: ModuleBuildCommand }> = []
  const announcements: Array<Draft> = []
  for (const event of events) {
    const { change } = Result.getOrThrow(apply(build, [event]))
    if (!change.changed) continue
    build = change.build
    revision++
    announcements.push(...change.announcements)
    for (const [index, { command, delay }] of change.commands.entries()) {
      // What waits for long is not seen here.
      if (delay === 0) commands.push({ id: commandId(id, revision, index), command })
    }
  }
  return { build, revision, commands, announcements }
}

/** Builds compare by value, also in the order of their components. */
export const plain = (build: ModuleBuild) => ({ ...build, components: [...build.components] })

interface Taken {
  readonly id: string
  readonly revision: number
  readonly command: ModuleBuildCommand
}

export const harness = <R>(
  options: {
    readonly reopen?: Effect.Effect<Interface, unknown, ProcessStore | CommandQueue | Outbox | R | Scope.Scope>
    readonly quiet?: number
  }
) => {
  const quiet = options.quiet ?? 500
  const taken = new Map<number, Array<Taken>>()

  /** Everything that was ever queued for a build, in the order of its revisions; waits longer for `count` of them. */
  const commandsOf = Effect.fnUntraced(function*(id: number, count: number) {
    const queue = yield* CommandQueue
    const one = queue.take(({ build, command, revision }, delivery) =>
      Effect.sync(() => {
        taken.set(build, [...taken.get(build) ?? [], { id: delivery.id, revision, command }])
      })
    )
    let more = true
    while (more) {
      const patience = (taken.get(id)?.length ?? 0) < count ? 10_000 : quiet
      more = Option.isSome(yield* Effect.timeoutOption(one, patience))
    }
    return (taken.get(id) ?? []).toSorted((a, b) => number(a.id) - number(b.id)).map(({ command, id }) => ({
      id,
      command
    }))
  })

  /** Everything that was ever told of a build, once `count` announcements are there or have had the time to come. */
  const announcementsOf = Effect.fnUntraced(function*(id: number, count: number) {
    const outbox = yield* Outbox
    const told = yield* outbox.after(0, 100_000, { subject: `module-build/${id}` }).pipe(
      Effect.repeat({
        while: (found) => found.length < count,
        schedule: Schedule.spaced("50 millis")
      }),
      Effect.timeoutOption("5 seconds")
    )
    return Option.isSome(told) ? told.value : yield* outbox.after(0, 100_000, { subject: `module-build/${id}` })
  })

  /** A build in `build`, all of whose components have a task. */
  const building = Effect.fnUntraced(function*(names: ReadonlyArray<string>, fields: Partial<ModulePlan> = {}) {
    const store = yield* ProcessStore
    const wanted = plan(names, fields)
    const { build: { id } } = yield* store.create(wanted, submitted)
    const events = [prepared(`module-build-${id}`), accepted(id, wanted.components.map(({ name }) => name))]
    for (const event of events) yield* store.apply(id, unkeyed(event))
    return { store, id, plan: wanted, events: [submitted, ...events] }
  })

  /** All that is stored of a build is what its events ask for, each command and announcement once. */
  const assertStored = Effect.fnUntraced(
    function*(id: number, wanted: ModulePlan, events: ReadonlyArray<ModuleBuildEvent>) {
      const store = yield* ProcessStore
      const should = expected(id, wanted, events)
      const { build, revision } = yield* store.get(id)
      assert.deepStrictEqual(plain(build), plain(should.build))
      assert.strictEqual(revision, should.revision)
      assert.deepStrictEqual((yield* store.history(id, 0, 1000)).map(({ event }) => event), events)
      assert.deepStrictEqual(yield* commandsOf(id, should.commands.length), should.commands)
      const told = yield* announcementsOf(id, should.announcements.length)
      assert.deepStrictEqual(told.map(({ body, subject, topic }) => ({ topic, subject, body })), should.announcements)
    }
  )

  return { options, commandsOf, announcementsOf, building, assertStored }
}

/** Sorts the ids of one build's commands: revision first, then position. */
const number = (id: string): number => {
  const [, revision, index] = id.split(".")
  return Number(revision) * 1000 + Number(index)
}

export type Harness<R> = ReturnType<typeof harness<R>>
