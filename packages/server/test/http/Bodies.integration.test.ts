/** Bodies without end: nobody who may not post makes the server keep them, and whoever may is stopped at the bound. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { request } from "node:http"
import * as TestServer from "../support/TestServer.ts"

const chunk = Buffer.alloc(1024 * 1024, 0x20)

/** Posts megabytes, chunked, until the server answers or hangs up; the status, or 0. */
const pour = (url: string, path: string, megabytes: number, headers: Readonly<Record<string, string>> = {}) =>
  Effect.promise(() =>
    new Promise<number>((resolve) => {
      const { hostname, port } = new URL(url)
      const sent = request({
        hostname,
        port,
        path,
        method: "POST",
        headers: { ...headers, "transfer-encoding": "chunked" }
      })
      let answered = 0
      let left = megabytes
      const done = () => resolve(answered)
      sent.on("response", (response) => {
        answered = response.statusCode ?? 0
        response.resume().on("end", () => {
          sent.destroy()
          done()
        })
      }).on("error", done).on("close", done)
      const more = (): void => {
        while (left > 0 && !sent.destroyed) {
          left--
          if (!sent.write(chunk)) return void sent.once("drain", more)
        }
        if (!sent.destroyed) sent.end()
      }
      more()
    })
  )

/** Bytes that this process has grown by, once the collector has had time to give back what nobody holds. */
const grown = (before: number) =>
  Effect.gen(function*() {
    for (let waited = 0; waited < 50; waited++) {
      if (process.memoryUsage().rss - before < 50 * 1024 * 1024) break
      yield* Effect.sleep(100)
    }
    return process.memoryUsage().rss - before
  })

const paths = [
  "/rida/module-builds/",
  "/orch/v1/module-builds/",
  "/orch/v1/repositories/ceph",
  "/module-build-service/1/module-builds/",
  "/module-build-service/2/import-module/",
  "/api/repos/ceph/",
  "/api/v1/builds/",
  "/api/v1/build_node/build_done",
  "/nowhere"
]

describe("a body without end", () => {
  it.live("is not kept for those who may not post", () =>
    Effect.scoped(Effect.gen(function*() {
      const token = createHash("sha256").update("t").digest("hex")
      const { url } = yield* TestServer.start({
        ...TestServer.embedded,
        ORCH_AUTH: "token",
        ORCH_API_TOKENS: `a:packager:${token}`
      })
      yield* pour(url, paths[0]!, 8)
      const before = process.memoryUsage().rss
      for (const path of paths) {
        const status = yield* pour(url, path, 80)
        assert.include([0, 400, 401, 403, 404, 413, 501], status, path)
        assert.isBelow(yield* grown(before), 50 * 1024 * 1024, path)
      }
    })), 120_000)

  it.live("is stopped at the bound for those who may", () =>
    Effect.scoped(Effect.gen(function*() {
      const { url } = yield* TestServer.start(TestServer.embedded)
      yield* pour(url, paths[0]!, 8)
      const before = process.memoryUsage().rss
      for (const path of paths) {
        const status = yield* pour(url, path, 80, { "content-type": "application/json" })
        assert.include([0, 400, 401, 403, 404, 413, 422, 501], status, path)
        assert.isBelow(yield* grown(before), 50 * 1024 * 1024, path)
      }
    })), 120_000)
})
