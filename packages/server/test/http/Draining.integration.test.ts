import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { once } from "node:events"
import * as Net from "node:net"
import * as TestServer from "../support/TestServer.ts"

const ask = (url: string, method: string) =>
  Effect.promise(() =>
    fetch(url, { method, ...(method === "POST" ? { body: "{\"scmurl\": \"git://example.org/x.git\"}" } : {}) })
  )

/** A server that stops when the scope is closed. */
const started = Effect.fnUntraced(function*(settings: Readonly<Record<string, string>>) {
  const scope = yield* Scope.make()
  const { url } = yield* TestServer.start(settings).pipe(Effect.provideService(Scope.Scope, scope))
  return { scope, url }
})

describe("a server that was told to stop", () => {
  it.live(
    "turns new work away with 503 and Retry-After, is not ready, and still shows what is there",
    () =>
      Effect.gen(function*() {
        const { scope, url } = yield* started({ ORCH_DRAIN: "3" })
        assert.strictEqual((yield* ask(`${url}/health/ready`, "GET")).status, 200)
        const stopping = yield* Effect.forkChild(Scope.close(scope, Exit.void))
        yield* Effect.sleep("500 millis")
        const refused = yield* ask(`${url}/rida/module-builds/`, "POST")
        assert.strictEqual(refused.status, 503)
        assert.match(refused.headers.get("retry-after") ?? "", /^\d+$/)
        assert.strictEqual((yield* ask(`${url}/health/ready`, "GET")).status, 503)
        assert.strictEqual((yield* ask(`${url}/rida/module-builds/`, "GET")).status, 200)
        yield* Fiber.join(stopping)
      }),
    90_000
  )

  it.live(
    "waits neither for connections that say nothing or half of something, nor for a next request over others",
    () =>
      Effect.gen(function*() {
        const { scope, url } = yield* started({})
        const { hostname, port } = new URL(url)
        const connect = (said: string) =>
          Effect.promise(async () => {
            const socket = Net.connect(Number(port), hostname)
            await once(socket, "connect")
            socket.on("error", () => {}).resume().write(said)
            return socket
          })
        const sockets = yield* Effect.forEach(
          ["", "GET /health/live HTTP/1.1\r\nHo", "GET /rida/module-builds/ HTTP/1.1\r\nHost: localhost\r\n\r\n"],
          connect
        )
        yield* Effect.sleep("200 millis")
        const ends = sockets.map((socket) => once(socket, "close"))
        yield* Scope.close(scope, Exit.void)
        yield* Effect.promise(() => Promise.all(ends))
      }),
    // Without that it waits for ever for the first of them.
    60_000
  )

  it.live(
    "ends streams of events, and does not wait for them as for other requests",
    () =>
      Effect.gen(function*() {
        const { scope, url } = yield* started({})
        const response = yield* ask(`${url}/orch/v1/events`, "GET")
        assert.strictEqual(response.status, 200)
        const text = yield* Effect.forkChild(Effect.promise(() => response.text()))
        const stopping = yield* Effect.forkChild(Scope.close(scope, Exit.void))
        // Other requests have ten seconds to end.
        assert.match(yield* Effect.timeout(Fiber.join(text), "8 seconds"), /^: connected/)
        yield* Fiber.join(stopping)
      }),
    60_000
  )
})
