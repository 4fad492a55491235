import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Liveness from "@orch/server/http/Liveness"
import { createServer, request, type RequestOptions } from "node:http"
import type { AddressInfo } from "node:net"

const server = Liveness.inFrontOf(
  createServer((_, response) => response.writeHead(418).end()),
  (name) => name === "ours"
)
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

interface Answer {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | Array<string>>
  readonly body: string
}

const ask = (options: RequestOptions): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    const sent = request({ host: "127.0.0.1", port, path: "/health/live", ...options }, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (text: string) => body += text).on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    sent.on("error", reject).end()
  })

describe("liveness", () => {
  it("is answered under a name of the server, with what every answer says to browsers, and the number that a proxy gave", async () => {
    const { body, headers, status } = await ask({ headers: { host: "ours:80", "x-request-id": "abcdefgh" } })
    assert.deepStrictEqual([status, JSON.parse(body)], [200, { status: "ok" }])
    assert.strictEqual(headers["content-type"], "application/json")
    assert.strictEqual(headers["x-request-id"], "abcdefgh")
    assert.strictEqual(headers["x-content-type-options"], "nosniff")
    assert.strictEqual(headers["content-security-policy"], "frame-ancestors 'none'")
  })

  it("has a number of its own where a proxy gave none that is one", async () => {
    const { headers } = await ask({ headers: { host: "ours", "x-request-id": "a b\"c" } })
    assert.match(String(headers["x-request-id"]), /^[0-9a-f-]{36}$/)
  })

  it.each<readonly [string, RequestOptions]>([
    ["another name", { headers: { host: "theirs" } }],
    ["another method", { method: "HEAD", headers: { host: "ours" } }],
    ["another path", { path: "/health/ready", headers: { host: "ours" } }],
    ["a query", { path: "/health/live?x=1", headers: { host: "ours" } }]
  ])("goes the way of all requests with %s", async (_, options) => assert.strictEqual((await ask(options)).status, 418))
})
