/**
 * Reads that are planned for their very values, each time.
 *
 * A statement that was asked a few times on a connection is planned for any values from then on. Then a limit is taken for a tenth of all rows, and
 * what a filter leaves for a guess: PostgreSQL goes through a whole table for something rare, where an index would have said at once that
 * there is nothing (decision 1744). So what strangers filter lists by is not prepared.
 */
import type * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Statement } from "effect/sql/Statement"

/** The rows of a statement. */
export const read = <A>(statement: Statement<A>): Effect.Effect<ReadonlyArray<A>, SqlError> => statement.unprepared
