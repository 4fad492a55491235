/** The message brokers of this machine, for tests. */
import * as Amqp from "amqplib"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { randomUUID } from "node:crypto"
import * as Net from "node:net"

const answers = ({ hostname, port }: URL) =>
  new Promise<boolean>((resolve) => {
    const socket = Net.connect(Number(port), hostname, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on("error", () => resolve(false))
  })

/** Where RabbitMQ is, if it answers. */
export const rabbit = new URL("amqp://127.0.0.1:5672")
/** Where a broker of MQTT is, if it answers. */
export const mosquitto = new URL("mqtt://127.0.0.1:1883")

/** How its guest is let in. */
export const rabbitUrl = "amqp://guest:guest@127.0.0.1:5672"

export const hasRabbit = await answers(rabbit)
export const hasMosquitto = await answers(mosquitto)

/** Waits for it, at most 40 seconds. */
export const until = (test: () => boolean) =>
  Effect.sync(test).pipe(
    Effect.repeat({ until: (met) => met, schedule: Schedule.spaced("5 millis") }),
    Effect.timeout("40 seconds")
  )

/** A queue of a test's own at RabbitMQ, which goes with the scope, and what its topics begin with. */
export const ownQueue = Effect.gen(function*() {
  const prefix = `t${randomUUID()}`
  const queue = `orch-test-${prefix}`
  const connection = yield* Effect.acquireRelease(
    Effect.promise(() => Amqp.connect(rabbitUrl)),
    (connection) => Effect.promise(() => connection.close())
  )
  const channel = yield* Effect.acquireRelease(
    Effect.promise(() => connection.createChannel()),
    (channel) => Effect.promise(() => channel.deleteQueue(queue))
  )
  return { prefix, queue, channel }
})
