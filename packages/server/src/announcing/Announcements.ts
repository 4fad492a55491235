/**
 * Brings announcements to listeners: each in order, at least once, at its own pace.
 *
 * How far a listener has got is kept in the outbox, so it survives this process, and one process at a time serves it. A
 * listener that does not answer is asked again with growing pauses, and misses nothing. One that refuses an announcement
 * time and again does not want it: it is skipped and logged, so that one message does not hold up all that follow.
 */
import { AwaySystems } from "@orch/core/engine/AwaySystems"
import * as Following from "@orch/core/engine/Following"
import {
  type Announcement,
  Announcer,
  type AnnouncerError,
  type Interface,
  type Listener,
  wants
} from "@orch/core/ports/Announcer"
import { Outbox } from "@orch/core/ports/Outbox"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"

export interface Options {
  /** After the first failure; doubles with each one more. One second unless told. */
  readonly firstPause?: Duration.Input
  /** Five minutes unless told. */
  readonly longestPause?: Duration.Input
  /** How often an announcement may be refused before it is skipped; 8 unless told, which takes some two minutes. */
  readonly refusals?: number
  /** Whether `/health` says so while a listener is away; then the longest pause has to be below 25 seconds. */
  readonly shown?: boolean
  /** How often to look without having been woken; five seconds unless told. */
  readonly sweep?: Duration.Input
}

const deliveries = Metric.counter("orch_announcement_deliveries_total", {
  description: "Announcements handed to listeners, by listener and outcome (delivered, failed, skipped)",
  incremental: true
})

/** The name under which the outbox knows how far a listener has got. */
export const cursor = (kind: string, listener: string): string => `${kind}/${listener}`

/** The most announcements that one process brings a listener before it looks whether it should go on. */
const batch = 100

const serving = Effect.fnUntraced(
  function*(announcer: Interface, listener: Listener, wake: Latch.Latch, options: Options) {
    const outbox = yield* Outbox
    const first = Duration.toMillis(options.firstPause ?? "1 second")
    const longest = Duration.toMillis(options.longestPause ?? "5 minutes")
    const refusals = options.refusals ?? 8
    let failures = 0
    let since: number | undefined
    let refused = { sequence: 0, times: 0 }

    const count = (outcome: string) =>
      Metric.update(Metric.withAttributes(deliveries, { listener: listener.id, outcome }), 1)

    const onRefusal = Effect.fnUntraced(function*(error: AnnouncerError, { sequence, subject, topic }: Announcement) {
      const times = refused.sequence === sequence ? refused.times + 1 : 1
      refused = { sequence, times }
      if (times < refusals) return yield* error
      yield* count("skipped")
      yield* Effect.logError("A listener refused an announcement for good, it is skipped").pipe(
        Effect.annotateLogs({ sequence, subject, topic, times, reason: error.message })
      )
    })

    const deliver = (announcement: Announcement) =>
      !wants(listener, announcement.topic) ? Effect.void : announcer.deliver(listener, announcement).pipe(
        Effect.tap(() => {
          failures = 0
          since = undefined
          return count("delivered")
        }),
        Effect.tapError(() => count("failed")),
        Effect.catchIf((error) => !error.isRetryable, (error) => onRefusal(error, announcement))
      )

    const rest = Effect.fnUntraced(function*(error: { readonly _tag: string; readonly message: string }) {
      const pause = Math.min(longest, first * 2 ** Math.min(failures, 30))
      failures++
      if (options.shown === true) {
        const now = yield* Clock.currentTimeMillis
        since ??= now
        ;(yield* AwaySystems).tell({ on: `listener ${listener.id}`, since, reason: error.message }, now)
      }
      yield* Effect.logWarning("A listener could not be told, it will be tried again").pipe(
        Effect.annotateLogs({ reason: error.message, failures, pause: Math.round(pause) })
      )
      // Spread, so that listeners of one host that was away do not come back all at once.
      yield* Effect.sleep(pause * (0.8 + 0.4 * (yield* Random.next)))
    })

    const once = Effect.gen(function*() {
      wake.closeUnsafe()
      const served = yield* outbox.serve(cursor(announcer.kind, listener.id), batch, deliver)
      if (served === 0) yield* Effect.race(wake.await, Effect.sleep(options.sweep ?? "5 seconds"))
    }).pipe(
      Effect.catch(rest),
      Effect.catchCause((cause) => Effect.andThen(Effect.logError("Serving a listener failed", cause), rest(unknown)))
    )
    yield* Effect.forever(once).pipe(Effect.annotateLogs({ listener: listener.id, kind: announcer.kind }))
  }
)

const unknown = { _tag: "Defect", message: "an error in the announcer" }

/** Runs for as long as the layer lives. */
export const layer = (options: Options = {}): Layer.Layer<never, never, Announcer | Outbox> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const announcer = yield* Announcer
    const listeners = yield* announcer.listeners
    if (listeners.length === 0) return
    const wakes = listeners.map(() => Latch.makeUnsafe(false))
    yield* Following.whenever(() => wakes.forEach((wake) => wake.openUnsafe()))
    for (const [index, listener] of listeners.entries()) {
      yield* Effect.forkScoped(serving(announcer, listener, wakes[index]!, options))
    }
  }))
