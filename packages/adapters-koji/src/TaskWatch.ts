/**
 * Remembers what is known of tasks, and decides when the hub is asked about them: tasks that were submitted together when the last
 * of them should have ended, since what comes next waits for all of them; those that others wait for by name when they should.
 * Whoever asks in between is answered from memory.
 */
import { type ComponentRequest, type Observation, TaskId } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import type { Durations } from "./Durations.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiFarm } from "./KojiFarm.ts"
import * as Pace from "./Pace.ts"
import * as TaskObservation from "./TaskObservation.ts"

/** Tasks that were submitted together. */
interface Batch {
  readonly buildroot: string
  open: number
  /** The longest that one of them took so far (milliseconds). */
  longest: number
}

interface Open extends Pace.Open {
  readonly task: TaskId
  readonly component?: string | undefined
  /** Absent for those that are waited for one by one. */
  readonly batch?: Batch | undefined
  askedAt: number
  /** When somebody last wanted to know about it (milliseconds since 1970). */
  wantedAt: number
  /** When it was last said that it is worth a question. */
  hintedAt: number
  /** Whether a message said that it has ended well. */
  isSaidClosed?: boolean
}

/** Tasks that were just made, with what they build. */
export interface Begun {
  readonly buildroot: string
  readonly tasks: ReadonlyArray<{ readonly task: TaskId; readonly request: ComponentRequest | undefined }>
}

/** What is known of tasks, and when each is worth a question. */
export interface TaskWatch {
  /** Tasks that were made a moment ago: nobody asks before they can have ended. */
  readonly begun: (batch: Begun, durations: Durations, now: number) => void
  readonly observe: (
    farm: KojiFarm,
    tasks: ReadonlyArray<TaskId>,
    isBrief?: boolean
  ) => Effect.Effect<ReadonlyArray<Observation>, KojiError>
  /** These are asked about next, because something was done to them, or a message says so. Others are left alone. */
  readonly wake: (tasks: ReadonlyArray<TaskId>) => void
  /** A message says that these have ended well: they are asked about once that is said of all that were submitted with them. */
  readonly saidClosed: (tasks: ReadonlyArray<TaskId>) => void
  /** Tasks, each when it is time to ask about it. */
  readonly hints: Stream.Stream<TaskId>
}

/** Tasks that nobody has wanted to know about for so long (milliseconds) are not asked about any more. */
const forgotten = 600_000
/** A hint that nobody followed is given again after so long (milliseconds). */
const hintAgain = 10_000
/** While other tasks are open, what has come of ended ones is read no more often than this (milliseconds). */
const readAtMost = 4000
/** Observations of ended tasks kept in memory; they do not change any more. */
const remembered = 10_000

/** The port's name of a hub's task. */
export const taskId = (task: number): TaskId => TaskId.make(String(task))

const isFinal = ({ state }: Observation): boolean => state === "closed" || state === "failed" || state === "canceled"

const waiting = (task: TaskId): Observation => ({ task, state: "free", artifacts: [] })
const gone = (task: TaskId): Observation => ({ task, state: "gone", artifacts: [] })

/** When the last of these should have ended, in milliseconds from now; undefined where that of one of them is not known. */
const expectedOf = (
  requests: ReadonlyArray<ComponentRequest | undefined>,
  buildroot: string,
  durations: Durations
): number | undefined => {
  const known = requests.map((request) => request === undefined ? undefined : durations.ofPackage(request.component))
  const unknown = known.includes(undefined) ? durations.ofBatch(buildroot) : 0
  return unknown === undefined ? undefined : Math.max(unknown, ...known.map((millis) => millis ?? 0))
}

/**
 * @param budget `KojiSettings.pollBudget`.
 */
export const make = (budget: Duration.Input): TaskWatch => {
  const known = new Map<TaskId, Observation>()
  /** Closed tasks of which nobody has read what they left behind. */
  const unread = new Set<TaskId>()
  const open = new Map<TaskId, Open>()
  const limits: Pace.Limits = { longest: Duration.toMillis(budget) }
  const changed = Latch.makeUnsafe(false)
  const readEvery = Math.min(readAtMost, limits.longest)
  let readAt = -Infinity

  const want = (task: TaskId, now: number, more: Partial<Open> = {}): void => {
    const before = open.get(task)
    if (before !== undefined) before.wantedAt = now
    else open.set(task, { task, since: now, askedAt: -Infinity, wantedAt: now, hintedAt: -Infinity, ...more })
  }

  const close = (task: TaskId, took: number | undefined, { durations }: KojiFarm): void => {
    const one = open.get(task)
    open.delete(task)
    if (one === undefined) return
    if (one.component !== undefined && took !== undefined) durations.packageTook(one.component, took)
    const { batch } = one
    if (batch === undefined) return
    batch.open--
    batch.longest = Math.max(batch.longest, took ?? 0)
    if (batch.open === 0 && batch.longest > 0) durations.batchTook(batch.buildroot, batch.longest)
  }

  const learn = (
    farm: KojiFarm,
    { seen, took }: Effect.Success<ReturnType<typeof TaskObservation.ask>>,
    isBrief: boolean
  ): void => {
    for (const observation of seen.values()) {
      const { task } = observation
      known.delete(task)
      // What is gone is submitted again, and asked about anew if anybody wants to.
      if (observation.state !== "gone") known.set(task, observation)
      if (observation.state === "gone" || isFinal(observation)) close(task, took.get(task), farm)
      if (isBrief && observation.state === "closed") unread.add(task)
    }
    if (known.size <= remembered) return
    const ended = [...known.keys()].filter((task) => !open.has(task))
    for (const task of ended.slice(0, Math.max(0, ended.length - remembered))) {
      known.delete(task)
      unread.delete(task)
    }
  }

  /** Reads what was left behind by those that were asked about in brief before. */
  const readUp = Effect.fnUntraced(function*(farm: KojiFarm, tasks: ReadonlyArray<TaskId>) {
    const seen = tasks.flatMap((task) => unread.has(task) ? known.get(task) ?? [] : [])
    if (seen.length === 0) return
    const results = yield* TaskObservation.results(farm, seen.map(({ nvr = "" }) => nvr))
    for (const [index, one] of seen.entries()) {
      known.set(one.task, { ...one, ...results[index]! })
      unread.delete(one.task)
    }
  })

  const observe = Effect.fnUntraced(function*(farm: KojiFarm, tasks: ReadonlyArray<TaskId>, isBrief = false) {
    const now = yield* Clock.currentTimeMillis
    for (const task of tasks) {
      const last = known.get(task)
      if (last === undefined || !isFinal(last)) want(task, now)
    }
    for (const one of open.values()) if (one.wantedAt < now - forgotten) open.delete(one.task)
    const due = Pace.due([...open.values()], now, limits)
    if (due.length > 0) {
      const since = due.reduce((least, one) => Math.min(least, Math.max(one.askedAt, one.since)), now)
      // Before the answer, so that nobody else asks meanwhile; and a hub that fails is not asked any sooner.
      for (const one of due) one.askedAt = now
      const mayWait = !isBrief && now - readAt < readEvery
      const answer = yield* TaskObservation.ask(farm, due.map(({ task }) => task), since, { mayWait, isBrief })
      if ([...answer.seen.values()].some(isFinal)) readAt = now
      learn(farm, answer, isBrief)
    }
    if (!isBrief) yield* readUp(farm, tasks)
    changed.openUnsafe()
    return tasks.map((task) => known.get(task) ?? (open.has(task) ? waiting(task) : gone(task)))
  })

  /** What is due by now, and has not just been said; waits until there is something. */
  const next = Effect.gen(function*() {
    for (;;) {
      changed.closeUnsafe()
      const now = yield* Clock.currentTimeMillis
      const all = [...open.values()]
      const times = Pace.dueTimes(all, limits).map((time, index) => {
        const { askedAt, hintedAt } = all[index]!
        return hintedAt > askedAt ? Math.max(time, hintedAt + hintAgain) : time
      })
      const due = all.filter((_, index) => times[index]! <= now)
      if (due.length > 0) {
        for (const one of due) one.hintedAt = now
        return due.map(({ task }) => task)
      }
      const first = times.reduce((least, time) => Math.min(least, time), Infinity)
      const pause = Number.isFinite(first) ? Effect.sleep(Math.max(1, first - now)) : Effect.never
      yield* Effect.raceFirst(pause, changed.await)
    }
  })

  const wake = (tasks: Iterable<TaskId>): void => {
    for (const task of tasks) {
      const one = open.get(task)
      if (one === undefined) continue
      one.askedAt = -Infinity
      one.hintedAt = -Infinity
    }
    changed.openUnsafe()
  }

  return {
    begun: ({ buildroot, tasks }, durations, now) => {
      const together = tasks.filter(({ request }) => request?.isAwaited !== true)
      const batch: Batch = { buildroot, open: together.length, longest: 0 }
      const expected = expectedOf(together.map(({ request }) => request), buildroot, durations)
      for (const { request, task } of tasks) {
        known.set(task, waiting(task))
        const alone = request?.isAwaited === true
        want(task, now, {
          askedAt: now,
          component: request?.component,
          expected: alone ? durations.ofPackage(request.component) : expected,
          ...(alone ? {} : { batch })
        })
      }
      changed.openUnsafe()
    },
    observe,
    wake,
    saidClosed: (tasks) => {
      const all = tasks.flatMap((task) => open.get(task) ?? [])
      for (const one of all) one.isSaidClosed = true
      const whole = new Set(all.flatMap(({ batch }) => batch ?? []))
      const others = [...open.values()].filter(({ batch }) => batch !== undefined && whole.has(batch))
      for (const { batch, isSaidClosed } of others) if (isSaidClosed !== true) whole.delete(batch!)
      wake([
        ...all.filter(({ batch }) => batch === undefined),
        ...others.filter(({ batch }) => whole.has(batch!))
      ].map(({ task }) => task))
    },
    hints: Stream.fromIterableEffectRepeat(next)
  }
}
