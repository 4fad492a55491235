/**
 * The numbers of announcements: one row holds the last one given.
 *
 * Whoever takes numbers locks the row to the end of its transaction. So the order of numbers is the order in which announcements
 * become visible, and none is left out where a transaction is undone. In a transaction it comes last, as nobody else gets a
 * number before it ends.
 */

/** The table with the one row. */
export const table = "announcement_number"

/**
 * A statement that takes as many numbers as `count` says, an expression without input of anybody's; answers the last number
 * `before` them, and nothing where there are none to take.
 */
export const take = (count: string): string =>
  `UPDATE ${table} SET last = last + ${count} WHERE ${count} > 0 RETURNING last - ${count} AS before`
