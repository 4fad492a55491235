/** Components of releases and their relationships as PDC has them, one statement each. */
import type { NamedComponent, PdcComponent, PdcRelationship } from "@orch/api/pdc/PdcRelationship"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as CountedRows from "../../database/CountedRows.ts"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { clean, json } from "../../database/StorableText.ts"
import type { Filter } from "./ModuleStatements.ts"
import type { Page } from "./PdcPage.ts"

/** Any of the alternatives. */
const among = (sql: SqlClient.SqlClient, column: string, values: ReadonlyArray<string>): Fragment =>
  sql`${sql.literal(column)} = ANY(ARRAY(
    SELECT value COLLATE "C" FROM jsonb_array_elements_text(${json(values)}::text::jsonb)))`

const all = (sql: SqlClient.SqlClient, filter: Filter, columns: Readonly<Record<string, string>>): Fragment => {
  const parts = Object.entries(columns).flatMap(([key, column]) => {
    const values = filter[key]
    return values === undefined ? [] : [among(sql, column, values)]
  })
  return parts.length === 0 ? sql`TRUE` : sql.and(parts)
}

/** The next number of a kind, as a part of a statement that begins with it; none where the condition does not hold. */
const numbered = (sql: SqlClient.SqlClient, kind: string, condition: Fragment): Fragment =>
  sql`WITH next AS (UPDATE pdc_number SET last = last + 1 WHERE kind = ${kind} AND ${condition} RETURNING last)`

/** The kinds of relationships, in the order of their numbers. */
export const types = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly id: number; readonly name: string }>`
    SELECT id::float8 AS id, name FROM pdc_relationship_type ORDER BY pdc_relationship_type.id`
})

interface Row {
  readonly id: number
  readonly type: string
  readonly source_id: number
  readonly source_name: string
  readonly source_release: string
  readonly target_id: number
  readonly target_name: string
  readonly target_release: string
}

const relationship = (row: Row): PdcRelationship => ({
  id: row.id,
  type: row.type,
  from: { id: row.source_id, name: row.source_name, release: row.source_release },
  to: { id: row.target_id, name: row.target_name, release: row.target_release }
})

const selected = `one.id::float8 AS id, kind.name AS type,
  source.id::float8 AS source_id, source.name AS source_name, source.release AS source_release,
  target.id::float8 AS target_id, target.name AS target_name, target.release AS target_release`
const joined = `pdc_relationship AS one JOIN pdc_relationship_type AS kind ON kind.id = one.type
  JOIN pdc_component AS source ON source.id = one.source JOIN pdc_component AS target ON target.id = one.target`

/** One of these releases; of one, an index has the relationships in the order of lists. */
const ofRelease = (sql: SqlClient.SqlClient, column: string, releases: ReadonlyArray<string>): Fragment =>
  releases.length === 1 ? sql`${sql.literal(column)} = ${clean(releases[0]!)}` : among(sql, column, releases)

/** Relationships one end of which is a component that fits, where anything is asked of it. Few components have one name. */
const end = (
  sql: SqlClient.SqlClient,
  column: "one.source" | "one.target",
  names: ReadonlyArray<string> | undefined,
  releases: ReadonlyArray<string> | undefined
): ReadonlyArray<Fragment> => [
  ...(names === undefined ? [] : [sql`${sql.literal(column)} = ANY(ARRAY(
    SELECT id FROM pdc_component AS component WHERE ${among(sql, "component.name", names)}))`]),
  ...(releases === undefined ? [] : [ofRelease(sql, `${column}_release`, releases)])
]

/** A page, by number, with how many there are. */
export const list = Effect.fnUntraced(function*(filter: Filter, slice: Page) {
  const sql = yield* SqlClient.SqlClient
  const wanted = filter["type"]
  const parts = [
    // By their numbers the planner knows how many have them.
    ...(wanted === undefined
      ? []
      : [sql.in("one.type", (yield* types()).filter(({ name }) => wanted.includes(name)).map(({ id }) => id))]),
    ...end(sql, "one.source", filter["from_component_name"], filter["from_component_release"]),
    ...end(sql, "one.target", filter["to_component_name"], filter["to_component_release"])
  ]
  const { keys, total } = yield* CountedRows.find({
    name: "pdc_relationship",
    filter,
    from: sql`pdc_relationship AS one`,
    where: parts.length === 0 ? sql`TRUE` : sql.and(parts),
    key: sql`one.id`,
    isDescending: false
  }, slice)
  const rows = yield* OwnPlan.read(sql<Row>`
    SELECT ${sql.literal(selected)} FROM ${sql.literal(joined)} WHERE one.id = ANY(ARRAY(${keys})) ORDER BY one.id`)
  return { items: rows.map(relationship), total: total(rows.length) }
})

/** The relationship of that number. */
export const find = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<Row>`
    SELECT ${sql.literal(selected)} FROM ${sql.literal(joined)} WHERE one.id = ${id}`
  return row === undefined ? undefined : relationship(row)
})

/** The component that is meant. */
export const component = Effect.fnUntraced(function*(named: NamedComponent) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<PdcComponent>`
    SELECT id::float8 AS id, name, release FROM pdc_component
    WHERE ${"id" in named ? sql`id = ${named.id}` : sql`release = ${named.release} AND name = ${named.name}`}`
  return row
})

/** Records a relationship; its number, or `undefined` where it is there already. */
export const insert = Effect.fnUntraced(function*(type: string, source: number, target: number) {
  const sql = yield* SqlClient.SqlClient
  const isNew = sql`NOT EXISTS (
    SELECT FROM pdc_relationship AS one JOIN pdc_relationship_type AS kind ON kind.id = one.type
    WHERE kind.name = ${type} AND one.source = ${source} AND one.target = ${target})`
  const [row] = yield* sql<{ readonly id: number }>`
    ${numbered(sql, "relationship", isNew)}
    INSERT INTO pdc_relationship (id, type, source, target)
    SELECT next.last, kind.id, ${source}::bigint, ${target}::bigint FROM next, pdc_relationship_type AS kind
    WHERE kind.name = ${type}
    ON CONFLICT (type, source, target) DO NOTHING RETURNING id::float8 AS id`
  return row?.id
})

/** The components that are meant, of many at once. */
export const componentsNamed = Effect.fnUntraced(function*(named: ReadonlyArray<NamedComponent>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PdcComponent>`
    SELECT one.id::float8 AS id, one.name, one.release FROM pdc_component AS one
    JOIN (SELECT DISTINCT id, name, release FROM jsonb_to_recordset(${json(named)}::text::jsonb)
      AS x (id bigint, name text, release text)) AS said
      ON CASE WHEN said.id IS NOT NULL THEN one.id = said.id ELSE one.release = said.release AND one.name = said.name END`
})

/** A relationship as numbers of its components. */
export interface NewRelationship {
  readonly type: string
  readonly source: number
  readonly target: number
}

/** Records many, with numbers in their order; the first number, or `undefined` where one of them is there already, and none is recorded. */
export const insertAll = Effect.fnUntraced(function*(many: ReadonlyArray<NewRelationship>) {
  const sql = yield* SqlClient.SqlClient
  const given = json(many)
  // Whoever writes relationships waits here, so nobody else makes one of these meanwhile.
  yield* sql`SELECT FROM pdc_number WHERE kind = 'relationship' FOR UPDATE`
  const known = yield* sql`
    SELECT FROM jsonb_to_recordset(${given}::text::jsonb) AS x (type text, source bigint, target bigint)
    JOIN pdc_relationship_type AS kind ON kind.name = x.type
    JOIN pdc_relationship AS one ON one.type = kind.id AND one.source = x.source AND one.target = x.target LIMIT 1`
  if (known.length > 0) return undefined
  const [row] = yield* sql<{ readonly last: number }>`
    UPDATE pdc_number SET last = last + ${many.length} WHERE kind = 'relationship' RETURNING last::float8 AS last`
  const first = row!.last - many.length + 1
  yield* sql`
    INSERT INTO pdc_relationship (id, type, source, target)
    SELECT ${first}::bigint + x.ordinality - 1, kind.id, x.source, x.target
    FROM ROWS FROM (jsonb_to_recordset(${given}::text::jsonb) AS (type text, source bigint, target bigint)) WITH ORDINALITY AS x
    JOIN pdc_relationship_type AS kind ON kind.name = x.type`
  return first
})

/** Changes a relationship; false where another one is the same already. */
export const update = Effect.fnUntraced(function*(id: number, type: string, source: number, target: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    UPDATE pdc_relationship SET type = kind.id, source = ${source}, target = ${target}
    FROM pdc_relationship_type AS kind
    WHERE pdc_relationship.id = ${id} AND kind.name = ${type} AND NOT EXISTS (
      SELECT FROM pdc_relationship AS other
      WHERE other.id <> ${id} AND other.type = kind.id AND other.source = ${source} AND other.target = ${target}
    ) RETURNING pdc_relationship.id`
  return rows.length > 0
})

/** Removes a relationship. */
export const remove = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  return (yield* sql`DELETE FROM pdc_relationship WHERE id = ${id} RETURNING id`).length > 0
})

/** A component of a release as it is listed. */
export interface ComponentRow extends PdcComponent {
  readonly global_component: string | null
  readonly active: boolean
}

/** A page of components of releases, by number. */
export const components = Effect.fnUntraced(function*(filter: Filter, slice: Page) {
  const sql = yield* SqlClient.SqlClient
  const { keys, total } = yield* CountedRows.find({
    name: "pdc_component",
    filter,
    from: sql`pdc_component`,
    where: all(sql, filter, { name: "name", release: "release", global_component: "global_component" }),
    key: sql`id`,
    isDescending: false
  }, slice)
  const rows = yield* OwnPlan.read(sql<ComponentRow>`
    SELECT id::float8 AS id, name, release, global_component, active FROM pdc_component
    WHERE pdc_component.id = ANY(ARRAY(${keys})) ORDER BY pdc_component.id`)
  return { items: rows, total: total(rows.length) }
})

/** Records a component of a release; `undefined` where it is there already. */
export const insertComponent = Effect.fnUntraced(
  function*(release: string, name: string, globalComponent: string | null, active: boolean) {
    const sql = yield* SqlClient.SqlClient
    const isNew = sql`NOT EXISTS (SELECT FROM pdc_component WHERE release = ${release} AND name = ${name})`
    const [row] = yield* sql<ComponentRow>`
      ${numbered(sql, "component", isNew)}
      INSERT INTO pdc_component (id, release, name, global_component, active)
      SELECT last, ${release}, ${name}, ${globalComponent}, ${active}::boolean FROM next
      ON CONFLICT (release, name) DO NOTHING
      RETURNING id::float8 AS id, name, release, global_component, active`
    return row
  }
)

/** Removes a component of a release, with its relationships. */
export const removeComponent = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  return (yield* sql`DELETE FROM pdc_component WHERE id = ${id} RETURNING id`).length > 0
})

interface GlobalRow {
  readonly id: number
  readonly name: string
}

/** A page of components whatever the release, by number. */
export const globals = Effect.fnUntraced(function*(filter: Filter, slice: Page) {
  const sql = yield* SqlClient.SqlClient
  const { keys, total } = yield* CountedRows.find({
    name: "pdc_global_component",
    filter,
    from: sql`pdc_global_component`,
    where: all(sql, filter, { name: "name" }),
    key: sql`id`,
    isDescending: false
  }, slice)
  const rows = yield* OwnPlan.read(sql<GlobalRow>`
    SELECT id::float8 AS id, name FROM pdc_global_component
    WHERE pdc_global_component.id = ANY(ARRAY(${keys})) ORDER BY pdc_global_component.id`)
  return { items: rows, total: total(rows.length) }
})

/** Records a component whatever the release; `undefined` where it is there already. */
export const insertGlobal = Effect.fnUntraced(function*(name: string) {
  const sql = yield* SqlClient.SqlClient
  const isNew = sql`NOT EXISTS (SELECT FROM pdc_global_component WHERE name = ${name})`
  const [row] = yield* sql<GlobalRow>`
    ${numbered(sql, "global", isNew)}
    INSERT INTO pdc_global_component (id, name) SELECT last, ${name} FROM next
    ON CONFLICT (name) DO NOTHING RETURNING id::float8 AS id, name`
  return row
})

/** Removes a component whatever the release. */
export const removeGlobal = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  return (yield* sql`DELETE FROM pdc_global_component WHERE id = ${id} RETURNING id`).length > 0
})

/** One record that a request changed. Values are the record's JSON, `null` where there was or is none. */
export interface RecordedChange {
  readonly resource: string
  readonly resource_id: string
  readonly old_value: string
  readonly new_value: string
}

/** Writes down what one request changed. */
export const changed = Effect.fnUntraced(
  function*(author: string, comment: string | null, requested: number, changes: ReadonlyArray<RecordedChange>) {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      ${numbered(sql, "changeset", sql`TRUE`)}
      INSERT INTO pdc_changeset (id, author, requested_on, committed_on, comment, changes)
      SELECT last, ${author}, to_timestamp(${requested / 1000}::float8), clock_timestamp(), ${comment},
        ${json(changes)}::text::jsonb FROM next`
  }
)

interface ChangesetRow {
  readonly id: number
  readonly author: string
  readonly requested_on: string
  readonly committed_on: string
  readonly duration: string
  readonly changes: ReadonlyArray<RecordedChange>
  readonly comment: string | null
}

/** A page of what was changed. */
export const changesets = Effect.fnUntraced(function*(filter: Filter, slice: Page, isNewestFirst: boolean) {
  const sql = yield* SqlClient.SqlClient
  const resource = filter["resource"]
  const parts = [
    ...(filter["author"] === undefined ? [] : [among(sql, "author COLLATE \"C\"", filter["author"])]),
    ...(resource === undefined ? [] : [
      sql.or(resource.map((one) => sql`changes @> ${json([{ resource: one }])}::text::jsonb`))
    ])
  ]
  const { keys, total } = yield* CountedRows.find({
    name: "pdc_changeset",
    filter,
    from: sql`pdc_changeset`,
    where: parts.length === 0 ? sql`TRUE` : sql.and(parts),
    key: sql`id`,
    isDescending: isNewestFirst
  }, slice)
  const rows = yield* OwnPlan.read(sql<ChangesetRow>`
    SELECT id::float8 AS id, author, comment, changes,
      to_char(requested_on AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS requested_on,
      to_char(committed_on AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS committed_on,
      to_char(greatest(0, extract(epoch FROM committed_on - requested_on)), 'FM9999990.000000') AS duration
    FROM pdc_changeset WHERE pdc_changeset.id = ANY(ARRAY(${keys}))
    ORDER BY pdc_changeset.id ${sql.literal(isNewestFirst ? "DESC" : "ASC")}`)
  return { items: rows, total: total(rows.length) }
})
