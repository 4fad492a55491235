/** Turns at work that all servers on a database share. */
import type * as SqlClient from "effect/sql/SqlClient"

/**
 * Whether it is this process's turn at a work that all share: a row for one caller in each interval, whichever comes first.
 * The turn is taken, not held, so that no connection is kept while the work is done.
 */
export const take = (sql: SqlClient.SqlClient, work: string, everySeconds: number) =>
  sql`
    INSERT INTO upkeep_turn (work, taken_at) VALUES (${work}, now())
    ON CONFLICT (work) DO UPDATE SET taken_at = now()
    WHERE upkeep_turn.taken_at <= now() - ${`${everySeconds} seconds`}::interval
    RETURNING work`
