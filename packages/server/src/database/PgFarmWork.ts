/** The work for the farm in the database: tasks, repositories and slots of all lives that are named. */
import type { RepositoryRequest } from "@orch/core/farm/Buildroot"
import type { Active, Candidate } from "@orch/core/farm/FairShare"
import { TaskId } from "@orch/core/farm/Task"
import {
  FarmWork,
  type OutstandingModule,
  type OutstandingRepository,
  type OutstandingTask
} from "@orch/core/ports/FarmWork"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { asUnavailable } from "./PgError.ts"

/** A task, and who waits for it. */
export interface TaskRow {
  readonly process: bigint
  readonly part: string
  readonly task: string
}

/** A repository, and who waits for it. */
export interface RepositoryRow {
  readonly process: bigint
  readonly request: { readonly buildroot: string; readonly id: string }
}

/** A module build that the farm owns, and who waits for it. */
export interface ModuleRow {
  readonly process: bigint
  readonly module: string
}

/** A part that waits for a slot. */
export interface SlotRow {
  readonly process: bigint
  readonly part: string
  readonly owner: string
  readonly arches: ReadonlyArray<string>
  readonly urgency: number
  readonly priority: number
  /** The rebuild that the process is part of. */
  readonly rebuild: string | null
}

/** Slots in use, counted by owner, rebuild and architectures. */
export interface ActiveRow {
  readonly owner: string
  readonly rebuild: string | null
  readonly arches: ReadonlyArray<string>
  readonly count: bigint
}

type Rows<A> = Effect.Effect<ReadonlyArray<A>, SqlError>

/** One life's statements on what it wants of the farm. A slot granted less than a minute ago counts as in use. */
export interface FarmSource {
  readonly life: string
  /** Marks tasks as asked about now; those another server is marking are left to it. */
  readonly claimTasks: (sql: SqlClient.SqlClient, notSince: number, limit: number) => Rows<TaskRow>
  readonly claimRepositories: (sql: SqlClient.SqlClient, notSince: number, limit: number) => Rows<RepositoryRow>
  /** Of a life that hands modules over to a farm which owns their builds. */
  readonly claimModules?: (sql: SqlClient.SqlClient, notSince: number, limit: number) => Rows<ModuleRow>
  readonly findModules?: (sql: SqlClient.SqlClient, modules: ReadonlyArray<string>) => Rows<ModuleRow>
  readonly findTasks: (sql: SqlClient.SqlClient, tasks: ReadonlyArray<string>) => Rows<TaskRow>
  readonly findRepositories: (
    sql: SqlClient.SqlClient,
    requests: ReadonlyArray<RepositoryRequest>
  ) => Rows<RepositoryRow>
  readonly waiting: (sql: SqlClient.SqlClient) => Rows<SlotRow>
  readonly active: (sql: SqlClient.SqlClient) => Rows<ActiveRow>
  readonly markGranted: (
    sql: SqlClient.SqlClient,
    granted: ReadonlyArray<{ readonly process: number; readonly part: string }>
  ) => Effect.Effect<unknown, SqlError>
}

/** Of PostgreSQL's advisory locks, the one under which slots are granted: the bytes of "slot". */
const slotLock = 0x736c6f74

/** The work of these lives. */
export const layer = (sources: ReadonlyArray<FarmSource>): Layer.Layer<FarmWork, never, SqlClient.SqlClient> =>
  Layer.effect(
    FarmWork,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const of = (life: string) => sources.filter((source) => source.life === life)

      /** The rows of several lives, one statement each. */
      const each = <A, B>(
        some: ReadonlyArray<FarmSource>,
        read: (source: FarmSource) => Rows<A>,
        make: (row: A, life: string) => B
      ) =>
        Effect.map(
          Effect.forEach(
            some,
            (source) => Effect.map(read(source), (rows) => rows.map((row) => make(row, source.life)))
          ),
          (found) => found.flat()
        )

      return FarmWork.of({
        claimTasks: (life, notSince, limit) =>
          each(of(life), ({ claimTasks }) => claimTasks(sql, notSince, limit), outstanding).pipe(
            asUnavailable("FarmWork.claimTasks")
          ),
        claimRepositories: (life, notSince, limit) =>
          each(
            of(life),
            ({ claimRepositories }) => claimRepositories(sql, notSince, limit),
            outstandingRepository
          ).pipe(asUnavailable("FarmWork.claimRepositories")),
        claimModules: (life, notSince, limit) =>
          each(
            of(life),
            ({ claimModules }) => claimModules?.(sql, notSince, limit) ?? Effect.succeed([]),
            outstandingModule
          ).pipe(asUnavailable("FarmWork.claimModules")),
        findModules: (modules) =>
          each(sources, ({ findModules }) => findModules?.(sql, modules) ?? Effect.succeed([]), outstandingModule).pipe(
            asUnavailable("FarmWork.findModules")
          ),
        findTasks: (tasks) =>
          each(sources, ({ findTasks }) => findTasks(sql, tasks), outstanding).pipe(
            asUnavailable("FarmWork.findTasks")
          ),
        findRepositories: (requests) =>
          each(sources, ({ findRepositories }) => findRepositories(sql, requests), outstandingRepository).pipe(
            asUnavailable("FarmWork.findRepositories")
          ),
        grant: (choose) =>
          sql.withTransaction(Effect.gen(function*() {
            yield* sql`SELECT pg_advisory_xact_lock(${slotLock})`
            const waiting = yield* each(
              sources,
              ({ waiting }) => waiting(sql),
              candidate
            )
            const active = waiting.length === 0
              ? []
              : yield* each(sources, ({ active }) => active(sql), (row) => row)
            const share = choose(waiting, activity(active))
            for (const { life, markGranted } of sources) {
              const granted = share.granted.filter((one) => one.life === life)
              if (granted.length > 0) yield* markGranted(sql, granted)
            }
            return share
          })).pipe(asUnavailable("FarmWork.grant"))
      })
    })
  )

const outstanding = ({ part, process, task }: TaskRow, life: string): OutstandingTask => ({
  life,
  process: Number(process),
  part,
  task: TaskId.make(task)
})

const outstandingRepository = ({ process, request }: RepositoryRow, life: string): OutstandingRepository => ({
  life,
  process: Number(process),
  request
})

/** What waits for a slot, as limits look at it. */
export const candidate = ({ process, rebuild, ...rest }: SlotRow, life: string): Candidate => ({
  ...rest,
  life,
  process: Number(process),
  ...(rebuild === null ? {} : { rebuild })
})

const outstandingModule = ({ module, process }: ModuleRow, life: string): OutstandingModule => ({
  life,
  process: Number(process),
  module
})

/** What is being built, counted as limits count it. */
export const activity = (rows: ReadonlyArray<ActiveRow>): Active => {
  const byOwner = new Map<string, number>()
  const byRebuild = new Map<string, number>()
  const byArch = new Map<string, number>()
  let total = 0
  for (const row of rows) {
    const count = Number(row.count)
    total += count
    byOwner.set(row.owner, (byOwner.get(row.owner) ?? 0) + count)
    if (row.rebuild !== null) byRebuild.set(row.rebuild, (byRebuild.get(row.rebuild) ?? 0) + count)
    for (const arch of row.arches) byArch.set(arch, (byArch.get(arch) ?? 0) + count)
  }
  return { total, byOwner, byArch, byRebuild }
}
