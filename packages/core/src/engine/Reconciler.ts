/**
 * Finds out what has become of things outside by asking, many at once.
 *
 * What is outstanding, whom to ask and which event an answer makes is a `Watch`, one for each kind of thing. Messages are
 * hints: they make it ask sooner. Without any, everything outstanding is asked about each `interval`, so a lost message
 * costs one interval and a repeated one nothing.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { describe } from "../farm/Waiting.ts"
import { unkeyed } from "../life/Keyed.ts"
import type * as Life from "../life/Life.ts"
import type { ProcessStore } from "../ports/ProcessStore.ts"
import type { StoreUnavailable } from "../ports/StoreUnavailable.ts"
import { AwaySystems } from "./AwaySystems.ts"
import { isAway, type PortError, waitingFor } from "./CommandInterpreter.ts"
import * as Upkeep from "./Upkeep.ts"

/** Something outside that a process waits for. */
export interface Outstanding<Ref> {
  readonly process: number
  readonly ref: Ref
}

/** An answer, with what it is about. */
export interface Answer<O, Seen> {
  readonly about: O
  readonly seen: Seen
}

/** One kind of thing that processes wait for. */
export interface Watch<Ref, O extends Outstanding<Ref>, Seen, E> {
  /** Takes what nobody has asked about for `notSince` milliseconds. */
  readonly claim: (notSince: number, limit: number) => Effect.Effect<ReadonlyArray<O>, StoreUnavailable>
  /** Asks about at most `bulk` references; an answer stands where its reference stood. */
  readonly ask: (refs: ReadonlyArray<Ref>) => Effect.Effect<ReadonlyArray<Seen>, E>
  readonly bulk: number
  /** Which part of the outside answers for a reference: one that is away must not keep others from answering. */
  readonly route: (ref: Ref) => string
  /** Tells one process what was seen. */
  readonly tell: (
    process: number,
    answers: ReadonlyArray<Answer<O, Seen>>,
    at: number
  ) => Effect.Effect<void, StoreUnavailable>
  /** Tells one process that the question about what it waits for was not answered; without it, only the log says so. */
  readonly missed?: (process: number, error: E, at: number) => Effect.Effect<void, StoreUnavailable>
  /** Messages of the outside, and how to find who waits for what they name. */
  readonly hints?: {
    readonly stream: Stream.Stream<Ref>
    readonly find: (refs: ReadonlyArray<Ref>) => Effect.Effect<ReadonlyArray<O>, StoreUnavailable>
    /** What tells one reference from another. */
    readonly name: (ref: Ref) => string
  }
}

/** When a watch asks. */
export interface Options {
  /** Milliseconds between two questions about the same thing. */
  readonly interval: number
}

/** A `tell` that applies events to the process; answers of which nothing follows make none. */
export const applying = <L extends Life.Any, O, Seen>(
  store: ProcessStore<L>,
  events: (answers: ReadonlyArray<Answer<O, Seen>>, at: number) => ReadonlyArray<Life.EventOf<L>>
) =>
(process: number, answers: ReadonlyArray<Answer<O, Seen>>, at: number): Effect.Effect<void, StoreUnavailable> => {
  const told = events(answers, at)
  return told.length === 0 ? Effect.void : Effect.asVoid(apply(store, process, told))
}

/** A `missed` that tells the process of the system that is away, where the failure names one; `question` stands for a command. */
export const missing =
  <L extends Life.Any, E extends PortError>(store: ProcessStore<L>, question: string) =>
  (process: number, error: E, at: number): Effect.Effect<void, StoreUnavailable> => {
    const delays: Life.Delays<Life.StateOf<L>, Life.EventOf<L>> | undefined = store.life.delays
    if (delays === undefined || !error.isRetryable || !isAway(error)) return Effect.void
    return Effect.gen(function*() {
      const found = yield* Effect.catchTag(store.get(process, 0), "ProcessNotFound", () => Effect.undefined)
      if (found === undefined) return
      const waiting = waitingFor(error, delays.of(found.state, question), at)
      ;(yield* AwaySystems).tell(waiting, at)
      const changed = yield* apply(store, process, [delays.event(question, waiting, at)])
      if (changed) {
        yield* Effect.annotateLogs(Effect.logWarning(describe(waiting)), { life: store.life.name, process })
      }
    })
  }

const apply = <L extends Life.Any>(store: ProcessStore<L>, process: number, events: ReadonlyArray<Life.EventOf<L>>) =>
  store.apply(process, unkeyed(events)).pipe(
    Effect.map(({ changed }) => changed),
    Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.succeed(false))
  )

/** The most that is taken from the store in one statement. */
const claimSize = 1000
/** Processes told at the same time: as many as a store can see together that nothing is new to them. What it writes it bounds itself. */
const toldAtOnce = 500

/**
 * Asks what a watch waits for, in the background, for as long as the scope lives. Failures are logged, and asked about
 * again in the next round.
 */
export const watch = <Ref, O extends Outstanding<Ref>, Seen, E>(
  { ask, bulk, claim, hints, missed, route, tell }: Watch<Ref, O, Seen, E>,
  { interval }: Options
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    const size = Math.max(1, bulk)
    // What is away for a while must not end the loop; the next round asks again.
    const survive = <A, F, R>(effect: Effect.Effect<A, F, R>) =>
      Upkeep.surviving("The reconciler could not ask", effect)

    const tellMissed = (some: ReadonlyArray<O>, error: E) =>
      missed === undefined ?
        Effect.void :
        Effect.flatMap(Clock.currentTimeMillis, (at) =>
          Effect.forEach(new Set(some.map(({ process }) => process)), (process) => missed(process, error, at), {
            concurrency: toldAtOnce,
            discard: true
          }))

    const askSome = Effect.fnUntraced(function*(some: ReadonlyArray<O>) {
      const answers = yield* ask(some.map(({ ref }) =>
        ref
      )).pipe(
        Effect.tapError((error) => tellMissed(some, error))
      )
      const byProcess = Map.groupBy(
        some.flatMap((about, index) => index < answers.length ? [{ about, seen: answers[index]! }] : []),
        ({ about }) => about.process
      )
      const at = yield* Clock.currentTimeMillis
      yield* Effect.forEach(byProcess, ([process, seen]) => tell(process, seen, at), {
        concurrency: toldAtOnce,
        discard: true
      })
    })

    const askAbout = (all: ReadonlyArray<O>) =>
      Effect.forEach(
        Map.groupBy(all, ({ ref }) => route(ref)).values(),
        (part) => survive(Effect.forEach(chunks(part, size), askSome, { discard: true })),
        { concurrency: "unbounded", discard: true }
      )

    const askAll = Effect.gen(function*() {
      let more = true
      while (more) {
        // Half of it, so that each round asks about everything in as few calls as can be, unless another server just did.
        const due = yield* claim(Math.floor(interval / 2), claimSize)
        yield* askAbout(due)
        more = due.length === claimSize
      }
    })
    yield* Upkeep.repeating({ failed: "The reconciler could not ask", interval: Math.max(50, interval) }, askAll)
    if (hints === undefined) return

    /** Asks about what somebody waits for, and answers the rest. */
    const askHinted = Effect.fnUntraced(function*(refs: ReadonlyArray<Ref>) {
      const found = yield* hints.find(refs)
      yield* askAbout(found)
      const known = new Set(found.map(({ ref }) => hints.name(ref)))
      return refs.filter((ref) => !known.has(hints.name(ref)))
    })

    // A task may end before its submission is written down: a hint that nobody waits for is looked at once more.
    const hinted = Effect.fnUntraced(function*(refs: ReadonlyArray<Ref>) {
      const unknown = yield* askHinted([...new Map(refs.map((ref) => [hints.name(ref), ref])).values()])
      if (unknown.length === 0) return
      yield* Effect.forkIn(survive(Effect.delay(askHinted(unknown), "1 second")), scope)
    })

    // Hints that break off, with the message bus that brings them, are listened for again.
    const listen = hints.stream.pipe(
      Stream.groupedWithin(size, "20 millis"),
      Stream.runForEach((refs) => survive(hinted(refs)))
    )
    yield* Upkeep.repeating({ failed: "Hints of the outside broke off", interval: 5000 }, listen)
  })

const chunks = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
