/**
 * A life: one kind of process, such as the module build, as a value.
 *
 * Whoever has such a value has everything that storage, queue and engine need to run processes of its kind. It is pure: what
 * happens is `decide` and nothing else, and how the result is written down are the codecs.
 */
import type * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { IllegalTransition } from "./IllegalTransition.ts"
import type { Change } from "./LifeChange.ts"

/** What every event has: its tag, and when it happened in milliseconds since the epoch. */
export interface AnyEvent {
  readonly _tag: string
  readonly at: number
}

/** What every command has: its tag. */
export interface AnyCommand {
  readonly _tag: string
}

/** What a process waits for outside: which system, since when in milliseconds since 1970, and why it is not over yet. */
export interface Wait {
  readonly on: string
  readonly since: number
  readonly reason: string
}

/** How a life keeps what its commands wait for. */
export interface Delays<S, E> {
  /** The event for a command that waits; without `waiting`, it goes on after it waited. */
  readonly event: (command: string, waiting: Wait | undefined, at: number) => E
  /** What a command was told to wait for last. */
  readonly of: (state: S, command: string) => Wait | undefined
}

/**
 * One kind of process.
 *
 * - `Plan`: what the process is about; known when it begins.
 * - `Progress`: what changes and does not grow with the number of parts.
 * - `Part`: one of the things the process consists of, stored in a row of its own.
 * - `S`: the state, put together from these; `E`, `C`: its events and commands.
 */
export interface Life<N extends string, Plan, Progress, Part, S, E extends AnyEvent, C extends AnyCommand> {
  /** Names the life in queues, logs and dead letters: `module-build`. */
  readonly name: N
  /** How each is written as JSON and read back. Stored for ever: keys are only added, as optional ones. */
  readonly codecs: {
    readonly plan: Schema.Codec<Plan, unknown>
    readonly progress: Schema.Codec<Progress, unknown>
    readonly part: Schema.Codec<Part, unknown>
    readonly event: Schema.Codec<E, unknown>
    readonly command: Schema.Codec<C, unknown>
  }
  /** The process before its first event. */
  readonly unborn: (id: number, plan: Plan) => S
  /** Puts a process together from its stored pieces; parts that were never touched need not be among them. */
  readonly assemble: (id: number, plan: Plan, progress: Progress, parts: ReadonlyArray<Part>) => S
  /** The pieces that are stored; `part` answers `undefined` for a name the process has no part of. */
  readonly take: (state: S) => {
    readonly plan: Plan
    readonly progress: Progress
    readonly part: (name: string) => Part | undefined
  }
  /** The number by which the process is known, unique in its life. */
  readonly idOf: (state: S) => number
  /** The name of the state the process is in. */
  readonly stateOf: (state: S) => string
  /** When the process last changed, in milliseconds since the epoch; its announcements carry this time. */
  readonly modifiedAt: (state: S) => number
  /**
   * What only one process may be at a time, such as a name, stream, version and context; `undefined` while this one leaves
   * it to others.
   */
  readonly place: (state: S) => string | undefined
  /** What follows from an event. Total: events that do not fit change nothing, requests that do not fit are refused. */
  readonly decide: (state: S, event: E) => Result.Result<Change<S, C>, IllegalTransition>
  /** The event for a command that can never succeed; `whole` is the command itself, for lives whose commands are about one part. */
  readonly rejected: (command: string, reason: string, at: number, whole?: C) => E
  /**
   * Whether a command whose retries are spent is rejected, for processes that find a way on by themselves; elsewhere it is kept for people,
   * as a dead letter.
   */
  readonly givesUp?: boolean
  /** How processes are told that a command waits for a system; absent where the life does not show it. */
  readonly delays?: Delays<S, E>
  /** The identity of a queued command, where the life's differs from `NAME.PROCESS.REVISION.INDEX`. */
  readonly commandId?: (process: number, revision: number, index: number) => string
}

/** Any life. A life takes some of its parameters and gives others, so neither `unknown` nor `never` stands for all of them. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Any = Life<string, any, any, any, any, any, any>

/** The plan of a life's processes. */
export type PlanOf<L extends Any> = L extends Life<string, infer P, infer _G, infer _T, infer _S, infer _E, infer _C> ?
  P
  : never
/** The state of a life's processes. */
export type StateOf<L extends Any> = L extends Life<string, infer _P, infer _G, infer _T, infer S, infer _E, infer _C> ?
  S
  : never
/** The events of a life. */
export type EventOf<L extends Any> = L extends Life<string, infer _P, infer _G, infer _T, infer _S, infer E, infer _C> ?
  E
  : never
/** The commands of a life. */
export type CommandOf<L extends Any> = L extends
  Life<string, infer _P, infer _G, infer _T, infer _S, infer _E, infer C> ? C
  : never

/** An event as whoever runs a command tells it; the engine adds the time. */
export type Outcome<E> = E extends AnyEvent ? Omit<E, "at"> : never

/** The identity of a queued command: the same change of the same process never queues it twice. */
export const commandId = (life: Any, process: number, revision: number, index: number): string =>
  life.commandId?.(process, revision, index) ?? `${life.name}.${process}.${revision}.${index}`
