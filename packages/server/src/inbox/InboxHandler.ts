/**
 * What is done with messages that come in. A handler says which topics it knows, and either passes a hint on, which is not kept and
 * may be lost, or does something with a message that is kept until it is done.
 */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Kind } from "./InboxSource.ts"
import type { IncomingMessage } from "./IncomingMessage.ts"

/** A message could not be handled; `isRetryable` where trying again may help. */
export class HandlingFailed extends Data.TaggedError("HandlingFailed")<{
  readonly message: string
  readonly isRetryable: boolean
}> {}

/** A message as handlers get it. */
export interface Handled extends Pick<IncomingMessage, "topic" | "body" | "sentAt"> {
  /** The same however often it is handled. */
  readonly id: string
}

interface Common {
  readonly name: string
  /** What a broker has to be believed about. */
  readonly kind: Kind
  readonly accepts: (topic: string) => boolean
}

/** Makes somebody ask sooner. Losing it costs time and nothing else. */
export interface HintHandler extends Common {
  readonly _tag: "Hint"
  readonly hint: (message: Handled) => Effect.Effect<void>
}

/** Does something, at least once for each message; those of one subject one after the other, in the order in which they came. */
export interface KeptHandler extends Common {
  readonly _tag: "Kept"
  readonly subject: (message: Handled) => string
  /** What was done, for people. */
  readonly handle: (message: Handled) => Effect.Effect<string, HandlingFailed | StoreUnavailable>
}

export type InboxHandler = HintHandler | KeptHandler

/** The members of a body that is an object; none of another one. */
export const members = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === "object" && body !== null && !Array.isArray(body) ? body as Readonly<Record<string, unknown>> : {}

/** A member that is a text; `undefined` otherwise. */
export const textAt = (body: unknown, ...path: ReadonlyArray<string>): string | undefined => {
  let found = body
  for (const key of path) found = members(found)[key]
  return typeof found === "string" && found !== "" ? found : undefined
}
