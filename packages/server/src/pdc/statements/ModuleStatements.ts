/** Modules as PDC has them, one statement each. */
import * as PdcModule from "@orch/api/pdc/PdcModule"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as CountedRows from "../../database/CountedRows.ts"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { json } from "../../database/StorableText.ts"
import type { Page } from "./PdcPage.ts"

/** What is looked for: alternatives by filter; filters that are not there ask nothing. */
export type Filter = Readonly<Record<string, ReadonlyArray<string>>>

interface Row extends PdcModule.PdcModule {
  readonly uid: string
}

const columns = `uid, name, stream, version, context, active, koji_tag, modulemd, runtime_deps, build_deps, rpms`

/** Entries that are looked for one by one, each by the column's index; of more, all modules are looked at. */
const mostLooked = 20

/** One of the entries has to be in the list of the column. */
const holds = (
  sql: SqlClient.SqlClient,
  column: string,
  entries: ReadonlyArray<Readonly<Record<string, string>>>
): Fragment =>
  entries.length === 0
    ? sql`FALSE`
    : entries.length <= mostLooked
    ? sql.or(entries.map((entry) => sql`${sql.literal(column)} @> ${json([entry])}::text::jsonb`))
    : sql`${sql.literal(column)} @> ANY (ARRAY(
    SELECT jsonb_build_array(value) FROM jsonb_array_elements(${json(entries)}::text::jsonb)))`

/** Every pair of alternatives has to be in one entry; a side that is not asked for is left open. */
const paired = (
  sql: SqlClient.SqlClient,
  column: string,
  sides: ReadonlyArray<readonly [key: string, values: ReadonlyArray<string> | undefined]>
): ReadonlyArray<Fragment> => {
  const asked = sides.flatMap(([key, values]) => values === undefined ? [] : [[key, values] as const])
  if (asked.length === 0) return []
  const entries = asked.reduce<ReadonlyArray<Readonly<Record<string, string>>>>(
    (found, [key, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}]
  )
  return [holds(sql, column, entries)]
}

/** A package's file; neither version nor release has a dash. */
const fileName = /^(.+)-([^-]+)-([^-]+)\.([^.]+)\.rpm$/s

const where = (sql: SqlClient.SqlClient, filter: Filter): Fragment => {
  const parts: Array<Fragment> = []
  for (const key of ["uid", "name", "stream", "version", "context", "koji_tag"] as const) {
    const values = filter[key]
    if (values === undefined) continue
    parts.push(sql`lower(${sql.literal(key)}) = ANY(ARRAY(
      SELECT lower(value) COLLATE "C" FROM jsonb_array_elements_text(${json(values)}::text::jsonb)))`)
  }
  const [active] = filter["active"] ?? []
  if (active !== undefined) parts.push(sql`active = ${active === "true"}`)
  parts.push(
    ...paired(sql, "runtime_deps", [["dependency", filter["runtime_dep_name"]], [
      "stream",
      filter["runtime_dep_stream"]
    ]]),
    ...paired(sql, "build_deps", [["dependency", filter["build_dep_name"]], ["stream", filter["build_dep_stream"]]]),
    ...paired(sql, "rpms", [
      ["srpm_name", filter["component_name"]],
      ["srpm_commit_branch", filter["component_branch"]]
    ])
  )
  const components = filter["component"]?.map((text) => {
    const slash = text.indexOf("/")
    return slash < 0
      ? { srpm_name: text }
      : { srpm_name: text.slice(0, slash), srpm_commit_branch: text.slice(slash + 1) }
  })
  if (components !== undefined) parts.push(holds(sql, "rpms", components))
  const files = filter["rpm_filename"]
  if (files !== undefined) {
    const packages = files.flatMap((file) => {
      const [, name, version, release, arch] = fileName.exec(file) ?? []
      return name === undefined || version === undefined || release === undefined || arch === undefined
        ? []
        : [{ name, version, release, arch }]
    })
    parts.push(holds(sql, "rpms", packages))
  }
  return parts.length === 0 ? sql`TRUE` : sql.and(parts)
}

/** A page, by identity, with how many there are. */
export const list = Effect.fnUntraced(function*(filter: Filter, slice: Page) {
  const sql = yield* SqlClient.SqlClient
  const { keys, total } = yield* CountedRows.find({
    name: "pdc_module",
    filter,
    from: sql`pdc_module`,
    where: where(sql, filter),
    key: sql`uid`,
    isDescending: false
  }, slice)
  const rows = yield* OwnPlan.read(sql<Row>`
    SELECT ${sql.literal(columns)} FROM pdc_module WHERE uid = ANY(ARRAY(${keys})) ORDER BY uid`)
  return { items: rows, total: total(rows.length) }
})

/** The module of that identity. */
export const find = Effect.fnUntraced(function*(uid: string) {
  // The database keeps no NUL, so no module has one; it would refuse to be asked.
  if (uid.includes("\0")) return undefined
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<Row>`SELECT ${sql.literal(columns)} FROM pdc_module WHERE uid = ${uid}`
  return row
})

/** Records a module; whether there was none of its identity. */
export const insert = Effect.fnUntraced(function*(module: PdcModule.PdcModule) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    INSERT INTO pdc_module (${sql.literal(columns)})
    VALUES (${PdcModule.uid(module)}, ${module.name}, ${module.stream}, ${module.version}, ${module.context},
      ${module.active}, ${module.koji_tag}, ${module.modulemd}, ${json(module.runtime_deps)}::text::jsonb,
      ${json(module.build_deps)}::text::jsonb, ${json(module.rpms)}::text::jsonb)
    ON CONFLICT (uid) DO NOTHING RETURNING uid`
  return rows.length > 0
})

/** Removes a module that was told of, or all of them of the identities; how many those were. */
export const remove = Effect.fnUntraced(function*(uid: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`DELETE FROM pdc_module WHERE uid = ${uid} RETURNING uid`
  return rows.length > 0
})

/**
 * Makes the modules of this server's own builds what the builds say, so many at a time: active are those that are ready. How many changed.
 * What somebody told of the same module before gives way.
 */
export const follow = Effect.fnUntraced(function*(most: number) {
  const sql = yield* SqlClient.SqlClient
  const pairs = (of: string) =>
    sql.literal(`coalesce((
      SELECT jsonb_agg(jsonb_build_object('dependency', one.key, 'stream', stream.value) ORDER BY one.key, stream.value)
      FROM jsonb_each(plan->'dependencies'->'${of}') AS one, jsonb_array_elements_text(one.value) AS stream), '[]')`)
  const written = yield* sql`
    INSERT INTO pdc_module AS old (${sql.literal(columns)}, is_own)
    SELECT build.name || ':' || stream || ':' || version || ':' || context, build.name, stream, version::text, context,
      build.state = 'ready', coalesce(plan->'imported'->>'kojiTag', progress->'buildroot'->>'id', 'NA'),
      coalesce(plan->>'modulemd', ''), ${pairs("requires")}, ${pairs("buildrequires")},
      coalesce((
        SELECT jsonb_agg(DISTINCT jsonb_build_object(
          'name', part[1], 'epoch', part[2]::int, 'version', part[3], 'release', part[4], 'arch', part[5],
          'srpm_name', component.name, 'srpm_commit_hash', component.data->>'commit',
          'srpm_commit_branch', planned.value->>'ref'))
        FROM component_build AS component
          JOIN jsonb_array_elements(plan->'components') AS planned ON planned.value->>'name' = component.name,
          jsonb_array_elements(component.data->'artifacts') AS artifact,
          regexp_matches(artifact.value->>'nevra', '^(.+)-([0-9]{1,9}):([^-]+)-([^-]+)[.]([^.]+)$') AS part
        WHERE component.module_build_id = build.id AND build.state = 'ready' AND part[5] NOT IN ('src', 'nosrc')
      ), '[]'), true
    FROM module_build AS build
    WHERE NOT scratch AND state IN ('wait', 'build', 'done', 'ready') AND NOT EXISTS (
      SELECT FROM pdc_module AS known
      WHERE known.uid = build.name || ':' || build.stream || ':' || build.version || ':' || build.context
        AND known.is_own AND known.active = (build.state = 'ready')
    )
    ORDER BY id LIMIT ${most}
    ON CONFLICT (uid) DO UPDATE SET active = excluded.active, koji_tag = excluded.koji_tag, modulemd = excluded.modulemd,
      runtime_deps = excluded.runtime_deps, build_deps = excluded.build_deps, rpms = excluded.rpms, is_own = true
    RETURNING uid`
  return written.length
})

/** Removes the modules of own builds that are none any more; how many those were. */
export const leave = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  const ended = yield* sql`
    DELETE FROM pdc_module AS known WHERE is_own AND NOT EXISTS (
      SELECT FROM module_build AS build
      WHERE build.name = known.name AND build.stream = known.stream AND build.version::text = known.version
        AND build.context = known.context AND NOT scratch AND state IN ('wait', 'build', 'done', 'ready')
    ) RETURNING uid`
  return ended.length
})
