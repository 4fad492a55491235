/**
 * Remembers what is known of repositories and of what preparations wait for, and decides when the hub is asked: when it should be
 * there as the last ones tell, else after a second, and less often what takes its time. Whoever asks in between is answered
 * from memory.
 */
import type { RepositoryRequest, RepositoryState, Waiting } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { ofBuildroot } from "./BuildrootNames.ts"
import type { Durations } from "./Durations.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiFarm } from "./KojiFarm.ts"
import type { KojiSettings } from "./KojiSettings.ts"
import * as Pace from "./Pace.ts"
import * as RepositoryObservation from "./RepositoryObservation.ts"
import * as RepositoryTicket from "./RepositoryTicket.ts"

interface Watched extends RepositoryObservation.Known, Pace.Open {
  askedAt: number
  expected?: number | undefined
  /** When somebody last wanted to know (milliseconds since 1970). */
  wantedAt: number
  hintedAt: number
  /** Whether this process has made the request, and nobody has asked about it yet. */
  isFresh: boolean
}

/** What is known of repositories that were asked for. */
export interface RepositoryWatch {
  /** A request that was made a moment ago. */
  readonly begun: (request: RepositoryRequest, durations: Durations, now: number) => void
  /**
   * One state per request, in order. When only fresh requests are asked about, it waits for as long as a fast hub needs
   * (`linger`) before it says that they are pending.
   */
  readonly observe: (
    farm: KojiFarm,
    requests: ReadonlyArray<RepositoryRequest>
  ) => Effect.Effect<ReadonlyArray<RepositoryState>, KojiError>
  /** The repositories of these tags are asked about next. */
  readonly wake: (tags: ReadonlyArray<string>) => void
  /** Requests, each when it is time to ask about it. */
  readonly hints: Stream.Stream<RepositoryRequest>
}

/** Requests that nobody has wanted to know about for so long (milliseconds) are not asked about any more. */
const forgotten = 600_000
/** A hint that nobody followed is given again after so long (milliseconds). */
const hintAgain = 10_000
/** What is there at the first question may have been there for a while: the next one is asked for a little sooner. */
const sooner = 0.97

const isPending = ({ state }: Watched): boolean => state._tag === "Pending"

const tagOf = ({ request, ticket }: Watched): string =>
  ("built" in ticket ? undefined : ticket.tag) ?? ofBuildroot(request.buildroot).buildTag

const nameOf = (nvr: string): string => nvr.split("-").slice(0, -2).join("-")

const expectedOf = (entry: Watched, durations: Durations): number | undefined =>
  "built" in entry.ticket ? durations.ofPackage(nameOf(entry.ticket.built)) : durations.ofRepository(tagOf(entry))

/** What is waited for, in words. */
const subjectOf = (entry: Watched): string => {
  const { ticket } = entry
  return "built" in ticket
    ? `task ${ticket.task}, which builds ${ticket.built}`
    : `the repository of ${tagOf(entry)}`
}

const keyOf = ({ buildroot, id }: RepositoryRequest) => `${buildroot} ${id}`

/** A watch that knows of none yet. */
export const make = (settings: Pick<KojiSettings, "linger" | "pollInterval">): RepositoryWatch => {
  const watched = new Map<string, Watched>()
  const longest = Duration.toMillis(settings.pollInterval)
  const linger = Math.min(longest, Duration.toMillis(settings.linger))
  const changed = Latch.makeUnsafe(false)

  const limits: Pace.Limits = { longest }

  const watch = (request: RepositoryRequest, now: number, isFresh: boolean): Watched => {
    const before = watched.get(keyOf(request))
    if (before !== undefined) {
      before.wantedAt = now
      return before
    }
    const ticket = RepositoryTicket.parse(request)
    const entry: Watched = {
      request,
      ticket: Result.isSuccess(ticket) ? ticket.success : { nvrs: [] },
      state: Result.isSuccess(ticket)
        ? RepositoryObservation.pending("only just asked for")
        : { _tag: "Failed", reason: `nobody asked for a repository "${request.id}"` },
      since: now,
      askedAt: isFresh ? now : -Infinity,
      wantedAt: now,
      hintedAt: -Infinity,
      isFresh
    }
    watched.set(keyOf(request), entry)
    return entry
  }

  /** When the first of these is due; never for none. */
  const firstDue = (all: ReadonlyArray<Watched>): number =>
    Pace.dueTimes(all, limits).reduce((least, time) => Math.min(least, time), Infinity)

  const ask = Effect.fnUntraced(function*(farm: KojiFarm, now: number) {
    const due = Pace.due([...watched.values()].filter(isPending), now, limits)
    if (due.length === 0) return
    const unasked = new Set(due.filter((entry) => entry.askedAt === entry.since))
    for (const entry of due) entry.askedAt = now
    yield* RepositoryObservation.look(farm, due)
    for (const entry of due) {
      if (entry.state._tag !== "Ready") continue
      const took = (now - entry.since) * (unasked.has(entry) ? sooner : 1)
      if ("built" in entry.ticket) farm.durations.packageTook(nameOf(entry.ticket.built), took)
      else farm.durations.repositoryTook(tagOf(entry), took)
    }
  })

  const described = (entry: Watched): RepositoryState => {
    const { since, state } = entry
    if (state._tag !== "Pending") return state
    const waiting: Waiting = { on: subjectOf(entry), since, reason: state.reason }
    return { ...state, waiting }
  }

  const observe = Effect.fnUntraced(function*(farm: KojiFarm, requests: ReadonlyArray<RepositoryRequest>) {
    let now = yield* Clock.currentTimeMillis
    const wanted = requests.map((request) => watch(request, now, false))
    for (const [key, entry] of watched) if (entry.wantedAt < now - forgotten) watched.delete(key)
    const until = now + (wanted.length > 0 && wanted.every((entry) => entry.isFresh) ? linger : 0)
    for (const entry of wanted) entry.isFresh = false
    for (;;) {
      yield* ask(farm, now)
      const open = wanted.filter(isPending)
      const next = firstDue(open)
      if (open.length === 0 || next > until) break
      yield* Effect.sleep(Math.max(1, next - now))
      now = yield* Clock.currentTimeMillis
    }
    // What is decided has been told, and is looked for anew should anybody ask again.
    for (const entry of wanted) if (!isPending(entry)) watched.delete(keyOf(entry.request))
    changed.openUnsafe()
    return wanted.map(described)
  })

  const next = Effect.gen(function*() {
    for (;;) {
      changed.closeUnsafe()
      const now = yield* Clock.currentTimeMillis
      const open = [...watched.values()].filter((entry) =>
        isPending(entry) && (entry.hintedAt <= entry.askedAt || entry.hintedAt + hintAgain <= now)
      )
      const due = open.filter((entry) => firstDue([entry]) <= now)
      if (due.length > 0) {
        for (const entry of due) entry.hintedAt = now
        return due.map(({ request }) => request)
      }
      const first = Math.min(firstDue(open), now + hintAgain)
      yield* Effect.raceFirst(
        watched.size === 0 ? Effect.never : Effect.sleep(Math.max(1, first - now)),
        changed.await
      )
    }
  })

  return {
    begun: (request, durations, now) => {
      const entry = watch(request, now, true)
      entry.expected = expectedOf(entry, durations)
      changed.openUnsafe()
    },
    observe,
    wake: (tags) => {
      for (const entry of watched.values()) {
        if (!tags.includes(ofBuildroot(entry.request.buildroot).buildTag)) continue
        entry.askedAt = -Infinity
        entry.hintedAt = -Infinity
      }
      changed.openUnsafe()
    },
    hints: Stream.fromIterableEffectRepeat(next)
  }
}
