/**
 * Messages over MQTT with quality of service 1: each acknowledged by the broker. The dots of topics are slashes there; MQTT 3.1.1 has no headers, so id,
 * topic and headers stand beside the body.
 */
import type { MqttClient } from "mqtt"
import { certificates } from "./AmqpConnection.ts"
import { type BusConnection, BusFailure, failure, within } from "./BusConnection.ts"
import type { BusListener } from "./BusListener.ts"
import type { BusMessage } from "./BusMessage.ts"

/** Where to and with which certificates. */
export type Options = Pick<BusListener, "url" | "ca" | "cert" | "key">

/** The topic as MQTT has it. */
export const topicOf = (topic: string): string => topic.replaceAll(".", "/")

/** The payload of one message. */
export const encode = ({ body, headers, id, topic }: BusMessage): string => JSON.stringify({ id, topic, headers, body })

/** A connection that is made when it is first needed. The library is loaded by servers that have such a broker alone. */
export const make = (options: Options, timeoutMillis: number): BusConnection => {
  let open: Promise<MqttClient> | undefined

  const connect = async () => {
    const { default: mqtt } = await import("mqtt")
    return await mqtt.connectAsync(options.url, {
      ...await certificates(options),
      clean: true,
      // Whoever waits for an acknowledgement begins again with a new connection, so that nothing overtakes.
      reconnectPeriod: 0,
      connectTimeout: timeoutMillis
    }, false)
  }

  const drop = async () => {
    const before = open
    open = undefined
    await before?.then((client) => client.endAsync(true)).catch(() => undefined)
  }

  const connection = async () => {
    const client = await (open ??= connect())
    if (!client.connected) throw new BusFailure("the connection is closed")
    client.removeAllListeners("error")
    client.on("error", () => undefined)
    return client
  }

  const attempt = async (work: Promise<void>) => {
    try {
      await within(timeoutMillis, work)
    } catch (error) {
      void drop()
      throw failure(options.url, error)
    }
  }

  const confirmed = async (client: MqttClient, message: BusMessage) => {
    let closed = () => {}
    const broken = new Promise<never>((_, reject) => {
      closed = () => reject(new BusFailure("the connection was closed before the message was acknowledged"))
      client.once("close", closed)
    })
    try {
      await Promise.race([client.publishAsync(topicOf(message.topic), encode(message), { qos: 1 }), broken])
    } finally {
      client.removeListener("close", closed)
    }
  }

  return {
    publish: (message) => attempt(connection().then((client) => confirmed(client, message))),
    probe: () => attempt(connection().then(() => undefined)),
    close: drop
  }
}
