/** A filter of module builds as a condition in SQL, on `module_build AS m`. What it means is core's `BuildFilter`. */
import type * as FilterText from "@orch/core/filter/FilterText"
import * as BuildFilter from "@orch/core/modulebuild/BuildFilter"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { clean } from "../../database/StorableText.ts"

/** True for the builds that fit all terms. */
export const condition = (
  sql: SqlClient.SqlClient,
  terms: ReadonlyArray<FilterText.Term>,
  asking: BuildFilter.Asking
): Fragment =>
  sql.and(terms.map(({ isNot, key, values }) => {
    const any = sql.or(values.map((value) => ofValue(sql, key, value, asking)))
    return isNot ? sql`NOT (${any})` : any
  }))

const at = (sql: SqlClient.SqlClient, milliseconds: number): Fragment =>
  sql`to_timestamp(${milliseconds}::float8 / 1000)`

const ofValue = (
  sql: SqlClient.SqlClient,
  key: string | undefined,
  value: FilterText.Value,
  asking: BuildFilter.Asking
): Fragment => {
  switch (value._tag) {
    case "Longer":
      return sql`extract(epoch FROM coalesce(m.completed_at, ${at(sql, asking.now)}) - m.created_at) > ${value.seconds}`
    case "Shorter":
      return sql`extract(epoch FROM coalesce(m.completed_at, ${at(sql, asking.now)}) - m.created_at) < ${value.seconds}`
    case "Within":
      return sql`m.created_at >= ${at(sql, asking.now - value.seconds * 1000)}`
    case "From":
      return sql`m.created_at >= ${at(sql, value.at)}`
    case "Text":
      return ofText(sql, key, value, asking)
  }
}

const ofText = (
  sql: SqlClient.SqlClient,
  key: string | undefined,
  { isPrefix, text: given }: Extract<FilterText.Value, { readonly _tag: "Text" }>,
  asking: BuildFilter.Asking
): Fragment => {
  const text = clean(given)
  const is = (column: string): Fragment =>
    isPrefix ? sql`starts_with(${sql.literal(column)}, ${text})` : sql`${sql.literal(column)} = ${text}`
  /** The same by an index on text patterns. */
  const begins = (column: string): Fragment =>
    sql`(${sql.literal(column)} ~>=~ ${text} AND ${sql.literal(column)} ~<=~ ${`${text}\u{10ffff}`})`
  switch (key) {
    case "state":
      return sql.in("m.state", BuildFilter.stateWords[text] ?? [])
    case "kind":
      return text === "scratch" ? sql`m.scratch` : sql`NOT m.scratch`
    case "name":
    case "stream":
    case "context":
    case "platform":
      return is(`m.${key}`)
    case "owner":
      return isPrefix ? is("m.owner") : sql`m.owner = ${clean(BuildFilter.owner(given, asking))}`
    case "arch":
      return isPrefix
        ? sql`EXISTS (SELECT FROM jsonb_array_elements_text(m.arches) AS one (arch) WHERE ${is("one.arch")})`
        : sql`m.arches @> jsonb_build_array(${text}::text)`
    case "package":
      return sql`m.id IN (SELECT c.module_build_id FROM component_build AS c WHERE ${
        isPrefix ? begins("c.name") : is("c.name")
      })`
    case "commit":
      return sql`m.id IN (
        SELECT c.module_build_id FROM component_build AS c
        WHERE c.data ->> 'commit' IS NOT NULL AND ${begins("(c.data ->> 'commit')")}
        UNION ALL
        SELECT own.id FROM module_build AS own
        WHERE own.scmurl IS NOT NULL AND ${begins("split_part(own.scmurl, '#', 2)")}
      )`
    case "needs":
      return sql`m.id IN (${letters(sql)})`
    default:
      return anywhere(sql, text.toLowerCase())
  }
}

/** Builds of this number, or with this word in their name, stream, version and context, between which colons stand. */
const anywhere = (sql: SqlClient.SqlClient, word: string): Fragment => {
  const within = (column: string): Fragment => sql`strpos(lower(${sql.literal(column)}), ${word}) > 0`
  if (word.includes(":")) return within("m.name || ':' || m.stream || ':' || m.version || ':' || m.context")
  const isNumber = /^\d+$/.test(word)
  // To write down all versions for a word that none can have takes longer than all else.
  return sql.or([
    ...["name", "stream", "context"].map((column) => within(`m.${column}`)),
    ...(isNumber ? [within("m.version::text"), sql`m.id::text = ${word}`] : [])
  ])
}

/** Numbers of builds with a command that has spent its retries, one for each command. Its text may not be JSON. */
export const letters = (sql: SqlClient.SqlClient): Fragment =>
  sql`SELECT substring(element FROM '"build":(\\d{1,15}),')::bigint FROM command_queue
    WHERE state = 'failed' AND queue_name = 'module-build' AND element ~ '"build":\\d{1,15},'`
