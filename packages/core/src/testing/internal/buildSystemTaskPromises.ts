/** Promises about components: submitted, adopted, observed, canceled. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Nevra from "../../Nevra.ts"
import * as Nvr from "../../Nvr.ts"
import { BuildSystem, TaskId } from "../../ports/BuildSystem.ts"
import * as Contract from "../Contract.ts"
import type { Harness } from "./buildSystemHarness.ts"

export const taskPromises = <R, E>(at: Harness<R, E>): ReadonlyArray<Contract.Check<BuildSystem | R>> => {
  const { options, request, prepared, taskOf, until, built, assertBegunOnce, without, losing } = at
  const { settle } = options
  return [
    {
      name: "answers each submission once and in order",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const requests = (["gamma", "alpha", "delta", "beta"] as const).map((one) => request(buildroot, one))
        const answers = yield* farm.submit(buildroot, requests)
        assert.deepStrictEqual(answers.map(({ key }) => key), requests.map(({ key }) => key))
        assert.strictEqual(new Set(answers.map(taskOf)).size, 4)
        assert.deepStrictEqual(answers.map((answer) => answer._tag === "Accepted" && answer.adopted), [
          false,
          false,
          false,
          false
        ])
      })
    },
    {
      name: "does nothing when nothing is submitted, observed or canceled",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        assert.deepStrictEqual(yield* farm.submit(buildroot, []), [])
        assert.deepStrictEqual(yield* farm.observe([]), [])
        yield* farm.cancel([])
      })
    },
    {
      name: "adopts the task of a key that it knows instead of building again",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const wanted = request(buildroot, "alpha")
        const [first] = yield* farm.submit(buildroot, [wanted])
        const [second, other] = yield* farm.submit(buildroot, [wanted, request(buildroot, "beta")])
        assert.strictEqual(taskOf(second), taskOf(first))
        assert.isTrue(second?._tag === "Accepted" && second.adopted)
        assert.isTrue(other?._tag === "Accepted" && !other.adopted)
        yield* assertBegunOnce(wanted.key)
      })
    },
    {
      name: "adopts the task of a key that has already been built",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const { task } = yield* built(buildroot, "alpha")
        const [again] = yield* farm.submit(buildroot, [request(buildroot, "alpha")])
        assert.strictEqual(taskOf(again), task)
        yield* assertBegunOnce(request(buildroot, "alpha").key)
      })
    },
    {
      name: "gives the same key one task also when it comes from several sides at once",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const requests = [request(buildroot, "alpha"), request(buildroot, "beta")]
        const answers = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => farm.submit(buildroot, requests), {
          concurrency: "unbounded"
        })
        assert.strictEqual(new Set(answers.map(([alpha]) => taskOf(alpha))).size, 1)
        assert.strictEqual(new Set(answers.map(([, beta]) => taskOf(beta))).size, 1)
        for (const { key } of requests) yield* assertBegunOnce(key)
      })
    },
    {
      name: "builds a new attempt of a failed component anew",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const [first] = yield* farm.submit(buildroot, [request(buildroot, "broken", "failed")])
        if (settle !== undefined) yield* settle(taskOf(first), "failed")
        yield* until(taskOf(first), "failed")
        const [second] = yield* farm.submit(buildroot, [request(buildroot, "broken", "failed", 2)])
        assert.notStrictEqual(taskOf(second), taskOf(first))
      })
    },
    {
      name: "rejects one component without costing its neighbours",
      unless: options.rejects === false ? "this farm refuses nothing at submission" : undefined,
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const [alpha, refused, beta] = yield* farm.submit(buildroot, [
          request(buildroot, "alpha"),
          request(buildroot, "refused", "rejected"),
          request(buildroot, "beta")
        ])
        taskOf(alpha)
        taskOf(beta)
        if (refused?._tag !== "Rejected") return assert.fail("the component was not rejected")
        assert.strictEqual(refused.key, request(buildroot, "refused", "rejected").key)
        assert.isNotEmpty(refused.reason)
      })
    },
    {
      name: "refuses for good what is submitted to a buildroot that is not there",
      check: Effect.gen(function*() {
        const farm = yield* BuildSystem
        const nowhere = { key: Contract.unique("nowhere"), id: Contract.unique("nowhere") }
        const answer = yield* Effect.result(farm.submit(nowhere, [request(nowhere, "alpha")]))
        if (Result.isFailure(answer)) assert.isFalse(answer.failure.isRetryable)
        else assert.deepStrictEqual(answer.success.map(({ _tag }) => _tag), ["Rejected"])
      })
    },
    {
      name: "observes every task once and in order, and those it does not know as gone",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const [a, b] = (yield* farm.submit(buildroot, [request(buildroot, "alpha"), request(buildroot, "beta")]))
          .map(taskOf)
        const unknown = TaskId.make("999999999")
        const asked = [b!, unknown, a!, b!]
        const seen = yield* farm.observe(asked)
        assert.deepStrictEqual(seen.map(({ task }) => task), asked)
        assert.strictEqual(seen[1]!.state, "gone")
        for (const index of [0, 2, 3]) assert.notStrictEqual(seen[index]!.state, "gone")
      })
    },
    {
      name: "says what a closed task has built",
      check: Effect.gen(function*() {
        const { buildroot } = yield* prepared
        const { artifacts, nvr } = yield* built(buildroot, "alpha")
        const { name } = Result.getOrThrow(Nvr.parse(nvr))
        assert.strictEqual(name, "alpha")
        assert.isNotEmpty(artifacts)
        for (const { location, nevra } of artifacts) {
          assert.isTrue(Result.isSuccess(Nevra.parse(nevra)), nevra)
          assert.match(nevra, /-\d+:/)
          assert.isNotEmpty(location)
        }
      })
    },
    {
      name: "says why a task failed",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const [submission] = yield* farm.submit(buildroot, [request(buildroot, "broken", "failed")])
        if (settle !== undefined) yield* settle(taskOf(submission), "failed")
        const { artifacts, reason } = yield* until(taskOf(submission), "failed")
        assert.isNotEmpty(reason)
        assert.deepStrictEqual(artifacts, [])
      })
    },
    {
      name: "cancels a task, and once more",
      unless: options.hangs === false ? "no task of this farm can be made to hang" : undefined,
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const [submission] = yield* farm.submit(buildroot, [request(buildroot, "hanging", "hangs")])
        const task = taskOf(submission)
        yield* farm.cancel([task])
        yield* until(task, "canceled")
        yield* farm.cancel([task, task])
        yield* until(task, "canceled")
      })
    },
    {
      name: "leaves tasks that have ended, and tasks it does not know, alone when they are canceled",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const { task } = yield* built(buildroot, "alpha")
        yield* farm.cancel([TaskId.make("999999999"), task])
        yield* until(task, "closed")
      })
    },
    {
      name: "has no hints when it says so, and hints that can be observed otherwise",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        if (!farm.capabilities.hints) return assert.deepStrictEqual(yield* Stream.runCollect(farm.hints), [])
        const listening = yield* Effect.forkScoped(
          farm.hints.pipe(Stream.take(1), Stream.runCollect, Effect.timeoutOption("2 seconds"))
        )
        yield* Effect.sleep("100 millis")
        yield* built(buildroot, "alpha")
        const heard = yield* Fiber.join(listening)
        if (heard._tag === "Some") assert.lengthOf(yield* farm.observe(heard.value), heard.value.length)
      })
    },
    {
      name: "builds once when the answer to a submission is lost",
      unless: without("loseAnswer"),
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const requests = [request(buildroot, "alpha"), request(buildroot, "beta")]
        const answers = yield* losing("submit", farm.submit(buildroot, requests))
        assert.deepStrictEqual(answers.map(({ key }) => key), requests.map(({ key }) => key))
        const tasks = answers.map(taskOf)
        for (const { key } of requests) yield* assertBegunOnce(key)
        const again = yield* farm.submit(buildroot, requests)
        assert.deepStrictEqual(again.map(taskOf), tasks)
      })
    }
  ]
}
