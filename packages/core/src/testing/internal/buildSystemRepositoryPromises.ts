/** Promises about buildroots: prepared, filled with what was built, released. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { BuildSystem } from "../../ports/BuildSystem.ts"
import type * as Contract from "../Contract.ts"
import type { Harness } from "./buildSystemHarness.ts"

export const repositoryPromises = <R, E>(at: Harness<R, E>): ReadonlyArray<Contract.Check<BuildSystem | R>> => {
  const { plan, request, ready, prepared, taskOf, until, built, assertReady, without, losing } = at
  const { available } = at.options
  return [
    {
      name: "says what it can do",
      check: Effect.gen(function*() {
        const { arches, bulk, name } = (yield* BuildSystem).capabilities
        assert.isNotEmpty(name)
        assert.isNotEmpty(arches)
        assert.isAtLeast(bulk, 1)
      })
    },
    {
      name: "prepares one buildroot for a key, however often and by however many it is asked",
      check: Effect.gen(function*() {
        const farm = yield* BuildSystem
        const wanted = plan()
        const first = yield* ready(wanted)
        assert.strictEqual(first.key, wanted.key)
        const others = yield* Effect.all([farm.prepare(wanted), farm.prepare(wanted), farm.prepare(wanted)], {
          concurrency: "unbounded"
        })
        for (const other of others) assert.deepStrictEqual(other, first)
      })
    },
    {
      name: "prepares one buildroot for a key when it was never there and several ask at once",
      check: Effect.gen(function*() {
        const farm = yield* BuildSystem
        const wanted = plan()
        const all = yield* Effect.forEach([1, 2, 3, 4], () => farm.prepare(wanted), { concurrency: "unbounded" })
        assert.strictEqual(new Set(all.map(({ id }) => id)).size, 1)
      })
    },
    {
      name: "keeps the buildroots of different keys apart",
      check: Effect.gen(function*() {
        const one = yield* prepared
        const other = yield* prepared
        assert.notStrictEqual(one.buildroot.id, other.buildroot.id)
      })
    },
    {
      name: "has admitted builds in the buildroot once the repository is ready",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const alpha = yield* built(buildroot, "alpha")
        const asked = yield* farm.admit(buildroot, [alpha])
        assert.strictEqual(asked.buildroot, buildroot.id)
        yield* assertReady(asked)
        if (available !== undefined) assert.include(yield* available(buildroot), "alpha")
      })
    },
    {
      name: "does not call a repository ready that has not been generated",
      unless: without("generate"),
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const asked = yield* farm.admit(buildroot, [yield* built(buildroot, "alpha")])
        for (const _ of [1, 2, 3]) {
          assert.strictEqual((yield* farm.observeRepositories([asked]))[0]?._tag, "Pending")
        }
        yield* assertReady(asked)
      })
    },
    {
      name: "keeps in the buildroot what was admitted before",
      check: Effect.gen(function*() {
        const { buildroot, farm, plan } = yield* prepared
        const alpha = yield* built(buildroot, "alpha")
        yield* assertReady(yield* farm.admit(buildroot, [alpha]))
        const beta = yield* built(buildroot, "beta")
        assert.deepStrictEqual(yield* farm.prepare(plan), buildroot)
        yield* assertReady(yield* farm.admit(buildroot, [beta, alpha]))
        if (available !== undefined) assert.includeMembers([...yield* available(buildroot)], ["alpha", "beta"])
      })
    },
    {
      name: "keeps what is admitted to one buildroot out of another",
      unless: without("available"),
      check: Effect.gen(function*() {
        const one = yield* prepared
        const other = yield* prepared
        yield* assertReady(yield* one.farm.admit(one.buildroot, [yield* built(one.buildroot, "alpha")]))
        assert.notInclude(yield* available!(other.buildroot), "alpha")
      })
    },
    {
      name: "admits twice with the same result",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const alpha = yield* built(buildroot, "alpha")
        const first = yield* farm.admit(buildroot, [alpha])
        const second = yield* farm.admit(buildroot, [alpha])
        yield* assertReady(first)
        yield* assertReady(second)
      })
    },
    {
      name: "answers for many repositories, in order, and never calls one ready that nobody asked for",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const alpha = yield* farm.admit(buildroot, [yield* built(buildroot, "alpha")])
        yield* assertReady(alpha)
        const unknown = { buildroot: buildroot.id, id: "999999999" }
        const states = yield* farm.observeRepositories([unknown, alpha, unknown]).pipe(
          Effect.repeat({ until: ([, own]) => own?._tag !== "Pending", schedule: Schedule.spaced("20 millis") }),
          Effect.timeout(at.options.patience ?? 30_000)
        )
        assert.deepStrictEqual(states.map(({ _tag }) => _tag === "Ready"), [false, true, false])
      })
    },
    {
      name: "finishes a succeeded build twice",
      check: Effect.gen(function*() {
        const { buildroot, farm, plan } = yield* prepared
        const builds = [yield* built(buildroot, "alpha")]
        yield* farm.finish(plan, { _tag: "Succeeded", builds })
        yield* farm.finish(plan, { _tag: "Succeeded", builds })
        yield* until(builds[0]!.task, "closed")
      })
    },
    {
      name: "goes on after a failed build was finished, with what was built before",
      check: Effect.gen(function*() {
        const { buildroot, farm, plan } = yield* prepared
        const alpha = yield* built(buildroot, "alpha")
        yield* farm.finish(plan, { _tag: "Failed", reason: "beta failed" })
        yield* farm.finish(plan, { _tag: "Failed", reason: "beta failed" })
        const again = yield* ready(plan)
        const [adopted] = yield* farm.submit(again, [request(again, "alpha")])
        assert.strictEqual(taskOf(adopted), alpha.task)
        yield* assertReady(yield* farm.admit(again, [alpha]))
        yield* built(again, "beta")
      })
    },
    {
      name: "finishes what was never prepared, and what nobody waited for, and prepares it all the same later",
      check: Effect.gen(function*() {
        const farm = yield* BuildSystem
        const wanted = plan()
        yield* farm.finish(wanted, { _tag: "Failed", reason: "canceled" })
        yield* farm.prepare(wanted)
        yield* farm.finish(wanted, { _tag: "Failed", reason: "canceled" })
        yield* built(yield* ready(wanted), "alpha")
      })
    },
    {
      name: "prepares, admits, cancels and finishes once when answers are lost",
      unless: without("loseAnswer"),
      check: Effect.gen(function*() {
        const farm = yield* BuildSystem
        const wanted = plan()
        const { id } = yield* losing("prepare", farm.prepare(wanted))
        const buildroot = yield* ready(wanted)
        assert.strictEqual(buildroot.id, id)
        const alpha = yield* built(buildroot, "alpha")
        yield* assertReady(yield* losing("admit", farm.admit(buildroot, [alpha])))
        yield* losing("cancel", farm.cancel([alpha.task]))
        yield* until(alpha.task, "closed")
        yield* losing("finish", farm.finish(wanted, { _tag: "Succeeded", builds: [alpha] }))
      })
    }
  ]
}
