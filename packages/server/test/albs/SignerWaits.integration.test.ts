/** Signers that wait for work: whoever asks for a signature wakes them. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FaceServer from "./FaceServer.ts"

const packages = FaceServer.makePackages(["chan"])

describe.skipIf(packages === undefined)("a signer that waits (needs rpmbuild)", () => {
  it.live("gets what is to be signed as soon as somebody asks for it", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* FaceServer.start()
      const fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567"
      const { body: key } = yield* server.ask("POST", "/sign-keys/new/", "root", {
        name: "k",
        description: "d",
        keyid: fingerprint.slice(-16),
        fingerprint,
        public_url: "https://keys.example.org/k"
      })
      const build = yield* server.submit(["chan"])
      const source = yield* server.upload("node1", "chan-1.0-1.src.rpm", packages!.get("chan-1.0-1.src.rpm")!)
      const first = yield* server.take("node1")
      yield* server.done("node1", first!, [source])
      const second = yield* server.take("node1")
      const binary = yield* server.upload("node1", "chan-1.0-1.noarch.rpm", packages!.get("chan-1.0-1.noarch.rpm")!)
      yield* server.done("node1", second!, [binary])
      yield* server.finished(build)
      const get = (wait: number, keyids: ReadonlyArray<string>) =>
        server.ask("POST", "/sign-tasks/get_sign_task/", "signer1", { key_ids: keyids, wait })
      assert.deepStrictEqual((yield* get(0.2, [fingerprint.slice(-16)])).body, {})
      assert.strictEqual((yield* get(61, [])).status, 422)
      const begun = performance.now()
      const [{ body }, asked] = yield* Effect.all([
        get(30, [fingerprint.slice(-16)]),
        Effect.andThen(
          Effect.sleep("300 millis"),
          server.ask("POST", "/sign-tasks/", "alice", {
            build_id: build,
            sign_key_id: (key as { readonly id: number }).id
          })
        )
      ], { concurrency: 2 })
      assert.strictEqual(asked.status, 200)
      assert.strictEqual((body as { readonly build_id: number }).build_id, build)
      assert.isBelow(performance.now() - begun, 4_500, "it was woken, and did not look by itself")

      // What is brought for another build is none of this task, which stays the signer's.
      const complete = (build_id: number) =>
        server.ask("POST", `/sign-tasks/${(body as { readonly id: number }).id}/complete/`, "signer1", {
          build_id,
          success: false,
          error_message: "The key is away"
        })
      assert.deepStrictEqual(yield* complete(build + 1), {
        status: 409,
        body: { detail: `Sign task with ID 1 is of build ${build}, not of ${build + 1}` }
      })
      assert.strictEqual((yield* complete(build)).status, 200)
    })), 120_000)
})
