/** Everybody says how they want to be told, and nobody for others. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as TestServer from "../support/TestServer.ts"

const token = (name: string): string => `${name}:packager:${createHash("sha256").update(`${name}-token`).digest("hex")}`

it.live("notices go where each person says", () =>
  Effect.scoped(Effect.gen(function*() {
    const { url } = yield* TestServer.start({
      ORCH_AUTH: "token",
      ORCH_API_TOKENS: [token("alice"), token("bob")].join(",")
    })
    const ask = (name: string, body?: unknown) =>
      Effect.promise(async () => {
        const reply = await fetch(`${url}/orch/v1/notices/preference`, {
          method: body === undefined ? "GET" : "PUT",
          headers: { authorization: `Bearer ${name}-token`, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        return { status: reply.status, body: await reply.json() as unknown }
      })
    const plain = { mail: true, address: null, webhook: null, follow: [] }
    assert.deepStrictEqual(yield* ask("alice"), { status: 200, body: plain })
    const wanted = { mail: false, address: null, webhook: "https://chat.example.org/hooks/1", follow: ["perl:*"] }
    assert.deepStrictEqual(yield* ask("alice", wanted), { status: 200, body: wanted })
    assert.deepStrictEqual((yield* ask("alice")).body, wanted)
    assert.deepStrictEqual((yield* ask("bob")).body, plain)
    // What is left out is as it is where nobody said anything.
    assert.deepStrictEqual((yield* ask("alice", {})).body, plain)
    for (
      const wrong of [
        { webhook: "ftp://example.org" },
        { webhook: "nonsense" },
        { address: "a@example.org, b@example.org" },
        { address: "a@example.org\r\nBcc: b@example.org" },
        { address: "" },
        { follow: "perl:*" }
      ]
    ) assert.strictEqual((yield* ask("alice", wrong)).status, 400, JSON.stringify(wrong))
    assert.strictEqual((yield* ask("nobody")).status, 401)
  })), 60_000)
