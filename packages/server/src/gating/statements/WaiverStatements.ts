/** Waivers: recorded all or none, found by one statement. */
import type * as WaiverWire from "@orch/api/gating/WaiverWire"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as CountedRows from "../../database/CountedRows.ts"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { json } from "../../database/StorableText.ts"

/** A waiver that is to be recorded. */
export type NewWaiver = Omit<WaiverWire.StoredWaiver, "id" | "made">

/** What waivers are looked for; absent fields ask nothing. */
export interface Filter {
  readonly subjectTypes?: ReadonlyArray<string> | undefined
  readonly subjectIdentifier?: string | undefined
  readonly testcases?: ReadonlyArray<string> | undefined
  readonly scenario?: string | undefined
  readonly productVersion?: string | undefined
  readonly username?: string | undefined
  readonly proxiedBy?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/**
 * Which of several waivers counts: the newest of each subject, test and scenario, of all users and product versions (`anybody`), or
 * of each user and product version (`each`); or all count.
 */
export type Obsolescence = "anybody" | "each" | "none"

interface Row {
  readonly id: number
  readonly subject_type: string
  readonly subject_identifier: string
  readonly testcase: string
  readonly product_version: string
  readonly scenario: string | null
  readonly waived: boolean
  readonly comment: string
  readonly username: string
  readonly proxied_by: string | null
  readonly made: string
}

const columns =
  `w.id::float8 AS id, w.subject_type, w.subject_identifier, w.testcase, w.product_version, w.scenario, w.waived,
  w.comment, w.username, w.proxied_by, to_char(w.made, 'YYYY-MM-DD"T"HH24:MI:SS.US') AS made`

const stored = (row: Row): WaiverWire.StoredWaiver => ({
  id: row.id,
  subjectType: row.subject_type,
  subjectIdentifier: row.subject_identifier,
  testcase: row.testcase,
  productVersion: row.product_version,
  scenario: row.scenario,
  waived: row.waived,
  comment: row.comment,
  username: row.username,
  proxiedBy: row.proxied_by,
  made: row.made
})

/** Records them in the order given. */
export const insert = Effect.fnUntraced(function*(waivers: ReadonlyArray<NewWaiver>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row>`WITH w AS (
      INSERT INTO gate_waiver (subject_type, subject_identifier, testcase, product_version, scenario, waived, comment,
        username, proxied_by, made)
      SELECT x."subjectType", x."subjectIdentifier", x.testcase, x."productVersion", x.scenario, x.waived, x.comment,
        x.username, x."proxiedBy", clock_timestamp() AT TIME ZONE 'UTC'
      FROM ROWS FROM (jsonb_to_recordset(${json(waivers)}::jsonb) AS ("subjectType" text,
        "subjectIdentifier" text, testcase text, "productVersion" text, scenario text, waived boolean, comment text,
        username text, "proxiedBy" text)) WITH ORDINALITY AS x ORDER BY x.ordinality
      RETURNING *
    ) SELECT ${sql.literal(columns)} FROM w ORDER BY w.id`
  return rows.map(stored)
})

/** The waiver with that number. */
export const byId = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row>`SELECT ${sql.literal(columns)} FROM gate_waiver AS w WHERE w.id = ${id}`
  return rows[0] === undefined ? undefined : stored(rows[0])
})

const matching = (sql: SqlClient.SqlClient, filter: Filter): Fragment => {
  const parts: Array<Fragment> = []
  if (filter.subjectTypes !== undefined) parts.push(sql`w.subject_type = ANY (${filter.subjectTypes}::text[])`)
  if (filter.subjectIdentifier !== undefined) parts.push(sql`w.subject_identifier = ${filter.subjectIdentifier}`)
  if (filter.testcases !== undefined) parts.push(sql`w.testcase = ANY (${filter.testcases}::text[])`)
  if (filter.scenario !== undefined) parts.push(sql`w.scenario = ${filter.scenario}`)
  if (filter.productVersion !== undefined) parts.push(sql`w.product_version = ${filter.productVersion}`)
  if (filter.username !== undefined) parts.push(sql`w.username = ${filter.username}`)
  if (filter.proxiedBy !== undefined) parts.push(sql`w.proxied_by = ${filter.proxiedBy}`)
  if (filter.since !== undefined) parts.push(sql`w.made >= ${filter.since}::timestamp`)
  if (filter.until !== undefined) parts.push(sql`w.made <= ${filter.until}::timestamp`)
  return parts.length === 0 ? sql`TRUE` : sql.and(parts)
}

const newer: Readonly<Record<Exclude<Obsolescence, "none">, string>> = {
  anybody: "",
  each: "AND n.username = w.username AND n.product_version = w.product_version"
}

/** A newer one of the same takes the place of an older one. */
const current = (sql: SqlClient.SqlClient, obsolescence: Obsolescence): Fragment =>
  obsolescence === "none" ? sql`TRUE` : sql`NOT EXISTS (SELECT FROM gate_waiver AS n
    WHERE n.subject_identifier = w.subject_identifier AND n.testcase = w.testcase AND n.subject_type = w.subject_type
      AND n.scenario IS NOT DISTINCT FROM w.scenario AND n.id > w.id AND NOT n.is_bound ${
    sql.literal(newer[obsolescence])
  })`

/** A page of those that match any of the filters, the newest first, with how many there are. */
export const list = Effect.fnUntraced(function*(
  filters: ReadonlyArray<Filter>,
  obsolescence: Obsolescence,
  slice: CountedRows.Slice
) {
  const sql = yield* SqlClient.SqlClient
  const any = filters.length === 0 ? sql`FALSE` : sql.or(filters.map((filter) => matching(sql, filter)))
  const { keys, total } = yield* CountedRows.find({
    name: "gate_waiver",
    filter: { filters, obsolescence },
    from: sql`gate_waiver AS w`,
    where: sql`(${any}) AND NOT w.is_bound AND ${current(sql, obsolescence)}`,
    key: sql`w.id`,
    isDescending: true
  }, slice)
  const rows = yield* OwnPlan.read(sql<Row>`
    SELECT ${sql.literal(columns)} FROM gate_waiver AS w WHERE w.id = ANY(ARRAY(${keys})) ORDER BY w.id DESC`)
  return { waivers: rows.map(stored), total: total(rows.length) }
})
