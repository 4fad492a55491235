/** Looks for the build that an import replaces. */
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import type * as SqlClient from "effect/sql/SqlClient"
import { clean } from "../../database/StorableText.ts"

/** The newest build of a name, stream, version and context that is no scratch build, whatever its state. */
export const find = (sql: SqlClient.SqlClient, { context, name, stream, version }: ModulePlan) =>
  sql<{ id: bigint }>`
    SELECT id FROM module_build
    WHERE name = ${clean(name)} AND stream = ${clean(stream)} AND version = ${version.toString()}::numeric
      AND context = ${clean(context)} AND NOT scratch
    ORDER BY id DESC LIMIT 1`
