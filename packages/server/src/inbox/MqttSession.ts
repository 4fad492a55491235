/** Listening over MQTT: a session that the broker keeps under our name, with quality of service 1. */
import * as AmqpConnection from "../announcing/AmqpConnection.ts"
import { BusFailure, within } from "../announcing/BusConnection.ts"
import type { InboxSource } from "./InboxSource.ts"
import * as IncomingMessage from "./IncomingMessage.ts"
import type { Told } from "./SessionEvents.ts"

/** Milliseconds that leaving may take. */
const goodbye = 1000

/** A pattern of ours as MQTT has it. */
export const filterOf = (pattern: string): string =>
  pattern.split(".").map((part) => part === "*" ? "+" : part).join("/")

/** One session; rejects when it ends. */
export const run = async (source: InboxSource, timeoutMillis: number, told: Told): Promise<void> => {
  const { default: mqtt } = await import("mqtt")
  const client = mqtt.connect(source.url, {
    ...await AmqpConnection.certificates(source),
    clientId: source.queue,
    clean: false,
    // A broken session is begun anew by whoever asked for it, so that what is under way is brought again.
    reconnectPeriod: 0,
    connectTimeout: timeoutMillis
  })
  try {
    await new Promise<never>((_, reject) => {
      // The broker brings one after the other: the next one comes when this one is kept.
      client.handleMessage = ({ dup, payload, topic }, done) => {
        const bytes = typeof payload === "string" ? Buffer.from(payload) : payload
        told.take([IncomingMessage.readMqtt(topic, bytes, dup)]).then(() => done(), reject)
      }
      client.on("error", reject)
      client.on("close", () => reject(new BusFailure("the connection was closed")))
      told.signal.addEventListener("abort", () => reject(new BusFailure("the server stops")))
      client.on("connect", () => {
        client.subscribeAsync(source.topics.map(filterOf), { qos: 1 }).then(
          (granted) =>
            granted.some(({ qos }) => qos === 128)
              ? reject(new BusFailure("the broker does not let us listen to these topics"))
              : told.begun(),
          reject
        )
      })
    })
  } finally {
    await within(goodbye, client.endAsync(true)).catch(() => undefined)
  }
}
