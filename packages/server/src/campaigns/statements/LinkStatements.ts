/** What is known of modules that are said to merely link against another one, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/**
 * Of these builds those of which nothing shows that they do more than link against a module: none of their components was built after another one, which
 * might have run it, and nothing else in their buildroots, the platform apart, needs anything that the module offers, so nothing there runs with it.
 *
 * @param against `name:stream`. What a module in a buildroot needs and is not known may be that.
 */
export const pureLinks = Effect.fnUntraced(function*(
  builds: ReadonlyArray<number>,
  against: string,
  offers: ReadonlyArray<string>
) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: number }>`
    SELECT b.id::float8 AS id FROM module_build AS b
    WHERE b.id IN (SELECT value::bigint FROM jsonb_array_elements_text(${json(builds.map(String))}::text::jsonb))
      AND (SELECT count(DISTINCT one.batch) FROM jsonb_to_recordset(b.plan -> 'components') AS one (batch int)) <= 1
      AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(b.plan -> 'components') AS one WHERE jsonb_array_length(one -> 'after') > 0
      )
      AND NOT EXISTS (
        SELECT FROM jsonb_to_recordset(b.plan -> 'modules')
          AS held (name text, stream text, version text, context text, base boolean)
        LEFT JOIN trace_module AS known
          ON known.nsvc = (held.name || ':' || held.stream || ':' || held.version || ':' || held.context) COLLATE "C"
        WHERE NOT coalesce(held.base, held.name = 'platform') AND held.name || ':' || held.stream <> ${clean(against)}
          AND (known.needs IS NULL OR EXISTS (
            SELECT FROM jsonb_array_elements_text(${json(offers)}::text::jsonb) AS offer WHERE known.needs ? offer
          ))
      )`
  return new Set(rows.map(({ id }) => id))
})

/** Of these modules those that were cut off for merely linking against one and came out otherwise: the last campaign that showed it of each. */
export const refutedLinks = Effect.fnUntraced(function*(against: string, names: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string; readonly campaign: number }>`
    SELECT name, max(campaign_id)::float8 AS campaign FROM campaign_node
    WHERE data ? 'falseCut' AND name IN (SELECT jsonb_array_elements_text(${json(names)}::text::jsonb))
      AND data -> 'sparedBy' ? ${clean(against)}
    GROUP BY name`
  return new Map(rows.map(({ campaign, name }) => [name, campaign]))
})
