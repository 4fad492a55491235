import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import * as AddressRules from "../../src/outgoing/AddressRules.ts"
import * as OutgoingFetch from "../../src/outgoing/OutgoingFetch.ts"
import * as OutgoingRequest from "../../src/outgoing/OutgoingRequest.ts"

/** A server on loopback, and how often it was asked. */
const serve = (listener: RequestListener) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      new Promise<{ readonly port: number; readonly asked: () => number; readonly stop: () => void }>((resolve) => {
        let asked = 0
        const server = createServer((request, response) => {
          asked++
          listener(request, response)
        })
        server.listen(0, "127.0.0.1", () =>
          resolve({
            port: (server.address() as AddressInfo).port,
            asked: () => asked,
            stop: () => void server.close().closeAllConnections()
          }))
      })
    ),
    ({ stop }) => Effect.sync(stop)
  )

const bounds = { method: "GET", timeoutMillis: 5_000, maxBytes: 1_000, namedBy: "operator" } as const
const stranger = { stranger: AddressRules.nothing }

const send = (options: Partial<OutgoingRequest.Options> & { readonly url: string }) =>
  Effect.map(
    Effect.result(OutgoingRequest.send({ ...bounds, ...options })),
    (sent) =>
      Result.isFailure(sent)
        ? sent.failure.reason
        : `${sent.success.status} ${sent.success.end} ${sent.success.body.toString("utf8")}`
  )

describe("OutgoingRequest.send", () => {
  it.live("asks nobody on this machine for a stranger, however the address is spelled and whatever the name becomes", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* serve((_, response) => response.end("secret"))
      const hosts = [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::1]",
        "[::]",
        "localhost",
        "LOCALHOST",
        "①②⑦.0.0.1"
      ]
      for (const host of hosts) {
        assert.strictEqual(yield* send({ url: `http://${host}:${server.port}/`, namedBy: stranger }), "refused", host)
      }
      assert.strictEqual(server.asked(), 0)
    })))

  it.live("asks a name that the operator gave, or allowed, at a private address", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* serve((_, response) => response.end("well"))
      const url = `http://localhost:${server.port}/`
      assert.strictEqual(yield* send({ url }), "200 whole well")
      for (const text of ["localhost", "127.0.0.0/8"]) {
        const allowed = { stranger: Result.getOrThrow(AddressRules.parseAllowed(text)) }
        assert.strictEqual(yield* send({ url, namedBy: allowed }), "200 whole well", text)
      }
      const other = { stranger: Result.getOrThrow(AddressRules.parseAllowed("10.0.0.0/8,other.example")) }
      assert.strictEqual(yield* send({ url, namedBy: other }), "refused")
    })))

  it.live("never asks link-local and metadata addresses, not even for the operator, and only http and https", () =>
    Effect.gen(function*() {
      const everything = { stranger: Result.getOrThrow(AddressRules.parseAllowed("0.0.0.0/0,::/0")) }
      for (
        const url of [
          "http://169.254.169.254/latest/meta-data/",
          "http://2852039166/",
          "http://0xa9fea9fe/",
          "https://[fe80::1]/",
          "http://[::ffff:169.254.169.254]/",
          "http://[64:ff9b::a9fe:a9fe]/",
          "http://[fd00:ec2::254]/",
          "http://100.100.100.200/",
          "ftp://127.0.0.1/",
          "file:///etc/passwd",
          "no address"
        ]
      ) {
        assert.strictEqual(yield* send({ url }), "refused", url)
        assert.strictEqual(yield* send({ url, namedBy: everything }), "refused", url)
      }
    }))

  it.live("follows no redirect, and hands on its status", () =>
    Effect.scoped(Effect.gen(function*() {
      const inner = yield* serve((_, response) => response.end("secret"))
      const outer = yield* serve((_, response) =>
        response.writeHead(307, { location: `http://127.0.0.1:${inner.port}/` }).end()
      )
      assert.strictEqual(yield* send({ url: `http://127.0.0.1:${outer.port}/` }), "307 whole ")
      assert.strictEqual(inner.asked(), 0)
    })))

  it.live("reads no more than the bound, waits no longer than the deadline, and says what is not whole", () =>
    Effect.scoped(Effect.gen(function*() {
      const endless = yield* serve((_, response) => {
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(10_000))) { /* until the other side is slow */ }
        }
        response.on("drain", more)
        more()
      })
      const silent = yield* serve(() => {})
      const slow = yield* serve((_, response) => void response.write("x"))
      const broken = yield* serve((_, response) => {
        response.writeHead(200, { "content-length": "10" })
        response.write("half", () => response.destroy())
      })
      const at = (port: number) => `http://127.0.0.1:${port}/`
      assert.strictEqual(yield* send({ url: at(endless.port) }), `200 tooLarge ${"x".repeat(1_000)}`)
      assert.strictEqual(yield* send({ url: at(silent.port), timeoutMillis: 200 }), "late")
      assert.strictEqual(yield* send({ url: at(slow.port), timeoutMillis: 200 }), "late")
      assert.strictEqual(yield* send({ url: at(broken.port) }), "200 brokenOff half")
      assert.strictEqual(yield* send({ url: "http://127.0.0.1:1/" }), "unanswered")
    })))
})

describe("OutgoingFetch.make", () => {
  it.live("answers as fetch does, and rejects what is late, too large or refused", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* serve((request, response) => {
        if (request.url === "/late") return
        response.end(request.url === "/large" ? "x".repeat(2_000) : JSON.stringify({ got: request.headers["accept"] }))
      })
      const ask = OutgoingFetch.make({ timeoutMillis: 500, maxBytes: 1_000, namedBy: "operator" })
      const get = (path: string) =>
        ask(`http://127.0.0.1:${server.port}${path}`, { headers: new Headers({ accept: "x/y" }) })
      assert.deepStrictEqual(yield* Effect.promise(async () => (await get("/")).json()), { got: "x/y" })
      const nameOf = (path: string) => Effect.promise(() => get(path).then(() => "none", (error: Error) => error.name))
      assert.strictEqual(yield* nameOf("/late"), "TimeoutError")
      assert.strictEqual(yield* nameOf("/large"), "Error")
    })))
})
