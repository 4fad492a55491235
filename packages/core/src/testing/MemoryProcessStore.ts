/**
 * The process store in memory: for tests, and for people who drive builds inside their own program.
 *
 * A transaction is one synchronous step, so nothing can come between; commands and announcements follow it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Candidate } from "../farm/FairShare.ts"
import { apply as applyEvents } from "../life/Application.ts"
import type { ModuleBuild } from "../modulebuild/ModuleBuild.ts"
import { unborn, urgency } from "../modulebuild/ModuleBuild.ts"
import type { ModuleBuildEvent } from "../modulebuild/ModuleBuildEvent.ts"
import { nsvc } from "../modulebuild/ModulePlan.ts"
import type { IllegalTransition } from "../modulebuild/Transition.ts"
import { CommandQueue } from "../ports/CommandQueue.ts"
import { Outbox } from "../ports/Outbox.ts"
import {
  type Applied,
  commandId,
  fresh,
  type Keyed,
  ModuleBuildExists,
  ModuleBuildNotFound,
  type OutstandingTask,
  placeTaken,
  ProcessStore,
  type Query,
  type Summary
} from "../ports/ProcessStore.ts"

interface Row {
  build: ModuleBuild
  revision: number
  readonly keys: Set<string>
  readonly events: Array<ModuleBuildEvent>
  readonly asked: Map<string, number>
  /** When a component was last granted a slot. */
  readonly granted: Map<string, number>
}

export const layer: Layer.Layer<ProcessStore, never, CommandQueue | Outbox> = Layer.effect(
  ProcessStore,
  Effect.gen(function*() {
    const queue = yield* CommandQueue
    const outbox = yield* Outbox
    const rows = new Map<number, Row>()

    /** Another build that holds the same name, stream, version and context. */
    const holderOf = (build: ModuleBuild): ModuleBuild | undefined =>
      build.plan.scratch
        ? undefined
        : [...rows.values()].map((row) => row.build).find((other) =>
          other.id !== build.id && holds(other) && nsvc(other.plan) === nsvc(build.plan)
        )

    const commit = (
      row: Row,
      events: ReadonlyArray<Keyed>
    ): Result.Result<Effect.Effect<boolean, never>, IllegalTransition> => {
      const unseen = fresh(events, (key) => row.keys.has(key))
      const applied = applyEvents(row.build, unseen.map(({ event }) => event))
      if (Result.isFailure(applied)) return Result.fail(applied.failure)
      const { change, effective } = applied.success
      const holder = holds(change.build) && !holds(row.build) ? holderOf(change.build) : undefined
      if (holder !== undefined) return Result.fail(placeTaken(row.build.state, unseen, holder.id))
      for (const { key } of unseen) if (key !== undefined) row.keys.add(key)
      if (!change.changed) return Result.succeed(Effect.succeed(false))
      row.build = change.build
      row.revision++
      row.events.push(...effective.map((position) => unseen[position]!.event))
      const { revision } = row
      return Result.succeed(
        Effect.forEach(
          change.commands,
          ({ command, delay }, index) =>
            queue.offer(commandId(row.build.id, revision, index), { build: row.build.id, revision, command }, delay)
        ).pipe(
          Effect.andThen(outbox.append(change.announcements, row.build.modifiedAt)),
          Effect.orDie,
          Effect.as(true)
        )
      )
    }

    const applied = (row: Row, changed: boolean) => ({ build: row.build, revision: row.revision, changed })

    return ProcessStore.of({
      create: (plan, event) =>
        Effect.suspend(() => {
          const id = rows.size + 1
          const build = unborn(id, plan)
          const holder = holderOf(build)
          if (holder !== undefined) {
            return Effect.fail(new ModuleBuildExists({ id: holder.id, nsvc: nsvc(plan), state: holder.state }))
          }
          const row: Row = { build, revision: 0, keys: new Set(), events: [], asked: new Map(), granted: new Map() }
          const committed = Result.getOrThrow(commit(row, [{ event, key: "submitted" }]))
          rows.set(id, row)
          return Effect.map(committed, (changed) => applied(row, changed))
        }),
      apply: (id, events) =>
        Effect.suspend((): Effect.Effect<Applied, IllegalTransition | ModuleBuildNotFound> => {
          const row = rows.get(id)
          if (row === undefined) return Effect.fail(new ModuleBuildNotFound({ id }))
          const committed = commit(row, events)
          return Result.isFailure(committed)
            ? Effect.fail(committed.failure)
            : Effect.map(committed.success, (changed) => applied(row, changed))
        }),
      get: (id) =>
        Effect.suspend(() => {
          const row = rows.get(id)
          return row === undefined ? Effect.fail(new ModuleBuildNotFound({ id })) : Effect.succeed(applied(row, false))
        }),
      list: (query) =>
        Effect.sync(() => {
          const matching = [...rows.values()].map(summary).filter((one) => matches(one, query))
          if (query.order === "newest") matching.reverse()
          return { items: matching.slice(query.offset, query.offset + query.limit), total: matching.length }
        }),
      ready: (names, perModule) =>
        Effect.sync(() =>
          names.flatMap((name) =>
            [...rows.values()].reverse()
              .filter(({ build }) => build.state === "ready" && !build.plan.scratch && build.plan.name === name)
              .slice(0, perModule)
              .map(({ build: { components: _, id, plan, ...progress } }) => ({ id, plan, progress }))
          )
        ),
      history: (id, after, limit) =>
        Effect.sync(() =>
          (rows.get(id)?.events ?? [])
            .map((event, index) => ({ sequence: index + 1, event }))
            .slice(after, after + limit)
        ),
      claimOutstanding: (notSince, limit) =>
        Effect.clockWith((clock) =>
          Effect.sync(() => {
            const now = clock.currentTimeMillisUnsafe()
            const free = (row: Row, what: string): boolean => (row.asked.get(what) ?? -Infinity) <= now - notSince
            const tasks = outstanding(rows).filter(({ build, task }) => free(rows.get(build)!, task)).slice(0, limit)
            const repositories = [...rows.values()].flatMap((row) => {
              const request = row.build.repository?.request
              return request !== undefined && free(row, request.id) ? [{ build: row.build.id, request }] : []
            }).slice(0, limit)
            for (const { build, task } of tasks) rows.get(build)!.asked.set(task, now)
            for (const { build, request } of repositories) rows.get(build)!.asked.set(request.id, now)
            return { tasks, repositories }
          })
        ),
      findTasks: (tasks) =>
        Effect.sync(() => {
          const wanted = new Set<string>(tasks)
          return outstanding(rows).filter(({ task }) => wanted.has(task))
        }),
      grant: (choose) =>
        Effect.clockWith((clock) =>
          Effect.sync(() => {
            const now = clock.currentTimeMillisUnsafe()
            const waiting: Array<Candidate> = []
            const active = { total: 0, byOwner: new Map<string, number>(), byArch: new Map<string, number>() }
            for (const { build, granted } of rows.values()) {
              if (build.state !== "build") continue
              const { owner } = build.plan
              for (const { arches, name, priority } of build.plan.components) {
                const component = build.components.get(name)!
                const isGranted = component.state === "submitting" && (granted.get(name) ?? 0) > now - 60_000
                if (component.state === "building" || isGranted) {
                  active.total++
                  active.byOwner.set(owner, (active.byOwner.get(owner) ?? 0) + 1)
                  for (const arch of arches) active.byArch.set(arch, (active.byArch.get(arch) ?? 0) + 1)
                } else if (component.state === "submitting") {
                  waiting.push({ build: build.id, component: name, owner, arches, urgency: urgency(build), priority })
                }
              }
            }
            const share = choose(waiting, active)
            for (const { build, component } of share.granted) rows.get(build)!.granted.set(component, now)
            return share
          })
        ),
      counts: Effect.sync(() => ({
        builds: tally([...rows.values()].map(({ build }) => build.state)),
        components: tally(
          [...rows.values()].flatMap(({ build }) => [...build.components.values()].map(({ state }) => state))
        )
      }))
    })
  })
)

const outstanding = (rows: ReadonlyMap<number, Row>): ReadonlyArray<OutstandingTask> =>
  [...rows.values()].flatMap(({ build }) =>
    build.state !== "build" ?
      [] :
      [...build.components.values()].flatMap((component) =>
        component.state === "building" && component.task !== undefined
          ? [{ build: build.id, component: component.name, task: component.task }]
          : []
      )
  )

/** Whether a build keeps others of its name, stream, version and context out. */
const holds = ({ plan, state }: ModuleBuild): boolean => !plan.scratch && state !== "failed" && state !== "garbage"

const tally = <K extends string>(values: ReadonlyArray<K>): Partial<Record<K, number>> => {
  const counts: Partial<Record<K, number>> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

const summary = ({ build }: Row): Summary => ({
  id: build.id,
  state: build.state,
  reason: build.reason,
  name: build.plan.name,
  stream: build.plan.stream,
  version: build.plan.version,
  context: build.plan.context,
  owner: build.plan.owner,
  scratch: build.plan.scratch,
  createdAt: build.createdAt,
  modifiedAt: build.modifiedAt,
  completedAt: build.completedAt
})

const matches = (one: Summary, query: Query): boolean =>
  (query.states === undefined || query.states.includes(one.state)) &&
  (query.name === undefined || query.name === one.name) &&
  (query.names === undefined || query.names.includes(one.name)) &&
  (query.stream === undefined || query.stream === one.stream) &&
  (query.owner === undefined || query.owner === one.owner) &&
  (query.modifiedBefore === undefined || one.modifiedAt < query.modifiedBefore)
