/** A filter of module builds as a condition in SQL, on `module_build AS m`. What it means is core's `BuildFilter`. */
import type * as FilterText from "@orch/core/filter/FilterText"
import * as BuildFilter from "@orch/core/modulebuild/BuildFilter"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { clean, json } from "../../database/StorableText.ts"

/** True for the builds that fit all terms; with `often`, as it is found soonest where many components have these names. */
export const condition = (
  sql: SqlClient.SqlClient,
  terms: ReadonlyArray<FilterText.Term>,
  asking: BuildFilter.Asking,
  often: ReadonlySet<FilterText.Value> = new Set()
): Fragment =>
  sql.and(terms.map(({ isNot, key, values }) => {
    const any = sql.or(values.map((value) =>
      value._tag === "Text" && often.has(value)
        // OFFSET keeps it apart: the components of each build are looked at, until there is a page.
        ? sql`EXISTS (SELECT FROM component_build AS c WHERE c.module_build_id = m.id AND ${
          named(sql, value)
        } OFFSET 0)`
        : ofValue(sql, key, value, asking)
    ))
    return isNot ? sql`NOT (${any})` : any
  }))

/** So many components have a name where that is often: builds with one are found sooner by going through builds. */
const many = 20_000

/** Names of components that are looked for, and that many have. */
export const often = (sql: SqlClient.SqlClient, terms: ReadonlyArray<FilterText.Term>, most: number = many) =>
  Effect.map(
    Effect.filter(
      terms.flatMap(({ key, values }) => key === "package" ? values : []),
      (value) =>
        value._tag !== "Text" ? Effect.succeed(false) : Effect.map(
          OwnPlan.read(sql<{ readonly amount: bigint }>`SELECT count(*) AS amount FROM (
            SELECT FROM component_build AS c WHERE ${named(sql, value)} LIMIT ${most}
          ) AS found`),
          ([row]) => Number(row!.amount) === most
        )
    ),
    (found): ReadonlySet<FilterText.Value> => new Set(found)
  )

type Text = Extract<FilterText.Value, { readonly _tag: "Text" }>

/** The same as that a text begins so, by an index on text patterns. */
const begins = (sql: SqlClient.SqlClient, column: string, text: string): Fragment =>
  sql`(${sql.literal(column)} ~>=~ ${text} AND ${sql.literal(column)} ~<=~ ${`${text}\u{10ffff}`})`

/** That a component has this name. */
const named = (sql: SqlClient.SqlClient, { isPrefix, text }: Text): Fragment =>
  isPrefix ? begins(sql, "c.name", clean(text)) : sql`c.name = ${clean(text)}`

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
        : sql`m.arches @> ${json([text])}::text::jsonb`
    case "package":
      return sql`m.id IN (SELECT c.module_build_id FROM component_build AS c WHERE ${
        named(sql, { _tag: "Text", isPrefix, text: given })
      })`
    case "commit":
      return sql`m.id IN (
        SELECT c.module_build_id FROM component_build AS c
        WHERE c.data ->> 'commit' IS NOT NULL AND ${begins(sql, "(c.data ->> 'commit')", text)}
        UNION ALL
        SELECT own.id FROM module_build AS own
        WHERE own.scmurl IS NOT NULL AND ${begins(sql, "split_part(own.scmurl, '#', 2)", text)}
      )`
    case "needs":
      return sql`m.id IN (${letters(sql)})`
    default:
      return anywhere(sql, text.toLowerCase())
  }
}

/** Builds of this number, or with this word in their name, stream, version and context, between which colons stand. */
const anywhere = (sql: SqlClient.SqlClient, word: string): Fragment => {
  // Nothing but ASCII has ASCII in lower case, and that takes half as long.
  const letters = sql.literal(/^[\0-\x7f]*$/.test(word) ? "COLLATE \"C\"" : "")
  const within = (text: string): Fragment => sql`strpos(lower((${sql.literal(text)}) ${letters}), ${word}) > 0`
  if (word.includes(":")) return within("m.name || ':' || m.stream || ':' || m.version || ':' || m.context")
  const isNumber = /^\d+$/.test(word)
  const columns = ["m.name", "m.stream", "m.context"]
  return sql.or([
    // All of them at once, with something between them that the word does not have.
    ...(word.includes("\n") ? columns.map(within) : [within(columns.join(" || E'\\n' || "))]),
    // To write down all versions for a word that none can have takes longer than all else.
    ...(isNumber ? [within("m.version::text"), sql`m.id::text = ${word}`] : [])
  ])
}

/** Numbers of builds with a command that has spent its retries, one for each command. Its text may not be JSON. */
export const letters = (sql: SqlClient.SqlClient): Fragment =>
  sql`SELECT substring(element FROM '"build":(\\d{1,15}),')::bigint FROM command_queue
    WHERE state = 'failed' AND queue_name = 'module-build' AND element ~ '"build":\\d{1,15},'`
