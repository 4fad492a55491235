/**
 * Everything that waits for the farm, in the order in which it will be handed out, with the reason of its place: components under this
 * server's limits, those at a build system, and tasks of the pool. A constant number of statements, however long the queue is.
 */
import type { QueueEntry, QueuePlace } from "@orch/api/orch/QueueEntry"
import * as QueueExplanation from "@orch/core/builderpool/QueueExplanation"
import { RebuildLimit } from "@orch/core/engine/SubmissionLimits"
import * as FairShare from "@orch/core/farm/FairShare"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { BuilderPool, type NodeRow, type TaskRow } from "../builders/BuilderPool.ts"
import { asUnavailable } from "../database/PgError.ts"
import { type ActiveRow, activity, candidate, type FarmSource } from "../database/PgFarmWork.ts"
import { time, timeOrNull } from "../http/Timestamp.ts"
import * as Statements from "./statements/FarmQueueStatements.ts"

/** A part that is being built. */
export interface Running {
  readonly owner: string
  readonly arches: ReadonlyArray<string>
}

/** The farm's queue, and what the farm has. */
export interface Queue {
  /** In the order of hand-outs, kind by kind: nodes, slots, builders. */
  readonly entries: ReadonlyArray<QueueEntry>
  /** More wait than are looked at. */
  readonly isMore: boolean
  readonly running: ReadonlyArray<Running>
  readonly leased: ReadonlyArray<TaskRow & { readonly build: number; readonly name: string; readonly of: string }>
  readonly nodes: ReadonlyArray<NodeRow>
}

/** What can be asked. */
export interface Interface {
  readonly queue: Effect.Effect<Queue, StoreUnavailable>
  /** Packages that ended since a time, counted by the half hour or whatever `stretch` is in milliseconds. */
  readonly finished: (
    since: number,
    stretch: number
  ) => Effect.Effect<
    ReadonlyArray<{ readonly place: number; readonly built: number; readonly failed: number }>,
    StoreUnavailable
  >
  readonly deadLetters: Effect.Effect<number, StoreUnavailable>
}

/** The queue of the farm. */
export class FarmQueue extends Context.Service<FarmQueue, Interface>()("@orch/server/farmqueue/FarmQueue") {}

/** Components at a build system that are looked at. */
const mostBuilding = 2000

/** Of whom a task of the pool is: its build, and the component or task. */
const owned = (task: TaskRow, components: ReadonlyMap<string, { readonly build: bigint; readonly part: string }>) => {
  const component = task.life === "module-component" ? components.get(`${task.process}`) : undefined
  return component === undefined
    ? { of: task.life, build: Number(task.process), name: task.part }
    : { of: "module-build", build: Number(component.build), name: component.part }
}

const shares = (rows: ReadonlyArray<ActiveRow>): ReadonlyArray<Running> =>
  rows.flatMap(({ arches, count, owner }) => Array.from({ length: Number(count) }, () => ({ owner, arches })))

/** The queue of the database; `limits` are those under which components get slots. */
export const layer = (
  limits: FairShare.Limits,
  sources: ReadonlyArray<FarmSource>
): Layer.Layer<FarmQueue, never, SqlClient.SqlClient | BuilderPool> =>
  Layer.effect(
    FarmQueue,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const pool = yield* BuilderPool
      const rebuilds = yield* RebuildLimit

      /** Parts under limits, in the order in which they get slots. */
      const slots = Effect.gen(function*() {
        const candidates: Array<FairShare.Candidate> = []
        const active: Array<ActiveRow> = []
        for (const source of sources) {
          candidates.push(...(yield* source.waiting(sql)).map((row) => candidate(row, source.life)))
          active.push(...(yield* source.active(sql)))
        }
        const now = activity(active)
        const reasons = new Map(
          FairShare.share(
            candidates,
            now,
            rebuilds === undefined ? limits : { ...limits, rebuilds: yield* rebuilds }
          ).held.map(({ candidate, reason }) => [candidate, reason])
        )
        const entries = FairShare.share(candidates, now, {}).granted.map((one, index): QueueEntry => ({
          kind: "slot",
          place: index + 1,
          life: one.life,
          build: one.process,
          part: one.part,
          owner: one.owner,
          arches: one.arches,
          priority: one.urgency,
          since: null,
          sentence: `${reasons.get(one) ?? "It is being handed to the build system"}.`,
          expected_at: null,
          node: null
        }))
        return { entries, running: shares(active) }
      })

      const nodes = Effect.gen(function*() {
        const found = yield* pool.queue
        const processes = [...found.leased, ...found.queued.map(({ task }) => task)].flatMap((task) =>
          task.life === "module-component" ? [`${task.process}`] : []
        )
        const rows = processes.length === 0 ? [] : yield* Statements.componentsOf(sql, [...new Set(processes)])
        const components = new Map(rows.map((row) => [row.task, row]))
        const offered = found.queued.length === 0
          ? []
          : yield* Statements.offered(sql, found.queued.map(({ task }) => Number(task.id)))
        const since = new Map(offered.map(({ at, id }) => [id, Number(at)]))
        const placed = found.queued.map(({ task, why }) => {
          const place = why._tag === "Turn" || why._tag === "Limit" ? why.place : undefined
          return { task, why, place }
        }).toSorted((a, b) => (a.place?.place ?? Infinity) - (b.place?.place ?? Infinity))
        const entries = placed.map(({ place, task, why }, index): QueueEntry => {
          const { build, name, of } = owned(task, components)
          return {
            kind: "node",
            place: index + 1,
            life: of,
            build,
            part: name,
            owner: task.owner,
            arches: [task.arch],
            priority: task.priority,
            since: timeOrNull(since.get(task.id)),
            sentence: QueueExplanation.sentence(why, time),
            expected_at: timeOrNull(place?.at),
            node: place?.node ?? null
          }
        })
        const leased = found.leased.map((task) => ({ ...task, ...owned(task, components) }))
        return { entries, leased, nodes: found.nodes, isMore: found.isMore, components }
      })

      return FarmQueue.of({
        queue: Effect.gen(function*() {
          const bySlot = yield* slots
          const byNode = yield* nodes
          const building = yield* Statements.components(sql, mostBuilding)
          // What waits in the pool is told of there, task by task.
          const isPooled = new Set(byNode.components.keys())
          const free = building.filter(({ open, task }) => !open && (task === null || !isPooled.has(task)))
          const entries = free.map((row, index): QueueEntry => ({
            kind: "builder",
            place: index + 1,
            life: "module-build",
            build: Number(row.build),
            part: row.part,
            owner: row.owner,
            arches: row.arches,
            priority: row.priority,
            since: timeOrNull(row.submitted_at ?? undefined),
            sentence: index === 0
              ? "The build system has had it for longest; no builder has taken it yet."
              : `The build system has had ${index} for longer; which is taken next it decides itself.`,
            expected_at: null,
            node: null
          }))
          return {
            entries: [...byNode.entries, ...bySlot.entries, ...entries],
            isMore: byNode.isMore || building.length === mostBuilding,
            running: [
              ...bySlot.running,
              ...byNode.leased.flatMap(({ arch, of, owner }) =>
                of === "module-build" ? [] : [{ owner, arches: [arch] }]
              )
            ],
            leased: byNode.leased,
            nodes: byNode.nodes
          }
        }).pipe(asUnavailable("FarmQueue.queue")),
        finished: (since, stretch) =>
          Statements.finished(sql, since, stretch).pipe(
            Effect.map((rows) =>
              rows.map(({ built, failed, place }) => ({ place, built: Number(built), failed: Number(failed) }))
            ),
            asUnavailable("FarmQueue.finished")
          ),
        deadLetters: Statements.deadLetters(sql).pipe(
          Effect.map(([row]) => Number(row!.amount)),
          asUnavailable("FarmQueue.deadLetters")
        )
      })
    })
  )

/** Who is in front, at most so many. */
const mostAhead = 3

/** The first place that one of these parts of a build has, and who is in front of it; `undefined` where none of them waits. */
export const placeOf = (
  { entries }: Pick<Queue, "entries">,
  life: string,
  build: number,
  parts: ReadonlySet<string>
): QueuePlace | undefined => {
  const at = entries.findIndex((one) => one.life === life && one.build === build && parts.has(one.part))
  const found = entries[at]
  if (found === undefined) return undefined
  const same = entries.filter(({ kind }) => kind === found.kind)
  return {
    ...found,
    of: same.length,
    ahead: same.slice(Math.max(0, found.place - 1 - mostAhead), found.place - 1).toReversed()
      .map(({ build, life, owner, part }) => ({ life, build, part, owner }))
  }
}
