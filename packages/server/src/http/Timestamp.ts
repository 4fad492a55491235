/** Points in time as answers write them. */

/** Milliseconds since the epoch as RFC 3339 in UTC, such as `2026-01-31T12:00:00.000Z`. */
export const time = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** The same, or `null` for what has not happened yet. */
export const timeOrNull = (milliseconds: number | undefined): string | null =>
  milliseconds === undefined ? null : time(milliseconds)
