/**
 * A build farm in memory, as fast as the machine or as slow as a test wants it.
 *
 * Builds succeed unless told otherwise. It checks what a real farm would check: a component may only be submitted to a
 * buildroot that was prepared, and the same key is never built twice. `log` tells what it did, for assertions.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import {
  BuildSystem,
  BuildSystemError,
  type Capabilities,
  type ComponentRequest,
  type Interface,
  type Observation,
  TaskId,
  type TaskState
} from "../ports/BuildSystem.ts"

interface Task {
  readonly id: TaskId
  readonly buildroot: string
  readonly request: ComponentRequest
  state: TaskState
  reason: string | undefined
}

export interface Log {
  /** Every task that was really begun, in order. */
  readonly started: Array<
    { readonly key: string; readonly component: string; readonly available: ReadonlyArray<string> }
  >
  readonly canceled: Array<TaskId>
}

export interface Control {
  readonly log: Log
  /** Ends a task; `state` defaults to `closed`. */
  readonly settle: (task: TaskId, state?: TaskState, reason?: string) => Effect.Effect<void>
  /** Tasks that have not ended. */
  readonly running: Effect.Effect<ReadonlyArray<{ readonly task: TaskId; readonly request: ComponentRequest }>>
}

/** The handle by which a test drives the farm. */
export class MemoryFarm extends Context.Service<MemoryFarm, Control>()("@orch/core/testing/MemoryFarm") {}

export interface Options {
  /** `instant` closes each task as it is submitted; `manual` leaves it to `settle`. */
  readonly pace?: "instant" | "manual"
  /** Components whose tasks fail instead of closing. */
  readonly failing?: (request: ComponentRequest) => boolean
  readonly capabilities?: Partial<Capabilities>
}

const make = Effect.fnUntraced(function*(options: Options) {
  const tasks = new Map<string, Task>()
  const byKey = new Map<string, Task>()
  const buildroots = new Map<string, Set<string>>()
  const log: Log = { started: [], canceled: [] }
  const changes = yield* PubSub.unbounded<TaskId>()
  const ended = (task: Task): boolean => task.state === "closed" || task.state === "failed" || task.state === "canceled"

  const settle = (id: TaskId, state: TaskState = "closed", reason?: string) =>
    Effect.suspend(() => {
      const task = tasks.get(id)
      if (task === undefined || ended(task)) return Effect.void
      task.state = state
      task.reason = reason
      return Effect.asVoid(PubSub.publish(changes, id))
    })

  const begin = (buildroot: string, request: ComponentRequest): Task => {
    const task: Task = {
      id: TaskId.make(`${tasks.size + 1}`),
      buildroot,
      request,
      state: "open",
      reason: undefined
    }
    tasks.set(task.id, task)
    byKey.set(request.key, task)
    log.started.push({ key: request.key, component: request.component, available: [...buildroots.get(buildroot)!] })
    return task
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
    prepare: (plan) =>
      Effect.sync(() => {
        if (!buildroots.has(plan.key)) buildroots.set(plan.key, new Set())
        return { key: plan.key, id: plan.key }
      }),
    submit: (buildroot, requests) =>
      Effect.suspend(() =>
        buildroots.has(buildroot.id)
          ? Effect.forEach(requests, (request) => {
            const known = byKey.get(request.key)
            const task = known ?? begin(buildroot.id, request)
            const accepted = {
              _tag: "Accepted",
              key: request.key,
              task: task.id,
              adopted: known !== undefined
            } as const
            return options.pace === "manual"
              ? Effect.succeed(accepted)
              : Effect.as(settle(task.id, options.failing?.(request) === true ? "failed" : "closed"), accepted)
          })
          : Effect.fail(
            new BuildSystemError({ reason: "gone", operation: "submit", message: `no buildroot ${buildroot.id}` })
          )
      ),
    observe: (ids) => Effect.sync(() => ids.map((id) => observation(id, tasks.get(id)))),
    cancel: (ids) =>
      Effect.forEach(ids, (id) => {
        log.canceled.push(id)
        return settle(id, "canceled")
      }, { discard: true }),
    admit: (buildroot, builds) =>
      Effect.suspend(() => {
        const present = buildroots.get(buildroot.id)
        if (present === undefined) {
          return Effect.fail(
            new BuildSystemError({ reason: "gone", operation: "admit", message: `no buildroot ${buildroot.id}` })
          )
        }
        for (const { component } of builds) present.add(component)
        return Effect.succeed({ buildroot: buildroot.id, id: `${buildroot.id}#${present.size}` })
      }),
    observeRepository: () => Effect.succeed({ _tag: "Ready" }),
    finish: () => Effect.void,
    hints: Stream.fromPubSub(changes)
  }
  const control: Control = {
    log,
    settle,
    running: Effect.sync(() =>
      [...tasks.values()].filter((task) => !ended(task)).map(({ id, request }) => ({ task: id, request }))
    )
  }
  return Context.make(BuildSystem, farm).pipe(Context.add(MemoryFarm, control))
})

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

export const layer = (options: Options = {}): Layer.Layer<BuildSystem | MemoryFarm> =>
  Layer.effectContext(make(options))
