/** Listening over AMQP 0.9.1: a durable queue that keeps messages while nobody listens; those that came together are kept together. */
import type { Channel, ConsumeMessage } from "amqplib"
import * as AmqpConnection from "../announcing/AmqpConnection.ts"
import { BusFailure, within } from "../announcing/BusConnection.ts"
import type { InboxSource } from "./InboxSource.ts"
import * as IncomingMessage from "./IncomingMessage.ts"
import type { Told } from "./SessionEvents.ts"

/** Messages that the broker brings before any is acknowledged. */
const ahead = 200

/** Bytes that are kept at once unless one message alone has more: PostgreSQL takes 256 MiB in one list. */
const mostAtOnce = 32 * 1024 * 1024

/** How many of the first messages, of so many bytes each, are kept at once; at least one. */
export const countAtOnce = (sizes: ReadonlyArray<number>): number => {
  let bytes = 0
  const over = sizes.findIndex((size, index) => (bytes += size) > mostAtOnce && index > 0)
  return over < 0 ? sizes.length : over
}

/** Milliseconds that leaving may take. */
const goodbye = 1000

const prepare = async (channel: Channel, { declares, exchange, queue, topics }: InboxSource) => {
  await channel.prefetch(ahead)
  if (!declares) {
    await channel.checkQueue(queue)
    return
  }
  await channel.assertQueue(queue, { durable: true, exclusive: false, autoDelete: false })
  for (const topic of topics) await channel.bindQueue(queue, exchange, topic)
}

const arrived = ({ content, fields, properties }: ConsumeMessage) =>
  IncomingMessage.read({
    topic: fields.routingKey,
    payload: content,
    headers: properties.headers ?? {},
    id: typeof properties.messageId === "string" ? properties.messageId : undefined,
    encoding: typeof properties.contentEncoding === "string" ? properties.contentEncoding : undefined,
    isRepeat: fields.redelivered
  })

/** One session; rejects when it ends. */
export const run = async (source: InboxSource, timeoutMillis: number, told: Told): Promise<void> => {
  const model = await within(timeoutMillis, AmqpConnection.connect(source, timeoutMillis))
  try {
    const channel = await within(timeoutMillis, model.createChannel())
    await new Promise<never>((_, reject) => {
      const ended = (why: string) => (cause?: unknown) => reject(cause instanceof Error ? cause : new BusFailure(why))
      model.on("close", ended("the connection was closed"))
      model.on("error", ended("the connection broke"))
      channel.on("close", ended("the channel was closed"))
      channel.on("error", ended("the channel broke"))
      told.signal.addEventListener("abort", ended("the server stops"))
      const pending: Array<ConsumeMessage> = []
      let isBusy = false
      const drain = async () => {
        if (isBusy) return
        isBusy = true
        while (pending.length > 0) {
          const some = pending.splice(0, countAtOnce(pending.map(({ content }) => content.length)))
          await told.take(some.map(arrived))
          channel.ack(some.at(-1)!, true)
        }
        isBusy = false
      }
      within(timeoutMillis, prepare(channel, source)).then(() =>
        channel.consume(source.queue, (message) => {
          if (message === null) return reject(new BusFailure("the queue was deleted"))
          pending.push(message)
          drain().catch(reject)
        })
      ).then(told.begun, reject)
    })
  } finally {
    // One that broke never answers.
    await within(goodbye, model.close()).catch(() => undefined)
  }
}
