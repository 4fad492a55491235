/** Tests of built packages over HTTP: made once, taken once, reported, run again. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FaceServer from "./FaceServer.ts"

const packages = FaceServer.makePackages(["chan"])

interface TestTask {
  readonly id: number
  readonly package_name: string
  readonly status: number
  readonly revision: number
}

const log = "1..3\nok 1 - installs\nnot ok 2 - runs\n# reason\nok 3 - removes # SKIP none\n"

const skipped = packages === undefined ? " [skipped: there is no rpmbuild]" : ""

describe.skipIf(packages === undefined)(`tests of a build${skipped}`, () => {
  it.live(
    "are made once it has finished, go to one test system each, and run again in a new revision",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* FaceServer.start()
        const id = yield* server.submit(["chan"])
        for (const file of ["chan-1.0-1.src.rpm", "chan-1.0-1.noarch.rpm"]) {
          const task = yield* server.take("node1")
          const reported = yield* server.upload("node1", file, packages!.get(file)!)
          const source = yield* server.upload("node1", "chan-1.0-1.src.rpm", packages!.get("chan-1.0-1.src.rpm")!)
          const done = yield* server.done("node1", task!, task!.arch === "src" ? [source] : [reported])
          assert.strictEqual(done.status, 200, JSON.stringify(done.body))
        }
        yield* server.finished(id)
        const build = yield* server.until(
          server.get(id),
          ({ tasks }) => tasks.some(({ test_tasks }) => test_tasks.length > 0)
        )
        const binary = build.tasks.find(({ arch }) => arch === "x86_64")!
        assert.deepStrictEqual(binary.test_tasks.map(({ revision, status }) => [revision, status]), [[1, 1]])
        assert.deepStrictEqual(build.tasks.find(({ arch }) => arch === "src")!.test_tasks, [])

        for (const caller of [undefined, "eve", "alice", "node1"] as const) {
          assert.strictEqual((yield* server.ask("GET", "/tests/get_test_tasks/", caller)).status, 403, caller)
        }
        const taken = yield* Effect.all(
          Array.from({ length: 8 }, () => server.ask("GET", "/tests/get_test_tasks/", "tester1")),
          { concurrency: 8 }
        )
        const given = taken.flatMap(({ body }) =>
          body as ReadonlyArray<Record<string, unknown> & { readonly id: number }>
        )
        assert.lengthOf(given, 1)
        const { id: test, repositories, ...order } = given[0]!
        assert.deepStrictEqual(order, {
          runner_type: "docker",
          dist_name: "almalinux",
          dist_version: "8",
          dist_arch: "x86_64",
          package_name: "chan",
          package_version: "1.0-1",
          callback_href: `/api/v1/tests/${test}/result/`
        })
        assert.deepStrictEqual(
          (repositories as ReadonlyArray<{ readonly name: string }>).map(({ name }) => name),
          [`el8-x86_64-${id}-br`]
        )

        const uploaded = yield* server.upload("tester1", "tests_1_tap.log", new TextEncoder().encode(log))
        const report = {
          api_version: "0.1",
          result: {
            install_package: { success: true },
            tests: { smoke: { success: false, output: "x" } },
            logs: [{ name: "tests_1_tap.log", href: uploaded.href }]
          },
          stats: { schedule_time: "2026-01-01 19:00:00.1" }
        }
        const path = `/tests/${test}/result/`
        const missing = yield* server.ask("POST", path, "tester1", { result: {} })
        assert.strictEqual(missing.status, 422)
        assert.strictEqual((yield* server.ask("POST", path, "node1", report)).status, 403)
        assert.strictEqual((yield* server.ask("POST", "/tests/9999/result/", "tester1", report)).status, 404)
        assert.deepStrictEqual(yield* server.ask("POST", path, "tester1", report), { status: 200, body: { ok: true } })
        // The same once more was heard; another one comes too late.
        assert.strictEqual((yield* server.ask("POST", path, "tester1", report)).status, 200)
        assert.strictEqual((yield* server.ask("POST", path, "tester1", { ...report, result: {} })).status, 409)

        const latest = Effect.map(
          server.ask("GET", `/tests/${binary.id}/latest`, undefined),
          ({ body }) => body as ReadonlyArray<TestTask>
        )
        assert.deepInclude((yield* latest)[0]!, { id: test, package_name: "chan", status: 4, revision: 1 })
        const logs = yield* server.until(
          server.ask("GET", `/tests/${binary.id}/logs`, undefined),
          ({ body }) => (body as ReadonlyArray<unknown>).length > 0
        )
        assert.deepStrictEqual(logs.body, [{
          id: test,
          log,
          log_name: "tests_1_tap.log",
          success: false,
          logs_format: "text",
          tap_results: [
            { test_name: "- installs", status: 2, diagnostic: "" },
            { test_name: "- runs", status: 1, diagnostic: "# reason" },
            { test_name: "- removes", status: 4, diagnostic: "" }
          ]
        }])

        const restart = `/tests/build/${id}/restart`
        assert.strictEqual((yield* server.ask("PUT", restart, undefined)).status, 403)
        assert.strictEqual((yield* server.ask("PUT", restart, "bob")).status, 403)
        // Of several who ask at once one is heard.
        const restarted = yield* Effect.all(
          Array.from({ length: 4 }, () => server.ask("PUT", restart, "alice")),
          { concurrency: 4 }
        )
        assert.deepStrictEqual(restarted.map(({ status }) => status).toSorted(), [200, 409, 409, 409])
        assert.deepInclude((yield* latest)[0]!, { package_name: "chan", status: 1, revision: 2 })
        const first = yield* server.ask("GET", `/tests/${binary.id}/1`, undefined)
        assert.deepInclude((first.body as ReadonlyArray<TestTask>)[0]!, { id: test, revision: 1 })

        assert.strictEqual((yield* server.ask("PUT", `/tests/build/${id}/cancel`, "alice")).status, 200)
        assert.deepInclude((yield* latest)[0]!, { status: 5, revision: 2 })
        assert.strictEqual((yield* server.ask("PUT", `/tests/build_task/${binary.id}/restart`, "alice")).status, 200)
        assert.deepInclude((yield* latest)[0]!, { status: 1, revision: 3 })
        for (const unknown of ["/tests/99999/latest", "/tests/99999/logs", "/tests/99999/1"]) {
          assert.strictEqual((yield* server.ask("GET", unknown, undefined)).status, 404, unknown)
        }
      })),
    300_000
  )
})
