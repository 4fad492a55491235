/** Looks for the builds that a submission may meet. */
import type { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import type * as SqlClient from "effect/sql/SqlClient"
import { clean } from "../../database/StorableText.ts"

export interface KnownBuildRow {
  readonly id: bigint
  readonly state: ModuleBuildState
  readonly rebuild_strategy: string
}

interface NamedVersion {
  readonly name: string
  readonly stream: string
  readonly version: bigint
}

/** Builds that were stored before strategies were, or by somebody who has none, follow the usual one. */
const columns = (sql: SqlClient.SqlClient) =>
  sql.literal("id, state, coalesce(plan #>> '{submission,rebuildStrategy}', 'changed-and-after') AS rebuild_strategy")

export const byId = (sql: SqlClient.SqlClient, id: number) =>
  sql<KnownBuildRow>`SELECT ${columns(sql)} FROM module_build WHERE id = ${id}`

const isNamed = (sql: SqlClient.SqlClient, { name, stream, version }: NamedVersion) =>
  sql`name = ${clean(name)} AND stream = ${clean(stream)} AND version = ${version.toString()}::numeric`

export const byIdentity = (sql: SqlClient.SqlClient, identity: NamedVersion & { readonly context: string }) =>
  sql<KnownBuildRow>`
    SELECT ${columns(sql)} FROM module_build
    WHERE ${isNamed(sql, identity)} AND context = ${clean(identity.context)}
    ORDER BY id DESC LIMIT 1`

/** Contexts of the scratch builds of a name, stream and version. */
export const scratchContexts = (sql: SqlClient.SqlClient, identity: NamedVersion) =>
  sql<{ context: string }>`SELECT context FROM module_build WHERE ${isNamed(sql, identity)} AND scratch`
