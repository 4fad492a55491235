/**
 * The way of one server to a Pulp, which ends at a chosen write: before the write comes to Pulp, or when Pulp has done it and the server
 * has not heard of it. What readers see is looked at after each request.
 */
import * as Http from "node:http"
import type * as Net from "node:net"

/** Where it ends: at which of the writes that come after, from 1, and on which side of it. */
export interface End {
  readonly write: number
  readonly side: "before" | "after"
}

/** A request that changes something; logging in does not. */
const isWrite = (method: string, path: string): boolean => method !== "GET" && !path.endsWith("/login/")

/** Listens on a port of its own. `looked` is awaited before an answer is handed on, `wrote` is told of each write before it goes there. */
export const start = async (
  target: string,
  hooks: {
    readonly looked: () => Promise<void>
    readonly wrote: (method: string, path: string) => void
    /** Told once, when the way has ended. */
    readonly ended: () => void
  }
) => {
  const writes: Array<string> = []
  let end: End | undefined
  let ended = false
  const server = Http.createServer((request, response) => {
    const method = request.method ?? "GET"
    const path = request.url ?? "/"
    if (ended) return void request.socket.destroy()
    if (isWrite(method, path)) writes.push(`${method} ${path}`)
    const isOwn = isWrite(method, path) && end?.write === writes.length
    if (isOwn && end?.side === "before") return close()
    if (isWrite(method, path)) hooks.wrote(method, path)
    const onward = Http.request(
      `${target}${path}`,
      { method, headers: request.headers, agent: false },
      (answer) => {
        const chunks: Array<Buffer> = []
        answer.on("data", (chunk: Buffer) => chunks.push(chunk))
        answer.on("end", () => {
          if (isOwn) return close()
          // What is asked besides of Pulp changes nothing; a task that is asked for may have ended.
          const matters = isWrite(method, path) || path.includes("/tasks/")
          void (matters ? hooks.looked() : Promise.resolve()).then(() => {
            if (ended) return
            response.writeHead(answer.statusCode ?? 502, answer.headers)
            response.end(Buffer.concat(chunks))
          })
        })
      }
    )
    onward.on("error", () => response.destroy())
    response.on("error", () => {})
    // What was sent is sent whole, also where the sender dies: Pulp may have got it.
    request.on("error", () => onward.destroy())
    request.pipe(onward)
  })
  const close = () => {
    if (ended) return
    ended = true
    hooks.ended()
    server.close()
    server.closeAllConnections()
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as Net.AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    /** Counts writes from now on; the way ends there, or nowhere. */
    count: (at: End | undefined) => {
      writes.length = 0
      end = at
    },
    /** Writes since then: methods and paths. */
    writes: (): ReadonlyArray<string> => writes,
    close
  }
}
export type PulpWay = Awaited<ReturnType<typeof start>>
