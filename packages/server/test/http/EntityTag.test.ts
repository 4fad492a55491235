import { assert, describe, it } from "@effect/vitest"
import * as EntityTag from "@orch/server/http/EntityTag"
import * as Html from "@orch/server/http/Html"
import * as Headers from "effect/http/Headers"

const ask = (method: "GET" | "HEAD" | "POST", ifNoneMatch?: string) =>
  EntityTag.json(
    { method, headers: Headers.fromInput(ifNoneMatch === undefined ? {} : { "if-none-match": ifNoneMatch }) },
    "[1]",
    { "access-control-allow-origin": "*" }
  )
const etag = ask("GET").headers["etag"]!

describe("entity tags", () => {
  it("are equal for equal content and different for other content", () => {
    assert.match(etag, /^"[\w-]{27}"$/)
    assert.strictEqual(ask("GET").headers["etag"], etag)
    assert.notStrictEqual(EntityTag.json({ method: "GET", headers: Headers.empty }, "[2]").headers["etag"], etag)
  })
  for (
    const [method, given, status] of [
      ["GET", undefined, 200],
      ["GET", "\"other\"", 200],
      ["GET", etag, 304],
      ["HEAD", etag, 304],
      ["GET", `W/${etag}`, 304],
      ["GET", `"other", ${etag}`, 304],
      ["GET", "*", 304],
      ["POST", etag, 200]
    ] as const
  ) {
    it(`${method} with If-None-Match ${given} is answered ${status}, with tag and headers`, () => {
      const answer = ask(method, given)
      assert.strictEqual(answer.status, status)
      assert.strictEqual(answer.headers["etag"], etag)
      assert.strictEqual(answer.headers["access-control-allow-origin"], "*")
    })
  }
})

describe("text in HTML", () => {
  it("cannot become markup, in elements or in quoted attributes", () =>
    assert.strictEqual(Html.escape("<a href=\"x\" b='y'>&amp;"), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;"))
})
