/** Lines of a log that are remembered beside its index: those that warn, and when lines were written. Bounded: of too many, every second. */
import * as Schema from "effect/Schema"

/** Lines that warn of something, and which of them are kept. */
export const Warnings = Schema.Struct({
  /** How many there are. */
  count: Schema.Number,
  /** Each so many-th is in `lines`. */
  every: Schema.Number,
  /** Numbers of lines, from 1, in order. */
  lines: Schema.Array(Schema.Number)
})
export interface Warnings extends Schema.Schema.Type<typeof Warnings> {}

/** A line, from 1, with when it was written, in milliseconds since the epoch; those after it are of the same time until the next one. */
export const WrittenAt = Schema.Tuple([Schema.Number, Schema.Number])
export type WrittenAt = typeof WrittenAt.Type

/** Marks of each kind that are kept. */
const most = 2000

const everySecond = <A>(all: ReadonlyArray<A>): Array<A> => all.filter((_, place) => place % 2 === 0)

/** Collects marks while lines are gone through, beginning with those that are known. */
export interface Collecting {
  readonly warn: (line: number) => void
  /** Moments less than a second after the one before are left out. */
  readonly at: (line: number, millis: number) => void
  readonly warnings: () => Warnings | undefined
  readonly times: () => ReadonlyArray<WrittenAt> | undefined
}

/** Goes on from what is known. */
export const collect = (warnings: Warnings | undefined, times: ReadonlyArray<WrittenAt> | undefined): Collecting => {
  let { count, every } = warnings ?? { count: 0, every: 1 }
  let lines = [...warnings?.lines ?? []]
  let moments = [...times ?? []]
  return {
    warn: (line) => {
      if (count++ % every !== 0) return
      lines.push(line)
      if (lines.length <= most) return
      lines = everySecond(lines)
      every *= 2
    },
    at: (line, millis) => {
      const last = moments.at(-1)
      if (last !== undefined && millis - last[1] < 1000) return
      moments.push([line, millis])
      if (moments.length > most) moments = everySecond(moments)
    },
    warnings: () => count === 0 ? undefined : { count, every, lines },
    times: () => moments.length === 0 ? undefined : moments
  }
}

/** Whether a line says that it is a warning; what a shell is about to do is none. */
export const warns = (line: string): boolean =>
  (line.includes("arning") || line.includes("ARNING")) && /(?:^|[\s:([])warnings?\]?(?::|\s*[[(]-?W)/i.test(line) &&
  !/^\++ /.test(line)

/** When the lines from one to another were written: the last moment before the first of them, and all between. */
export const between = (times: ReadonlyArray<WrittenAt>, from: number, to: number): ReadonlyArray<WrittenAt> => {
  const first = times.findLastIndex(([line]) => line <= from)
  return times.slice(Math.max(0, first)).filter(([line]) => line <= to)
}
