/** `/`: on to the builds for browsers, text in terminals, and what it always was for everybody else; `/about` has working links. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestServer from "../support/TestServer.ts"

const browsers = [
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "application/xml;q=0.9, Text/HTML;q=0.5"
]
const others = [undefined, "*/*", "application/json", "text/html;q=0.0, */*"]

describe("the front page", () => {
  it.live("leads browsers to pages whose links work, says in text to terminals what is where, and is a 404 in JSON for other programs", () =>
    Effect.scoped(Effect.gen(function*() {
      const { url } = yield* TestServer.start()
      const get = (path: string, accept: string | undefined, method = "GET") =>
        Effect.promise(async () => {
          const aborted = new AbortController()
          // Without a header of ours, fetch would send one of its own.
          const answer = await fetch(new URL(path, `${url}/`), {
            method,
            headers: accept === undefined ? {} : { accept },
            signal: aborted.signal
          })
          const type = answer.headers.get("content-type") ?? ""
          const text = type.includes("event-stream") ? "" : await answer.text()
          if (text === "") aborted.abort()
          return { status: answer.status, type, text, vary: answer.headers.get("vary") }
        })
      for (const accept of browsers) {
        const { status, text, type } = yield* get("/", accept)
        assert.strictEqual(status, 200, accept)
        assert.match(type, /^text\/html/)
        assert.match(text, /Nothing was built yet/)
        const about = yield* get("/about", accept)
        const links = [...about.text.matchAll(/href="(\/[^"]+)"/g)].map(([, path]) => path!)
        assert.isAtLeast(links.length, 8)
        for (const path of links) assert.strictEqual((yield* get(path, accept)).status, 200, path)
      }
      for (const accept of others) {
        const { status, text, type } = yield* get("/", accept)
        assert.strictEqual(status, 404, accept)
        assert.match(type, /^application\/json/)
        assert.strictEqual((JSON.parse(text) as { readonly message: string }).message, "There is nothing at /")
      }
      for (const headers of [{ accept: "text/plain, text/html;q=0" }, { accept: "*/*", "user-agent": "curl/8.1" }]) {
        const text = (path: string) =>
          Effect.promise(async () => {
            const answer = await fetch(`${url}${path}`, { headers })
            return [answer.status, answer.headers.get("content-type"), await answer.text()] as const
          })
        const [status, type, lines] = yield* text("/")
        assert.deepStrictEqual([status, type], [200, "text/plain; charset=utf-8"])
        assert.include(lines, `${url}/builds`)
        const builds = yield* text("/builds")
        assert.strictEqual(builds[1], "text/plain; charset=utf-8")
        assert.match(builds[2], /^Builds\n\nNothing was built yet[^<]*As JSON: http[^\n]*\/orch\/v1\/feed\/\n/)
        assert.strictEqual((yield* text("/builds/7"))[0], 404)
      }
      // Who names HTML gets it, whatever the program.
      const named = yield* Effect.promise(() =>
        fetch(`${url}/builds`, { headers: { accept: "text/html", "user-agent": "curl/8.1" } })
      )
      assert.match(named.headers.get("content-type") ?? "", /^text\/html/)
      assert.strictEqual((yield* get("/", browsers[0], "POST")).status, 404)
      assert.strictEqual((yield* get("/", browsers[0], "HEAD")).status, 200)
    })))
})
