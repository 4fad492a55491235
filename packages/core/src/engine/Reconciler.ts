/**
 * Finds out what has become of tasks and repositories by asking the build system, many at once.
 *
 * Messages are hints: they make it ask sooner. Without any, everything outstanding is asked about each `interval`, so a
 * lost message costs one interval and a repeated one nothing.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { BuildSystem, type BuildSystemError, type Observation, type TaskId } from "../ports/BuildSystem.ts"
import {
  type Keyed,
  type OutstandingRepository,
  type OutstandingTask,
  ProcessStore,
  type StoreUnavailable
} from "../ports/ProcessStore.ts"
import { repositoryOutcome } from "./CommandInterpreter.ts"

export interface Options {
  /** Milliseconds between two questions about the same task. */
  readonly interval: number
}

/** The most tasks taken from the store in one statement. */
const claimSize = 1000

const make = Effect.fnUntraced(function*({ interval }: Options) {
  const farm = yield* BuildSystem
  const store = yield* ProcessStore
  const scope = yield* Effect.scope
  const bulk = Math.max(1, farm.capabilities.bulk)

  // A farm or store that is away for a while must not end the loop; the next round asks again.
  const survive = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<void, never, R> =>
    effect.pipe(Effect.catchCause((cause) => Effect.logWarning("The reconciler could not ask", cause)), Effect.asVoid)

  /** Calls of at most `bulk`, none for two parts of the farm: one that is away must not keep others from answering. */
  const calls = <A>(
    all: ReadonlyArray<A>,
    id: (one: A) => string,
    call: (some: ReadonlyArray<A>) => Effect.Effect<void, BuildSystemError | StoreUnavailable>
  ) =>
    Effect.forEach(
      Map.groupBy(all, (one) => farm.part?.(id(one)) ?? "").values(),
      (part) => survive(Effect.forEach(chunks(part, bulk), call, { discard: true })),
      { concurrency: "unbounded", discard: true }
    )

  /** Asks about tasks and applies the answers, one event for each build. */
  const observe = (outstanding: ReadonlyArray<OutstandingTask>) =>
    calls(
      outstanding,
      ({ task }) => task,
      Effect.fnUntraced(function*(part) {
        const observations = yield* farm.observe(part.map(({ task }) => task))
        const byBuild = Map.groupBy(
          part.map((one, index) => ({ ...one, observation: observations[index]! })),
          ({ build }) => build
        )
        const at = yield* Clock.currentTimeMillis
        yield* Effect.forEach(byBuild, ([build, seen]) =>
          apply(build, [{
            event: {
              _tag: "TasksObserved",
              at,
              observations: seen.map((one) => observed(one.component, one.observation))
            },
            key: undefined
          }]), { concurrency: 8, discard: true })
      })
    )

  const observeRepositories = (outstanding: ReadonlyArray<OutstandingRepository>) =>
    calls(
      outstanding,
      ({ request }) => request.buildroot,
      Effect.fnUntraced(function*(part) {
        const states = yield* farm.observeRepositories(part.map(({ request }) => request))
        const at = yield* Clock.currentTimeMillis
        yield* Effect.forEach(part, ({ build, request }, index) => {
          const state = states[index]
          return state === undefined || state._tag === "Pending"
            ? Effect.void
            : apply(build, [{ event: { ...repositoryOutcome(request, state), at }, key: undefined }])
        }, { concurrency: 8, discard: true })
      })
    )

  const apply = (build: number, events: ReadonlyArray<Keyed>) =>
    store.apply(build, events).pipe(
      Effect.catchTag(["IllegalTransition", "ModuleBuildNotFound"], () => Effect.void)
    )

  const askAll = Effect.gen(function*() {
    let more = true
    while (more) {
      // Half of it, so that each round asks about everything in as few calls as can be, unless another process just did.
      const { repositories, tasks } = yield* store.claimOutstanding(Math.floor(interval / 2), claimSize)
      yield* observe(tasks)
      yield* observeRepositories(repositories)
      more = tasks.length === claimSize
    }
  })

  /** Asks about those tasks that are ours, and answers the others. */
  const askAbout = Effect.fnUntraced(function*(tasks: ReadonlyArray<TaskId>) {
    const found = yield* store.findTasks(tasks)
    yield* observe(found)
    const ours = new Set<string>(found.map(({ task }) => task))
    return tasks.filter((task) => !ours.has(task))
  })

  // A task may end before its submission is written down: a hint that nobody waits for is looked at once more.
  const hinted = Effect.fnUntraced(function*(tasks: ReadonlyArray<TaskId>) {
    const unknown = yield* askAbout([...new Set(tasks)])
    if (unknown.length === 0) return
    yield* Effect.forkIn(survive(Effect.delay(askAbout(unknown), "1 second")), scope)
  })

  yield* survive(askAll).pipe(Effect.repeat(Schedule.spaced(Math.max(50, interval))), Effect.forkScoped)
  // Hints that break off, with the message bus that brings them, are listened for again.
  const listen = farm.hints.pipe(
    Stream.groupedWithin(bulk, "20 millis"),
    Stream.runForEach((tasks) => survive(hinted(tasks)))
  )
  if (farm.capabilities.hints) {
    yield* survive(listen).pipe(Effect.repeat(Schedule.spaced("5 seconds")), Effect.forkScoped)
  }
})

const observed = (component: string, { artifacts, log, nvr, reason, state, task }: Observation) => ({
  component,
  task,
  state,
  artifacts,
  ...(nvr === undefined ? {} : { nvr }),
  ...(reason === undefined ? {} : { reason }),
  ...(log === undefined ? {} : { log })
})

const chunks = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))

/** Runs for as long as the layer lives. */
export const layer = (options: Options): Layer.Layer<never, never, BuildSystem | ProcessStore> =>
  Layer.effectDiscard(make(options))
