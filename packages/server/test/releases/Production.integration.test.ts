/** Production repositories at a Pulp: listed, synced from elsewhere, compared with that and with each other. */
import { assert, describe, it } from "@effect/vitest"
import type { ProductionRepository, RepositoryComparison } from "@orch/api/orch/ProductionApi"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as ReleaseServer from "./ReleaseServer.ts"

const name = (family: string) => `production/almalinux-8-${family}/x86_64/os`

describe.skipIf(ReleaseServer.packages === undefined)(
  "production repositories (skipped where rpmbuild is not installed)",
  () => {
    it.live(
      "are synced from elsewhere, and compared with that and with each other",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const { pulp, server } = yield* ReleaseServer.startWithPulp
          const build = yield* server.built("chan")
          const typed = (method: string, path: string, as: "alice" | "tester1" | "root", body?: unknown) =>
            server.send(
              method,
              `/orch/v1/production-repositories${path}`,
              as,
              body === undefined ? undefined : JSON.stringify(body)
            )
          const drift = (query: Readonly<Record<string, string>>) =>
            typed("GET", `/drift?${new URLSearchParams(query)}`, "alice")
          const differences = (query: Readonly<Record<string, string>>) =>
            Effect.map(drift(query), ({ body }) => (body as RepositoryComparison).differences)

          const order = { builds: [build], platform_id: server.platform, reference_platform_id: server.platform }
          const made = (yield* server.ask("POST", "/releases/new/", "root", order)).body as ReleaseServer.Release
          const done = yield* server.ask("POST", `/releases/${made.id}/commit/`, "root")
          assert.deepInclude(done.body, { message: "Successfully committed release" })

          const listed = (yield* typed("GET", "", "alice")).body as ReadonlyArray<ProductionRepository>
          assert.includeMembers(listed.map((one) => one.name), [name("baseos"), name("devel")])
          assert.deepStrictEqual(yield* differences({ name: name("baseos"), against: name("devel") }), [
            { kind: "missing", nevra: "chan-0:1.0-1.noarch", expected: null }
          ])
          assert.deepStrictEqual(yield* differences({ name: name("devel"), against: name("baseos") }), [
            { kind: "added", nevra: "chan-0:1.0-1.noarch", expected: null }
          ])
          for (
            const [query, status] of [
              [{}, 400],
              [{ name: name("baseos") }, 400],
              [{ name: "production/none/x86_64/os" }, 404],
              [{ name: name("baseos"), against: "none" }, 404]
            ] as const
          ) assert.strictEqual((yield* drift(query)).status, status, JSON.stringify(query))

          const from = `${pulp.url}/pulp/content/orch/${name("devel").replaceAll("/", "~")}/`
          const sync = { name: name("baseos"), url: from }
          assert.strictEqual((yield* typed("POST", "/sync", "alice", sync)).status, 403)
          assert.strictEqual((yield* typed("POST", "/sync", "tester1", { ...sync, url: "file:///etc" })).status, 400)
          assert.strictEqual((yield* typed("POST", "/sync", "tester1", { name: name("baseos") })).status, 400)
          assert.strictEqual((yield* typed("POST", "/sync", "tester1", sync)).status, 202)
          const synced = (repository: string) =>
            server.until(
              Effect.map(
                typed("GET", "", "alice"),
                ({ body }) => (body as ReadonlyArray<ProductionRepository>).find((one) => one.name === repository)?.sync
              ),
              (found) => found?.state === "done" || found?.state === "failed"
            )
          assert.deepInclude(yield* synced(name("baseos")), { state: "done", url: from, requested_by: "tester1" })
          assert.deepStrictEqual(yield* differences({ name: name("baseos") }), [])

          // A Pulp that is away for longer than a request waits for it is no reason to give up.
          const absence = yield* Effect.forkChild(Effect.promise(() => pulp.goAway(9000)))
          assert.strictEqual((yield* typed("POST", "/sync", "tester1", { ...sync, mirror: true })).status, 202)
          assert.deepInclude(yield* synced(name("baseos")), { state: "done", mirror: true })
          yield* Fiber.join(absence)

          const nowhere = `${pulp.url}/pulp/content/nowhere/`
          yield* typed("POST", "/sync", "root", { name: name("devel"), url: nowhere })
          const failed = yield* synced(name("devel"))
          assert.strictEqual(failed?.state, "failed")
          assert.include(failed?.reason ?? "", "nowhere")
          assert.strictEqual((yield* drift({ name: name("devel") })).status, 503)
        })),
      180_000
    )
  }
)
