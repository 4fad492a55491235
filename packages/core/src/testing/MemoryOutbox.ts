/** The outbox in memory. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import type { Announcement } from "../ports/Announcer.ts"
import { type Filter, Outbox } from "../ports/Outbox.ts"

const concerns = (announcement: Announcement, filter: Filter | undefined): boolean =>
  filter?.subject === undefined || announcement.subject === filter.subject ||
  announcement.subject.startsWith(`${filter.subject}/`)

/** An outbox in memory, empty at first. It is told of commits by calls of `append` alone. */
export const layer: Layer.Layer<Outbox> = Layer.effect(
  Outbox,
  Effect.gen(function*() {
    const all: Array<Announcement> = []
    const cursors = new Map<string, number>()
    const serving = new Set<string>()
    const news = yield* PubSub.unbounded<void>()
    const after = (sequence: number, limit: number, filter?: Filter) =>
      Effect.sync(() => all.slice(sequence).filter((one) => concerns(one, filter)).slice(0, limit))
    return Outbox.of({
      append: (drafts, at) =>
        Effect.suspend(() => {
          for (const draft of drafts) all.push({ ...draft, at, sequence: all.length + 1 })
          return drafts.length === 0 ? Effect.void : Effect.asVoid(PubSub.publish(news, undefined))
        }),
      after,
      last: Effect.sync(() => all.length),
      follow: (sequence, filter) => {
        let seen = sequence
        const rest = Effect.sync(() => {
          const found = all.slice(seen).filter((one) => concerns(one, filter))
          seen = Math.max(seen, all.length)
          return found
        })
        return Stream.unwrap(Effect.map(PubSub.subscribe(news), (subscription) =>
          Stream.fromEffect(rest).pipe(
            Stream.concat(Stream.mapEffect(Stream.fromSubscription(subscription), () => rest)),
            Stream.flatMap(Stream.fromIterable)
          )))
      },
      serve: (listener, limit, deliver) =>
        Effect.suspend(() => {
          if (serving.has(listener)) return Effect.succeed(0)
          serving.add(listener)
          let delivered = 0
          return after(cursors.get(listener) ?? 0, limit).pipe(
            Effect.flatMap(Effect.forEach((one) =>
              Effect.map(deliver(one), () => {
                delivered++
                cursors.set(listener, one.sequence)
              })
            )),
            Effect.map(() => delivered),
            Effect.ensuring(Effect.sync(() => serving.delete(listener)))
          )
        })
    })
  })
)
