/**
 * Remembers what is known of tasks, and decides when the hub is asked about which: few and young ones each second, a thousand
 * old ones twice a minute. Whoever asks in between is answered from memory.
 */
import { type Observation, TaskId } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import type { KojiError } from "./KojiError.ts"
import type { KojiFarm } from "./KojiFarm.ts"
import * as Pace from "./Pace.ts"
import * as TaskObservation from "./TaskObservation.ts"

interface Open extends Pace.Open {
  readonly task: TaskId
  askedAt: number
  /** When somebody last wanted to know about it (milliseconds since 1970). */
  wantedAt: number
  /** When it was last said that it is worth a question. */
  hintedAt: number
}

/** What is known of tasks, and when each is worth a question. */
export interface TaskWatch {
  /** Tasks that were made a moment ago: they are waited for a second before anybody asks. */
  readonly begun: (tasks: ReadonlyArray<TaskId>, now: number) => void
  readonly observe: (
    farm: KojiFarm,
    tasks: ReadonlyArray<TaskId>
  ) => Effect.Effect<ReadonlyArray<Observation>, KojiError>
  /** These are asked about next, because something was done to them, or a message says so. Others are left alone. */
  readonly wake: (tasks: ReadonlyArray<TaskId>) => void
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

/**
 * @param budget `KojiSettings.pollBudget`.
 */
export const make = (budget: Duration.Input): TaskWatch => {
  const known = new Map<TaskId, Observation>()
  const open = new Map<TaskId, Open>()
  const limits: Pace.Limits = { longest: Duration.toMillis(budget) }
  const changed = Latch.makeUnsafe(false)
  const readEvery = Math.min(readAtMost, limits.longest)
  let readAt = -Infinity

  const want = (task: TaskId, now: number, askedAt: number): void => {
    const before = open.get(task)
    if (before !== undefined) before.wantedAt = now
    else open.set(task, { task, since: now, askedAt, wantedAt: now, hintedAt: -Infinity })
  }

  const learn = (observations: Iterable<Observation>): void => {
    for (const observation of observations) {
      const { task } = observation
      known.delete(task)
      // What is gone is submitted again, and asked about anew if anybody wants to.
      if (observation.state !== "gone") known.set(task, observation)
      if (observation.state === "gone" || isFinal(observation)) open.delete(task)
    }
    if (known.size <= remembered) return
    const ended = [...known.keys()].filter((task) => !open.has(task))
    for (const task of ended.slice(0, Math.max(0, ended.length - remembered))) known.delete(task)
  }

  const observe = Effect.fnUntraced(function*(farm: KojiFarm, tasks: ReadonlyArray<TaskId>) {
    const now = yield* Clock.currentTimeMillis
    for (const task of tasks) {
      const last = known.get(task)
      if (last === undefined || !isFinal(last)) want(task, now, -Infinity)
    }
    for (const one of open.values()) if (one.wantedAt < now - forgotten) open.delete(one.task)
    const due = Pace.due([...open.values()], now, limits)
    if (due.length > 0) {
      const since = due.reduce((least, one) => Math.min(least, Math.max(one.askedAt, one.since)), now)
      // Before the answer, so that nobody else asks meanwhile; and a hub that fails is not asked any sooner.
      for (const one of due) one.askedAt = now
      const mayWait = now - readAt < readEvery
      const seen = yield* TaskObservation.ask(farm, due.map(({ task }) => task), since, mayWait)
      if ([...seen.values()].some(isFinal)) readAt = now
      learn(seen.values())
    }
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

  return {
    begun: (tasks, now) => {
      for (const task of tasks) {
        known.set(task, waiting(task))
        want(task, now, now)
      }
      changed.openUnsafe()
    },
    observe,
    wake: (tasks) => {
      for (const task of tasks) {
        const one = open.get(task)
        if (one === undefined) continue
        one.askedAt = -Infinity
        one.hintedAt = -Infinity
      }
      changed.openUnsafe()
    },
    hints: Stream.fromIterableEffectRepeat(next)
  }
}
