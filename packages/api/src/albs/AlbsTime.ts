/** Times as AlmaLinux's build system writes them: UTC, ISO 8601, microseconds, no zone. */

/** `2021-12-22T10:08:54.123000` of milliseconds since the epoch. */
export const format = (at: number): string => new Date(at).toISOString().replace("Z", "000")

/** The same, or null where there is no time. */
export const formatOptional = (at: number | undefined): string | null => at === undefined ? null : format(at)

/**
 * Reads what nodes write, `2026-01-01 10:00:00.1` or with a `T`, with or without a zone; without one it is UTC. Milliseconds since
 * the epoch; `undefined` when it is no time.
 */
export const parse = (text: string): number | undefined => {
  const found = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/.exec(text)
  if (found === null) return undefined
  const [, day, time, fraction = "", zone = "Z"] = found
  const at = Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, "0")}${zone}`)
  return Number.isNaN(at) ? undefined : at
}
