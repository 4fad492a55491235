/**
 * Has the planner look rows up in an index, one by one, for sets that a statement brings along.
 *
 * It takes what a function answers for a hundred rows. Where it plans while a table is small, it would rather read all of that; the
 * plan is kept for as long as the connection lives and nobody counts the table's rows, and by then it may have a hundred thousand.
 */

/** A condition that always holds of a whole number that is there, and which the planner takes to hold of every two-hundredth row. */
export const few = (number: string): string => `${number} % 1 = 0`
