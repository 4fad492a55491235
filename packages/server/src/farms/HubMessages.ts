/** Messages of Koji hubs, from wherever they come in to the hubs' build systems, which ask sooner then. Nothing of it is kept. */
import { HubMessage } from "@orch/adapters-koji"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import type { HintHandler } from "../inbox/InboxHandler.ts"

/** Where they go, and where they are heard. */
export interface Interface {
  readonly tell: (message: HubMessage.HubMessage) => Effect.Effect<void>
  readonly stream: Stream.Stream<HubMessage.HubMessage>
}

/** The messages of this server process; none where no broker is listened to. */
export const HubMessages: Context.Reference<Interface> = Context.Reference("@orch/server/farms/HubMessages", {
  defaultValue: (): Interface => ({ tell: () => Effect.void, stream: Stream.empty })
})

/** Passes them on; when a hub is slower than its messages the oldest are dropped, since it is asked anyway. */
export const layer: Layer.Layer<never> = Layer.effect(
  HubMessages,
  Effect.map(PubSub.sliding<HubMessage.HubMessage>(4096), (messages) => ({
    tell: (message) => Effect.asVoid(PubSub.publish(messages, message)),
    stream: Stream.fromPubSub(messages)
  }))
)

/** What is done with messages of hubs. Whichever hub one is from, those that do not know the task leave it alone. */
export const handler = Effect.map(HubMessages, ({ tell }): HintHandler => ({
  _tag: "Hint",
  name: "koji",
  kind: "koji",
  accepts: (topic) => /(?:^|\.)(?:task|build|repo)\.[a-z.]+$/.test(topic) && !/(?:^|\.)ci\./.test(topic),
  hint: ({ body, topic }) => {
    const message = HubMessage.parse(topic, body)
    return message === undefined ? Effect.void : tell(message)
  }
}))
