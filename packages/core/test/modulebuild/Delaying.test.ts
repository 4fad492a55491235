/** Builds that wait for systems that are away: what they say, for how long, and what is left of it. */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import type { Waiting } from "../../src/farm/Waiting.ts"
import { explain } from "../../src/modulebuild/Explanation.ts"
import { type ModuleBuild, ModuleBuildState, unborn } from "../../src/modulebuild/ModuleBuild.ts"
import type { ModuleBuildEvent } from "../../src/modulebuild/ModuleBuildEvent.ts"
import { decide } from "../../src/modulebuild/Transition.ts"
import { component, modulePlan } from "./plans.ts"

const since = Date.UTC(2026, 10, 21)
const hub: Waiting = { on: "hub fedora", since, reason: "connection refused" }
const words = "waiting for hub fedora since 2026-11-21T00:00:00Z: connection refused"

const delayed = (command: string, waiting?: Waiting, at = since + 1000): ModuleBuildEvent => ({
  _tag: "CommandDelayed",
  at,
  command,
  ...(waiting === undefined ? {} : { waiting })
})

const change = (build: ModuleBuild, event: ModuleBuildEvent) => Result.getOrThrow(decide(build, event))
const after = (build: ModuleBuild, ...events: ReadonlyArray<ModuleBuildEvent>): ModuleBuild =>
  events.reduce((one, event) => change(one, event).build, build)

const plan = modulePlan([component("a")])
const waiting = change(unborn(1, plan), { _tag: "Submitted", at: 1, by: "alice" }).build
const inState = (state: ModuleBuild["state"]): ModuleBuild => ({ ...waiting, state, reason: "as it was" })

describe("a build whose command finds a system away", () => {
  it("says so in its reason, its remark and its explanation, tells everybody once, and asks for nothing", () => {
    const { announcements, build, commands } = change(waiting, delayed("PrepareBuildroot", hub))
    assert.deepInclude(build, { state: "wait", reason: words, remark: words, modifiedAt: since + 1000 })
    assert.deepStrictEqual(commands, [])
    assert.deepStrictEqual(announcements.map(({ body, topic }) => [topic, (body as { reason: string }).reason]), [
      ["module-build.remark", words]
    ])
    assert.strictEqual(explain(build).waitsFor[0], `It is ${words}.`)
    assert.deepStrictEqual(change(build, delayed("ObserveTasks", hub)).announcements, [])
    assert.lengthOf(explain(after(build, delayed("ObserveTasks", hub))).waitsFor, explain(build).waitsFor.length)
  })

  it("is told nothing new by the same reason, nor by another one within a minute", () => {
    const build = after(waiting, delayed("PrepareBuildroot", hub))
    const later = (reason: string, at: number) =>
      change(build, delayed("PrepareBuildroot", { ...hub, reason, since: at }, at))
    assert.isFalse(later("connection refused", since + 3_600_000).changed)
    assert.isFalse(later("502 Bad Gateway", since + 60_000).changed)
    const other = later("502 Bad Gateway", since + 61_000)
    assert.strictEqual(other.build.reason, words.replace("connection refused", "502 Bad Gateway"))
    assert.deepStrictEqual(other.announcements, [])
  })

  it("waits since the new outage when it is another system that is away", () => {
    const build = after(
      waiting,
      delayed("PrepareBuildroot", hub),
      delayed("PrepareBuildroot", { ...hub, on: "hub epel", since: since + 5 })
    )
    assert.deepInclude(build.delays?.waits[0], { on: "hub epel", since: since + 5 })
    assert.lengthOf(build.delays!.waits, 1)
  })

  it("is as it was when the command goes on, and a second goes-on says nothing", () => {
    const gone = after(
      waiting,
      delayed("PrepareBuildroot", hub),
      delayed("PrepareBuildroot", undefined, waiting.modifiedAt)
    )
    assert.deepStrictEqual(gone, waiting)
    assert.isFalse(change(gone, delayed("PrepareBuildroot")).changed)
  })

  it("shows what began first, and what is left when that is over", () => {
    const gate: Waiting = { on: "the git server git", since, reason: "timed out" }
    const both = after(waiting, delayed("PrepareBuildroot", hub), delayed("ObserveTasks", gate))
    assert.strictEqual(both.reason, words)
    const one = after(both, delayed("PrepareBuildroot"))
    assert.include(one.reason, "waiting for the git server git")
    assert.strictEqual(after(one, delayed("ObserveTasks")).reason, waiting.reason)
  })

  it("forgets it with its state", () => {
    const build = after(waiting, delayed("PrepareBuildroot", hub), { _tag: "CancelRequested", at: since, by: "bob" })
    assert.deepInclude(build, { state: "failed", reason: "Canceled by bob.", remark: "Canceled by bob." })
    assert.isUndefined(build.delays)
    const prepared = after(waiting, delayed("PrepareBuildroot", hub), {
      _tag: "BuildrootPrepared",
      at: since,
      buildroot: { key: "k", id: "k" }
    })
    assert.strictEqual(prepared.state, "build")
    assert.isUndefined(prepared.delays)
    assert.isUndefined(prepared.remark)
  })

  it("that nobody submitted yet hears nothing", () => {
    assert.isFalse(change(unborn(1, plan), delayed("PrepareBuildroot", hub)).changed)
  })

  for (const state of ModuleBuildState.literals) {
    const isUnderWay = ["init", "wait", "build"].includes(state)
    it(`in ${state} ${isUnderWay ? "says so" : "keeps its reason and the time of its end"}, and stays in it`, () => {
      const before = inState(state)
      const build = after(before, delayed("Finish", hub))
      assert.strictEqual(build.state, state)
      assert.strictEqual(build.reason, isUnderWay ? words : "as it was")
      assert.strictEqual(build.modifiedAt === before.modifiedAt, ["failed", "ready", "garbage"].includes(state))
      assert.strictEqual(explain(build).waitsFor[0], `It is ${words}.`)
    })
  }

  it("in done says that the gate is away", () => {
    assert.strictEqual(after(inState("done"), delayed("AskGate", hub)).reason, words)
  })
})
