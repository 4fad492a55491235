/** Times and durations as pages write them. The clock is an argument. */
import type { VNode } from "preact"
import { h } from "./Markup.ts"

/** Seconds in words: `41 s`, `1 min 40 s`, `1 h 20 min`. */
export const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return whole % 60 === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${whole % 60} s`
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Seconds between two instants. */
export const between = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000

/** `14:52` where it is the day of `now`, else with its date; UTC. */
export const text = (at: string, now: number): string => {
  const iso = new Date(Date.parse(at)).toISOString()
  const clock = iso.slice(11, 16)
  return iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? clock : `${iso.slice(0, 10)} ${clock}`
}

/** The same as an element that has the whole instant. */
export const time = (at: string, now: number): VNode => h("time", { dateTime: at, title: `${at} (UTC)` }, text(at, now))
