/** `orch sign`, `orch test` and `orch build` as programs against a server that has built a package. */
import { assert, describe, it } from "@effect/vitest"
import * as OrchPromiseClient from "@orch/client/OrchPromiseClient"
import * as Effect from "effect/Effect"
import { tmpdir } from "node:os"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"
import * as FaceServer from "./FaceServer.ts"

const packages = FaceServer.makePackages(["chan"])
const bin = await TestPrograms.orch()

const orchAt = (url: string) => (token: FaceServer.Caller, ...args: ReadonlyArray<string>) =>
  Effect.promise(() => {
    const env = {
      PATH: process.env["PATH"],
      TMPDIR: tmpdir(),
      HOME: "/nonexistent",
      NO_COLOR: "1",
      ORCH_URL: url,
      ORCH_TOKEN: token
    }
    return SmallProcess.ran(process.execPath, [bin, ...args], { env, timeout: 60_000 })
  })

describe.skipIf(packages === undefined)("commands (skipped where rpmbuild is not installed)", () => {
  it.live("have a package build signed and tested", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* FaceServer.start()
      const orch = orchAt(server.url)
      const id = yield* server.submit(["chan"])
      for (const file of ["chan-1.0-1.src.rpm", "chan-1.0-1.noarch.rpm"]) {
        const task = yield* server.take("node1")
        yield* server.done("node1", task!, [yield* server.upload("node1", file, packages!.get(file)!)])
      }
      yield* server.finished(id)
      yield* server.until(server.get(id), ({ tasks }) => tasks.some(({ test_tasks }) => test_tasks.length > 0))

      const fingerprint = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"
      const addKey = ["sign", "add-key", fingerprint, "--name", "Test", "--public-url", "https://keys.example.org/k"]
      const denied = yield* orch("alice", ...addKey)
      assert.strictEqual(denied.code, 1, denied.err)
      assert.include(denied.err, "Forbidden")
      const added = yield* orch("root", ...addKey)
      assert.include(added.out, "6D7E8F9001122334", added.err)
      assert.strictEqual((yield* orch("alice", "sign", "request", `${id}`, "--key", "7")).code, 2)
      const asked = yield* orch("alice", "sign", "request", `${id}`)
      assert.include(asked.out, "waits for a signer", asked.err)
      const listed = yield* orch("alice", "sign", "list", "--build", `${id}`, "--json")
      assert.lengthOf(JSON.parse(listed.out) as ReadonlyArray<unknown>, 1)

      assert.include((yield* orch("alice", "node", "slots", "node1", "7")).err, "403 Forbidden")
      const slots = yield* orch("root", "node", "slots", "node1", "7", "--json")
      assert.strictEqual((JSON.parse(slots.out) as { readonly slots: number }).slots, 7, slots.err)

      const tests = yield* orch("alice", "test", "list", `${id}`)
      assert.match(tests.out, /waits for a test system +chan-1\.0-1/, tests.err)
      const none = yield* orch("alice", "test", "logs", `${id}`)
      assert.deepStrictEqual([none.code, none.err.trim()], [1, `orch: package build ${id} has no logs of tests`])
      const early = yield* orch("alice", "test", "restart", `${id}`)
      assert.deepStrictEqual([early.code, early.out], [1, ""])
      assert.include((yield* orch("alice", "test", "cancel", `${id}`)).out, "are canceled")
      assert.include((yield* orch("alice", "test", "restart", `${id}`)).out, "run again")

      const client = OrchPromiseClient.make({ url: server.url, token: "alice" })
      const task = (yield* server.get(id)).tasks.find(({ test_tasks }) => test_tasks.length > 0)!.id
      const said = yield* Effect.promise(async () => {
        const [key] = await client.signing.keys()
        const asked = await client.signing.list(id)
        const refused = await client.signing.request(id, key!.id).catch((error: unknown) => error)
        await client.packageTests.cancel(id)
        await client.packageTests.restart({ task })
        const tests = await client.packageTests.list(task)
        const first = await client.packageTests.list(task, 1)
        const logs = await client.packageTests.logs(task)
        await client.close()
        return { key, asked, refused, tests, first, logs }
      })
      assert.strictEqual(said.key!.fingerprint, fingerprint)
      assert.deepStrictEqual(said.asked.map(({ build_id, status }) => [build_id, status]), [[id, 1]])
      assert.deepInclude(said.refused as object, { reason: "refused", status: 409 })
      assert.deepStrictEqual([...said.tests, ...said.first].map(({ revision, status }) => [revision, status]), [
        [3, 1],
        [1, 5]
      ])
      assert.deepStrictEqual(said.logs, [])
    })), 300_000)
})
