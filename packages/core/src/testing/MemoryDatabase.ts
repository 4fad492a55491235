/** The tables that the stores in memory share: one for each life, so that an index or the farm's work can read them all. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Life from "../life/Life.ts"

/** One process with its history. */
export interface Row<S, E> {
  state: S
  revision: number
  readonly keys: Set<string>
  readonly events: Array<E>
  /** When somebody last asked about a task or repository of it, in milliseconds since the epoch. */
  readonly asked: Map<string, number>
  /** When a part was last granted a slot. */
  readonly granted: Map<string, number>
}

/** Processes of one life by id, in the order of their creation. */
export type Table<S, E> = Map<number, Row<S, E>>

/** Access to the tables. */
export interface Interface {
  /** The table of a life, empty at first. */
  readonly table: <L extends Life.Any>(life: L) => Table<Life.StateOf<L>, Life.EventOf<L>>
}

/** The tables of one program. */
export class MemoryDatabase extends Context.Service<MemoryDatabase, Interface>()(
  "@orch/core/testing/MemoryDatabase"
) {
  static readonly layer: Layer.Layer<MemoryDatabase> = Layer.effect(
    MemoryDatabase,
    Effect.sync(() => {
      const tables = new Map<string, Table<never, never>>()
      return {
        table: <L extends Life.Any>(life: L) => {
          const known = tables.get(life.name)
          if (known !== undefined) return known as Table<Life.StateOf<L>, Life.EventOf<L>>
          const made: Table<Life.StateOf<L>, Life.EventOf<L>> = new Map()
          tables.set(life.name, made as Table<never, never>)
          return made
        }
      }
    })
  )
}
