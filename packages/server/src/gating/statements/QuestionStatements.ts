/** Questions to the gate that wait for their time, one statement each. */
import { moduleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as QueueStatements from "../../database/QueueStatements.ts"
import { json } from "../../database/StorableText.ts"

/** Whose questions they are. */
export const life = moduleBuildLife.name

/** Has the gate asked now about builds that are known to it by any of these names; how many questions those were. */
export const hasten = Effect.fnUntraced(function*(identifiers: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    UPDATE ${sql.literal(QueueStatements.table)} SET visible_at = now()
    WHERE queue_name = ${life} AND state = 'pending' AND acquired_by IS NULL AND visible_at > now()
      AND element LIKE '%"AskGate"%' AND (element::jsonb ->> 'build')::bigint IN (
        SELECT id FROM module_build WHERE state = 'done' AND NOT scratch
          AND name || '-' || replace(stream, '-', '_') || '-' || version || '.' || context
            IN (SELECT jsonb_array_elements_text(${json(identifiers)}::text::jsonb))
      )
    RETURNING sequence`
  return rows.length
})
