/** Messages of a Module Build Service about its builds, from wherever they come in to the farm, which asks sooner then. Nothing is kept. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import type { HintHandler } from "../inbox/InboxHandler.ts"
import { members } from "../inbox/InboxHandler.ts"

/** Where they go, and where they are heard. */
export interface Interface {
  /** Whether a farm listens: what is told without one is dropped. */
  readonly isHeard: boolean
  readonly tell: (id: string) => Effect.Effect<void>
  readonly stream: Stream.Stream<string>
}

/** The messages of this server process; none where the farm is another one. */
export const MbsMessages: Context.Reference<Interface> = Context.Reference("@orch/server/mbsfarm/MbsMessages", {
  defaultValue: (): Interface => ({ isHeard: false, tell: () => Effect.void, stream: Stream.empty })
})

/** Passes them on; when the farm is slower than its messages the oldest are dropped, since it is asked anyway. */
export const layer: Layer.Layer<never> = Layer.effect(
  MbsMessages,
  Effect.map(PubSub.sliding<string>(4096), (messages) => ({
    isHeard: true,
    tell: (id) => Effect.asVoid(PubSub.publish(messages, id)),
    stream: Stream.fromPubSub(messages)
  }))
)

/** What is done with its messages: they name a build, and whatever else they say is asked for. */
export const handler = Effect.map(MbsMessages, ({ isHeard, tell }): HintHandler => ({
  _tag: "Hint",
  name: "mbs",
  kind: "mbs",
  accepts: (topic) => isHeard && /(?:^|\.)mbs\.module\.state\.change$/.test(topic),
  hint: ({ body }) => {
    const { id } = members(body)
    return Number.isSafeInteger(id) ? tell(String(id)) : Effect.void
  }
}))
