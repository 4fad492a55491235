/** What is read of releases beside the store, and their locks; one statement each. */
import type { ReleaseState } from "@orch/core/release/Release"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as CountedRows from "../../database/CountedRows.ts"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { json } from "../../database/StorableText.ts"

/** A release as stored, with its repositories. */
export interface ReleaseRow {
  readonly id: bigint
  readonly plan: unknown
  readonly progress: unknown
  readonly parts: ReadonlyArray<unknown> | null
}

/** Which releases are wanted; everything that is given has to fit. */
export interface ReleaseQuery {
  readonly states?: ReadonlyArray<ReleaseState> | undefined
  readonly platform?: string | undefined
  readonly product?: number | undefined
  /** Name of a package that it brings. */
  readonly package?: string | undefined
}

const condition = (sql: SqlClient.SqlClient, { package: name, platform, product, states }: ReleaseQuery) =>
  sql.and([
    sql`state <> 'removed'`,
    ...(states === undefined ? [] : [
      sql`state IN (SELECT jsonb_array_elements_text(${json(states)}::text::jsonb) COLLATE "C")`
    ]),
    ...(platform === undefined ? [] : [sql`platform = ${platform}`]),
    ...(product === undefined ? [] : [sql`product = ${product}`]),
    ...(name === undefined ? [] : [sql`EXISTS (
      SELECT FROM release_repository AS own
      WHERE own.release_id = release.id AND own.packages @> ${json([name])}::text::jsonb
    )`])
  ])

/** A page of releases, newest first, with how many there are; without `full`, repositories without what they get. */
export const page = Effect.fnUntraced(function*(query: ReleaseQuery, slice: CountedRows.Slice, full: boolean) {
  const sql = yield* SqlClient.SqlClient
  const { keys, total } = yield* CountedRows.find({
    name: "release",
    filter: query,
    from: sql`release`,
    where: condition(sql, query),
    key: sql`id`,
    isDescending: true
  }, slice)
  const data = full ? "data" : "data || '{\"additions\": []}'::jsonb"
  const rows = yield* OwnPlan.read(sql<ReleaseRow>`
    SELECT id, plan, progress,
      (SELECT jsonb_agg(${sql.literal(data)}) FROM release_repository WHERE release_id = release.id) AS parts
    FROM release WHERE id = ANY(ARRAY(${keys})) ORDER BY id DESC`)
  return { rows, total: total(rows.length) }
})

/** Holds the release's row, so that it does not change before this transaction has ended. */
export const hold = Effect.fnUntraced(function*(release: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT FROM release WHERE id = ${release} FOR UPDATE`
})

/** Locks those of the repositories that are free, in the order of their names. */
export const lock = Effect.fnUntraced(function*(release: number, repositories: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO release_lock (repository, release_id)
    SELECT name, ${release} FROM jsonb_array_elements_text(${json(repositories)}::text::jsonb) AS given (name)
    ORDER BY name COLLATE "C"
    ON CONFLICT (repository) DO NOTHING`
})

/** The releases that hold locks of these repositories, by repository; a sync is 0. */
export const holders = Effect.fnUntraced(function*(repositories: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly repository: string; readonly release_id: bigint | null }>`
    SELECT repository, release_id FROM release_lock
    WHERE repository IN (SELECT jsonb_array_elements_text(${json(repositories)}::text::jsonb) COLLATE "C")
    ORDER BY repository`
  return rows.map(({ release_id, repository }) => ({ repository, release: Number(release_id ?? 0) }))
})

/** Frees what a release has locked of these repositories. */
export const free = Effect.fnUntraced(function*(release: number, repositories: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DELETE FROM release_lock WHERE release_id = ${release}
      AND repository IN (SELECT jsonb_array_elements_text(${json(repositories)}::text::jsonb) COLLATE "C")`
})
