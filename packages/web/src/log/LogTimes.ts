/** When lines were written, as what went by since their section began. */
import type { LogLines, LogOverview } from "@orch/api/orch/LogsApi"

/** A line's time. */
export interface Shown {
  /** RFC 3339 in UTC. */
  readonly at: string
  /** Such as `+1:05`, minutes and seconds, or `+1:00:05`. */
  readonly offset: string
}

const two = (number: number): string => String(number).padStart(2, "0")

/** So many seconds as `+0:05`; less than nothing is nothing. */
export const offset = (seconds: number): string => {
  const all = Math.max(0, Math.floor(seconds))
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60]
  return hours === 0 ? `+${minutes}:${two(rest)}` : `+${hours}:${two(minutes)}:${two(rest)}`
}

/** By the number of the line: of the first line of a window the moment that holds for it, of others where it changes. */
export const of = (
  { from, times }: Pick<LogLines, "from" | "times">,
  sections: LogOverview["sections"]
): ReadonlyMap<number, Shown> => {
  const begin = times[0]?.at
  return new Map(times.map(({ at, line }) => {
    const number = Math.max(line, from)
    const since = sections.findLast((one) => one.from <= number && one.started_at !== null)?.started_at ?? begin ?? at
    return [number, { at, offset: offset((Date.parse(at) - Date.parse(since)) / 1000) }]
  }))
}
