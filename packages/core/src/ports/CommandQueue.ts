/**
 * The durable queue of commands: at least once, leased while one runs, retried with growing pauses, and kept as a dead
 * letter when the retry budget is spent. `effect/persistence/PersistedQueue` does the work; this names what we ask of it.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ModuleBuildCommand } from "../modulebuild/ModuleBuildCommand.ts"
import type { StoreUnavailable } from "./ProcessStore.ts"

/** A command on its way, with the build and the revision that asked for it. */
export const Envelope = Schema.Struct({ build: Schema.Number, revision: Schema.Number, command: ModuleBuildCommand })
export interface Envelope extends Schema.Schema.Type<typeof Envelope> {}

export interface Delivery {
  readonly id: string
  /** From 1. */
  readonly attempt: number
}

/** A command whose retries are spent. */
export interface DeadLetter {
  readonly id: string
  readonly envelope: Envelope
  readonly attempts: number
  /** What the last attempt said. */
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface Interface {
  /** Queues a command; inside a transaction of the store it is part of it. A known id changes nothing. */
  readonly offer: (id: string, envelope: Envelope, delaySeconds: number) => Effect.Effect<void, StoreUnavailable>
  /** Takes the next command; the handler's success acknowledges it, its failure brings it back later. */
  readonly take: <E>(
    handler: (envelope: Envelope, delivery: Delivery) => Effect.Effect<void, E>
  ) => Effect.Effect<void, E | StoreUnavailable>
  readonly deadLetters: (limit: number) => Effect.Effect<ReadonlyArray<DeadLetter>, StoreUnavailable>
  /** Gives a dead letter a new retry budget; false when there is none of that id. */
  readonly release: (id: string) => Effect.Effect<boolean, StoreUnavailable>
}

export class CommandQueue extends Context.Service<CommandQueue, Interface>()("@orch/core/ports/CommandQueue") {}

/** How often a command is tried before it becomes a dead letter. */
export const maxAttempts = 12
