/** The work for the farm in memory: read off the states of the lives that are named. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Candidate } from "../farm/FairShare.ts"
import type { FarmUse, Slot } from "../farm/FarmUse.ts"
import type * as Life from "../life/Life.ts"
import {
  FarmWork,
  longestQuiet,
  type OutstandingModule,
  type OutstandingRepository,
  type OutstandingTask
} from "../ports/FarmWork.ts"
import { MemoryDatabase, type Row, type Table } from "./MemoryDatabase.ts"

/** One life's part in the work. */
export interface Source {
  readonly life: string
  readonly read: (database: MemoryDatabase["Service"]) => {
    readonly rows: Table<unknown, unknown>
    readonly use: FarmUse<unknown>
  }
}

/** A life and how its processes use the farm, for `layer`. */
export const source = <L extends Life.Any>(life: L, use: FarmUse<Life.StateOf<L>>): Source => ({
  life: life.name,
  read: (database) => ({
    rows: database.table(life) as Table<unknown, unknown>,
    use: use as FarmUse<unknown>
  })
})

const minute = 60_000

/** The work of these lives, over the tables of this program. */
export const layer = (sources: ReadonlyArray<Source>): Layer.Layer<FarmWork, never, MemoryDatabase> =>
  Layer.effect(
    FarmWork,
    Effect.gen(function*() {
      const database = yield* MemoryDatabase
      const lives = sources.map(({ life, read }) => ({ life, ...read(database) }))
      const of = (name: string) => lives.filter(({ life }) => life === name)

      const tasks = (some: typeof lives): ReadonlyArray<OutstandingTask & { readonly row: Row<unknown, unknown> }> =>
        some.flatMap(({ life, rows, use }) =>
          [...rows].flatMap(([process, row]) => use.tasks(row.state).map((one) => ({ ...one, life, process, row })))
        )
      const repositories = (
        some: typeof lives
      ): ReadonlyArray<OutstandingRepository & { readonly row: Row<unknown, unknown> }> =>
        some.flatMap(({ life, rows, use }) =>
          [...rows].flatMap(([process, row]) =>
            use.repositories(row.state).map((request) => ({ request, life, process, row }))
          )
        )

      const modules = (
        some: typeof lives
      ): ReadonlyArray<
        OutstandingModule & { readonly quietSince: number; readonly row: Row<unknown, unknown> }
      > =>
        some.flatMap(({ life, rows, use }) =>
          [...rows].flatMap(([process, row]) =>
            (use.modules?.(row.state) ?? []).map((one) => ({ ...one, life, process, row }))
          )
        )

      /** Those that nobody has asked about for a while, marked as asked about. */
      const claim = <A extends { readonly row: Row<unknown, unknown> }>(
        all: () => ReadonlyArray<A>,
        name: (one: A) => string,
        notSince: number | ((one: A, now: number) => number),
        limit: number
      ): Effect.Effect<ReadonlyArray<Omit<A, "row">>> =>
        Effect.clockWith((clock) =>
          Effect.sync(() => {
            const now = clock.currentTimeMillisUnsafe()
            const pause = (one: A) => typeof notSince === "number" ? notSince : notSince(one, now)
            const due = all().filter((one) => (one.row.asked.get(name(one)) ?? -Infinity) <= now - pause(one))
              .slice(0, limit)
            return due.map((one) => {
              one.row.asked.set(name(one), now)
              const { row: _, ...rest } = one
              return rest
            })
          })
        )

      return {
        claimTasks: (life, notSince, limit) => claim(() => tasks(of(life)), ({ task }) => task, notSince, limit),
        claimRepositories: (life, notSince, limit) =>
          claim(() => repositories(of(life)), ({ request }) => request.id, notSince, limit),
        claimModules: (life, notSince, limit) =>
          Effect.map(
            claim(
              () => modules(of(life)),
              ({ module }) => `module ${module}`,
              ({ quietSince }, now) => Math.min(longestQuiet, Math.max(notSince, (now - quietSince) / 8)),
              limit
            ),
            (found) => found.map(({ quietSince: _, ...one }) => one)
          ),
        findModules: (wanted) =>
          Effect.sync(() =>
            modules(lives).filter(({ module }) => wanted.includes(module))
              .map(({ quietSince: _, row: _row, ...one }) => one)
          ),
        findTasks: (wanted) =>
          Effect.sync(() => {
            const ids = new Set<string>(wanted)
            return tasks(lives).filter(({ task }) => ids.has(task)).map(({ row: _, ...one }) => one)
          }),
        findRepositories: (wanted) =>
          Effect.sync(() =>
            repositories(lives)
              .filter(({ request }) =>
                wanted.some((one) => one.buildroot === request.buildroot && one.id === request.id)
              )
              .map(({ row: _, ...one }) => one)
          ),
        grant: (choose) =>
          Effect.clockWith((clock) =>
            Effect.sync(() => {
              const now = clock.currentTimeMillisUnsafe()
              const waiting: Array<Candidate> = []
              const active = {
                total: 0,
                byOwner: new Map<string, number>(),
                byArch: new Map<string, number>(),
                byRebuild: new Map<string, number>()
              }
              const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
              const sort = (life: string, process: number, slot: Slot, grantedAt: number | undefined) => {
                const { part, state, ...rest } = slot
                if (state === "waiting" && (grantedAt === undefined || grantedAt <= now - minute)) {
                  waiting.push({ ...rest, life, process, part })
                  return
                }
                active.total++
                count(active.byOwner, slot.owner)
                if (slot.rebuild !== undefined) count(active.byRebuild, slot.rebuild)
                for (const arch of slot.arches) count(active.byArch, arch)
              }
              for (const { life, rows, use } of lives) {
                for (const [process, { granted, state }] of rows) {
                  for (const slot of use.slots(state)) sort(life, process, slot, granted.get(slot.part))
                }
              }
              const share = choose(waiting, active)
              for (const { life, part, process } of share.granted) {
                for (const { rows } of of(life)) rows.get(process)?.granted.set(part, now)
              }
              return share
            })
          )
      }
    })
  )
