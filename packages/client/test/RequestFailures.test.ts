import { assert, describe, it } from "@effect/vitest"
import { OrchPromiseClient } from "@orch/client"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"

/** A server, or the proxy before one, that gives this answer to everything. */
const answering = async (status: number, type: string, body: string): Promise<{ server: Server; url: string }> => {
  const server = createServer((_, response) => {
    response.writeHead(status, { "content-type": type })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const failureOf = async (status: number, type: string, body: string) => {
  const { server, url } = await answering(status, type, body)
  const orch = OrchPromiseClient.make({ url })
  try {
    return await orch.moduleBuilds.get(1).then(() => undefined, (error: unknown) => error)
  } finally {
    await orch.close()
    server.close()
  }
}

const json = "application/json"
const cases = [
  [401, json, `{"status":401,"error":"Unauthorized","message":"The token is not known"}`, "refused", "not known"],
  [
    403,
    json,
    `{"status":403,"error":"Forbidden","message":"bob is in none of the groups"}`,
    "refused",
    "bob is in none"
  ],
  [
    404,
    json,
    `{"status":404,"error":"Not Found","message":"There is no module build 1"}`,
    "refused",
    "no module build 1"
  ],
  [418, json, `{"kettle":true}`, "refused", "answered 418"],
  [502, "text/html", "<h1>Bad gateway</h1>", "unavailable", "answered 502"],
  [503, json, `{"status":503,"error":"Service Unavailable","message":"stopping"}`, "unavailable", "stopping"],
  [200, json, `{"id":1}`, "unreadable", "cannot be understood"],
  [200, "text/html", "<h1>Welcome</h1>", "unreadable", "cannot be understood"]
] as const

describe("a request that fails", () => {
  for (const [status, type, body, reason, words] of cases) {
    it(`is ${reason} where the answer is ${status} ${body.slice(0, 30)}`, async () => {
      const error = await failureOf(status, type, body)
      if (!(error instanceof OrchPromiseClient.RequestFailed)) return assert.fail(String(error))
      assert.deepStrictEqual([error.reason, error.status], [reason, status === 200 ? undefined : status])
      assert.include(error.message, words)
    })
  }

  it("keeps an answer that is not of this API, so that people can see whose it is", async () => {
    const error = await failureOf(502, "text/html", `<h1>nginx</h1>${"x".repeat(10_000)}`)
    if (!(error instanceof OrchPromiseClient.RequestFailed)) return assert.fail(String(error))
    assert.match(error.body ?? "", /^<h1>nginx<\/h1>x+$/)
    assert.isAtMost(error.body?.length ?? 0, 2000)
  })

  it("tells each thing that is wrong, with its place", async () => {
    const problems = [{ code: "unknown-key", message: "no such key", where: "foo.yaml", line: 3, column: 5 }, "other"]
    const error = await failureOf(
      404,
      json,
      JSON.stringify({ status: 404, error: "Not Found", message: "no", problems })
    )
    if (!(error instanceof OrchPromiseClient.RequestFailed)) return assert.fail(String(error))
    assert.deepStrictEqual<unknown>(error.problems, problems.slice(0, 1))
  })

  it("is unreachable where nobody answers", async () => {
    const { server, url } = await answering(200, json, "{}")
    await new Promise((resolve) => server.close(resolve))
    const orch = OrchPromiseClient.make({ url })
    const error: unknown = await orch.moduleBuilds.list().catch((error: unknown) => error)
    await orch.close()
    if (!(error instanceof OrchPromiseClient.RequestFailed)) return assert.fail(String(error))
    assert.deepStrictEqual([error.reason, error.status], ["unreachable", undefined])
    assert.include(error.message, "ECONNREFUSED")
  })

  it("is invalid where what was to be sent is none of the API, and nothing is sent", async () => {
    const orch = OrchPromiseClient.make({ url: "http://127.0.0.1:9" })
    const error: unknown = await orch.moduleBuilds.prioritize(1, 1000).catch((error: unknown) => error)
    await orch.close()
    if (!(error instanceof OrchPromiseClient.RequestFailed)) return assert.fail(String(error))
    assert.strictEqual(error.reason, "invalid")
  })
})
