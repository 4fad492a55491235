/**
 * The pool of builders: tasks are offered to it, nodes take them, keep them alive, and report how they ended.
 *
 * What it promises is core's `Lease`: one node at a time has a task, each task counts once, and one that nobody finishes is given up. Who
 * offered a task is told of it through `untold`, at least once.
 */
import * as BuildClass from "@orch/core/builderpool/BuildClass"
import * as Durations from "@orch/core/builderpool/PoolDurations"
import * as Forecast from "@orch/core/builderpool/PoolForecast"
import { defaults, LateReport, type LeaseSettings } from "@orch/core/builderpool/PoolLease"
import * as Matching from "@orch/core/builderpool/PoolMatching"
import type { PoolTask, PoolTaskState } from "@orch/core/builderpool/PoolTask"
import * as QueueExplanation from "@orch/core/builderpool/QueueExplanation"
import * as ExpectedTime from "@orch/core/farm/ExpectedTime"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as LongPoll from "../database/LongPoll.ts"
import { Notifier } from "../database/Notifier.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as HandOuts from "./HandOuts.ts"
import * as Nodes from "./statements/BuilderNodeStatements.ts"
import type { Offer, TaskRow, Untold } from "./statements/BuilderTask.ts"
import * as Tasks from "./statements/BuilderTaskStatements.ts"
import * as HandOut from "./statements/HandOutStatement.ts"
import * as TaskReports from "./TaskReports.ts"

export type { NodeRow } from "./statements/BuilderNodeStatements.ts"
export type { Offer, TaskRow, Untold } from "./statements/BuilderTask.ts"

/** There is no task of this number. */
export class UnknownTask extends Data.TaggedError("UnknownTask")<{ readonly id: number }> {
  override get message(): string {
    return `there is no task ${this.id}`
  }
}

/** What an installation decides. */
export interface PoolSettings extends LeaseSettings {
  readonly perOwner?: number
  readonly perOwnerArch?: number
  readonly reservations: ReadonlyArray<Matching.Reservation>
  /** Which builds are of which class; none without it. */
  readonly classes?: ReadonlyArray<BuildClass.ClassRule>
}

/** The notification of those who are to be told of tasks, in this process: one of all servers is enough to tell a build. */
export const topic = "builders"

type Store<A, E = never> = Effect.Effect<A, E | StoreUnavailable>

/** The notification of those who wait for something to build. */
export const offered = "builders-offered"

/** What the pool offers. */
export interface Interface {
  /** A task for a node; `undefined` when there is none for it, at once or within `wait` milliseconds. */
  readonly handOut: (asking: HandOut.Asking, wait?: number) => Store<HandOut.HandedOut | undefined>
  /** A node is alive and works on these tasks. */
  readonly renew: (node: string, tasks: ReadonlyArray<number>) => Store<void>
  /** A node says how a task ended; `token` where it knows the hand-out's number. The task as it was offered. */
  readonly report: (
    node: string,
    id: number,
    token: number | undefined,
    report: unknown
  ) => Store<TaskRow, LateReport | UnknownTask>
  readonly offer: (offers: ReadonlyArray<Offer>) => Store<void>
  /** Tells nodes that wait to look again; needed by who offers in a transaction, once that is committed. */
  readonly lookAgain: Effect.Effect<void>
  readonly withdraw: (
    life: string,
    process: number,
    tasks: ReadonlyArray<{ readonly task: string; readonly attempt: number }>
  ) => Store<void>
  readonly prioritize: (life: string, process: number, priority: number) => Store<void>
  readonly forget: (life: string, process: number) => Store<void>
  /** Tasks of a life whose processes have not been told how they stand, by number, behind that of `after`. */
  readonly untold: (life: string, limit: number, after?: number) => Store<ReadonlyArray<Untold>>
  readonly tell: (told: ReadonlyArray<Untold>) => Store<void>
  /** Lets lapsed leases end; how many. */
  readonly expire: Store<number>
  /** The tasks that processes of a life have in the pool. */
  readonly ofProcesses: (life: string, processes: ReadonlyArray<number>) => Store<ReadonlyArray<TaskRow>>
  /** The class of a build, whose reserved capacity it may use; empty when it has none. */
  readonly classOf: (facts: BuildClass.BuildFacts) => string
  /** What a node has now. */
  readonly leasedTo: (node: string) => Store<ReadonlyArray<HandOut.HandedOut>>
  /** Takes this many numbers for tasks; the first of them. */
  readonly takeNumbers: (count: number) => Store<number>
  /** Why a task waits. */
  readonly explain: (id: number) => Store<QueueExplanation.QueueExplanation, UnknownTask>
  /** What is leased and what is queued, the first of it, with its places and why it waits; `isMore` where more is queued. */
  readonly queue: Store<{
    readonly leased: ReadonlyArray<TaskRow>
    readonly queued: ReadonlyArray<{ readonly task: TaskRow; readonly why: QueueExplanation.QueueExplanation }>
    readonly isMore: boolean
    readonly nodes: ReadonlyArray<Nodes.NodeRow>
  }>
  readonly nodes: Store<ReadonlyArray<Nodes.NodeRow>>
  /** Changes a node, or makes it known; the node as it is then. */
  readonly adjustNode: (
    name: string,
    fields: { readonly slots?: number; readonly draining?: boolean; readonly tokenHash?: string }
  ) => Store<Nodes.NodeRow>
  readonly removeNode: (name: string) => Store<boolean>
  readonly nodeOfToken: (hash: string) => Store<string | undefined>
  /** Notes how long builds of tasks took. */
  readonly took: (samples: ReadonlyArray<Durations.Sample & { readonly task: number }>) => Store<void>
  /** Expected seconds of builds of these packages. */
  readonly durations: (
    packages: ReadonlyArray<string>
  ) => Store<(packageName: string, arch: string) => number | undefined>
  /** What is usual of builds of these packages. */
  readonly usual: (
    packages: ReadonlyArray<string>
  ) => Store<(packageName: string, arch: string) => ExpectedTime.Usual | undefined>
}

/** The pool. */
export class BuilderPool extends Context.Service<BuilderPool, Interface>()("@orch/server/builders/BuilderPool") {}

/** Nodes listed at once; more are not expected of one installation. */
const mostNodes = 2_000
/** Queued tasks that are explained at once: each is played forward against all nodes. */
const mostShown = 500
const expiredAtOnce = 1_000

const toTask = (row: TaskRow): PoolTask => ({
  id: Number(row.id),
  build: Number(row.process),
  arch: row.arch,
  url: row.url,
  owner: row.owner,
  class: row.class === "" ? undefined : row.class,
  priority: row.priority,
  path: row.path,
  seconds: row.seconds,
  state: row.state as PoolTaskState,
  lease: row.node === null ? undefined : {
    node: row.node,
    token: row.token,
    since: Number(row.since ?? 0),
    until: Number(row.until ?? 0)
  },
  tries: row.tries
})

const toNode = ({ arches, draining, excluded, name, slots }: Nodes.NodeRow): Forecast.PoolNode => ({
  node: name,
  arches,
  excluded,
  draining,
  slots
})

const lateness = (row: TaskRow, node: string): LateReport["reason"] => {
  switch (row.state) {
    case "reported":
      return "Reported"
    case "withdrawn":
      return "Withdrawn"
    case "abandoned":
      return "Abandoned"
    default:
      return row.node === null ? "NeverHandedOut" : row.node === node ? "OtherHandOut" : "OtherNode"
  }
}

/** Slots of the nodes that ask for work, by architecture; `at` in milliseconds since the epoch. */
export const capacity = (nodes: ReadonlyArray<Nodes.NodeRow>, at: number): ReadonlyMap<string, number> => {
  const slots = new Map<string, number>()
  for (const node of nodes) {
    if (node.draining || Number(node.seen_at ?? 0) <= at - HandOut.nodeMillis) continue
    for (const arch of node.arches) slots.set(arch, (slots.get(arch) ?? 0) + node.slots)
  }
  return slots
}

/** The pool in the database. */
export const layer = (
  settings: PoolSettings = { ...defaults, reservations: [] }
): Layer.Layer<BuilderPool, never, SqlClient.SqlClient | Notifier> =>
  Layer.effect(
    BuilderPool,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const notifier = yield* Notifier
      const run = <A, E>(
        operation: string,
        effect: Effect.Effect<A, E, SqlClient.SqlClient>
      ) => effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`BuilderPool.${operation}`))
      const found = (id: number) =>
        Effect.flatMap(
          run("find", Tasks.find(id)),
          (row) => row === undefined ? Effect.fail(new UnknownTask({ id })) : Effect.succeed(row)
        )
      const give = yield* HandOuts.make(settings)
      const take = yield* TaskReports.make
      const handOutOnce = (asking: HandOut.Asking) =>
        Effect.tap(give(asking), (task) => task === undefined ? Effect.void : notifier.wake(topic))
      return BuilderPool.of({
        handOut: Effect.fn("BuilderPool.handOut")((asking: HandOut.Asking, wait = 0) =>
          LongPoll.within(notifier, offered, wait, handOutOnce(asking))
        ),
        renew: Effect.fn("BuilderPool.renew")(function*(node, tasks) {
          const at = yield* Clock.currentTimeMillis
          yield* run("renew", Tasks.renew(node, tasks, at, at + settings.millis))
        }),
        report: Effect.fn("BuilderPool.report")(function*(node, id, token, report) {
          const settled = yield* take({ id, node, token, report })
          if (settled === undefined) return yield* new LateReport({ reason: lateness(yield* found(id), node) })
          yield* notifier.wake(topic)
          return settled
        }),
        offer: Effect.fnUntraced(function*(offers) {
          const at = yield* Clock.currentTimeMillis
          yield* run("offer", Tasks.offer(offers, at))
          if (offers.length > 0) yield* notifier.notify(offered)
        }),
        lookAgain: notifier.notify(offered),
        withdraw: (life, process, tasks) => run("withdraw", Tasks.withdraw(life, process, tasks)),
        prioritize: (life, process, priority) => run("prioritize", Tasks.prioritize(life, process, priority)),
        forget: (life, process) => run("forget", Tasks.forget(life, process)),
        untold: (life, limit, after = 0) => run("untold", Tasks.untold(life, limit, after)),
        tell: (told) => run("tell", Tasks.tell(told.map(({ id, state, token }) => ({ id: Number(id), token, state })))),
        expire: Effect.gen(function*() {
          const at = yield* Clock.currentTimeMillis
          const count = yield* run("expire", Tasks.expire(at, settings.tries, expiredAtOnce))
          if (count > 0) yield* Effect.andThen(notifier.notify(topic), notifier.notify(offered))
          return count
        }),
        ofProcesses: (life, processes) =>
          processes.length === 0 ? Effect.succeed([]) : run("ofProcesses", Tasks.ofProcess(life, processes)),
        classOf: (facts) => BuildClass.of(settings.classes ?? [], facts) ?? "",
        leasedTo: (node) => run("leasedTo", Tasks.leasedTo(node)),
        takeNumbers: (count) => run("takeNumbers", Tasks.takeNumbers(count)),
        explain: Effect.fn("BuilderPool.explain")(function*(id) {
          const at = yield* Clock.currentTimeMillis
          const own = toTask(yield* found(id))
          const tasks = (yield* run("explain", Tasks.open(2_000))).map(toTask)
          const nodes = yield* run("explain", Nodes.list("", mostNodes))
          const limits: Matching.Limits = { ...settings, capacity: capacity(nodes, at) }
          const all = tasks.some((task) => task.id === id) ? tasks : [...tasks, own]
          return QueueExplanation.explain(own, all, nodes.map(toNode), at, limits)
        }),
        queue: Effect.gen(function*() {
          const at = yield* Clock.currentTimeMillis
          const rows = yield* run("queue", Tasks.open(mostShown + 1))
          const nodes = yield* run("queue", Nodes.list("", mostNodes))
          const isQueued = ({ state }: TaskRow): boolean => state === "queued"
          const all = rows.filter(isQueued)
          const queued = all.slice(0, mostShown)
          const leased = rows.filter((row) => !isQueued(row))
          const tasks = [...leased, ...queued].map(toTask)
          const limits: Matching.Limits = { ...settings, capacity: capacity(nodes, at) }
          const places = Forecast.play(tasks, nodes.map(toNode), at, limits)
          const now = Matching.active(tasks)
          const explained = queued.map((task) => ({
            task,
            why: QueueExplanation.explainIn(toTask(task), nodes.map(toNode), now, () => places, limits)
          }))
          return { leased, queued: explained, isMore: all.length > queued.length, nodes }
        }),
        nodes: run("nodes", Nodes.list("", mostNodes)),
        adjustNode: (name, fields) => run("adjustNode", Nodes.adjust(name, fields)),
        removeNode: (name) => run("removeNode", Nodes.remove(name)),
        nodeOfToken: (hash) => run("nodeOfToken", Nodes.byToken(hash)),
        took: (samples) => run("took", Nodes.took(samples)),
        durations: (packages) =>
          Effect.map(
            run("durations", Nodes.durations(packages)),
            (samples) => (name: string, arch: string) => Durations.estimate(samples, name, arch)
          ),
        usual: (packages) =>
          Effect.map(run("usual", Nodes.durations(packages, ExpectedTime.most)), (samples) => {
            const of = Map.groupBy(samples, (one) => `${one.package} ${one.arch}`)
            return (name: string, arch: string) =>
              ExpectedTime.usual((of.get(`${name} ${arch}`) ?? []).map(({ seconds }) => seconds))
          })
      })
    })
  )
