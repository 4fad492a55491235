/** Writes down the rows of lists of builds that have ended. Run in one transaction, in this order. */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"
import * as MbsSettledMigrations from "./MbsSettledMigrations.ts"

/** Holds some builds that have ended and are not written down yet; what somebody else holds is left for the next time. */
export const take = (sql: SqlClient.SqlClient, most: number) =>
  sql<{ readonly id: bigint }>`
    SELECT id FROM module_build WHERE NOT settled AND state IN ('failed', 'ready', 'garbage')
    ORDER BY id LIMIT ${most} FOR NO KEY UPDATE SKIP LOCKED`

/** Columns whose type or order in the views is another one. */
const casts: Readonly<Record<string, string>> = { srpms: "srpms::text" }

/** The statement that writes down the rows of a list for which a condition on their view holds. */
export const text = (kind: "module" | "component", condition: string): string => {
  const names = MbsSettledMigrations.names[kind]
  return `
    INSERT INTO mbs_settled_${kind} (${["id", ...names].join(", ")})
    SELECT ${["id", ...names.map((name) => casts[name] ?? name)].join(", ")} FROM mbs_${kind}_builds WHERE ${condition}
    ON CONFLICT DO NOTHING`
}

const among = "= ANY(ARRAY(SELECT jsonb_array_elements_text($1::text::jsonb)::bigint))"

/** Writes down the rows of builds, and of their components. */
export const write = (sql: SqlClient.SqlClient, ids: ReadonlyArray<bigint>) => {
  const given = [json(ids.map(String))]
  return Effect.andThen(
    sql.unsafe(text("module", `id ${among}`), given),
    sql.unsafe(text("component", `module_id ${among}`), given)
  )
}

/** Notes that they are. */
export const settle = (sql: SqlClient.SqlClient, ids: ReadonlyArray<bigint>) =>
  sql`UPDATE module_build SET settled = true WHERE ${sql.in("id", ids)}`
