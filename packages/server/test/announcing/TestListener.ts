/** A receiver of webhooks on a real port, that misbehaves as it is told, and checks signatures with the stock library. */
import type { Announcement } from "@orch/core/ports/Announcer"
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { Webhook } from "standardwebhooks"

export const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`

/**
 * What is done with the next request: `close` the connection, `hang` for ever, drip a body that never ends (`endless`),
 * answer `twice`, or answer with a status.
 */
export type Behaviour = "close" | "hang" | "endless" | "twice" | "garbage" | number

export interface TestListener {
  readonly url: string
  readonly behaviours: Array<Behaviour>
  /** What was taken, in order. */
  readonly taken: Array<Announcement>
  /** Every request, taken or not. */
  readonly requests: Array<
    { readonly method: string; readonly path: string; readonly headers: Http.IncomingHttpHeaders }
  >
  /** Signatures that the stock library did not accept. */
  readonly forged: Array<string>
}

const decode = (text: string): Announcement => {
  const { data, sequence, subject, timestamp, type } = JSON.parse(text)
  return { sequence, topic: type, subject, at: Date.parse(timestamp), body: data }
}

const misbehave = (behaviour: Behaviour, socket: Socket, response: Http.ServerResponse): void => {
  switch (behaviour) {
    case "close":
      socket.destroy()
      return
    case "hang":
      return
    case "garbage":
      socket.end("not HTTP at all\r\n\r\n")
      return
    case "twice":
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 Oops\r\ncontent-length: 2\r\n\r\nno")
      return
    case "endless": {
      response.writeHead(200)
      const drip = setInterval(() => response.write("x".repeat(1000)), 1)
      socket.once("close", () => clearInterval(drip))
      return
    }
    default:
      response.writeHead(behaviour, behaviour >= 300 && behaviour < 400 ? { location: "/elsewhere" } : {})
      response.end(`answer ${behaviour}`)
  }
}

/** A listener for as long as the scope lives. */
export const make = Effect.acquireRelease(
  Effect.callback<{ readonly listener: TestListener; readonly server: Http.Server }>((resume) => {
    const webhook = new Webhook(secret)
    const state = {
      behaviours: [] as Array<Behaviour>,
      taken: [] as Array<Announcement>,
      requests: [] as Array<TestListener["requests"][number]>,
      forged: [] as Array<string>
    }
    const server = Http.createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8")
        state.requests.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers })
        const behaviour = state.behaviours.shift() ?? 204
        if (request.method === "POST") {
          try {
            webhook.verify(text, request.headers as Record<string, string>)
          } catch (error) {
            state.forged.push(String(error))
          }
          const takes = behaviour === "twice" || behaviour === "endless" ||
            (typeof behaviour === "number" && behaviour < 300)
          if (takes) state.taken.push(decode(text))
        }
        misbehave(behaviour, request.socket, response)
      })
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(Effect.succeed({ listener: { url: `http://127.0.0.1:${port}/hook?x=1`, ...state }, server }))
    })
  }),
  ({ server }) =>
    Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
    })
).pipe(Effect.map(({ listener }) => listener))
