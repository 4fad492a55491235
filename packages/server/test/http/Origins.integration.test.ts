import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import * as TestServer from "../support/TestServer.ts"

/** The status of the answer to a request that is written out, since clients that are well-behaved do not send some of these. */
const status = (url: string, lines: ReadonlyArray<string>, body = "") =>
  Effect.promise(() =>
    new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(url)
      const socket = Net.connect(Number(port), hostname)
      let text = ""
      socket.on("data", (chunk) => text += chunk.toString("latin1"))
      socket.on("close", () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)))
      socket.on("error", reject)
      socket.write([...lines, "Connection: close", `Content-Length: ${body.length}`, "", body].join("\r\n"))
    })
  )

const list = "GET /rida/module-builds/ HTTP/1.1"
const submit = ["POST /orch/v1/module-builds HTTP/1.1", "Host: localhost"]
const json = "Content-Type: application/json"

describe("a server on a loopback address that nobody has to sign in to", () => {
  it.live("answers to its own names alone, and to no page of another site", () =>
    Effect.scoped(Effect.gen(function*() {
      const { url } = yield* TestServer.start()
      const { host } = new URL(url)
      const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>, number, string?]> = [
        ["its address", [list, `Host: ${host}`], 200],
        ["a name of loopback", [list, "Host: localhost:8080"], 200],
        ["another name", [list, "Host: evil.example.org"], 421],
        ["a name that begins like one of its own", [list, "Host: localhost.evil.example.org"], 421],
        ["two names", [list, `Host: ${host}`, "Host: evil.example.org"], 400],
        ["the same name twice", [list, `Host: ${host}`, `HOST: ${host}`], 400],
        ["no name", [list], 400],
        ["another name for liveness", ["GET /health/live HTTP/1.1", "Host: evil.example.org"], 421],
        ["two names for liveness", ["GET /health/live HTTP/1.1", `Host: ${host}`, "Host: evil.example.org"], 400],
        [
          "another name in the target",
          ["GET http://evil.example.org/rida/module-builds/ HTTP/1.1", `Host: ${host}`],
          421
        ],
        ["a page of another site", [...submit, json, "Origin: https://evil.example.org"], 403, "{}"],
        ["a page that hides where it is from", [...submit, json, "Origin: null"], 403, "{}"],
        ["a page of another site that says so", [...submit, json, "Sec-Fetch-Site: cross-site"], 403, "{}"],
        ["a form of a page", [...submit, "Content-Type: text/plain", `Origin: http://${host}`], 415, "{}"],
        ["JSON of a page of its own", [...submit, json, `Origin: http://${host}`], 400, "{}"]
      ]
      for (const [name, lines, expected, body] of cases) {
        assert.strictEqual(yield* status(url, lines, body), expected, name)
      }
      // What is refused before its interface is asked is said in the words of that interface.
      const words = (path: string) =>
        Effect.promise(() => fetch(`${url}${path}`).then((reply) => reply.json() as Promise<object>))
      for (const path of ["/api/v1/builds/?ref=%00", "/rest_api/v1/modules/%00/"]) {
        assert.deepStrictEqual(yield* words(path), { detail: "The address holds a NUL character" }, path)
      }
      assert.property(yield* words("/api/v1.0/waivers/?testcase=%00"), "message")
      assert.property(yield* words("/rest_api/v1/releases/"), "detail")
    })), 60_000)
})
