import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"

const hash = (token: string): string => createHash("sha256").update(token).digest("hex")

const tokens = [
  "alice:packager:alice-token",
  "bob:packager:bob-token",
  "eve:visitors:eve-token",
  "root:packager|admins:root-token"
]
  .map((one) => one.split(":") as [string, string, string])
  .map(([user, groups, token]) => `${user}:${groups}:${hash(token)}`)
  .join(",")

describe("callers of the typed faces", () => {
  it.live("are known by their tokens, and change only what is theirs", () =>
    Effect.scoped(Effect.gen(function*() {
      const { git, url } = yield* TestServer.start({
        ORCH_AUTH: "token",
        ORCH_API_TOKENS: tokens,
        ORCH_ADMIN_GROUPS: "admins",
        ORCH_JOBS: "1"
      })
      const ask = (method: string, path: string, token?: string, body?: unknown) =>
        Effect.promise(async () => {
          const reply = await fetch(`${url}${path}`, {
            method,
            headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
            ...(body === undefined ? {} : { body: JSON.stringify(body) })
          })
          return { status: reply.status, headers: reply.headers, body: await reply.json() as Record<string, unknown> }
        })
      TestRepository.make(Path.join(git, "rpms", "slow")).commit({ "slow.spec": "Name: slow\n" })
      const repository = TestRepository.make(Path.join(git, "modules", "mine"))
      const commit = repository.commit({ "mine.yaml": TestServer.modulemd({ slow: [] }) })
      const body = { scmurl: `file://${git}/modules/mine?#${commit}` }

      const nobody = yield* ask("POST", "/rida/module-builds/", undefined, body)
      assert.strictEqual(nobody.status, 401)
      assert.strictEqual(nobody.headers.get("www-authenticate"), "Bearer")
      assert.strictEqual((yield* ask("POST", "/rida/module-builds/", "wrong", body)).status, 401)
      assert.strictEqual((yield* ask("POST", "/rida/module-builds/", "eve-token", body)).status, 403)
      const submitted = yield* ask("POST", "/rida/module-builds/", "alice-token", body)
      assert.strictEqual(submitted.status, 201)
      const path = `/orch/v1/module-builds/${submitted.body["id"]}`
      assert.strictEqual((yield* ask("GET", path)).body["owner"], "alice")
      assert.strictEqual((yield* ask("POST", `${path}/cancel`, "bob-token")).status, 403)
      const prioritize = (token: string, priority: number) =>
        Effect.map(ask("POST", `${path}/priority`, token, { priority }), ({ status }) => status)
      assert.deepStrictEqual(
        [yield* prioritize("bob-token", -1), yield* prioritize("alice-token", 1)],
        [403, 403],
        "others' builds are not Bob's to change, nor is Alice to come before others"
      )
      assert.include([200, 409], yield* prioritize("alice-token", -1))
      assert.include([200, 409], yield* prioritize("root-token", 100))
      assert.strictEqual(yield* prioritize("root-token", 101), 400)
      // Whether it can still be canceled depends on how far it got; that it is allowed does not.
      assert.include([200, 409], (yield* ask("POST", `${path}/cancel`, "alice-token")).status)
      assert.include([200, 409], (yield* ask("POST", `${path}/cancel`, "root-token")).status)
      assert.strictEqual((yield* ask("POST", "/orch/v1/dead-letters/1.1.0/release", "alice-token")).status, 403)
      assert.strictEqual((yield* ask("POST", "/orch/v1/dead-letters/1.1.0/release", "root-token")).status, 404)
    })), 120_000)

  it.live("have to say who they are to read where reads are closed", () =>
    Effect.scoped(Effect.gen(function*() {
      const { url } = yield* TestServer.start({ ORCH_AUTH: "token", ORCH_API_TOKENS: tokens, ORCH_OPEN_READS: "false" })
      const read = (token?: string) =>
        Effect.promise(() =>
          fetch(
            `${url}/orch/v1/module-builds/`,
            token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }
          )
            .then(({ status }) => status)
        )
      assert.strictEqual(yield* read(), 401)
      assert.strictEqual(yield* read("eve-token"), 200)
    })), 120_000)
})
