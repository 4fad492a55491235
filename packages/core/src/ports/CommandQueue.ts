/**
 * The durable queues of commands, one for each life: at least once, leased while one runs, retried with growing pauses, and
 * kept as a dead letter when the retry budget is spent.
 *
 * @see ../testing/CommandQueueContract.ts for the promises every implementation is held to.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Life from "../life/Life.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** A command on its way, with the process and the revision that asked for it. */
export interface Envelope<C> {
  readonly process: number
  readonly revision: number
  readonly command: C
}

/** How an envelope is written. The process stands under `build`, as it did when module builds were the only life. */
export const envelope = <L extends Life.Any>(life: L): Schema.Codec<Envelope<Life.CommandOf<L>>, unknown> =>
  Schema.Struct({ process: Schema.Number, revision: Schema.Number, command: life.codecs.command }).pipe(
    Schema.encodeKeys({ process: "build" })
  ) as unknown as Schema.Codec<Envelope<Life.CommandOf<L>>, unknown>

/** One hand-over of a command to whoever runs it. */
export interface Delivery {
  readonly id: string
  /** From 1. */
  readonly attempt: number
}

/** What a handler answers where a command has to wait for something outside: it comes again later, the attempt not counted. */
export class Postponed {
  readonly seconds: number
  constructor(seconds: number) {
    this.seconds = seconds
  }
}

/** A command whose retries are spent, whichever life it belongs to. */
export interface DeadLetter {
  readonly id: string
  readonly life: string
  /** The process and the tag of the command; absent where what is stored cannot be read, as by an older version. */
  readonly process?: number
  readonly command?: string
  readonly attempts: number
  /** What the last attempt said. */
  readonly reason: string
  /** When it was given up, in milliseconds since the epoch. */
  readonly at: number
}

/** Which dead letters are wanted; everything that is given has to fit. */
export interface DeadLetterQuery {
  readonly life?: string
  readonly process?: number
  readonly limit: number
}

/** The queue of one life. */
export interface CommandQueue<L extends Life.Any> {
  /** Queues a command; inside a transaction of the store it is part of it. A known id changes nothing. */
  readonly offer: (
    id: string,
    envelope: Envelope<Life.CommandOf<L>>,
    delaySeconds: number
  ) => Effect.Effect<void, StoreUnavailable>
  /**
   * Takes the next command; the handler's success acknowledges it, its failure brings it back later. One that is `Postponed`
   * comes back under its id after that time, with the attempts that it had.
   */
  readonly take: <E>(
    handler: (envelope: Envelope<Life.CommandOf<L>>, delivery: Delivery) => Effect.Effect<void | Postponed, E>
  ) => Effect.Effect<void, E | StoreUnavailable>
}

/** What all queues offer together. */
export interface Interface {
  /** The queue of a life; the same one whenever it is asked for. */
  readonly of: <L extends Life.Any>(life: L) => Effect.Effect<CommandQueue<L>>
  /** Dead letters of all lives, the oldest first. */
  readonly deadLetters: (query: DeadLetterQuery) => Effect.Effect<ReadonlyArray<DeadLetter>, StoreUnavailable>
  /** Gives a dead letter a new retry budget; false when there is none of that id. */
  readonly release: (id: string) => Effect.Effect<boolean, StoreUnavailable>
}

/** The queues. */
export class CommandQueues extends Context.Service<CommandQueues, Interface>()("@orch/core/ports/CommandQueues") {}

/** How often a command is tried before it becomes a dead letter. */
export const maxAttempts = 12

const Stored = Schema.Struct({ build: Schema.Number, command: Schema.Struct({ _tag: Schema.String }) })

/** What can be said of a stored envelope without knowing its life; nothing where it cannot be read. */
export const describe: (stored: unknown) => Pick<DeadLetter, "process" | "command"> = (stored) => {
  const read = Schema.decodeUnknownOption(Stored)(stored)
  return read._tag === "None" ? {} : { process: read.value.build, command: read.value.command._tag }
}
