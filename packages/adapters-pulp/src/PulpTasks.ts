/**
 * Follows tasks to their ends: one question for all that are outstanding, not one for each.
 *
 * Each task has a deadline of ours, after which it is canceled. A worker that dies leaves its task `running` until Pulp
 * looks for missing workers, many minutes later; Pulp knows the worker as missing after its time to live, though, and
 * which task it had. So that is asked, and such a task is canceled and given up at once.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { PulpClient } from "./PulpClient.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"

/** How often tasks are looked at, and how long they may take. */
export interface Settings {
  /** Milliseconds between two questions: the first after so long, growing with the wait up to `longest`. */
  readonly pollMillis?: { readonly shortest: number; readonly longest: number } | undefined
  /** Milliseconds a task may wait for its turn; 30 minutes unless told. Longer than Pulp needs to miss a worker. */
  readonly waitingMillis?: number | undefined
  /** Milliseconds a task may run; an hour unless told. */
  readonly runningMillis?: number | undefined
  /** Milliseconds a task runs before it is asked whether its worker is there, and between two such questions. */
  readonly workersMillis?: number | undefined
}

/** What is different for one task: its deadlines, in milliseconds, and who is told of its progress. */
export interface FollowOptions {
  readonly waitingMillis?: number | undefined
  readonly runningMillis?: number | undefined
  /** Told whenever the task has been looked at and has not ended. */
  readonly onProgress?: ((task: PulpTask.PulpTask) => Effect.Effect<void>) | undefined
}

/** Ends of tasks, for whoever waits for them. */
export interface PulpTasks {
  /** The completed task; any other end is the failure `failed`, `canceled`, `lost` or `overdue`. */
  readonly follow: (task: string, options?: FollowOptions) => Effect.Effect<PulpTask.PulpTask, PulpError>
  /** The group when none of its tasks is waiting, running or being canceled. */
  readonly followGroup: (group: string, patienceMillis?: number) => Effect.Effect<PulpTask.TaskGroup, PulpError>
  /** Asks for the end of a task; one that has ended is fine. */
  readonly cancel: (task: string) => Effect.Effect<void, PulpError>
}

interface Outstanding {
  readonly path: string
  readonly options: FollowOptions
  readonly since: number
  readonly end: Deferred.Deferred<PulpTask.PulpTask, PulpError>
  runningSince: number | undefined
  /** Looks in a row that did not find it. */
  misses: number
}

const MissingWorker = Schema.Struct({ name: Schema.String, current_task: Schema.NullOr(Schema.String) })

/** Paths in one question: a line of a request is at most about 4,000 characters. */
const batch = 40

/** Looks that may miss a task, since it can be purged or not be ours to see. */
const allowedMisses = 3

const chunks = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))

/** Polls while there is something to follow; the scope's end stops it. */
export const make = Effect.fnUntraced(function*(client: PulpClient, settings: Settings = {}) {
  const scope: Scope.Scope = yield* Effect.scope
  const { longest, shortest } = settings.pollMillis ?? { shortest: 100, longest: 2000 }
  const waitingMillis = settings.waitingMillis ?? 30 * 60_000
  const runningMillis = settings.runningMillis ?? 60 * 60_000
  const workersMillis = settings.workersMillis ?? 10_000
  const outstanding = new Set<Outstanding>()
  let polling = false
  let workersAsked = 0

  const cancel = (task: string): Effect.Effect<void, PulpError> =>
    client.send({ method: "PATCH", path: task, json: { state: "canceled" }, repeatable: true }).pipe(
      Effect.asVoid,
      // Ended meanwhile, or purged.
      Effect.catchIf(({ reason }) => reason === "conflict" || reason === "gone", () => Effect.void)
    )

  const settle = (one: Outstanding, end: Effect.Effect<PulpTask.PulpTask, PulpError>) => {
    outstanding.delete(one)
    return Effect.asVoid(Deferred.complete(one.end, end))
  }

  const give = (one: Outstanding, reason: PulpError["reason"], message: string) =>
    settle(one, Effect.fail(new PulpError({ reason, request: `GET ${one.path}`, task: one.path, message })))

  /** Its task ends in `canceled` some time later; nobody waits for that here. */
  const abandon = (one: Outstanding, reason: "lost" | "overdue", message: string) =>
    Effect.andThen(
      Effect.andThen(
        Effect.logWarning(`${message}; it is canceled, and Pulp frees what it holds when it cleans up after it`),
        Effect.ignore(cancel(one.path))
      ),
      give(one, reason, message)
    )

  const look = Effect.fnUntraced(function*(one: Outstanding, task: PulpTask.PulpTask | undefined, now: number) {
    if (task === undefined) {
      if (++one.misses >= allowedMisses) yield* give(one, "gone", `Pulp does not know its task ${one.path}`)
      return
    }
    one.misses = 0
    if (PulpTask.isEnded(task)) {
      const failed = PulpTask.failure(task)
      return yield* settle(one, failed === undefined ? Effect.succeed(task) : Effect.fail(failed))
    }
    if (task.state !== "waiting") one.runningSince ??= now
    const [since, patience] = one.runningSince === undefined
      ? [one.since, one.options.waitingMillis ?? waitingMillis]
      : [one.runningSince, one.options.runningMillis ?? runningMillis]
    if (now - since > patience) {
      const seconds = Math.round((now - since) / 1000)
      return yield* abandon(one, "overdue", `Pulp's task ${task.name} is ${task.state} for ${seconds} s`)
    }
    if (one.options.onProgress !== undefined) yield* one.options.onProgress(task)
  })

  const askWorkers = Effect.fnUntraced(function*(now: number) {
    const running = [...outstanding].filter((one) => now - (one.runningSince ?? now) >= workersMillis)
    if (running.length === 0 || now - workersAsked < workersMillis) return
    workersAsked = now
    const missing = yield* client.list(MissingWorker, "workers/", { missing: "true", fields: "name,current_task" })
    for (const one of running) {
      const worker = missing.find(({ current_task }) => current_task === one.path)
      if (worker !== undefined) yield* abandon(one, "lost", `Pulp's worker ${worker.name} is gone with its task`)
    }
  })

  const poll = Effect.gen(function*() {
    const all = [...outstanding]
    const answers = yield* Effect.forEach(
      chunks(all, batch),
      (some) =>
        client.list(PulpTask.PulpTask, "tasks/", {
          pulp_href__in: some.map(({ path }) => path).join(","),
          fields: PulpTask.fields
        }),
      { concurrency: 2 }
    )
    const now = yield* Clock.currentTimeMillis
    const found = new Map(answers.flat().map((task) => [task.pulp_href, task]))
    for (const one of all) if (outstanding.has(one)) yield* look(one, found.get(one.path), now)
    yield* askWorkers(now)
  })

  /** The youngest sets the pace: short tasks are seen soon, long ones do not cost a question each moment. */
  const pause = (now: number) => {
    const youngest = Math.max(...[...outstanding].map(({ since }) => since))
    return Math.min(longest, Math.max(shortest, (now - youngest) / 4))
  }

  const loop = Effect.gen(function*() {
    for (;;) {
      // In one breath with the test, so that whoever comes next either is seen or starts another loop.
      if (outstanding.size === 0) return void (polling = false)
      yield* Effect.sleep(pause(yield* Clock.currentTimeMillis))
      yield* Effect.catch(poll, (error) =>
        // The client was patient already. A refusal concerns all alike.
        Effect.forEach([...outstanding], (one) => settle(one, Effect.fail(error)), { discard: true }))
    }
  })

  const follow = Effect.fnUntraced(function*(path: string, options: FollowOptions = {}) {
    const since = yield* Clock.currentTimeMillis
    const end = Deferred.makeUnsafe<PulpTask.PulpTask, PulpError>()
    const one: Outstanding = { path, options, since, end, runningSince: undefined, misses: 0 }
    outstanding.add(one)
    if (!polling) {
      polling = true
      yield* Effect.forkIn(loop, scope)
    }
    return yield* Effect.ensuring(Deferred.await(end), Effect.sync(() => void outstanding.delete(one)))
  })

  const followGroup = Effect.fnUntraced(function*(path: string, patienceMillis = runningMillis) {
    const since = yield* Clock.currentTimeMillis
    for (;;) {
      const group = yield* client.get(PulpTask.TaskGroup, path)
      if (PulpTask.isGroupEnded(group)) return group
      const waited = (yield* Clock.currentTimeMillis) - since
      if (waited > patienceMillis) {
        const message = `Pulp's tasks ${path} have not ended within ${patienceMillis} ms`
        return yield* new PulpError({ reason: "overdue", request: `GET ${path}`, message })
      }
      yield* Effect.sleep(Math.min(longest, Math.max(shortest, waited / 4)))
    }
  })

  const tasks: PulpTasks = { follow, followGroup, cancel }
  return tasks
})
