/** What requests are refused with, and that builds are found by what they are for before anybody has begun with them. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FaceServer from "./FaceServer.ts"

it.live(
  "every problem is named at once, paths and methods that are none are told as clients expect, and waiting builds are found",
  () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* FaceServer.start()
      const { body, status } = yield* server.ask("POST", "/builds/", "alice", {
        platforms: [{ name: "el8", arch_list: ["x86_64", "mips"] }, { name: "none", arch_list: ["x86_64"] }],
        tasks: [{ url: "https://git.example.org/a.git", ref_type: 7 }, { url: "gopher://x" }]
      })
      assert.strictEqual(status, 422)
      const { detail } = body as { readonly detail: ReadonlyArray<{ readonly loc: ReadonlyArray<string | number> }> }
      assert.sameDeepMembers(detail.map(({ loc }) => loc.slice(1)), [
        ["platforms", 0, "arch_list", 1],
        ["platforms", 1, "name"],
        ["tasks", 0, "ref_type"],
        ["tasks", 1, "url"]
      ])
      const empty = yield* server.ask("POST", "/builds/", "alice", { platforms: [], tasks: [] })
      assert.deepStrictEqual(
        (empty.body as { readonly detail: ReadonlyArray<{ readonly type: string }> }).detail.map(({ type }) => type),
        ["too_short", "too_short"]
      )
      assert.deepStrictEqual(yield* server.ask("GET", "/nothing/", "alice"), {
        status: 404,
        body: { detail: "Not Found" }
      })
      assert.deepStrictEqual(yield* server.ask("DELETE", "/platforms/", "root"), {
        status: 405,
        body: { detail: "Method Not Allowed" }
      })
      const build = yield* server.submit(["chan"])
      const found = (arch: string) =>
        Effect.map(
          server.ask("GET", `/builds/?pageNumber=1&build_task_arch=${arch}`, "alice"),
          ({ body }) => (body as { readonly builds: ReadonlyArray<{ readonly id: number }> }).builds.map(({ id }) => id)
        )
      assert.deepStrictEqual(yield* found("x86_64"), [build])
      assert.deepStrictEqual(yield* found("src"), [build])
      assert.deepStrictEqual(yield* found("i686"), [])
      // Numbers and truth values as pydantic reads them; numbers that nothing can have are of nothing.
      for (
        const path of [`/builds/${build}.0/`, `/builds/+${build}`, "/builds/?pageNumber=1.0&released=N&signed=off"]
      ) {
        assert.strictEqual((yield* server.ask("GET", path, undefined)).status, 200, path)
      }
      for (const id of ["-1", "0", "9".repeat(40)]) {
        assert.strictEqual((yield* server.ask("GET", `/builds/${id}/`, undefined)).status, 404, id)
      }
      for (const path of ["/builds/1.5/", "/builds/?pageNumber=-1", "/builds/?pageNumber=1&signed=maybe"]) {
        assert.strictEqual((yield* server.ask("GET", path, undefined)).status, 422, path)
      }
      const texts = yield* server.ask("POST", "/builds/", "alice", {
        platforms: [{ name: "el8", arch_list: ["x86_64"], parallel_mode_enabled: "yes" }],
        tasks: [{ url: "https://git.example.org/rpms/text.git", ref_type: "1" }],
        linked_builds: [`${build}`],
        is_secure_boot: "on",
        product_id: "1"
      })
      const { linked_builds, tasks } = texts.body as {
        readonly linked_builds: unknown
        readonly tasks: ReadonlyArray<{ readonly is_secure_boot: unknown }>
      }
      assert.deepStrictEqual([linked_builds, tasks[0]!.is_secure_boot], [[build], true])
    })),
  120_000
)
