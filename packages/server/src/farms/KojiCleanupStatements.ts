/** What is asked of the database before anything is removed from a Koji hub. */
import type * as SqlClient from "effect/sql/SqlClient"
import { json } from "../database/StorableText.ts"

export interface EndedRow {
  readonly tag: string
  /** Whether users can install what was built. */
  readonly wanted: boolean
  /** Whether every build of the tag ended as long ago as tags are kept. */
  readonly expired: boolean
}

/**
 * Of these tags those whose module builds have all ended, `targetSeconds` ago at least. Tags of imported modules are somebody
 * else's, and never among them.
 */
export const ended = (
  sql: SqlClient.SqlClient,
  tags: ReadonlyArray<string>,
  targetSeconds: number,
  tagSeconds: number
) =>
  sql<EndedRow>`
    SELECT x.koji_tag AS tag,
      bool_or(m.state IN ('done', 'ready') AND NOT m.scratch) AS wanted,
      max(m.completed_at) <= now() - ${`${tagSeconds} seconds`}::interval AS expired
    FROM mbs_build AS x JOIN module_build AS m ON m.id = x.module_build_id
    WHERE x.koji_tag IN (SELECT jsonb_array_elements_text(${json(tags)}::text::jsonb))
    GROUP BY x.koji_tag
    HAVING bool_and(m.state IN ('done', 'failed', 'ready', 'garbage') AND m.plan->'imported' IS NULL)
      AND max(m.completed_at) <= now() - ${`${targetSeconds} seconds`}::interval`
