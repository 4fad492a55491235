/** Results of tests: recorded in one statement, found by another, whatever is asked. */
import type * as ResultWire from "@orch/api/gating/ResultWire"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { json } from "../../database/StorableText.ts"
import * as WholeLists from "../../database/WholeLists.ts"
import * as Marks from "../../Marks.ts"

/** What results are looked for. Each entry of `data` holds alternatives, as patterns or as they are. */
export interface Filter {
  readonly testcases: ReadonlyArray<string>
  readonly testcasesLike: ReadonlyArray<string>
  readonly groups: ReadonlyArray<string>
  readonly outcomes: ReadonlyArray<string>
  readonly since: string | undefined
  readonly until: string | undefined
  readonly data: ReadonlyArray<
    { readonly key: string; readonly values: ReadonlyArray<string>; readonly isPattern: boolean }
  >
}

/** Nothing in particular. */
export const everything: Filter = {
  testcases: [],
  testcasesLike: [],
  groups: [],
  outcomes: [],
  since: undefined,
  until: undefined,
  data: []
}

interface Row {
  readonly id: number
  readonly testcase: string
  readonly testcase_ref_url: string | null
  readonly outcome: string
  readonly submit_time: string
  readonly note: string | null
  readonly ref_url: string | null
  readonly error_reason: string | null
  readonly groups: ReadonlyArray<string>
  readonly data: Readonly<Record<string, ReadonlyArray<string>>>
}

const columns = `r.id::float8 AS id, r.testcase, t.ref_url AS testcase_ref_url, r.outcome,
  to_char(r.submit_time, 'YYYY-MM-DD"T"HH24:MI:SS.US') AS submit_time, r.note, r.ref_url, r.error_reason, r.groups, r.data`

const stored = (row: Row): ResultWire.StoredResult => ({
  id: row.id,
  testcase: row.testcase,
  testcaseRefUrl: row.testcase_ref_url,
  outcome: row.outcome,
  submitTime: row.submit_time,
  note: row.note,
  refUrl: row.ref_url,
  errorReason: row.error_reason,
  groups: row.groups,
  data: row.data
})

/** `*` and `%` stand for anything, `_` for one character, as in ResultsDB; a backslash for itself. */
export const like = (pattern: string): string => pattern.replaceAll("\\", "\\\\").replaceAll("*", "%")

/** What every text that fits a pattern has, of which an index knows each three letters. */
const lettersOf = (pattern: string): ReadonlyArray<string> =>
  like(pattern).split(/\\\\|[%_\n]/).filter((part) => part.length > 2)

/** Rows that may have a value which fits one of the patterns; nothing where a pattern says too little. */
const promising = (sql: SqlClient.SqlClient, patterns: ReadonlyArray<string>): ReadonlyArray<Fragment> => {
  const letters = patterns.map(lettersOf)
  if (letters.some((parts) => parts.length === 0)) return []
  return [
    sql.or(letters.map((parts) => sql`letter_triples(gate_values(r.data)) @> letter_triples(${parts.join("\n")})`))
  ]
}

const where = (sql: SqlClient.SqlClient, filter: Filter): Fragment => {
  const parts: Array<Fragment> = []
  // Names and patterns are alternatives.
  const tests = [
    ...(filter.testcases.length === 0 ? [] : [sql`r.testcase = ANY (${filter.testcases}::text[])`]),
    ...(filter.testcasesLike.length === 0
      ? []
      // There are few tests and many results.
      : [sql`r.testcase = ANY (ARRAY(
          SELECT name FROM gate_testcase WHERE name LIKE ANY (${filter.testcasesLike.map(like)}::text[])
        ))`])
  ]
  if (tests.length > 0) parts.push(sql.or(tests))
  if (filter.groups.length > 0) parts.push(sql`r.groups && ${filter.groups}::text[]`)
  if (filter.outcomes.length > 0) parts.push(sql`r.outcome = ANY (${filter.outcomes}::text[])`)
  if (filter.since !== undefined) parts.push(sql`r.submit_time >= ${filter.since}::timestamp`)
  if (filter.until !== undefined) parts.push(sql`r.submit_time <= ${filter.until}::timestamp`)
  for (const { isPattern, key, values } of filter.data) {
    if (isPattern) parts.push(...promising(sql, values))
    parts.push(
      isPattern
        ? sql`EXISTS (SELECT FROM jsonb_array_elements_text(r.data -> ${key}::text) AS v WHERE v LIKE ANY (${
          values.map(like)
        }::text[]))`
        : sql.or(values.map((value) => sql`r.data @> ${json({ [key]: [value] })}::jsonb`))
    )
  }
  return parts.length === 0 ? sql`TRUE` : sql.and(parts)
}

/** Records a result, and its test and groups where they are new; `undefined` where a result has the key already. */
export const insert = Effect.fnUntraced(function*(
  post: ResultWire.ResultPost,
  groups: ReadonlyArray<string>,
  key: string | undefined
) {
  const sql = yield* SqlClient.SqlClient
  const ofGroups = json(post.groups.map(({ description, refUrl }, index) => ({
    uuid: groups[index],
    description: description ?? null,
    ref_url: refUrl ?? null
  })))
  const rows = yield* sql<Row>`WITH test AS (
      INSERT INTO gate_testcase AS t (name, ref_url) VALUES (${post.testcase.name}, ${post.testcase.refUrl ?? null})
      ON CONFLICT (name) DO UPDATE SET ref_url = coalesce(excluded.ref_url, t.ref_url) RETURNING name, ref_url
    ), groups AS (
      INSERT INTO gate_group AS g (uuid, description, ref_url)
      SELECT DISTINCT ON (uuid) uuid, description, ref_url
      FROM jsonb_to_recordset(${ofGroups}::jsonb) AS x (uuid text, description text, ref_url text) ORDER BY uuid
      ON CONFLICT (uuid) DO UPDATE SET description = coalesce(excluded.description, g.description),
        ref_url = coalesce(excluded.ref_url, g.ref_url)
    ), r AS (
      INSERT INTO gate_result (testcase, outcome, submit_time, note, ref_url, error_reason, groups, data, origin_key)
      SELECT name, ${post.outcome}, coalesce(${
    post.submitTime ?? null
  }::timestamp, clock_timestamp() AT TIME ZONE 'UTC'),
        ${post.note ?? null}, ${post.refUrl ?? null}, ${post.errorReason ?? null}, ${groups}::text[],
        ${json(post.data)}::jsonb, ${key ?? null} FROM test
      ON CONFLICT (origin_key) DO NOTHING RETURNING *
    )
    SELECT ${sql.literal(columns)} FROM r JOIN test AS t ON t.name = r.testcase`
  return rows[0] === undefined ? undefined : stored(rows[0])
})

/** The result with that number. */
export const byId = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row>`SELECT ${sql.literal(columns)} FROM gate_result AS r
    JOIN gate_testcase AS t ON t.name = r.testcase WHERE r.id = ${id}`
  return rows[0] === undefined ? undefined : stored(rows[0])
})

/** The time of a result as text, and its number. */
type Key = readonly [time: string, id: string]

/** Places in lists, by database. */
const places = new WeakMap<SqlClient.SqlClient, ReturnType<typeof Marks.make<Key>>>()

/** A page, the newest first unless `ascending`. */
export const list = Effect.fnUntraced(function*(
  filter: Filter,
  { ascending, limit, offset }: { readonly ascending: boolean; readonly limit: number; readonly offset: number }
) {
  const sql = yield* SqlClient.SqlClient
  const order = sql.literal(ascending ? "r.submit_time, r.id" : "r.submit_time DESC, r.id DESC")
  const learn = OwnPlan.read(sql<{ readonly key: Key; readonly before: bigint }>`
    SELECT ARRAY[submit_time::text, id::text] AS key, before FROM (
      SELECT r.submit_time, r.id, row_number() OVER (ORDER BY ${order}) - 1 AS before FROM gate_result AS r
      WHERE ${where(sql, filter)}
    ) AS placed WHERE before % ${Marks.apart} = 0 ORDER BY before`)
  const marks = places.get(sql) ?? Marks.make<Key>()
  places.set(sql, marks)
  const mark = offset < Marks.near ? undefined : yield* marks(
    { filter, ascending },
    offset,
    Effect.map(
      WholeLists.through(sql, learn),
      (rows) => rows.map(({ before, key }) => ({ before: Number(before), key }))
    )
  )
  const behind = mark === undefined ? sql`true` : sql`(r.submit_time, r.id) ${sql.literal(ascending ? ">=" : "<=")}
    (${mark.key[0]}::timestamp, ${mark.key[1]}::bigint)`
  const rows = yield* OwnPlan.read(sql<Row>`SELECT ${sql.literal(columns)} FROM gate_result AS r
    JOIN gate_testcase AS t ON t.name = r.testcase WHERE r.id = ANY(ARRAY(
      SELECT r.id FROM gate_result AS r WHERE ${where(sql, filter)} AND ${behind}
      ORDER BY ${order} LIMIT ${limit} OFFSET ${offset - (mark?.before ?? 0)}
    )) ORDER BY ${order}`)
  return rows.map(stored)
})

/** Results that one answer may hold. */
export const mostLatest = 10_000

/** Combinations of values that are looked at of one result. */
const mostKinds = 1000

/** What tells results of one test apart: each combination of their values of the keys, as one column `kind`. */
const kinds = (sql: SqlClient.SqlClient, keys: ReadonlyArray<string>): Fragment =>
  keys.length === 0
    ? sql`(SELECT '{}'::text[] AS kind) AS d`
    : sql`LATERAL (SELECT ${sql.literal(`ARRAY[${keys.map((_, index) => `k${index}.value`).join(", ")}]`)} AS kind
      FROM (SELECT 1) AS one ${
      keys.map((key, index) =>
        sql`LEFT JOIN LATERAL jsonb_array_elements_text(r.data -> ${key}::text) AS ${
          sql.literal(`k${index}`)
        } (value) ON TRUE`
      ).reduce((all, one) => sql`${all} ${one}`)
    } LIMIT ${mostKinds}) AS d`

/**
 * The newest results of each test: all of the newest time, or with keys one of each combination of their values. The newest first; each
 * result once.
 */
export const latest = Effect.fnUntraced(function*(filter: Filter, distinct: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const newest = distinct.length === 0
    ? sql`SELECT r.id FROM (SELECT r.id, rank() OVER (PARTITION BY r.testcase ORDER BY r.submit_time DESC) AS place
        FROM gate_result AS r WHERE ${where(sql, filter)}) AS r WHERE r.place = 1`
    : sql`SELECT DISTINCT ON (r.testcase, d.kind) r.id FROM gate_result AS r, ${kinds(sql, distinct)}
        WHERE ${where(sql, filter)} ORDER BY r.testcase, d.kind, r.submit_time DESC, r.id DESC`
  const rows = yield* OwnPlan.read(sql<Row>`SELECT ${sql.literal(columns)} FROM gate_result AS r
    JOIN gate_testcase AS t ON t.name = r.testcase WHERE r.id IN (${newest})
    ORDER BY r.submit_time DESC, r.id DESC LIMIT ${mostLatest}`)
  return rows.map(stored)
})

interface TestcaseRow {
  readonly name: string
  readonly refUrl: string | null
}

/** Tests by name. */
export const testcases = Effect.fnUntraced(function*(
  names: ReadonlyArray<string>,
  patterns: ReadonlyArray<string>,
  { limit, offset }: { readonly limit: number; readonly offset: number }
) {
  const sql = yield* SqlClient.SqlClient
  const parts = [
    ...(names.length === 0 ? [] : [sql`name = ANY (${names}::text[])`]),
    ...(patterns.length === 0 ? [] : [sql`name LIKE ANY (${patterns.map(like)}::text[])`])
  ]
  return yield* OwnPlan.read(sql<TestcaseRow>`SELECT name, ref_url AS "refUrl" FROM gate_testcase
    WHERE ${parts.length === 0 ? sql`TRUE` : sql.and(parts)} ORDER BY name LIMIT ${limit} OFFSET ${offset}`)
})

/** Records a test, or what is new about it. */
export const putTestcase = Effect.fnUntraced(function*({ name, refUrl }: ResultWire.TestcasePost) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<TestcaseRow>`INSERT INTO gate_testcase AS t (name, ref_url) VALUES (${name}, ${
    refUrl ?? null
  })
    ON CONFLICT (name) DO UPDATE SET ref_url = coalesce(excluded.ref_url, t.ref_url) RETURNING name, ref_url AS "refUrl"`
  return rows[0]!
})

interface GroupRow {
  readonly uuid: string
  readonly description: string | null
  readonly refUrl: string | null
  readonly results: number
}

/** How many results the group has. Compared as the index is, which has another order of letters than the group's own name. */
const resultsOfGroup =
  `(SELECT count(*)::float8 FROM gate_result AS r WHERE r.groups @> ARRAY[g.uuid COLLATE "default"])`

/** Groups, with how many results each has. */
export const groups = Effect.fnUntraced(function*(
  uuids: ReadonlyArray<string>,
  descriptions: { readonly exact: ReadonlyArray<string>; readonly patterns: ReadonlyArray<string> },
  { limit, offset }: { readonly limit: number; readonly offset: number }
) {
  const sql = yield* SqlClient.SqlClient
  const parts = [
    ...(uuids.length === 0 ? [] : [sql`g.uuid = ANY (${uuids}::text[])`]),
    ...(descriptions.exact.length === 0 ? [] : [sql`g.description = ANY (${descriptions.exact}::text[])`]),
    ...(descriptions.patterns.length === 0
      ? []
      : [sql`g.description LIKE ANY (${descriptions.patterns.map(like)}::text[])`])
  ]
  return yield* OwnPlan.read(sql<GroupRow>`SELECT g.uuid, g.description, g.ref_url AS "refUrl",
      ${sql.literal(resultsOfGroup)} AS results
    FROM gate_group AS g WHERE g.uuid = ANY(ARRAY(
      SELECT g.uuid FROM gate_group AS g WHERE ${parts.length === 0 ? sql`TRUE` : sql.and(parts)}
      ORDER BY g.uuid DESC LIMIT ${limit} OFFSET ${offset}
    )) ORDER BY g.uuid DESC`)
})

/** Records a group, or what is new about it. */
export const putGroup = Effect.fnUntraced(function*(
  uuid: string,
  { description, refUrl }: Pick<ResultWire.GroupPost, "description" | "refUrl">
) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<GroupRow>`INSERT INTO gate_group AS g (uuid, description, ref_url)
    VALUES (${uuid}, ${description ?? null}, ${refUrl ?? null})
    ON CONFLICT (uuid) DO UPDATE SET description = coalesce(excluded.description, g.description),
      ref_url = coalesce(excluded.ref_url, g.ref_url)
    RETURNING uuid, description, ref_url AS "refUrl",
      ${sql.literal(resultsOfGroup)} AS results`
  return rows[0]!
})

/**
 * The newest results that fit each of the queries, by the query's number, the newest first. What fits a query has all values of one
 * of its alternatives.
 */
export const latestOf = Effect.fnUntraced(function*(
  queries: ReadonlyArray<ReadonlyArray<Readonly<Record<string, string>>>>,
  distinct: ReadonlyArray<string>,
  until: string | undefined
) {
  const sql = yield* SqlClient.SqlClient
  const asked = queries.map((alternatives, number) => ({
    number,
    alternatives: alternatives.map((one) =>
      Object.fromEntries(Object.entries(one).map(([key, value]) => [key, [value]]))
    )
  }))
  const rows = yield* sql<Row & { readonly number: number }>`SELECT q.number, ${sql.literal(columns)}
    FROM jsonb_to_recordset(${json(asked)}::jsonb) AS q (number int, alternatives jsonb)
    CROSS JOIN LATERAL (SELECT * FROM gate_result AS all_results WHERE all_results.id IN (
      SELECT DISTINCT ON (r.testcase, d.kind) r.id FROM gate_result AS r, ${kinds(sql, distinct)}
      WHERE r.data @> ANY (ARRAY(SELECT jsonb_array_elements(q.alternatives)))
        AND (${until ?? null}::timestamp IS NULL OR r.submit_time <= ${until ?? null}::timestamp)
      ORDER BY r.testcase, d.kind, r.submit_time DESC, r.id DESC)) AS r
    JOIN gate_testcase AS t ON t.name = r.testcase
    ORDER BY q.number, r.submit_time DESC, r.id DESC LIMIT ${mostLatest}`
  const found = queries.map((): Array<ResultWire.StoredResult> => [])
  for (const row of rows) found[row.number]!.push(stored(row))
  return found
})
