/**
 * Tells listeners by HTTP POST, signed; see `WebhookSignature` for the headers.
 *
 * The body is `{type, timestamp, sequence, subject, data}`: the announcement's topic, time, number, subject and body. Any
 * 2xx means taken. 408, 425, 429, 5xx and silence are tried again; everything else, redirects too, is a refusal.
 */
import { type Announcement, Announcer, AnnouncerError, type Listener } from "@orch/core/ports/Announcer"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import * as Envelope from "./Envelope.ts"
import type { WebhookListener } from "./WebhookListener.ts"
import * as WebhookSignature from "./WebhookSignature.ts"

export interface Options {
  readonly listeners: ReadonlyArray<WebhookListener>
  /** Milliseconds that one delivery may take; 10,000 unless told. */
  readonly timeoutMillis?: number
  /** Bytes of an answer that are read; 16,384 unless told. */
  readonly maxBytes?: number
}

/** The text that is sent; what the signature is made over. */
export const encode = (announcement: Announcement): string => JSON.stringify(Envelope.of(announcement))

/** As much of a listener's answer as is worth showing to people. */
const mostShown = 200

const passing = new Set([408, 425, 429])

/** What the outbox knows these listeners as. */
export const kind = "webhook"

export const layer = (options: Options): Layer.Layer<Announcer> =>
  Layer.sync(Announcer, () => {
    const { listeners, maxBytes = 16_384, timeoutMillis = 10_000 } = options
    const keys = new Map(listeners.map((listener) => [listener.id, listener.keys]))

    const failing = (reason: AnnouncerError["reason"], listener: Listener, message: string) =>
      new AnnouncerError({ reason, listener: listener.id, message })

    // Listeners come from the configuration only. The status is what counts: a body that breaks off changes nothing.
    const send = (listener: Listener, request: Pick<OutgoingRequest.Options, "method" | "headers" | "body">) =>
      OutgoingRequest.send({ ...request, url: listener.address, timeoutMillis, maxBytes, namedBy: "operator" }).pipe(
        Effect.mapError(({ message }) => failing("unreachable", listener, message))
      )

    const deliver = Effect.fn("WebhookAnnouncer.deliver")(function*(listener: Listener, announcement: Announcement) {
      const body = encode(announcement)
      const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000)
      const id = `orch_${announcement.sequence}`
      const answer = yield* send(listener, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "orch-webhooks/1",
          ...WebhookSignature.headers(id, seconds, body, keys.get(listener.id) ?? [])
        },
        body
      })
      const { status } = answer
      if (status >= 200 && status < 300) return
      const excerpt = answer.body.toString("utf8").slice(0, mostShown)
      const reason = status >= 500 || passing.has(status) ? "unreachable" : "refused"
      return yield* failing(reason, listener, `answered ${status} ${JSON.stringify(excerpt)}`)
    })

    return {
      kind,
      listeners: Effect.succeed(listeners.map(({ address, id, topics }) => ({ id, address, topics }))),
      deliver,
      // Whatever is answered to a HEAD, somebody is there; it carries nothing to be taken for an announcement.
      probe: (listener) =>
        Effect.asVoid(send(listener, { method: "HEAD", headers: { "user-agent": "orch-webhooks/1" }, body: "" }))
    }
  })
