/** What is particular to the tables of one life: their names, the columns beyond those all lives have, and the first row. */
import type * as Life from "@orch/core/life/Life"
import type * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

/** A column that is written with each change. The SQL in it is the table's own, never anybody's input. */
export interface Column<A> {
  readonly name: string
  /** The type of the value, as PostgreSQL names it. */
  readonly type: string
  /** The value as JSON. */
  readonly of: (from: A) => unknown
}

/** A column whose value follows in SQL from what is written; `given` is the new row, `old` the one before. */
export interface DerivedColumn {
  readonly name: string
  /** The value for a row that is new; parts only. */
  readonly insert?: string
  readonly update: string
}

/** Writes down what a slice shows of a process and the engine does not need, in the transaction that begins it or changes its plan. */
export type Projection<L extends Life.Any> = (
  sql: SqlClient.SqlClient,
  id: number,
  plan: Life.PlanOf<L>
) => Effect.Effect<unknown, SqlError>

/** The part a life's state consists of. */
export type PartOf<L extends Life.Any> = L extends
  Life.Life<string, infer _P, infer _G, infer T, infer _S, infer _E, infer _C> ? T : never

/**
 * The tables of one life. All lives have in common: the process's `id`, `revision`, `plan` and `progress`; a part's `name`
 * and `data`; an event's `sequence`, `key` and `event`.
 */
export interface ProcessTable<L extends Life.Any> {
  readonly life: L
  /** Names of the tables. */
  readonly process: string
  readonly part: string
  readonly event: string
  /** The column by which parts and events name their process. */
  readonly reference: string
  readonly columns: ReadonlyArray<Column<Life.StateOf<L>>>
  readonly derivedColumns: ReadonlyArray<DerivedColumn>
  readonly partColumns: ReadonlyArray<Column<PartOf<L>>>
  readonly derivedPartColumns: ReadonlyArray<DerivedColumn>
  /** The unique index that lets one process hold a place. */
  readonly placeIndex: string
  /** The plan that was stored, where it may be so long that it is read in pieces. */
  readonly readPlan?: (stored: unknown) => Effect.Effect<Life.PlanOf<L>>
  /** Allocates an id for a plan, at revision 0; the rest is written by the change of the first event. */
  readonly insert: (
    sql: SqlClient.SqlClient,
    plan: Life.PlanOf<L>
  ) => Effect.Effect<ReadonlyArray<{ readonly id: bigint }>, SqlError>
  /** Told of each change once it is stored, and of none that is not. */
  readonly changed?: (before: Life.StateOf<L>, after: Life.StateOf<L>) => void
  /** The process that holds the place which a plan wants, if any. */
  readonly holder: (
    sql: SqlClient.SqlClient,
    plan: Life.PlanOf<L>
  ) => Effect.Effect<ReadonlyArray<{ readonly id: bigint; readonly state: string }>, SqlError>
}
