/** A server that answers as Greenwave does, what the test says. */
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

export interface Answers {
  readonly policies?: unknown
  /** By product version; a number is a status. */
  readonly decisions?: Readonly<Record<string, unknown>>
}

export const start = ({ decisions = {}, policies }: Answers) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const asked: Array<Record<string, string>> = []
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
          const body = Buffer.concat(chunks).toString()
          if (body !== "") asked.push(JSON.parse(body))
          const answer = request.url === "/api/v1.0/policies"
            ? policies
            : request.url === "/api/v1.0/decision" && request.method === "POST"
            ? decisions[asked.at(-1)!["product_version"]!]
            : 404
          const status = typeof answer === "number" ? answer : 200
          response.writeHead(status, { "content-type": "application/json" })
          response.end(typeof answer === "string" ? answer : JSON.stringify(answer ?? { message: "no" }))
        })
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const { port } = server.address() as AddressInfo
      return { asked, server, url: `http://127.0.0.1:${port}/api/v1.0/` }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

export const context = "osci_compose_gate_modules"

export const policy = (versions: ReadonlyArray<string>, more: Readonly<Record<string, unknown>> = {}) => ({
  id: "p",
  decision_context: context,
  subject_type: "redhat-module",
  product_versions: versions,
  ...more
})
