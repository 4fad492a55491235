/**
 * A build farm in memory, as fast as the machine or as slow as a test wants it.
 *
 * Builds succeed unless told otherwise. It checks what a real farm would check: a component may only be submitted to a
 * buildroot that was prepared, and the same key is never built twice. `log` tells what it did, for assertions; calls can
 * be made to fail before or after the farm has done what they ask.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import {
  type Buildroot,
  BuildSystem,
  BuildSystemError,
  type Capabilities,
  type ComponentRequest,
  type Interface,
  type Observation,
  type RepositoryRequest,
  type RepositoryState,
  type Submission,
  TaskId,
  type TaskState,
  type Waiting
} from "../ports/BuildSystem.ts"

interface Task {
  readonly id: TaskId
  readonly request: ComponentRequest
  state: TaskState
  reason: string | undefined
}

interface Root {
  /** How many steps of its preparation have come. */
  steps: number
  /** Components in its repository. */
  readonly available: Set<string>
  /** Components put in, by repository asked for. */
  readonly asked: Map<string, { readonly components: ReadonlyArray<string>; generated: boolean }>
}

/** The calls that can be interfered with. */
export type Operation = Exclude<keyof Interface, "capabilities" | "hints" | "conditions" | "slots">

/**
 * `unanswered`: the call never reaches the farm. `forgotten`: the farm does it, and its answer is lost. `refused`: the farm
 * says no, for good.
 */
export type Fault = "unanswered" | "forgotten" | "refused"

/** What the farm did, for tests to look at. */
export interface Log {
  /** Every task that was really begun, in order. */
  readonly started: Array<
    { readonly key: string; readonly component: string; readonly available: ReadonlyArray<string> }
  >
  readonly canceled: Array<TaskId>
  /** Every call that reached the farm, in order. */
  readonly calls: Array<Operation>
}

/** How a test drives the farm. */
export interface Control {
  readonly log: Log
  /** Ends a task; `state` defaults to `closed`. */
  readonly settle: (task: TaskId, state?: TaskState, reason?: string) => Effect.Effect<void>
  /** Makes the farm forget a task, as if it had never been. */
  readonly forget: (task: TaskId) => Effect.Effect<void>
  /** Generates a repository that was asked for. */
  readonly generate: (request: RepositoryRequest) => Effect.Effect<void>
  /** Components whose packages are in the buildroot's repository. */
  readonly available: (buildroot: Buildroot) => Effect.Effect<ReadonlyArray<string>>
  /** Tasks that have not ended. */
  readonly running: Effect.Effect<ReadonlyArray<{ readonly task: TaskId; readonly request: ComponentRequest }>>
  /** Nobody at the farm answers any more, for this reason; without one, it is back. */
  readonly leave: (reason?: string) => Effect.Effect<void>
  /** The next `times` calls of this operation meet with this fault. */
  readonly interfere: (operation: Operation, fault: Fault, times?: number) => Effect.Effect<void>
}

/** The handle by which a test drives the farm. */
export class MemoryFarm extends Context.Service<MemoryFarm, Control>()("@orch/core/testing/MemoryFarm") {}

/** How the farm behaves by itself. */
export interface Options {
  /** `instant` closes each task as it is submitted; `manual` leaves it to `settle`. */
  readonly pace?: "instant" | "manual"
  /** `instant` has each repository as it is asked for; `manual` leaves it to `generate`. */
  readonly repositories?: "instant" | "manual"
  /** How many things a preparation has to wait for, one after the other; they come as repositories do. None unless told. */
  readonly preparation?: number
  /** Whether brief observations leave out what tasks left behind. */
  readonly brief?: boolean
  /** Components whose tasks fail instead of closing. */
  readonly failing?: (request: ComponentRequest) => boolean
  /** Components that are refused when they are submitted. */
  readonly rejecting?: (request: ComponentRequest) => boolean
  readonly capabilities?: Partial<Capabilities>
}

const make = Effect.fnUntraced(function*(options: Options) {
  const tasks = new Map<string, Task>()
  const byKey = new Map<string, Task>()
  const roots = new Map<string, Root>()
  const faults = new Map<Operation, Array<Fault>>()
  const log: Log = { started: [], canceled: [], calls: [] }
  const changes = yield* PubSub.unbounded<TaskId>()
  let numbers = 0
  let away: Waiting | undefined

  const call = <A>(operation: Operation, effect: Effect.Effect<A, BuildSystemError>) =>
    Effect.suspend(() => {
      if (away !== undefined) {
        const { on, reason } = away
        return Effect.fail(
          new BuildSystemError({ reason: "unreachable", operation, message: `${on}: ${reason}`, waiting: away })
        )
      }
      const fault = faults.get(operation)?.shift()
      if (fault === "unanswered") return failing("unreachable", operation, "told not to answer")
      log.calls.push(operation)
      if (fault === "refused") return failing("refused", operation, "told to refuse")
      return fault === "forgotten"
        ? Effect.andThen(effect, failing("unreachable", operation, "told to forget the answer"))
        : effect
    })

  const root = (operation: Operation, { id }: { readonly id: string }) => {
    const found = roots.get(id)
    return found === undefined ? failing("gone", operation, `there is no buildroot ${id}`) : Effect.succeed(found)
  }

  const settle = (id: TaskId, state: TaskState = "closed", reason?: string) =>
    Effect.suspend(() => {
      const task = tasks.get(id)
      if (task === undefined || hasEnded(task)) return Effect.void
      task.state = state
      task.reason = reason ?? (state === "failed" ? "told to fail" : undefined)
      return Effect.asVoid(PubSub.publish(changes, id))
    })

  const begin = (available: Iterable<string>, request: ComponentRequest): Task => {
    const task: Task = { id: TaskId.make(`${++numbers}`), request, state: "open", reason: undefined }
    tasks.set(task.id, task)
    byKey.set(request.key, task)
    log.started.push({ key: request.key, component: request.component, available: [...available] })
    return task
  }

  const submit = (available: Iterable<string>, request: ComponentRequest): Effect.Effect<Submission> => {
    const { key } = request
    if (options.rejecting?.(request) === true) {
      return Effect.succeed({ _tag: "Rejected", key, reason: `${request.component} is not wanted here` })
    }
    const known = byKey.get(key)
    const task = known ?? begin(available, request)
    const accepted: Submission = { _tag: "Accepted", key, task: task.id, adopted: known !== undefined }
    return options.pace === "manual"
      ? Effect.succeed(accepted)
      : Effect.as(settle(task.id, options.failing?.(request) === true ? "failed" : "closed"), accepted)
  }

  const generate = (request: RepositoryRequest) =>
    Effect.sync(() => {
      const { asked, available } = roots.get(request.buildroot) ?? {}
      const pending = asked?.get(request.id)
      if (available === undefined || pending === undefined) return
      pending.generated = true
      for (const component of pending.components) available.add(component)
    })

  const repository = ({ buildroot, id }: RepositoryRequest): RepositoryState => {
    const pending = roots.get(buildroot)?.asked.get(id)
    if (pending === undefined) return { _tag: "Failed", reason: `nobody asked for the repository ${id}` }
    return pending.generated ? { _tag: "Ready" } : { _tag: "Pending", reason: "told to wait" }
  }

  const farm: Interface = {
    capabilities: {
      name: "memory",
      arches: ["x86_64", "noarch"],
      platforms: undefined,
      hints: true,
      bulk: 1000,
      ...options.capabilities
    },
    prepare: ({ key }) =>
      call(
        "prepare",
        Effect.suspend(() => {
          const found = roots.get(key) ?? { available: new Set(), asked: new Map(), steps: 0 }
          roots.set(key, found)
          const { asked, steps } = found
          if (steps >= (options.preparation ?? 0)) return Effect.succeed({ key, id: key })
          const request = { buildroot: key, id: `${key}!${steps + 1}` }
          if (asked.get(request.id)?.generated === true) found.steps++
          else asked.set(request.id, { components: [], generated: false })
          const buildroot = { key, id: key, awaits: request.id }
          return options.repositories === "manual" ? Effect.succeed(buildroot) : Effect.as(generate(request), buildroot)
        })
      ),
    submit: (buildroot, requests) =>
      call(
        "submit",
        Effect.flatMap(
          root("submit", buildroot),
          ({ available }) => Effect.forEach(requests, (request) => submit(available, request))
        )
      ),
    observe: (ids, { isBrief = false } = {}) =>
      call(
        "observe",
        Effect.sync(() =>
          ids.map((id) => {
            const seen = observation(id, tasks.get(id))
            return isBrief && options.brief === true ? { ...seen, artifacts: [] } : seen
          })
        )
      ),
    ...(options.brief === true
      ? {
        results: (builds) =>
          call("results", Effect.sync(() => builds.map(({ task }) => observation(task, tasks.get(task)))))
      }
      : {}),
    cancel: (ids) =>
      call(
        "cancel",
        Effect.forEach(ids, (id) => {
          log.canceled.push(id)
          return settle(id, "canceled")
        }, { discard: true })
      ),
    admit: (buildroot, builds) =>
      call(
        "admit",
        Effect.flatMap(root("admit", buildroot), ({ asked }) => {
          const request = { buildroot: buildroot.id, id: `${buildroot.id}#${asked.size + 1}` }
          asked.set(request.id, { components: builds.map(({ component }) => component), generated: false })
          return options.repositories === "manual"
            ? Effect.succeed(request)
            : Effect.as(generate(request), request)
        })
      ),
    observeRepositories: (requests) => call("observeRepositories", Effect.sync(() => requests.map(repository))),
    finish: () => call("finish", Effect.void),
    hints: Stream.fromPubSub(changes),
    conditions: () =>
      Effect.sync(() => [{
        system,
        available: away === undefined,
        ...(away === undefined ? {} : { waiting: away }),
        remarks: []
      }])
  }
  const control: Control = {
    log,
    settle,
    generate,
    forget: (id) =>
      Effect.sync(() => {
        const task = tasks.get(id)
        tasks.delete(id)
        if (task !== undefined) byKey.delete(task.request.key)
      }),
    available: ({ id }) => Effect.sync(() => [...roots.get(id)?.available ?? []]),
    running: Effect.sync(() =>
      [...tasks.values()].filter((task) => !hasEnded(task)).map(({ id, request }) => ({ task: id, request }))
    ),
    leave: (reason) =>
      Effect.map(Clock.currentTimeMillis, (since) => {
        away = reason === undefined ? undefined : { on: system, since, reason }
      }),
    interfere: (operation, fault, times = 1) =>
      Effect.sync(() => {
        const planned = faults.get(operation) ?? []
        faults.set(operation, [...planned, ...Array.from({ length: times }, () => fault)])
      })
  }
  return Context.make(BuildSystem, farm).pipe(Context.add(MemoryFarm, control))
})

/** What the farm is called where it is waited for. */
const system = "farm memory"

const failing = (reason: BuildSystemError["reason"], operation: string, message: string) =>
  Effect.fail(new BuildSystemError({ reason, operation, message }))

const hasEnded = ({ state }: Task): boolean => state === "closed" || state === "failed" || state === "canceled"

const observation = (id: TaskId, task: Task | undefined): Observation => {
  if (task === undefined) return { task: id, state: "gone", artifacts: [] }
  const { component } = task.request
  return {
    task: id,
    state: task.state,
    nvr: `${component}-1-1`,
    artifacts: task.state === "closed"
      ? [{ nevra: `${component}-0:1-1.x86_64`, location: `memory:${component}-1-1.x86_64.rpm` }]
      : [],
    ...(task.reason === undefined ? {} : { reason: task.reason })
  }
}

/** A farm in memory, and the handle to it. */
export const layer = (options: Options = {}): Layer.Layer<BuildSystem | MemoryFarm> =>
  Layer.effectContext(make(options))
