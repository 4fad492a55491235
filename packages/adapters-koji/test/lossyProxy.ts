/** A way to a hub that loses an answer on demand: the hub has done what it was asked, and whoever asked never learns. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"

export interface LossyProxy {
  /** The hub's URL by way of this proxy. */
  readonly url: string
  /** The next call of this method, alone or among others, is answered by a broken connection. */
  readonly loseAnswerTo: (method: string) => void
  readonly close: () => Promise<void>
}

const bodyOf = async (stream: http.IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Whether a request calls the method, directly or as an element of a multicall. */
const calls = (body: Buffer, method: string): boolean =>
  new RegExp(`<(methodName|string)>${method.replaceAll(".", "\\.")}</`).test(body.toString("latin1"))

/** Hubs reached by http only, since what is encrypted cannot be recognised. */
export const start = async (hub: string): Promise<LossyProxy> => {
  const target = new URL(hub)
  let lost: string | undefined
  const server = http.createServer((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      const isLost = lost !== undefined && calls(body, lost)
      if (isLost) lost = undefined
      const { "transfer-encoding": _, ...headers } = incoming.headers
      const onward = http.request(
        { host: target.hostname, port: target.port, method: incoming.method, path: incoming.url, headers },
        (answer) =>
          void bodyOf(answer).then((text) => {
            if (isLost) return incoming.socket.destroy()
            outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: "close" }).end(text)
          }, () => incoming.socket.destroy())
      )
      onward.on("error", () => incoming.socket.destroy())
      onward.end(body)
    }, () => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${target.pathname}`,
    loseAnswerTo: (method) => void (lost = method),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
