/** The inbox in operation: listening to brokers, handling what they brought, and forgetting it in time. */
import * as Upkeep from "@orch/core/engine/Upkeep"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Notifier } from "../database/Notifier.ts"
import * as BrokerSessions from "./BrokerSessions.ts"
import * as Inbox from "./Inbox.ts"
import type { InboxHandler } from "./InboxHandler.ts"
import type { Values } from "./InboxSettings.ts"

/** Handles messages as they come, and looks for some that somebody else left every five seconds. */
export const workers: Layer.Layer<never, never, Inbox.Inbox | Notifier> = Layer.effectDiscard(Effect.gen(function*() {
  const { handleDue } = yield* Inbox.Inbox
  const notifier = yield* Notifier
  const all = Effect.repeat(handleDue, { until: (handled) => handled === 0 })
  yield* notifier.notifications(Inbox.topic).pipe(
    Stream.buffer({ capacity: 1, strategy: "sliding" }),
    Stream.runForEach(() => Upkeep.surviving("Messages could not be handled yet", all)),
    Effect.forkScoped
  )
  yield* Upkeep.repeating({ failed: "Messages could not be handled yet", interval: 5000 }, all)
}))

/** Everything, with these handlers. */
export const layer = <E, R>(
  { inbox, inboxKeepDays }: Values,
  handlers: Effect.Effect<ReadonlyArray<InboxHandler>, E, R>
) =>
  Layer.merge(
    workers,
    Layer.effectDiscard(Effect.gen(function*() {
      const { prune } = yield* Inbox.Inbox
      yield* Upkeep.repeating(
        { failed: "Old messages could not be removed yet", interval: 3_600_000 },
        Effect.repeat(prune(inboxKeepDays), { until: (removed) => removed === 0 })
      )
    }))
  ).pipe(
    Layer.provideMerge(BrokerSessions.layer({ sources: inbox })),
    Layer.provideMerge(Layer.unwrap(Effect.map(handlers, Inbox.layer)))
  )
