/**
 * Answers `GET /health/live` before anything is made for the request: it says that the process answers, is asked by machines all the
 * time, and needs nothing that the server has. Requests that have more to be looked at go the way of all others.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import * as Origins from "./Origins.ts"
import * as RequestLog from "./RequestLog.ts"
import * as RequestTimes from "./RequestTimes.ts"

const path = "/health/live"
const body = JSON.stringify({ status: "ok" })
const series = { method: "GET", route: path, status: 200 }

/** Names and values by turns, which Node.js writes as they are; the number of the request comes last. */
const head = Object.entries({
  "content-type": "application/json",
  "content-length": `${body.length}`,
  ...Origins.protectionsOf(undefined)
}).flat()

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const began = process.hrtime.bigint()
  response.writeHead(200, [...head, "x-request-id", RequestLog.requestId(request.headers["x-request-id"])])
  response.end(body)
  RequestTimes.observe(series, process.hrtime.bigint() - began)
}

/** The same server, which answers this itself where it is addressed by one of its names. */
export const inFrontOf = <S extends Server>(server: S, ours: (name: string | undefined) => boolean): S => {
  const others = server.emit.bind(server)
  const named = Origins.namesUs(ours)
  server.emit = (event: string, ...args: Array<unknown>): boolean => {
    if (event !== "request") return others(event, ...args)
    const [request, response] = args as [IncomingMessage, ServerResponse]
    const { host } = request.headers
    const isPlain = request.method === "GET" && request.url === path && host !== undefined &&
      !Origins.isNamedTwice(request)
    if (!isPlain || !named(host)) return others(event, ...args)
    answer(request, response)
    return true
  }
  return server
}
