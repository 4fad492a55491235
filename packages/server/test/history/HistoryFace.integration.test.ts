/** The history of branches from outside: forges tell, the server looks, people ask. */
import { assert, describe, it } from "@effect/vitest"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as BranchHistory from "@orch/server/history/BranchHistory"
import * as BranchLooks from "@orch/server/history/BranchLooks"
import * as GitSourceControl from "@orch/server/scm/GitSourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHmac } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as Databases from "../support/Databases.ts"
import * as TestServer from "../support/TestServer.ts"

const id = (letter: string) => letter.repeat(40)

describe("the history of branches over HTTP", () => {
  it.live("is what forges tell, each time once, and what is asked is checked", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* TestServer.start({ ORCH_PUSH_SECRET: "s3cret", ORCH_HISTORY_MINUTES: "0" })
      const push = (before: string, after: string, forced = false) =>
        Effect.promise(async () => {
          const body = JSON.stringify({
            ref: "refs/heads/main",
            before,
            after,
            forced,
            pusher: { name: "alice" },
            repository: { full_name: "rpms/zlib", clone_url: "https://git.example.org/rpms/zlib.git" }
          })
          const hmac = createHmac("sha256", "s3cret").update(body).digest("hex")
          const headers = { "x-hub-signature-256": `sha256=${hmac}`, "x-github-event": "push" }
          return (await fetch(`${server.url}/hooks/github`, { method: "POST", headers, body })).status
        })
      const ask = (path: string, init?: RequestInit) =>
        Effect.promise(async () => {
          const reply = await fetch(`${server.url}/orch/v1/history/${path}`, init)
          return { status: reply.status, body: await reply.json() as never }
        })
      const none = "0".repeat(40)
      assert.strictEqual(yield* push(none, id("a")), 200)
      assert.strictEqual(yield* push(id("b"), id("c"), true), 200)
      assert.strictEqual(yield* push(id("a"), id("b")), 200)
      assert.strictEqual(yield* push(id("a"), id("b")), 200)
      assert.strictEqual(yield* push(id("c"), none), 200)

      const { body } = yield* ask("intervals?repository=rpms/zlib&ref=main")
      const all = body as ReadonlyArray<Record<string, unknown>>
      assert.deepStrictEqual(all.map(({ actor, commit, forced, gap }) => [commit, forced, actor, gap]), [
        [null, false, "alice", false],
        [id("c"), true, "alice", false],
        [id("b"), false, "alice", false],
        [id("a"), false, "alice", false]
      ])
      const then = yield* ask(`at?repository=rpms/zlib&ref=main&at=${all[1]!["from"] as string}`)
      assert.strictEqual((then.body as Record<string, unknown>)["commit"], id("c"))
      assert.strictEqual((yield* ask("at?repository=rpms/zlib&ref=other")).status, 404)
      assert.strictEqual((yield* ask("at?repository=rpms/zlib&ref=main&at=yesterday")).status, 400)
      assert.strictEqual((yield* ask("commits?repository=rpms/zlib&commit=xyz")).status, 400)

      const changes = [{ before: null, after: id("1"), at: "2020-01-01T00:00:00Z" }]
      const told = { repository: "https://git.example.org/rpms/zlib", ref: "main", source: "backfill", changes }
      const tell = (payload: unknown) => ask("observations", { method: "POST", body: JSON.stringify(payload) })
      assert.deepStrictEqual(yield* tell(told), { status: 200, body: { recorded: 1 } as never })
      assert.deepStrictEqual(yield* tell(told), { status: 200, body: { recorded: 0 } as never })
      assert.strictEqual((yield* tell({ ...told, changes: [{ after: "x" }] })).status, 400)
      const refs = (yield* ask("refs?repository=rpms/zlib")).body as ReadonlyArray<Record<string, unknown>>
      assert.deepStrictEqual(refs.map(({ commit, ref }) => [ref, commit]), [["refs/heads/main", null]])
      assert.deepStrictEqual(yield* ask("stale"), { status: 200, body: [] as never })
    })))
})

describe("a look at branches", () => {
  it.live("finds pushes, set-backs and deletions that nobody told of", () =>
    Effect.scoped(Effect.gen(function*() {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => TestRepository.temporary()),
        (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
      )
      const repository = TestRepository.make(Path.join(directory, "rpms", "zlib"))
      const first = repository.commit({ a: "1" })
      repository.git("branch", "f1")
      const services = Layer.mergeAll(
        BranchHistory.layer.pipe(Layer.provide(Databases.any)),
        GitSourceControl.layer({ dataDir: directory, allow: ScmAllowList.parseUnsafe(`file://${directory}`) })
      )
      yield* Effect.gen(function*() {
        const branches = yield* BranchHistory.BranchHistory
        const look = BranchLooks.round({ minutes: 0, watched: [`${repository.url}#f1`] })
        const seen = Effect.map(
          branches.intervals(repository.url, "f1", undefined, 10),
          (all) => all.map(({ commit, forced, source }) => [commit, forced, source])
        )
        assert.strictEqual(yield* look, 1)
        assert.strictEqual(yield* look, 0)
        const second = repository.commit({ a: "2" })
        repository.git("branch", "--force", "f1", second)
        assert.strictEqual(yield* look, 1)
        repository.git("branch", "--force", "f1", first)
        assert.strictEqual(yield* look, 1)
        repository.git("branch", "--delete", "--force", "f1")
        assert.strictEqual(yield* look, 1)
        Fs.renameSync(repository.directory, `${repository.directory}-away`)
        assert.strictEqual(yield* look, 0)
        assert.deepStrictEqual(yield* seen, [
          [null, null, "poll"],
          [first, true, "poll"],
          [second, false, "poll"],
          [first, null, "poll"]
        ])
      }).pipe(Effect.provide(services))
    })))
})
