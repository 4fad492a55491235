/** Messages over AMQP 0.9.1: persistent, to a topic exchange, each confirmed by the broker. */
import type { ChannelModel, ConfirmChannel } from "amqplib"
import { readFile } from "node:fs/promises"
import { type BusConnection, BusFailure, failure, within } from "./BusConnection.ts"
import type { BusListener } from "./BusListener.ts"
import type { BusMessage } from "./BusMessage.ts"

/** Where to and with which certificates. */
export type Options = Pick<BusListener, "url" | "exchange" | "ca" | "cert" | "key">

/** Certificates of both sides, read when a connection is made, so that renewed ones are found. */
export const certificates = async ({ ca, cert, key }: Pick<BusListener, "ca" | "cert" | "key">) => ({
  ...(ca === undefined ? {} : { ca: [await readFile(ca)] }),
  ...(cert === undefined ? {} : { cert: await readFile(cert) }),
  ...(key === undefined ? {} : { key: await readFile(key) })
})

/** Connects, by the certificate where there is one and no user is named. The library is loaded by servers that have such a broker alone. */
export const connect = async (
  options: Pick<Options, "url" | "ca" | "cert" | "key">,
  timeoutMillis: number
): Promise<ChannelModel> => {
  // Its names are members of its default alone once it is part of a bundle.
  const { default: { connect, credentials } } = await import("amqplib")
  const files = await certificates(options)
  const heartbeat = new URL(options.url)
  if (!heartbeat.searchParams.has("heartbeat")) heartbeat.searchParams.set("heartbeat", "20")
  const model = await connect(heartbeat.href, {
    ...files,
    timeout: timeoutMillis,
    ...(files.cert !== undefined && heartbeat.username === "" ? { credentials: credentials.external() } : {})
  })
  // What breaks is seen by whoever waits for a confirmation; without a listener it would end the process.
  model.on("error", () => undefined)
  return model
}

/** A connection that is made when it is first needed. */
export const make = (options: Options, timeoutMillis: number): BusConnection => {
  let open: Promise<{ readonly model: ChannelModel; readonly channel: ConfirmChannel }> | undefined

  const begin = async () => {
    const model = await connect(options, timeoutMillis)
    model.on("close", () => open = undefined)
    const channel = await model.createConfirmChannel()
    channel.on("error", () => undefined)
    channel.on("close", () => open = undefined)
    await channel.checkExchange(options.exchange)
    return { model, channel }
  }

  const connection = () =>
    open ??= begin().catch((error) => {
      open = undefined
      throw error
    })

  const drop = async () => {
    const before = open
    open = undefined
    await before?.then(({ model }) => model.close()).catch(() => undefined)
  }

  const sent = ({ channel }: { readonly channel: ConfirmChannel }, { body, headers, id, topic }: BusMessage) =>
    new Promise<void>((resolve, reject) => {
      const closed = () => reject(new BusFailure("the connection was closed before the message was confirmed"))
      channel.once("close", closed)
      const text = Buffer.from(JSON.stringify(body))
      channel.publish(options.exchange, topic, text, {
        contentType: "application/json",
        contentEncoding: "utf-8",
        deliveryMode: 2,
        messageId: id,
        headers
      }, (error) => {
        channel.removeListener("close", closed)
        if (error === null || error === undefined) resolve()
        else reject(error)
      })
    })

  const attempt = async (work: Promise<void>) => {
    try {
      await within(timeoutMillis, work)
    } catch (error) {
      void drop()
      throw failure(options.url, error)
    }
  }

  return {
    publish: (message) => attempt(connection().then((open) => sent(open, message))),
    probe: () =>
      attempt(
        connection().then(async ({ channel }) => {
          await channel.checkExchange(options.exchange)
        })
      ),
    close: drop
  }
}
