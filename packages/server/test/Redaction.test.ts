import { assert, describe, it } from "@effect/vitest"
import { redact, requestLine } from "@orch/server/Redaction"
import * as ServerConfig from "@orch/server/ServerConfig"

describe("redact", () => {
  it.each(
    [
      ["postgres://orch:secret@db/orch", "postgres://orch:<redacted>@db/orch"],
      ["git+https://bob:p%40ss@git.example.org/x?#main", "git+https://bob:<redacted>@git.example.org/x?#main"],
      ["see https://a:b@c and ssh://d:e@f.", "see https://a:<redacted>@c and ssh://d:<redacted>@f."],
      [`{"url":"https://a:b@c/","x":1}`, `{"url":"https://a:<redacted>@c/","x":1}`],
      ["https://ghp_abcdefghijklmnopqrstuvwx@github.com/x", "https://<redacted>@github.com/x"],
      ["https://git@github.com/x", "https://git@github.com/x"],
      ["https://example.org:8080/a@b:c", "https://example.org:8080/a@b:c"],
      ["mail alice@example.org at 10:30", "mail alice@example.org at 10:30"]
    ] as const
  )("%s is %s", (text, expected) => assert.strictEqual(redact(text), expected))
})

describe("the line of a request", () => {
  const request = { requestId: "0123-abcd", method: "GET", status: 200, ms: 7 }

  it.each([
    "/",
    "/orch/v1/module-builds/1",
    "/a\"b",
    "/a\\b",
    "/a\nb\u0000",
    "/ü\u2028/%C3%BC",
    "/\ud800x",
    "/a'b<c>&d=e;f"
  ])(
    "is JSON that says all of %j",
    (path) => {
      const line = requestLine({ ...request, path })
      assert.deepStrictEqual(JSON.parse(line).annotations, { ...request, path })
      assert.notInclude(line, "\n")
    }
  )

  it("shows no password of an address in a path", () =>
    assert.notInclude(requestLine({ ...request, path: "/https://a:secret@c/" }), "secret"))
})

describe("orch-server config", () => {
  it("shows no password of an address", () => {
    const shown = ServerConfig.print({
      ORCH_RPMS_REPOSITORY: "https://bot:hunter2@git.example.org/rpms/",
      ORCH_CHACRA_NODES: "https://bot:hunter2@chacra.example.org",
      DATABASE_URL: "postgres://orch:hunter2@db/orch"
    })
    assert.notInclude(shown, "hunter2")
    assert.include(shown, "git.example.org")
  })
})
