/**
 * A CI system that knows of nothing but what a broker brings: it hears that a module is built, and answers over the same broker. It
 * is late, and says everything twice; it goes on when the broker is back.
 */
import * as Amqp from "amqplib"

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

export interface Options {
  readonly url: string
  /** Of topics, of the server's and of its own. */
  readonly prefix: string
  readonly queue: string
  /** `name:stream:version:context` of a module build; nothing of one that is not tested. */
  readonly nsvcOf: (build: number) => Promise<string | undefined>
}

export interface BusCi {
  /** How often it lost its broker. */
  readonly losses: () => number
  readonly stop: () => Promise<void>
}

export const start = (options: Options): BusCi => {
  const { nsvcOf, prefix, queue, url } = options
  let losses = 0
  let isOver = false
  let model: Amqp.ChannelModel | undefined

  const session = async () => {
    model = await Amqp.connect(url)
    const lost = new Promise<void>((resolve) => {
      model!.on("error", () => {}).on("close", () => resolve())
    })
    const channel = await model.createConfirmChannel()
    channel.on("error", () => {})
    await channel.assertQueue(queue, { durable: true })
    await channel.bindQueue(queue, "amq.topic", `${prefix}.orch.module-build.state`)
    const answer = async (message: Amqp.ConsumeMessage) => {
      const { data } = JSON.parse(message.content.toString("utf8")) as { readonly data: { id: number; state: string } }
      const nsvc = data.state === "done" ? await nsvcOf(data.id) : undefined
      if (nsvc !== undefined) {
        await pause(300)
        for (let time = 0; time < 2; time++) {
          channel.publish(
            "amq.topic",
            `${prefix}.ci.redhat-module.test.complete`,
            Buffer.from(JSON.stringify({
              artifact: { type: "redhat-module", id: String(data.id), nsvc },
              test: { namespace: "ci", type: "tier1", category: "functional", result: "passed" }
            })),
            { messageId: `${prefix}-${data.id}`, persistent: true }
          )
        }
        await channel.waitForConfirms()
      }
      // Only what the broker has is answered: else it is heard again.
      channel.ack(message)
    }
    await channel.consume(queue, (message) => {
      if (message !== null) void answer(message).catch(() => {})
    })
    await lost
  }

  const ended = (async () => {
    while (!isOver) {
      await session().catch(() => {})
      if (isOver) return
      losses++
      await pause(100)
    }
  })()
  return {
    losses: () => losses,
    stop: async () => {
      isOver = true
      await model?.close().catch(() => {})
      await ended
    }
  }
}
