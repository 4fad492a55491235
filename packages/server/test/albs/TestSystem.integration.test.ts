/** A test system that is told of tests: each once, however often it has to be asked, and heard when it answers. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as FaceServer from "./FaceServer.ts"

const packages = FaceServer.makePackages(["chan", "libchan"])

interface Told {
  readonly authorization: string | undefined
  readonly order: Readonly<Record<string, unknown>>
}

/** Does not take the first order, and every other one but those of a package that it refuses. */
const testSystem = (refused?: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly told: Array<Told>; readonly close: () => void }>((resume) => {
      const told: Array<Told> = []
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
          const isWanted = request.method === "POST" && request.url === "/tasks/schedule"
          if (isWanted) {
            const order = JSON.parse(Buffer.concat(chunks).toString()) as Told["order"]
            told.push({ authorization: request.headers.authorization, order })
          }
          const isRefused = isWanted && told.at(-1)!.order["package_name"] === refused
          response.statusCode = !isWanted
            ? 404
            : isRefused
            ? 422
            : refused === undefined && told.length === 1
            ? 503
            : 201
          response.setHeader("content-type", "application/json")
          response.end(JSON.stringify({ success: response.statusCode === 201, task_id: "x", api_version: "0.1" }))
        })
      }).listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({
          url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          told,
          close: () => server.close()
        })))
    }),
    ({ close }) => Effect.sync(close)
  )

describe.skipIf(packages === undefined)("a test system (skipped where rpmbuild is not installed)", () => {
  it.live(
    "is told of every test until it takes it, and its result ends the test",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const system = yield* testSystem()
        const server = yield* FaceServer.start({
          ORCH_TEST_SYSTEM_URL: `${system.url}/`,
          ORCH_PUBLIC_URL: "https://build.example.org",
          ORCH_TEST_SYSTEM_TOKEN: "alts"
        })
        const id = yield* server.submit(["chan"])
        for (const file of ["chan-1.0-1.src.rpm", "chan-1.0-1.noarch.rpm"]) {
          const task = yield* server.take("node1")
          yield* server.done("node1", task!, [yield* server.upload("node1", file, packages!.get(file)!)])
        }
        yield* server.finished(id)
        const tests = yield* server.until(
          Effect.map(server.get(id), ({ tasks }) => tasks.flatMap(({ test_tasks }) => test_tasks)),
          (found) => found.some(({ status }) => status === 2)
        )
        assert.deepStrictEqual(tests.map(({ status }) => status), [2])
        assert.deepStrictEqual(system.told.map(({ authorization }) => authorization), ["Bearer alts", "Bearer alts"])
        const [first, second] = system.told
        assert.deepStrictEqual(first, second)
        assert.deepInclude(second!.order, {
          runner_type: "docker",
          dist_name: "almalinux",
          dist_version: "8",
          dist_arch: "x86_64",
          package_name: "chan",
          package_version: "1.0-1",
          callback_href: `/api/v1/tests/${tests[0]!.id}/result/`
        })
        const [repository] = second!.order["repositories"] as ReadonlyArray<{ readonly baseurl: string }>
        assert.match(repository!.baseurl, /^https:\/\/build\.example\.org\/repositories\//)
        // Whoever asks gets nothing: it is the other's.
        assert.deepStrictEqual((yield* server.ask("GET", "/tests/get_test_tasks/", "tester1")).body, [])
        const result = { api_version: "0.1", result: { install_package: { success: true }, tests: {}, logs: [] } }
        const path = String(second!.order["callback_href"]).replace("/api/v1", "")
        assert.strictEqual((yield* server.ask("POST", path, "tester1", result)).status, 200)
        const ended = yield* server.get(id)
        assert.deepStrictEqual(ended.tasks.flatMap(({ test_tasks }) => test_tasks.map(({ status }) => status)), [3])
        assert.lengthOf(system.told, 2)
      })),
    300_000
  )

  it.live("that refuses one test is told of all others", () =>
    Effect.scoped(Effect.gen(function*() {
      const system = yield* testSystem("chan")
      const server = yield* FaceServer.start({
        ORCH_TEST_SYSTEM_URL: system.url,
        ORCH_PUBLIC_URL: "https://build.example.org"
      })
      const configuration = { tests: [{ url: "https://git.example.org/tests", ref: "main" }] }
      const id = yield* server.submit([], {
        tasks: ["chan", "libchan"].map((name) => ({
          url: `https://git.example.org/rpms/${name}.git`,
          git_ref: "c8",
          test_configuration: configuration
        }))
      })
      for (let task = 0; task < 4; task++) {
        const { arch, ref, ...rest } = (yield* server.take("node1"))!
        const name = /([a-z]+)\.git$/.exec(ref.url)![1]!
        const file = `${name}-1.0-1.${arch === "src" ? "src" : "noarch"}.rpm`
        yield* server.done("node1", { arch, ref, ...rest }, [yield* server.upload("node1", file, packages!.get(file)!)])
      }
      yield* server.finished(id)
      const tests = yield* server.until(
        Effect.map(server.get(id), ({ tasks }) => tasks.flatMap(({ test_tasks }) => test_tasks)),
        (found) => found.some(({ status }) => status === 2)
      )
      assert.deepStrictEqual(tests.map(({ status }) => status).sort(), [1, 2])
      assert.deepStrictEqual(system.told.at(-1)!.order["test_configuration"], configuration)
    })), 300_000)
})
