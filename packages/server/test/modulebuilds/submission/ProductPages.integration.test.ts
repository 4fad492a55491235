/** Support streams through the whole server, against a server that answers as Product Pages do. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import * as MbsServer from "../../mbs/MbsServer.ts"

const { document, platform } = MbsServer

/** Listens on a free port while the scope lasts. */
const serve = (listener: RequestListener) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      new Promise<{ readonly url: string; readonly close: () => void }>((resolve) => {
        const server = createServer(listener)
        server.listen(0, "127.0.0.1", () => {
          const { port } = server.address() as AddressInfo
          resolve({
            url: `http://127.0.0.1:${port}`,
            close: () => {
              server.closeAllConnections()
              server.close()
            }
          })
        })
      })
    ),
    ({ close }) => Effect.sync(close)
  )

const date = (at: number, days: number): string => new Date(at + days * 86_400_000).toISOString().slice(0, 10)

describe("Product Pages", () => {
  it.live("choose the support stream of a platform that is released", () =>
    Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      const asked: Array<string> = []
      const answers: Record<string, unknown> = {
        "rhel-8-0/schedule-tasks": [{ name: " Early Release ", date_finish: date(now, -1), flags: [] }],
        "rhel-8-2.1/schedule-tasks": [{ name: "early release", date_finish: date(now, 2) }],
        "rhel-8-2.1": { ga_date: date(now, -1) },
        "rhel-8-3.0/schedule-tasks": [{ name: "Other", date_finish: date(now, -9) }],
        "rhel-8-3.0": { ga_date: date(now, 1) },
        "rhel-8-4.0": { ga_date: null },
        "rhel-8-5.0": "x".repeat(5 * 1024 * 1024),
        "rhel-8-6.0": { ga_date: "soon" }
      }
      const pages = yield* serve((request, response) => {
        asked.push(request.url!)
        const found = /^\/pp\/api\/v7\/releases\/(.+)\/\?fields=/.exec(request.url!)
        const answer = answers[found?.[1] ?? ""]
        response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" })
        response.end(JSON.stringify(answer ?? { detail: "Not found." }))
      })
      const server = yield* MbsServer.start({
        ORCH_IMPORT_GROUPS: "packager",
        ORCH_PRODUCT_PAGES_URL: `${pages.url}/pp/`,
        ORCH_PRODUCT_PAGES_STREAMS: "{\"el.+\": [\".z\", \"rhel-{x}-{y}.{z}\", \"rhel-{x}-{y}\"]}",
        ORCH_PRODUCT_PAGES_TASKS: "unheard of,Early release"
      })
      const streams = ["el8.0.0", "el8.2.1", "el8.3.0", "el8.4.0", "el8.5.0", "el8.6.0", "el8.7.0"]
      for (const stream of streams.flatMap((one) => [one, `${one}.z`])) yield* server.import(platform(stream))

      const submit = (name: string, stream: string, more = {}) =>
        Effect.gen(function*() {
          const requested = server.module(name, "1", document({ buildrequires: `platform: [${stream}]` }))
          const { body, status } = yield* server.submit({ ...requested, ...more })
          assert.strictEqual(status, 201, JSON.stringify(body))
          assert.include(body[0].modulemd, `requires:\n      platform: [${stream}]`)
          return body[0].buildrequires.platform.stream
        })
      for (
        const [index, expected] of ["el8.0.0.z", "el8.2.1.z", "el8.3.0", "el8.4.0", "el8.5.0", "el8.6.0", "el8.7.0"]
          .entries()
      ) {
        assert.strictEqual(yield* submit(`m${index}`, streams[index]!), expected)
      }
      assert.strictEqual(asked[0], "/pp/api/v7/releases/rhel-8-0/schedule-tasks/?fields=name,date_finish")
      assert.strictEqual(asked[2], "/pp/api/v7/releases/rhel-8-2.1/?fields=ga_date")

      const before = asked.length
      assert.strictEqual(yield* submit("kept", "el8.0.0.z"), "el8.0.0.z")
      assert.strictEqual(yield* submit("other", "el9"), "el9", "a stream of one number belongs to release x.0.0")
      assert.strictEqual(
        yield* submit("chosen", "el8.2.1", { buildrequire_overrides: { platform: ["el8.0.0"] } }),
        "el8.0.0"
      )
      assert.deepStrictEqual(asked.slice(before).map((path) => path.split("/")[5]), ["rhel-9-0", "rhel-9-0"])
    }).pipe(Effect.scoped), 240_000)
})
