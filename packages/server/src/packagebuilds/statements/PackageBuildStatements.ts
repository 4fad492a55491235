/** What is read of package builds beside the store, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as CountedRows from "../../database/CountedRows.ts"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { json } from "../../database/StorableText.ts"
import type { BuildQuery } from "./BuildQuery.ts"

/** A build as stored, with its tasks. */
export interface BuildRow {
  readonly id: bigint
  readonly plan: unknown
  readonly progress: unknown
  readonly parts: ReadonlyArray<unknown> | null
}

const escaped = (text: string): string => text.replace(/[\\%_]/g, (found) => `\\${found}`)

/** A part of a source's address, whatever its case, behind a sign where one is named. */
const within = (sql: SqlClient.SqlClient, part: string, before: string) =>
  sql`sources ILIKE ${`%${before}${escaped(part)}%`}`

/** The newest builds, of which so many have what is looked for where going through builds finds a page of it soon. */
const looked = 1000
const often = 20

/**
 * Parts of sources that hardly any build has, as conditions that an index serves: it holds groups of three letters of a line. What many
 * have is found sooner without it.
 */
const rare = Effect.fnUntraced(function*({ project, ref }: BuildQuery) {
  const sql = yield* SqlClient.SqlClient
  const parts = [project, ref].flatMap((part) =>
    part === undefined || part.length < 3 || part.includes("\n") ? [] : [part]
  )
  if (parts.length === 0) return []
  const fitting = sql.and([
    ...(project === undefined ? [] : [within(sql, project, "")]),
    ...(ref === undefined ? [] : [within(sql, ref, "#%")])
  ])
  const found = yield* OwnPlan.read(sql`
    SELECT FROM (SELECT sources FROM package_build ORDER BY id DESC LIMIT ${looked}) AS newest WHERE ${fitting} LIMIT ${often}`)
  return found.length >= often ? [] : parts.map((part) => sql`letter_triples(sources) @> letter_triples(${part})`)
})

const condition = (sql: SqlClient.SqlClient, query: BuildQuery, more: ReadonlyArray<Fragment>) =>
  sql.and([
    ...more,
    sql`state <> 'removed'`,
    ...(query.owner === undefined ? [] : [sql`owner = ${query.owner}`]),
    ...(query.project === undefined ? [] : [within(sql, query.project, "")]),
    ...(query.ref === undefined ? [] : [within(sql, query.ref, "#%")]),
    ...(query.platform === undefined ? [] : [sql`platforms @> ${json([query.platform])}::jsonb`]),
    ...(query.released === undefined ? [] : [sql`released = ${query.released}`]),
    ...(query.signed === undefined ? [] : [sql`signed = ${query.signed}`]),
    ...(query.running === undefined ? [] : [sql`(state IN ('preparing', 'building')) = ${query.running}`]),
    ...(query.arch === undefined ? [] : [sql`arches @> ${json([query.arch])}::text::jsonb`]),
    ...(Object.keys(query.rpm).length === 0 ? [] : [sql`EXISTS (
      SELECT FROM package_build_task AS task WHERE task.package_build_id = package_build.id
        AND (${query.arch ?? null}::text IS NULL OR task.arch = ${query.arch ?? null}::text)
        AND task.rpms @> ${json([query.rpm])}::jsonb
    )`])
  ])

/** Has a transaction that begins see the database as it is now until it ends. */
export const beginMoment = (sql: SqlClient.SqlClient) => sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`

/** A page of builds, newest first, with how many there are. */
export const page = Effect.fnUntraced(function*(query: BuildQuery, slice: CountedRows.Slice) {
  const sql = yield* SqlClient.SqlClient
  const { keys, total } = yield* CountedRows.find({
    name: "package_build",
    filter: query,
    from: sql`package_build`,
    where: condition(sql, query, yield* rare(query)),
    key: sql`id`,
    isDescending: true
  }, slice)
  const rows = yield* OwnPlan.read(sql<BuildRow>`
    SELECT id, plan, progress,
      (SELECT jsonb_agg(data) FROM package_build_task WHERE package_build_id = package_build.id) AS parts
    FROM package_build WHERE id = ANY(ARRAY(${keys})) ORDER BY id DESC`)
  return { rows, total: total(rows.length) }
})

/** The revision of a build, if there is one of the number. */
export const revision = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly revision: bigint }>`SELECT revision FROM package_build WHERE id = ${id}`
  return rows[0] === undefined ? undefined : Number(rows[0].revision)
})

/** A module as builds of it are looked for. */
export interface ReleasedModule {
  readonly platform: { readonly id: number; readonly name: string }
  readonly name: string
  readonly stream: string
}

/** Builds of the module that were released, newest first. An index knows modules of released builds; branches name the stream. */
export const releasedOf = Effect.fnUntraced(function*({ name, platform, stream }: ReleasedModule, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* OwnPlan.read(sql<BuildRow>`
    SELECT id, plan, progress,
      (SELECT jsonb_agg(data) FROM package_build_task WHERE package_build_id = package_build.id) AS parts
    FROM package_build
    WHERE released AND state <> 'removed' AND platforms @> ${json([platform.id])}::text::jsonb
      AND sources LIKE ${`%-stream-${escaped(stream)}%`}
      AND plan->'modules' @> ${json([{ platform: platform.name, name, stream }])}::text::jsonb
    ORDER BY id DESC LIMIT ${limit}`)
})

/** The build that has the task of this number, if any build has it. */
export const ofTask = Effect.fnUntraced(function*(number: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly package_build_id: bigint }>`
    SELECT package_build_id FROM build_task_range WHERE first <= ${number} ORDER BY first DESC LIMIT 1`
  return rows[0] === undefined ? undefined : Number(rows[0].package_build_id)
})
