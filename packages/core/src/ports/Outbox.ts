/**
 * Announcements in commit order, and how far each listener has got.
 *
 * Numbers are given by one writer at a time, in the order in which announcements become visible: whoever remembers the last number it saw and asks for what comes
 * after it misses nothing, also nothing of a transaction that took long.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Draft } from "../life/Draft.ts"
import type { Announcement } from "./Announcer.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** Which announcements are wanted; all where nothing is said. */
export interface Filter {
  /** Only of this subject or what lies below it, such as `module-build/42`. */
  readonly subject?: string
}

/** What an outbox offers. Every call fails with `StoreUnavailable` where the storage does not answer. */
export interface Interface {
  /** Adds announcements; inside a transaction of the store they are part of it. */
  readonly append: (drafts: ReadonlyArray<Draft>, at: number) => Effect.Effect<void, StoreUnavailable>
  /** Announcements after a number, oldest first. */
  readonly after: (
    sequence: number,
    limit: number,
    filter?: Filter
  ) => Effect.Effect<ReadonlyArray<Announcement>, StoreUnavailable>
  /** The last number given; 0 when there is none. */
  readonly last: Effect.Effect<number, StoreUnavailable>
  /** Announcements after a number, those that exist and those to come. Never ends. */
  readonly follow: (sequence: number, filter?: Filter) => Stream.Stream<Announcement, StoreUnavailable>
  /**
   * Hands the announcements a listener has not had to `deliver`, and moves its cursor past those that succeed. Only one
   * process at a time serves a listener. Answers how many were delivered; 0 when there are none or somebody else is at it.
   */
  readonly serve: <E>(
    listener: string,
    limit: number,
    deliver: (announcement: Announcement) => Effect.Effect<void, E>
  ) => Effect.Effect<number, E | StoreUnavailable>
}

/** The port: one outbox for all announcements of a server. */
export class Outbox extends Context.Service<Outbox, Interface>()("@orch/core/ports/Outbox") {}
