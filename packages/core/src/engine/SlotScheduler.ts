/**
 * Submits parts of processes under limits: looks at all lives together, grants fair shares, and tells those that have to
 * wait why.
 *
 * It looks again when anything was announced, and otherwise seldom. Any number of servers may run it; the store lets one at a time choose. A server that dies between choosing and submitting
 * loses its choice after a while, and the next one submits under the same key.
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { type Candidate, type Held, isLimited, share } from "../farm/FairShare.ts"
import { FarmWork } from "../ports/FarmWork.ts"
import type { Outbox } from "../ports/Outbox.ts"
import * as Following from "./Following.ts"
import { RebuildLimit, SlotNews, SubmissionLimits } from "./SubmissionLimits.ts"
import * as Upkeep from "./Upkeep.ts"

/** How one life hands its parts to the farm. */
export interface Submitter<E> {
  /** The life's name. */
  readonly life: string
  /** Submits parts of one process that were granted a slot; those that no longer want one are passed over. */
  readonly submit: (process: number, granted: ReadonlyArray<Candidate>) => Effect.Effect<void, E>
  /** Tells one process which of its parts wait, and why. */
  readonly hold: (process: number, held: ReadonlyArray<Held>) => Effect.Effect<void, E>
}

/** When slots are handed out. */
export interface Options {
  /** Milliseconds between two rounds at least, however much is told. */
  readonly interval: number
}

/**
 * Milliseconds after which there is a round though nothing was told, while something waits and while nothing does: what was told may be lost with a
 * process, and a farm that grows tells nobody.
 */
const patience = { waiting: 5_000, idle: 10_000 }

/** Hands out slots for as long as the scope lives, if there are limits. */
export const schedule = <E>(
  submitters: ReadonlyArray<Submitter<E>>,
  { interval }: Options
): Effect.Effect<void, never, FarmWork | Outbox | Scope.Scope> =>
  Effect.gen(function*() {
    const limits = yield* SubmissionLimits
    const rebuilds = yield* RebuildLimit
    const news = yield* SlotNews
    if (!isLimited(limits) && rebuilds === undefined) return
    // What people submit goes to the farm by itself where only rebuilds are limited.
    const isScheduled = (one: Candidate): boolean => isLimited(limits) || one.rebuild !== undefined
    const work = yield* FarmWork
    const lives = new Map(submitters.map((one) => [one.life, one]))

    const each = <A>(
      all: ReadonlyArray<A>,
      candidate: (one: A) => Candidate,
      act: (submitter: Submitter<E>, process: number, some: ReadonlyArray<A>) => Effect.Effect<void, E>
    ) =>
      Effect.forEach(
        Map.groupBy(all, (one) => `${candidate(one).life} ${candidate(one).process}`).values(),
        (some) => {
          const { life, process } = candidate(some[0]!)
          const submitter = lives.get(life)
          return submitter === undefined ? Effect.void : act(submitter, process, some)
        },
        { concurrency: 8, discard: true }
      )

    const round = Effect.gen(function*() {
      const now = rebuilds === undefined ? limits : { ...limits, rebuilds: yield* rebuilds }
      const { granted, held } = yield* work.grant((candidates, active) =>
        share(candidates.filter(isScheduled), active, now)
      )
      yield* each(granted, (one) => one, (submitter, process, some) => submitter.submit(process, some))
      yield* each(held, ({ candidate }) => candidate, (submitter, process, some) => submitter.hold(process, some))
      return granted.length + held.length
    })
    // A slot becomes free where something ends, and whatever ends is announced.
    const moved = Latch.makeUnsafe(false)
    yield* Following.whenever(() => moved.openUnsafe())
    yield* Upkeep.repeating(
      { failed: "Packages could not be submitted", interval },
      Effect.gen(function*() {
        moved.closeUnsafe()
        const waiting = yield* round
        yield* Effect.raceAllFirst([
          news.await,
          moved.await,
          Effect.sleep(waiting > 0 ? patience.waiting : patience.idle)
        ])
      })
    )
  })
