/** What readiness asks of the database. */
import type * as SqlClient from "effect/sql/SqlClient"

/** Writes one small row: a database whose disk is full still answers reads. */
export const touch = (sql: SqlClient.SqlClient) =>
  sql`
    INSERT INTO upkeep_turn (work, taken_at) VALUES ('health', now())
    ON CONFLICT (work) DO UPDATE SET taken_at = excluded.taken_at`
