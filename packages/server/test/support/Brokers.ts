/** The message brokers of this machine, for tests. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
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

export const hasRabbit = await answers(rabbit)
export const hasMosquitto = await answers(mosquitto)

/** Waits for it, at most 40 seconds. */
export const until = (test: () => boolean) =>
  Effect.sync(test).pipe(
    Effect.repeat({ until: (met) => met, schedule: Schedule.spaced("5 millis") }),
    Effect.timeout("40 seconds")
  )
