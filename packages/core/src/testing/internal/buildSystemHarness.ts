/** What the promises of a build system are checked with: requests, waiting, lost answers. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import {
  type Buildroot,
  type BuildrootPlan,
  BuildSystem,
  type BuildSystemError,
  type BuiltComponent,
  type Observation,
  type RepositoryRequest,
  type RepositoryState,
  type Submission,
  type TaskId,
  type TaskState
} from "../../ports/BuildSystem.ts"
import { type ComponentName, components, type Operation, type Options, type Wanted } from "../BuildSystemHooks.ts"
import * as Contract from "../Contract.ts"

export const harness = <R, E>(options: Options<R, E>) => {
  const { begun, generate, loseAnswer, settle } = options
  const patience = options.patience ?? 30_000

  const plan = (): BuildrootPlan => {
    const serial = Contract.uniqueNumber()
    const distTag = `module_el9+${serial}+c0ffee42`
    return {
      key: `module-build-${serial}`,
      name: "contract",
      stream: "1.0",
      version: BigInt(serial),
      context: "c0ffee42",
      platform: "el9",
      arches: ["x86_64"],
      distTag,
      // Without it, a farm that really builds makes the same build for every test.
      macros: `%dist .${distTag}\n`,
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
    component: ComponentName,
    outcome: Wanted["outcome"] = "closed",
    attempt = 1
  ) => options.request({ key: `${key}/${component}/${attempt}`, component, outcome })

  /** Prepares step by step, as the engine does, until nothing is awaited. */
  const ready = (wanted: BuildrootPlan, steps = 10): Effect.Effect<Buildroot, unknown, BuildSystem | R> =>
    Effect.gen(function*() {
      const buildroot = yield* (yield* BuildSystem).prepare(wanted)
      if (buildroot.awaits === undefined) return buildroot
      assert.isAbove(steps, 0, `${wanted.key} is never prepared`)
      yield* assertReady({ buildroot: buildroot.id, id: buildroot.awaits })
      return yield* ready(wanted, steps - 1)
    })

  const prepared = Effect.gen(function*() {
    const farm = yield* BuildSystem
    const wanted = plan()
    return { farm, plan: wanted, buildroot: yield* ready(wanted) }
  })

  const taskOf = (submission: Submission | undefined): TaskId => {
    if (submission?._tag !== "Accepted") return assert.fail(`not accepted: ${JSON.stringify(submission)}`)
    return submission.task
  }

  const impatient = (what: string, seen: string) =>
    Effect.fail(new Error(`waited ${patience} milliseconds for ${what}, and ${seen}`))

  const until = Effect.fnUntraced(function*(task: TaskId, wanted: TaskState) {
    const farm = yield* BuildSystem
    const ended = (seen: Observation) => ["closed", "failed", "canceled", "gone"].includes(seen.state)
    let seen: Observation | undefined
    const last = yield* Effect.map(farm.observe([task]), ([one]) => seen = one!).pipe(
      Effect.repeat({ until: ended, schedule: Schedule.spaced("20 millis") }),
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => impatient(`observe to say that task ${task} is ${wanted}`, `it says ${seen?.state ?? "nothing"}`)
      })
    )
    assert.strictEqual(
      last.state,
      wanted,
      `observe says of task ${task} that it is ${last.state}${last.reason === undefined ? "" : ` (${last.reason})`}`
    )
    return last
  })

  /** Submits a component and waits for it to be built. */
  const built = Effect.fnUntraced(
    function*(buildroot: Buildroot, component: ComponentName) {
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
    let seen: RepositoryState | undefined
    return yield* Effect.map(farm.observeRepositories([asked]), ([state]) => seen = state!).pipe(
      Effect.repeat({ until: ({ _tag }) => _tag !== "Pending", schedule: Schedule.spaced("20 millis") }),
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () =>
          impatient(
            `observeRepositories to say that ${asked.id} of buildroot ${asked.buildroot} is Ready`,
            seen?._tag === "Pending" ? `it says Pending: ${seen.reason}` : "it says nothing"
          )
      })
    )
  })

  const assertReady = Effect.fnUntraced(function*(asked: RepositoryRequest) {
    if (generate !== undefined) yield* generate(asked)
    assert.deepStrictEqual(yield* settled(asked), { _tag: "Ready" } satisfies RepositoryState)
  })

  const assertBegunOnce = (key: string) =>
    begun === undefined ?
      Effect.void :
      Effect.map(begun(key), (times) =>
        assert.strictEqual(
          times,
          1,
          `the farm has begun ${times} tasks for the key ${key}: submit did not find the first`
        ))

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

  return {
    options,
    plan,
    request,
    ready,
    prepared,
    taskOf,
    until,
    built,
    assertReady,
    assertBegunOnce,
    without,
    losing
  }
}

export type Harness<R, E> = ReturnType<typeof harness<R, E>>
