/** A release is made whole or taken back whole, whatever happens on the way. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as LifeApplication from "../../src/life/LifeApplication.ts"
import * as Release from "../../src/release/Release.ts"
import type { ReleaseEvent } from "../../src/release/ReleaseEvent.ts"
import { releaseLife } from "../../src/release/ReleaseLife.ts"
import { decide } from "../../src/release/ReleaseTransition.ts"
import { steps } from "../../src/release/RepositoryRelease.ts"
import { oneOf } from "../support/Choice.ts"
import { type Mode, planFor, ReleaseWorld } from "./ReleaseWorld.ts"

const six = ["a", "b", "c", "d", "e", "f"]

const order = { platform: "el9", builds: [1], by: "releng" }

const apply = (...events: ReadonlyArray<ReleaseEvent>) =>
  Result.getOrThrow(LifeApplication.apply(releaseLife, Release.unborn(1, order), events)).change

const committed = (world: ReleaseWorld, id = 1): Release.Release => {
  assert.isTrue(world.request(id, "CommitRequested"))
  world.settle()
  return world.running.get(id)!.release
}

describe("a release", () => {
  it("shows readers nothing before everything is ready, and then all of it", () => {
    const world = new ReleaseWorld(six)
    const before = world.readers()
    world.begin(1, six)
    world.request(1, "CommitRequested")
    const shown = () =>
      [...world.running.get(1)!.release.repositories.values()].some(({ done, running }) =>
        done === "show" || running === "show"
      )
    while (!shown()) {
      assert.deepStrictEqual(world.readers(), before)
      assert.isTrue(world.turn(0, "well"))
    }
    assert.isTrue([...world.running.get(1)!.release.repositories.values()].every(({ ready }) => ready !== undefined))
    world.settle()
    assert.strictEqual(world.running.get(1)!.release.state, "released")
    for (const [name, contents] of world.readers()) assert.deepStrictEqual(contents, [`old-${name}`, "p1-0:1-1.noarch"])
    assert.strictEqual(world.locks.size, 0)
  })

  for (const step of ["look", "change", "prepare", "show"]) {
    for (const when of ["before", "after"] as const) {
      it(`is taken back whole when one ${step} cannot be done${when === "after" ? ", although it was" : ""}`, () => {
        const world = new ReleaseWorld(six)
        const [readers, contents] = [world.readers(), world.contents()]
        world.faults.set(`d ${step}`, when)
        world.begin(1, six)
        const { reason, state } = committed(world)
        assert.strictEqual(state, "failed")
        assert.include(reason, `d: ${step} failed`)
        assert.deepStrictEqual(world.readers(), readers)
        assert.deepStrictEqual(world.contents(), contents)
        assert.strictEqual(world.locks.size, 0)
      })
    }
  }

  it("can be planned and committed again after it failed, and is another change then", () => {
    const world = new ReleaseWorld(six)
    world.faults.set("d prepare", "before")
    world.begin(1, six)
    committed(world)
    world.faults.clear()
    assert.isTrue(world.tell(1, { _tag: "PlanRequested", at: 1, by: "releng" }))
    world.tell(1, { _tag: "Planned", at: 2, edits: 0, plan: planFor(1, six) })
    assert.strictEqual(committed(world).state, "released")
    for (const [name, contents] of world.readers()) assert.deepStrictEqual(contents, [`old-${name}`, "p1-0:1-1.noarch"])
  })

  it("that is done is taken back to exactly what was", () => {
    const world = new ReleaseWorld(six)
    const [readers, contents] = [world.readers(), world.contents()]
    world.begin(1, six)
    committed(world)
    assert.isTrue(world.request(1, "RevertRequested"))
    world.settle()
    assert.strictEqual(world.running.get(1)!.release.state, "reverted")
    assert.deepStrictEqual(world.readers(), readers)
    assert.deepStrictEqual(world.contents(), contents)
  })

  it("is not taken back when another one came after it in one of its repositories", () => {
    const world = new ReleaseWorld(six)
    world.begin(1, six)
    committed(world)
    world.begin(2, ["c"])
    committed(world, 2)
    const readers = world.readers()
    world.request(1, "RevertRequested")
    world.settle()
    const { reason, state } = world.running.get(1)!.release
    assert.strictEqual(state, "released")
    assert.include(reason, "c is at revision 3")
    assert.deepStrictEqual(world.readers(), readers)
    assert.strictEqual(world.locks.size, 0)
    // The later one first, then this one.
    for (const id of [2, 1]) {
      world.request(id, "RevertRequested")
      world.settle()
      assert.strictEqual(world.running.get(id)!.release.state, id === 2 ? "reverted" : "released")
    }
  })

  it("waits for another one that writes one of its repositories", () => {
    const world = new ReleaseWorld(six)
    world.begin(1, ["a", "b", "c"])
    world.begin(2, ["c", "d"])
    world.request(1, "CommitRequested")
    world.turn(0, "well")
    world.request(2, "CommitRequested")
    const second = () => world.running.get(2)!.release
    // The queue of the second is behind that of the first: its own turn comes when we choose it.
    while (second().reason !== "Release 1 writes some of the repositories") {
      world.turn(world.running.get(1)!.queue.length, "well")
    }
    assert.strictEqual(second().state, "waiting")
    world.settle()
    assert.deepStrictEqual([1, 2].map((id) => world.running.get(id)!.release.state), ["released", "released"])
    assert.deepStrictEqual(world.readers().get("c"), ["old-c", "p1-0:1-1.noarch", "p2-0:1-1.noarch"])
  })

  it("that waits can be called off, and frees what it gets too late", () => {
    const world = new ReleaseWorld(six)
    world.begin(1, six)
    world.request(1, "CommitRequested")
    assert.isTrue(world.request(1, "RevertRequested"))
    assert.strictEqual(world.running.get(1)!.release.state, "planned")
    world.tell(1, { _tag: "LocksTaken", at: 9 })
    assert.include(world.running.get(1)!.queue.map(({ _tag }) => _tag), "FreeLocks")
    world.settle()
    assert.strictEqual(world.running.get(1)!.release.state, "planned")
  })

  it("refuses to be committed with problems, with nothing, or twice", () => {
    const plan = planFor(1, ["a"])
    const blocked = { ...plan, problems: [{ _tag: "Unplaced" as const, severity: "blocks" as const, package: "x" }] }
    const commit: ReleaseEvent = { _tag: "CommitRequested", at: 3, by: "releng" }
    const submitted: ReleaseEvent = { _tag: "Submitted", at: 1 }
    const planned = (one: typeof plan): ReleaseEvent => ({ _tag: "Planned", at: 2, edits: 0, plan: one })
    for (const [one, why] of [[blocked, "problems"], [planFor(1, []), "nothing"]] as const) {
      const refused = decide(apply(submitted, planned(one)).state, commit)
      assert.isTrue(Result.isFailure(refused))
      assert.include(Result.isFailure(refused) ? refused.failure.message : "", why)
    }
    assert.isTrue(Result.isFailure(decide(apply(submitted, planned(plan), commit).state, commit)))
  })

  it("is planned anew with every edit, and takes no plan from before the last one", () => {
    const edit: ReleaseEvent = {
      _tag: "Edited",
      at: 3,
      edit: { _tag: "Exclude", subject: "x", by: "releng", why: "no" }
    }
    const early: ReleaseEvent = { _tag: "Planned", at: 4, edits: 0, plan: planFor(1, ["a"]) }
    const edited = apply({ _tag: "Submitted", at: 1 }, edit)
    assert.deepStrictEqual(edited.commands.map(({ command }) => command._tag), ["MakePlan", "MakePlan"])
    assert.isFalse(Result.getOrThrow(decide(edited.state, early)).changed)
    const { state } = Result.getOrThrow(decide(edited.state, { ...early, edits: 1 }))
    assert.strictEqual(state.state, "planned")
  })

  it("drops a repository that a later plan has nothing for", () => {
    const planned = (repositories: ReadonlyArray<string>): ReleaseEvent => ({
      _tag: "Planned",
      at: 2,
      edits: 0,
      plan: planFor(1, repositories)
    })
    const { state, touched } = apply({ _tag: "Submitted", at: 1 }, planned(["a", "b"]), {
      _tag: "PlanRequested",
      at: 3,
      by: "releng"
    }, planned(["b", "c"]))
    assert.sameMembers([...touched], ["a", "b", "c"])
    assert.deepStrictEqual(Release.repositoriesOf(state).map(({ name }) => name), ["b", "c"])
  })

  it("fails when it cannot be planned, and says why", () => {
    const { state } = apply({ _tag: "Submitted", at: 1 }, {
      _tag: "CommandRejected",
      at: 2,
      command: "MakePlan",
      reason: "there is no build 7"
    })
    assert.deepStrictEqual([state.state, state.reason], ["failed", "there is no build 7"])
  })

  const begun = (...repositories: ReadonlyArray<string>): ReadonlyArray<ReleaseEvent> => [
    { _tag: "Submitted", at: 1 },
    { _tag: "Planned", at: 2, edits: 0, plan: planFor(1, repositories) }
  ]
  const commit: ReleaseEvent = { _tag: "CommitRequested", at: 3, by: "releng" }
  const revert: ReleaseEvent = { _tag: "RevertRequested", at: 4, by: "releng", why: "no" }
  const cannot = (command: string) => ({
    _tag: "CommandRejected" as const,
    at: 5,
    command,
    reason: "it cannot be"
  })

  it("frees what it may have locked when its repositories cannot be locked", () => {
    const { commands, state } = apply(...begun("a"), commit, cannot("TakeLocks"))
    assert.strictEqual(state.state, "planned")
    assert.deepStrictEqual(commands.at(-1)?.command, { _tag: "FreeLocks", repositories: ["a"] })
  })

  it("frees also what a later plan has nothing for, when locks are taken too late", () => {
    const again: ReadonlyArray<ReleaseEvent> = [
      { _tag: "PlanRequested", at: 5, by: "releng" },
      { _tag: "Planned", at: 6, edits: 0, plan: planFor(1, ["b", "c"]) },
      { _tag: "LocksTaken", at: 7 }
    ]
    const { commands } = apply(...begun("a", "b"), commit, revert, ...again)
    assert.deepStrictEqual(commands.at(-1)?.command, { _tag: "FreeLocks", repositories: ["a", "b", "c"] })
  })

  for (const command of ["MakePlan", "FreeLocks"]) {
    it(`goes on when a ${command} of before turns out to be impossible`, () => {
      const waiting = apply(...begun("a"), commit, revert, commit)
      assert.deepStrictEqual(apply(...begun("a"), commit, revert, commit, cannot(command)).state, waiting.state)
      const taken: ReleaseEvent = { _tag: "LocksTaken", at: 6 }
      const committing = apply(...begun("a"), commit, taken)
      assert.strictEqual(committing.state.repositories.get("a")?.running, "look")
      assert.deepStrictEqual(apply(...begun("a"), commit, taken, cannot(command)).state, committing.state)
    })
  }

  it("gives a step up that is impossible as a command, and no other repository's", () => {
    const step: ReleaseEvent = { ...cannot("RunStep"), repository: "b", step: "look" }
    const looked = (repository: string): ReleaseEvent => ({
      _tag: "Looked",
      at: 7,
      repository,
      revision: 1,
      shown: null
    })
    const { state } = apply(...begun("a", "b"), commit, { _tag: "LocksTaken", at: 6 }, step, looked("a"))
    assert.deepStrictEqual([state.state, state.reason], ["failed", "b: look failed: it cannot be"])
    const late = apply(...begun("a"), commit, { _tag: "LocksTaken", at: 6 }, { ...step, repository: "a", step: "show" })
    assert.strictEqual(late.state.state, "committing")
  })

  it("tries a step back again when its retries are spent", () => {
    const taken: ReleaseEvent = { _tag: "LocksTaken", at: 6 }
    const done: ReadonlyArray<ReleaseEvent> = [
      { _tag: "Looked", at: 7, repository: "a", revision: 1, shown: null },
      { _tag: "StepFailed", at: 8, repository: "a", step: "change", reason: "no" }
    ]
    const { commands, state } = apply(...begun("a"), commit, taken, ...done, {
      ...cannot("RunStep"),
      repository: "a",
      step: "restore"
    })
    assert.deepStrictEqual([state.state, state.reason], ["reverting", "a: restore failed: it cannot be"])
    assert.deepStrictEqual(commands.at(-1)?.command, { _tag: "RunStep", repository: "a", step: "restore" })
    assert.isAbove(commands.at(-1)!.delay, 0)
  })

  it("tells of every state, once", () => {
    const world = new ReleaseWorld(["a", "b"])
    world.begin(1, ["a", "b"])
    committed(world)
    const { history } = world.running.get(1)!
    const { change } = Result.getOrThrow(LifeApplication.apply(releaseLife, Release.unborn(1, order), history))
    assert.deepStrictEqual(
      change.announcements.map(({ body }) => (body as { readonly state: string }).state),
      ["planning", "planned", "waiting", "committing", "released"]
    )
  })
})

const anyFault = Arbitrary.all({
  repository: oneOf("a", "b", "c", "d"),
  step: oneOf(...steps),
  when: oneOf<"before" | "after">("before", "after")
})
const anyTurn = Arbitrary.all({
  choice: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 }))),
  mode: oneOf<Mode>("well", "well", "lost", "twice"),
  request: oneOf<"" | "CommitRequested" | "RevertRequested">(
    "",
    "",
    "",
    "",
    "",
    "",
    "CommitRequested",
    "RevertRequested"
  ),
  id: oneOf(1, 2)
})
const anyScript = Arbitrary.all({
  faults: Arbitrary.array(anyFault, { maxLength: 2 }),
  turns: Arbitrary.array(anyTurn, { maxLength: 80 })
})

const ends: ReadonlySet<string> = new Set(["planned", "released", "reverted", "failed"])

describe("whatever happens,", () => {
  it.prop(
    "two releases over the same repositories end whole, each made or taken back",
    [anyScript],
    ([{ faults, turns }]) => {
      const world = new ReleaseWorld(["a", "b", "c", "d"])
      const first = world.readers()
      for (const { repository, step, when } of faults) world.faults.set(`${repository} ${step}`, when)
      world.begin(1, ["a", "b", "c"])
      world.begin(2, ["c", "b", "d"])
      world.request(1, "CommitRequested")
      for (const { choice, id, mode, request } of turns) {
        if (request !== "") world.request(id, request)
        world.turn(choice, mode)
      }
      world.settle()
      const states = new Map([...world.running].map(([id, { release }]) => [id, release.state]))
      for (const state of states.values()) assert.isTrue(ends.has(state), state)
      assert.strictEqual(world.locks.size, 0)
      const scope: ReadonlyMap<number, string> = new Map([[1, "abc"], [2, "cbd"]])
      for (const [name, readers] of world.readers()) {
        for (const [id, repositories] of scope) {
          const has = (all: ReadonlyArray<string> | undefined) => all?.includes(`p${id}-0:1-1.noarch`) === true
          const wanted = repositories.includes(name) && states.get(id) === "released"
          assert.strictEqual(has(readers), wanted, `readers of ${name} and release ${id}, which is ${states.get(id)}`)
          assert.strictEqual(has(world.contents().get(name)), wanted, `contents of ${name}`)
        }
      }
      if (![...states.values()].includes("released")) assert.deepStrictEqual(world.readers(), first)
      // Every history gives its state again, also when it was written down and read.
      for (const [id, { history, release }] of world.running) {
        const codec = releaseLife.codecs.event
        const read = history.map((one) =>
          Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(one))))
        )
        const again = LifeApplication.replay(releaseLife, Release.unborn(id, release.plan), read)
        assert.deepStrictEqual(Result.getOrThrow(again), release)
      }
    },
    { arbitrary: { runs: 300 } }
  )

  it("a release that is committed again keeps its locks when those of before are freed late", () => {
    const world = new ReleaseWorld(["a", "b"])
    world.begin(1, ["a", "b"])
    world.request(1, "CommitRequested")
    world.request(1, "RevertRequested")
    world.turn(0, "well")
    world.request(1, "CommitRequested")
    world.turn(1, "well")
    assert.strictEqual(world.running.get(1)?.release.state, "committing")
    world.settle()
    assert.strictEqual(world.running.get(1)?.release.state, "released")
    assert.strictEqual(world.locks.size, 0)
  })
})
