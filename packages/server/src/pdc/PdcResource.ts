/** One kind of PDC's records: how it is listed, found and written. What is refused is told as PDC tells it. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Filter } from "./statements/ModuleStatements.ts"
import type { Page } from "./statements/PdcPage.ts"
import type { RecordedChange } from "./statements/RelationshipStatements.ts"

/** A request that is not done; the body is what is answered. */
export class PdcRefused extends Data.TaggedError("PdcRefused")<{
  readonly status: 400 | 404
  readonly body: Readonly<Record<string, unknown>>
}> {}

/** A record as it is shown. */
export type Shown = Readonly<Record<string, unknown>>

/** What a write did: the record as it is by now, and what is noted of it. */
export interface Written {
  readonly shown: Shown
  readonly change: RecordedChange
}

type Asked<A> = Effect.Effect<A, PdcRefused | SqlError, SqlClient.SqlClient>

/** One kind of records. Operations that are not there are not offered. */
export interface PdcResource {
  /** What lists may be asked for. */
  readonly filters: ReadonlyArray<string>
  readonly list: (filter: Filter, page: Page, ordering: string | undefined) => Asked<{
    readonly items: ReadonlyArray<Shown>
    /** Absent where the page is empty. */
    readonly total: number | undefined
  }>
  readonly find?: (id: string) => Asked<Shown | undefined>
  readonly create?: (body: unknown) => Asked<Written>
  /** Many at once; `undefined`, and nothing is written, where one of them is wrong: one by one it is found which. */
  readonly createAll?: (bodies: ReadonlyArray<unknown>) => Asked<ReadonlyArray<Written> | undefined>
  /** `isWhole`: what the body leaves out is not kept. */
  readonly update?: (id: string, body: unknown, isWhole: boolean) => Asked<Written>
  readonly remove?: (id: string) => Asked<RecordedChange>
}

const absent = (detail: string) => new PdcRefused({ status: 404, body: { detail } })

export const notFound = absent("Not found.")
export const noPage = absent("Invalid page.")

export const refuse = (body: Readonly<Record<string, unknown>>) => new PdcRefused({ status: 400, body })

/** What is noted of a record: keys in order, as PDC's log has them. */
export const noted = (value: Shown | undefined): string =>
  value === undefined ?
    "null" :
    `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}: ${JSON.stringify(value[key])}`).join(", ")}}`
