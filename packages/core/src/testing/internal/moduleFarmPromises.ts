/** Promises about whole modules: handed over, adopted, followed, continued, called off. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { BuildSystem } from "../../ports/BuildSystem.ts"
import type { FarmModule, HandedOver } from "../../ports/ModuleFarm.ts"
import * as Contract from "../Contract.ts"
import type { Options } from "../ModuleFarmHooks.ts"

const theirs = Effect.gen(function*() {
  const { modules } = yield* BuildSystem
  return modules ?? assert.fail("the build system has no modules: it does not own module builds")
})

const moduleOf = (answer: HandedOver): FarmModule =>
  answer._tag === "Accepted" ? answer.module : assert.fail(`rejected: ${answer.reason}`)

const isAdopted = (answer: HandedOver): boolean => answer._tag === "Accepted" && answer.adopted

export const moduleFarmPromises = <R, E>(
  options: Options<R, E>
): ReadonlyArray<Contract.Check<BuildSystem | R>> => {
  const { begun, forget, loseAnswer, settle } = options
  const without = (...hooks: ReadonlyArray<keyof Options<R, E>>): string | undefined => {
    const missing = hooks.find((hook) => options[hook] === undefined)
    return missing === undefined ? undefined : `the hook ${missing} is not given`
  }
  const wanted = () => options.request({ name: Contract.unique("module"), outcome: "built" })
  const assertBegun = (name: string, times: number) =>
    begun === undefined
      ? Effect.void
      : Effect.map(begun(name), (seen) =>
        assert.strictEqual(seen, times, `the farm has begun or continued ${seen} builds of ${name}`))
  const stateOf = Effect.fnUntraced(function*(id: string) {
    const [seen] = yield* (yield* theirs).observe([id])
    return seen!
  })

  return [
    {
      name: "finds nothing of what was never asked for",
      check: Effect.gen(function*() {
        assert.isUndefined(yield* (yield* theirs).find(wanted()))
      })
    },
    {
      name: "takes a module once, however often it is handed over",
      check: Effect.gen(function*() {
        const farm = yield* theirs
        const request = wanted()
        const first = yield* farm.handOver(request, undefined)
        const second = yield* farm.handOver(request, undefined)
        assert.deepStrictEqual([isAdopted(first), isAdopted(second)], [false, true])
        assert.deepStrictEqual(moduleOf(second), moduleOf(first))
        assert.strictEqual((yield* farm.find(request))?.id, moduleOf(first).id)
        assert.match(moduleOf(first).url, /^https?:\/\//)
        yield* assertBegun(request.name, 1)
      })
    },
    {
      name: "adopts what an attempt brought about whose answer was lost",
      unless: without("loseAnswer"),
      check: Effect.gen(function*() {
        const farm = yield* theirs
        const request = wanted()
        yield* loseAnswer!
        const lost = yield* Effect.flip(farm.handOver(request, undefined))
        assert.isTrue(lost.isRetryable, lost.message)
        assert.isTrue(isAdopted(yield* farm.handOver(request, undefined)))
        yield* assertBegun(request.name, 1)
      })
    },
    {
      name: "has one build of a module that comes from several sides at once",
      check: Effect.gen(function*() {
        const farm = yield* theirs
        const request = wanted()
        const answers = yield* Effect.forEach([1, 2, 3, 4], () => farm.handOver(request, undefined), {
          concurrency: "unbounded"
        })
        assert.strictEqual(new Set(answers.map((answer) => moduleOf(answer).id)).size, 1)
        yield* assertBegun(request.name, 1)
      })
    },
    {
      name: "keeps modules of the same stream apart",
      check: Effect.gen(function*() {
        const farm = yield* theirs
        const request = wanted()
        const first = moduleOf(yield* farm.handOver(request, undefined))
        const later = options.later?.(request) ?? { ...request, version: request.version + 1n }
        assert.isUndefined(yield* farm.find(later))
        const other = moduleOf(yield* farm.handOver(wanted(), undefined))
        assert.notStrictEqual(other.id, first.id)
      })
    },
    {
      name: "refuses for good, and says why, what can never be built",
      check: Effect.gen(function*() {
        const refused = options.request({ name: Contract.unique("module"), outcome: "refused" })
        const answer = yield* (yield* theirs).handOver(refused, undefined)
        if (answer._tag !== "Rejected") return assert.fail("it is accepted")
        assert.notStrictEqual(answer.reason, "")
      })
    },
    {
      name: "tells of builds in the order of the question, and of those it does not know that they are gone",
      check: Effect.gen(function*() {
        const farm = yield* theirs
        const one = moduleOf(yield* farm.handOver(wanted(), undefined))
        const two = moduleOf(yield* farm.handOver(wanted(), undefined))
        const seen = yield* farm.observe([two.id, "999999999", one.id])
        assert.deepStrictEqual(seen.map(({ id }) => id), [two.id, "999999999", one.id])
        assert.strictEqual(seen[1]?.state, "gone")
        assert.notStrictEqual(seen[0]?.state, "gone")
        assert.deepStrictEqual(yield* farm.observe([]), [])
        const missing = yield* Effect.flip(farm.result("999999999"))
        assert.strictEqual(missing.reason, "gone")
      })
    },
    {
      name: "says that a build is ready, what it is called, and what its document is",
      unless: without("settle"),
      check: Effect.gen(function*() {
        const farm = yield* theirs
        const request = wanted()
        const { id } = moduleOf(yield* farm.handOver(request, undefined))
        yield* settle!(id, "ready", "")
        assert.strictEqual((yield* stateOf(id)).state, "ready")
        const { document, nsvc } = yield* farm.result(id)
        assert.match(nsvc, new RegExp(`^${request.name}:${request.stream}:\\d+:[0-9a-f]{8}$`))
        assert.include(document, request.name)
        // An answer that comes late is about a build that is there: it is adopted, and not built again.
        assert.isTrue(isAdopted(yield* farm.handOver(request, undefined)))
        yield* assertBegun(request.name, 1)
      })
    },
    {
      name: "continues a build that failed, once, and says why it failed",
      unless: without("settle"),
      check: Effect.gen(function*() {
        const farm = yield* theirs
        const request = wanted()
        const { id } = moduleOf(yield* farm.handOver(request, undefined))
        yield* settle!(id, "failed", "a component does not build")
        const seen = yield* stateOf(id)
        assert.strictEqual(seen.state, "failed")
        assert.notStrictEqual(seen.reason, "", "no reason is told")
        // What failed is not begun anew by who does not know that it failed.
        assert.isTrue(isAdopted(yield* farm.handOver(request, undefined)))
        const found = yield* farm.find(request)
        const again = yield* farm.handOver(request, found?.revision)
        assert.isFalse(isAdopted(again))
        assert.notStrictEqual((yield* stateOf(moduleOf(again).id)).state, "failed")
        assert.isTrue(isAdopted(yield* farm.handOver(request, found?.revision)))
        yield* assertBegun(request.name, 2)
      })
    },
    {
      name: "ends what is canceled, and leaves alone what has ended or is not there",
      unless: without("settle"),
      check: Effect.gen(function*() {
        const farm = yield* theirs
        const { id } = moduleOf(yield* farm.handOver(wanted(), undefined))
        yield* farm.cancel(id)
        yield* farm.cancel(id)
        assert.strictEqual((yield* stateOf(id)).state, "failed")
        const other = moduleOf(yield* farm.handOver(wanted(), undefined))
        yield* settle!(other.id, "ready", "")
        yield* farm.cancel(other.id)
        assert.strictEqual((yield* stateOf(other.id)).state, "ready")
        yield* farm.cancel("999999999")
      })
    },
    {
      name: "says that a build is gone of which no trace is left",
      unless: without("forget"),
      check: Effect.gen(function*() {
        const farm = yield* theirs
        const request = wanted()
        const { id } = moduleOf(yield* farm.handOver(request, undefined))
        yield* forget!(id)
        assert.strictEqual((yield* stateOf(id)).state, "gone")
        assert.isUndefined(yield* farm.find(request))
      })
    }
  ]
}
