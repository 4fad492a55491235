/** Times as ResultsDB and WaiverDB write them: ISO 8601 in UTC, without a zone, with microseconds where there are some. */

const iso = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})\.(\d{1,6})(Z|[+-]\d{2}(?::?\d{2})?)?$/

const offsetMinutes = (zone: string | undefined): number => {
  if (zone === undefined || zone === "Z") return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || "0")
  return zone.startsWith("-") ? -minutes : minutes
}

/** Without the point where nothing follows it. */
const format = (millis: number, micros: string): string | undefined => {
  const date = new Date(millis)
  if (Number.isNaN(date.getTime())) return undefined
  const text = date.toISOString().slice(0, 19)
  return date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 1 ? undefined : `${text}.${micros}`
}

/**
 * A time of submission: milliseconds since 1970 as a number or text, or a date and time with a fraction of a second and perhaps a
 * zone. Answers `YYYY-MM-DDTHH:MM:SS.ffffff` in UTC, or `undefined` for anything else.
 */
export const parseSubmitTime = (value: unknown): string | undefined => {
  if (typeof value === "number" || (typeof value === "string" && /^\d{1,15}$/.test(value))) {
    const millis = Math.trunc(Number(value))
    return format(millis, `${String(((millis % 1000) + 1000) % 1000).padStart(3, "0")}000`)
  }
  const match = typeof value === "string" ? iso.exec(value) : null
  if (match === null) return undefined
  const millis = Date.parse(`${match[1]}T${match[2]}Z`) - offsetMinutes(match[4]) * 60_000
  return format(millis, match[3]!.padEnd(6, "0"))
}

const plain = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/

/**
 * A bound of a filter: a date, perhaps with a time. A zone is read and not applied, as both services do. Answers a text that the
 * database takes, or `undefined` for what is no date.
 */
export const parseBound = (text: string): string | undefined => {
  if (!plain.test(text)) return undefined
  const local = text.replace(/(?:Z|(?<=:\d{2}(?:\.\d{1,6})?)[+-]\d{2}(?::?\d{2})?)$/, "")
  const check = local.length === 10
    ? `${local}T00:00:00Z`
    : `${local.replace(" ", "T").slice(0, 19)}${local.length === 16 ? ":00" : ""}Z`
  return Number.isNaN(Date.parse(check)) ? undefined : local
}

/** `YYYY-MM-DDTHH:MM:SS.ffffff` of the database as it is shown. */
export const show = (stored: string): string => stored.endsWith(".000000") ? stored.slice(0, 19) : stored
