/** An announcer that keeps what it was given, and refuses as often as a test tells it to. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Announcement, Announcer, AnnouncerError, type Listener } from "../ports/Announcer.ts"

/** How a test drives the announcer and sees what it did. */
export interface Control {
  /** What arrived, by listener, the latest last. */
  readonly delivered: Map<string, Array<Announcement>>
  /** How many of the next deliveries do not arrive. */
  failures: number
}

/** The handle by which a test reaches the announcer's `Control`. */
export class MemoryListeners
  extends Context.Service<MemoryListeners, Control>()("@orch/core/testing/MemoryListeners")
{}

/** An announcer for these listeners, and the handle to it. */
export const layer = (listeners: ReadonlyArray<Listener>): Layer.Layer<Announcer | MemoryListeners> =>
  Layer.effectContext(Effect.sync(() => {
    const control: Control = { delivered: new Map(), failures: 0 }
    const answer = (listener: Listener) => {
      if (control.failures === 0) return Effect.void
      control.failures--
      return Effect.fail(
        new AnnouncerError({ reason: "unreachable", listener: listener.id, message: "told not to answer" })
      )
    }
    return Context.make(Announcer, {
      kind: "memory",
      listeners: Effect.succeed(listeners),
      probe: answer,
      deliver: (listener, announcement) =>
        Effect.map(answer(listener), () => {
          const had = control.delivered.get(listener.id) ?? []
          control.delivered.set(listener.id, [...had, announcement])
        })
    }).pipe(Context.add(MemoryListeners, control))
  }))
