/** The message brokers of this machine, and how one goes away for a test without stopping it for others. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Net from "node:net"

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = Net.connect(port, "127.0.0.1", () => {
      socket.destroy()
      resolve(true)
    })
    socket.on("error", () => resolve(false))
  })
/** Whether RabbitMQ answers at 127.0.0.1:5672. */
export const hasRabbit = await answers(5672)
/** Whether a broker of MQTT answers at 127.0.0.1:1883. */
export const hasMosquitto = await answers(1883)

/** A proxy that can be cut and opened again, so that a broker is away without stopping it for others. */
export const proxy = (target: number) =>
  Effect.acquireRelease(
    Effect.callback<
      { readonly port: number; readonly cut: () => void; readonly mend: () => void; readonly close: () => void }
    >(
      (resume) => {
        const sockets = new Set<Net.Socket>()
        let isOpen = true
        const server = Net.createServer((inner) => {
          if (!isOpen) return void inner.destroy()
          const outer = Net.connect(target, "127.0.0.1")
          for (const [from, to] of [[inner, outer], [outer, inner]] as const) {
            sockets.add(from)
            from.on("error", () => to.destroy()).on("close", () => {
              sockets.delete(from)
              to.destroy()
            })
            from.pipe(to)
          }
        })
        server.listen(0, "127.0.0.1", () =>
          resume(Effect.succeed({
            port: (server.address() as Net.AddressInfo).port,
            cut: () => {
              isOpen = false
              for (const socket of sockets) socket.destroy()
            },
            mend: () => isOpen = true,
            close: () => {
              for (const socket of sockets) socket.destroy()
              server.close()
            }
          })))
      }
    ),
    ({ close }) => Effect.sync(close)
  )

/** Waits for it, at most 40 seconds. */
export const until = (test: () => boolean) =>
  Effect.sync(test).pipe(
    Effect.repeat({ until: (met) => met, schedule: Schedule.spaced("5 millis") }),
    Effect.timeout("40 seconds")
  )
