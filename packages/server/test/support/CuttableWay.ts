/** A way to a database or a broker that can be cut at any moment, for a while or for good, without stopping it for others. */
import * as Effect from "effect/Effect"
import { createConnection, createServer, type Socket } from "node:net"

/** Passes on what comes to a port of its own, until it is cut. */
export const make = (target: URL) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const open = new Set<Socket>()
      let isClosed = false
      const server = createServer((client) => {
        if (isClosed) return void client.destroy()
        const upstream = createConnection({ host: target.hostname, port: Number(target.port || 5432) })
        for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
          open.add(one)
          one.on("close", () => {
            open.delete(one)
            other.destroy()
          }).on("error", () => one.destroy())
        }
        client.pipe(upstream)
        upstream.pipe(client)
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()))
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      /** What is open breaks; new connections are taken. */
      const cut = () => {
        for (const one of open) one.destroy()
      }
      /** What is open breaks, and so does whatever comes, until it is mended. */
      const close = () => {
        isClosed = true
        cut()
      }
      const mend = () => {
        isClosed = false
      }
      /** What is open breaks, and nobody answers any more. */
      const end = () => {
        server.close()
        cut()
      }
      return { port, cut, close, mend, end }
    }),
    ({ end }) => Effect.sync(end)
  )
