/**
 * The promises of the `BuildSystem` port, as tests for any implementation.
 *
 * A farm is driven from its other side by hooks: how a task is made to end, how an answer is lost on the way. A hook that
 * is not given skips the tests that need it, with that reason. On a farm that really builds, `request` chooses sources by
 * the outcome wanted and `settle` is left out.
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Nevra from "../Nevra.ts"
import * as Nvr from "../Nvr.ts"
import {
  type Buildroot,
  type BuildrootPlan,
  BuildSystem,
  BuildSystemError,
  type BuiltComponent,
  type ComponentRequest,
  type Observation,
  type RepositoryRequest,
  type RepositoryState,
  type Submission,
  TaskId,
  type TaskState
} from "../ports/BuildSystem.ts"
import * as Contract from "./Contract.ts"

/** A request the suite wants; `outcome` is what must become of it, where `settle` does not decide that. */
export interface Wanted {
  readonly key: string
  /** One of `components`. */
  readonly component: string
  /** `rejected`: the farm must refuse this element. `hangs`: must not end by itself. */
  readonly outcome: "closed" | "failed" | "hangs" | "rejected"
}

/** The calls that change something at the farm. */
export type Operation = "prepare" | "submit" | "cancel" | "admit" | "finish"

export interface Options<R, E> extends Contract.Options<BuildSystem | R, E> {
  /** What makes the default plan one for this farm, such as its platform and arches. */
  readonly plan?: Partial<BuildrootPlan>
  readonly request: (wanted: Wanted) => ComponentRequest
  /** Ends a task; left out where tasks end by themselves with the outcome that was wanted. */
  readonly settle?: (task: TaskId, outcome: "closed" | "failed") => Effect.Effect<void, unknown, R>
  /** How many tasks the farm has ever begun for a key. */
  readonly begun?: (key: string) => Effect.Effect<number, unknown, R>
  /** The next such call is done by the farm, and its answer gets lost. */
  readonly loseAnswer?: (operation: Operation) => Effect.Effect<void, unknown, R>
  /** Generates the repository; given where that does not happen by itself. */
  readonly generate?: (request: RepositoryRequest) => Effect.Effect<void, unknown, R>
  /** Components whose packages a build in this buildroot could install now. */
  readonly available?: (buildroot: Buildroot) => Effect.Effect<ReadonlyArray<string>, unknown, R>
  /** Milliseconds to wait for a task or repository; 30,000 unless told. */
  readonly patience?: number
  /** Whether the farm has tasks that can be made to hang, so that canceling them can be seen; true unless told. */
  readonly hangs?: boolean
  /** Whether the farm refuses elements at submission; true unless told. */
  readonly rejects?: boolean
}

/** Every component the suite asks for. */
export const components = ["alpha", "beta", "gamma", "delta", "broken", "hanging", "refused"] as const

export const buildSystemContract = <R, E>(name: string, options: Options<R, E>): void => {
  const { available, begun, generate, loseAnswer, settle } = options
  const patience = options.patience ?? 30_000

  const plan = (): BuildrootPlan => {
    const serial = Contract.uniqueNumber()
    return {
      key: `module-build-${serial}`,
      name: "contract",
      stream: "1.0",
      version: BigInt(serial),
      context: "c0ffee42",
      platform: "el9",
      arches: ["x86_64"],
      distTag: `module_el9+${serial}+c0ffee42`,
      macros: "",
      packages: [...components],
      modules: [],
      groups: {},
      blocked: [],
      scratch: false,
      ...options.plan
    }
  }
  const request = (
    { key }: { readonly key: string },
    component: typeof components[number],
    outcome: Wanted["outcome"] = "closed",
    attempt = 1
  ) => options.request({ key: `${key}/${component}/${attempt}`, component, outcome })

  const prepared = Effect.gen(function*() {
    const farm = yield* BuildSystem
    const wanted = plan()
    return { farm, plan: wanted, buildroot: yield* farm.prepare(wanted) }
  })

  const taskOf = (submission: Submission | undefined): TaskId => {
    if (submission?._tag !== "Accepted") return assert.fail(`not accepted: ${JSON.stringify(submission)}`)
    return submission.task
  }

  const until = Effect.fnUntraced(function*(task: TaskId, wanted: TaskState) {
    const farm = yield* BuildSystem
    const ended = (seen: Observation) => ["closed", "failed", "canceled", "gone"].includes(seen.state)
    const last = yield* Effect.map(farm.observe([task]), ([seen]) => seen!).pipe(
      Effect.repeat({ until: ended, schedule: Schedule.spaced("20 millis") }),
      Effect.timeout(patience)
    )
    assert.strictEqual(last.state, wanted, last.reason)
    return last
  })

  /** Submits a component and waits for it to be built. */
  const built = Effect.fnUntraced(
    function*(buildroot: Buildroot, component: typeof components[number]) {
      const farm = yield* BuildSystem
      const [submission] = yield* farm.submit(buildroot, [request(buildroot, component)])
      const task = taskOf(submission)
      if (settle !== undefined) yield* settle(task, "closed")
      const { artifacts, nvr } = yield* until(task, "closed")
      return { component, task, nvr: nvr!, artifacts } satisfies BuiltComponent
    }
  )

  const settled = Effect.fnUntraced(function*(asked: RepositoryRequest) {
    const farm = yield* BuildSystem
    return yield* farm.observeRepository(asked).pipe(
      Effect.repeat({ until: ({ _tag }) => _tag !== "Pending", schedule: Schedule.spaced("20 millis") }),
      Effect.timeout(patience)
    )
  })

  const assertReady = Effect.fnUntraced(function*(asked: RepositoryRequest) {
    if (generate !== undefined) yield* generate(asked)
    assert.deepStrictEqual(yield* settled(asked), { _tag: "Ready" } satisfies RepositoryState)
  })

  const assertBegunOnce = (key: string) =>
    begun === undefined ? Effect.void : Effect.map(begun(key), (times) => assert.strictEqual(times, 1, `${key} begun`))

  const without = (hook: keyof Options<R, E>): string | undefined =>
    options[hook] === undefined ? `the hook ${hook} is not given` : undefined

  /** Does something whose answer is lost, then again until it is answered. */
  const losing = Effect.fnUntraced(function*<A, R2>(
    operation: Operation,
    effect: Effect.Effect<A, BuildSystemError, R2>
  ) {
    yield* loseAnswer!(operation)
    return yield* effect.pipe(
      Effect.retry({ while: (error) => error.isRetryable, times: 3, schedule: Schedule.spaced("20 millis") })
    )
  })

  Contract.suite<BuildSystem | R, E>(name, options, [
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
        const first = yield* farm.prepare(wanted)
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
          assert.strictEqual((yield* farm.observeRepository(asked))._tag, "Pending")
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
      name: "never calls a repository ready that nobody asked for",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const answer = yield* Effect.result(farm.observeRepository({ buildroot: buildroot.id, id: "999999999" }))
        if (Result.isSuccess(answer)) assert.notStrictEqual(answer.success._tag, "Ready")
        else assert.isFalse(answer.failure.isRetryable)
      })
    },
    {
      name: "finishes a succeeded build twice",
      check: Effect.gen(function*() {
        const { buildroot, farm } = yield* prepared
        const builds = [yield* built(buildroot, "alpha")]
        yield* farm.finish(buildroot, { _tag: "Succeeded", builds })
        yield* farm.finish(buildroot, { _tag: "Succeeded", builds })
        yield* until(builds[0]!.task, "closed")
      })
    },
    {
      name: "goes on after a failed build was finished, with what was built before",
      check: Effect.gen(function*() {
        const { buildroot, farm, plan } = yield* prepared
        const alpha = yield* built(buildroot, "alpha")
        yield* farm.finish(buildroot, { _tag: "Failed", reason: "beta failed" })
        yield* farm.finish(buildroot, { _tag: "Failed", reason: "beta failed" })
        const again = yield* farm.prepare(plan)
        const [adopted] = yield* farm.submit(again, [request(again, "alpha")])
        assert.strictEqual(taskOf(adopted), alpha.task)
        yield* assertReady(yield* farm.admit(again, [alpha]))
        yield* built(again, "beta")
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
    },
    {
      name: "prepares, admits, cancels and finishes once when answers are lost",
      unless: without("loseAnswer"),
      check: Effect.gen(function*() {
        const farm = yield* BuildSystem
        const wanted = plan()
        const buildroot = yield* losing("prepare", farm.prepare(wanted))
        assert.deepStrictEqual(yield* farm.prepare(wanted), buildroot)
        const alpha = yield* built(buildroot, "alpha")
        yield* assertReady(yield* losing("admit", farm.admit(buildroot, [alpha])))
        yield* losing("cancel", farm.cancel([alpha.task]))
        yield* until(alpha.task, "closed")
        yield* losing("finish", farm.finish(buildroot, { _tag: "Succeeded", builds: [alpha] }))
      })
    }
  ])
}
