/**
 * When work of several parts will have ended: the parts that are left are played forward, in the order in which they may start, on the
 * slots there are, each for as long as it usually takes.
 *
 * It is a forecast: others may take the slots, and parts may fail. Where one of the parts that are left was seen fewer than three times,
 * nothing is foretold.
 */
import type { Usual } from "./ExpectedTime.ts"

/** One part of the work. */
export interface Part {
  readonly name: string
  readonly state: "done" | "running" | "left"
  /** Milliseconds since the epoch; of those that are running. */
  readonly startedAt?: number
  readonly usual: Usual | undefined
  /** Parts that have to be done before, by name; unknown ones count as done. */
  readonly after: ReadonlyArray<string>
  readonly group: number
  /** All parts of this group and of those below have to be done before; 0 for none. */
  readonly afterGroup: number
  /** Larger starts earlier. */
  readonly priority: number
  /** What slots it takes, such as an architecture. */
  readonly kind: string
  /** Why it is done once more, where it is. */
  readonly again?: string
}

/** When one part is expected to start and to end, in milliseconds since the epoch. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What is foretold. */
export type Forecast =
  /** Nothing is left. */
  | { readonly _tag: "Done" }
  /** Parts that were seen too rarely, or that never can start. */
  | { readonly _tag: "Unknown"; readonly parts: ReadonlyArray<string> }
  | {
    readonly _tag: "Known"
    /** Milliseconds since the epoch; in most cases it ends between `earliest` and `latest`. */
    readonly at: number
    readonly earliest: number
    readonly latest: number
    /** The fewest runs known of any part that is left. */
    readonly runs: number
    /** The parts that decide the end, first to last. */
    readonly critical: ReadonlyArray<string>
    readonly spans: ReadonlyMap<string, Span>
    /** Why it may end later than was said before, a sentence each. */
    readonly late: ReadonlyArray<string>
  }

/** What takes longer than nearly always is expected to take this part of its time more. */
const more = 0.1

interface Left {
  readonly part: Part
  readonly usual: Usual
  waitsFor: number
  /** Whose end let it start. */
  because: string | undefined
}

/** Plays the parts that are left. `slots` says how many parts of a kind are done at the same time. */
export const play = (parts: ReadonlyArray<Part>, slots: (kind: string) => number, now: number): Forecast => {
  const open = parts.filter(({ state }) => state !== "done")
  if (open.length === 0) return { _tag: "Done" }
  const unknown = open.filter(({ usual }) => usual === undefined)
  if (unknown.length > 0) return { _tag: "Unknown", parts: unknown.map(({ name }) => name) }

  const left = new Map(
    open.map((part): [string, Left] => [part.name, { part, usual: part.usual!, waitsFor: 0, because: undefined }])
  )
  const dependents = new Map<string, Array<Left>>()
  const groups = new Map<number, number>()
  for (const { group } of open) groups.set(group, (groups.get(group) ?? 0) + 1)
  for (const one of left.values()) {
    for (const name of new Set(one.part.after)) {
      if (!left.has(name)) continue
      one.waitsFor++
      const known = dependents.get(name)
      if (known === undefined) dependents.set(name, [one])
      else known.push(one)
    }
  }

  const spans = new Map<string, Span>()
  const because = new Map<string, string | undefined>()
  const late: Array<string> = []
  const running: Array<{ readonly one: Left; readonly end: number }> = []
  const used = new Map<string, number>()
  const begin = (one: Left, start: number, end: number, freed: string | undefined) => {
    spans.set(one.part.name, { start, end })
    because.set(one.part.name, one.because ?? freed)
    running.push({ one, end })
    used.set(one.part.kind, (used.get(one.part.kind) ?? 0) + 1)
  }
  for (const one of left.values()) {
    const { again, name, startedAt, state } = one.part
    if (again !== undefined) late.push(`${name} is done again: ${again}`)
    if (state !== "running") continue
    const start = startedAt ?? now
    begin(one, start, now + remaining(one.usual, now - start), undefined)
    if (now - start > one.usual.high * 1000) {
      late.push(
        `${name} has taken ${words((now - start) / 1000)}, usually it is done after ${words(one.usual.seconds)}`
      )
    }
  }
  let waiting = [...left.values()].filter(({ part }) => part.state === "left")
    .toSorted((a, b) => b.part.priority - a.part.priority)
  let at = now
  let freed: string | undefined
  let barrier: string | undefined
  for (;;) {
    const lowest = Math.min(...groups.keys())
    const kept: Array<Left> = []
    for (const one of waiting) {
      const { afterGroup, kind } = one.part
      const isReady = one.waitsFor === 0 && lowest > afterGroup
      if (isReady && (used.get(kind) ?? 0) < Math.max(1, slots(kind))) {
        if (afterGroup > 0) one.because ??= barrier
        begin(one, at, at + one.usual.seconds * 1000, freed)
      } else kept.push(one)
    }
    waiting = kept
    if (running.length === 0) break
    const next = running.reduce((first, each) => each.end < first.end ? each : first)
    running.splice(running.indexOf(next), 1)
    at = next.end
    const { group, kind, name } = next.one.part
    freed = name
    used.set(kind, used.get(kind)! - 1)
    const amount = groups.get(group)! - 1
    if (amount > 0) groups.set(group, amount)
    else {
      groups.delete(group)
      barrier = name
    }
    for (const one of dependents.get(name) ?? []) {
      one.waitsFor--
      if (one.waitsFor === 0) one.because = name
    }
  }
  if (waiting.length > 0) return { _tag: "Unknown", parts: waiting.map(({ part }) => part.name) }
  return ending(left, spans, because, late, now)
}

const ending = (
  left: ReadonlyMap<string, Left>,
  spans: ReadonlyMap<string, Span>,
  because: ReadonlyMap<string, string | undefined>,
  late: ReadonlyArray<string>,
  now: number
): Forecast => {
  let last = ""
  for (const [name, { end }] of spans) if (last === "" || end > spans.get(last)!.end) last = name
  const critical: Array<string> = []
  for (let name: string | undefined = last; name !== undefined; name = because.get(name)) critical.push(name)
  // Parts are late and early by themselves, so what they differ adds up as errors do, not as lengths.
  let below = 0
  let above = 0
  for (const name of critical) {
    const { high, low, seconds } = left.get(name)!.usual
    below += ((seconds - low) * 1000) ** 2
    above += ((high - seconds) * 1000) ** 2
  }
  const at = spans.get(last)!.end
  return {
    _tag: "Known",
    at,
    earliest: Math.max(now, at - Math.sqrt(below)),
    latest: at + Math.sqrt(above),
    runs: Math.min(...[...left.values()].map(({ usual }) => usual.runs)),
    critical: critical.toReversed(),
    spans,
    late
  }
}

/** Milliseconds that are left of what has run for so many. */
const remaining = ({ high, seconds }: Usual, elapsed: number): number => {
  if (elapsed < seconds * 1000) return seconds * 1000 - elapsed
  return Math.max(high * 1000 - elapsed, elapsed * more)
}

/** A duration as people say it: `41 s`, `1 min 40 s`, `1 h 20 min`. */
export const words = (seconds: number): string => {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(seconds / 60)
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
