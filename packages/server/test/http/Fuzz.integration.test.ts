/**
 * Every endpoint of every face with requests that nobody should send, made from the descriptions of the faces: none makes the server
 * fail, none takes for ever, and what was refused left nothing half written.
 *
 * `ORCH_FUZZ_SEED` and `ORCH_FUZZ_RUNS` (requests to each endpoint) make other and more requests.
 */
import { assert, describe, it } from "@effect/vitest"
import { AlbsApi } from "@orch/api"
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import { createHash } from "node:crypto"
import { request } from "node:http"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"
import * as GeneratedRequests from "./GeneratedRequests.ts"

const seed = Number(process.env["ORCH_FUZZ_SEED"] ?? 1)
const runs = Number(process.env["ORCH_FUZZ_RUNS"] ?? 8)

/** Milliseconds after which a request counts as one that is never answered. */
const patience = 60_000

/** Faces that take the paths of others' services as they are, and are described there. */
const described = (method: string, path: string, query: ReadonlyArray<string> = []): GeneratedRequests.Operation => ({
  method,
  path,
  parameters: query.map((name) => ({ name, in: "query" })),
  body: method === "GET" ? undefined : {
    type: "object",
    properties: Object.fromEntries(
      [
        "scmurl",
        "branch",
        "modulemd",
        "module_name",
        "module_stream",
        "state",
        "scratch",
        "srpms",
        "owner",
        "buildrequire_overrides",
        "require_overrides",
        "rebuild_strategy",
        "reuse_components_from",
        "side_tag",
        "distro",
        "distro_version",
        "chacra_url",
        "url",
        "ref",
        "sha1",
        "flavor",
        "status",
        "archs",
        "extra",
        "log_url",
        "build_id",
        "modified",
        "sign",
        "size",
        "sha256"
      ].map((name) => [name, {}])
    )
  },
  statuses: [200, 503],
  schemas: {}
})

const page = ["page", "per_page", "order_by", "order_desc_by", "verbose"]

const plain = [
  described("POST", "/module-build-service/{a}/module-builds/"),
  described("GET", "/module-build-service/1/module-builds/", [
    ...page,
    "state",
    "name",
    "submitted_before",
    "base_module_br"
  ]),
  described("GET", "/module-build-service/2/module-builds/{a}", ["verbose"]),
  described("PATCH", "/module-build-service/2/module-builds/{a}"),
  described("GET", "/module-build-service/1/module-builds/{a}/{b}"),
  described("POST", "/module-build-service/1/module-builds/{a}/components/{b}/retry"),
  described("GET", "/module-build-service/2/component-builds/", [...page, "module_build", "batch", "ref"]),
  described("GET", "/module-build-service/2/component-builds/{a}"),
  described("GET", "/module-build-service/1/final-modulemd/{a}"),
  described("POST", "/module-build-service/1/import-module/"),
  described("GET", "/module-build-service/1/log-messages/{a}/{b}", page),
  described("GET", "/api/repos/{a}/{b}/{c}"),
  described("POST", "/api/repos/{a}/"),
  described("GET", "/api/search/", ["project", "distros", "flavor", "ref", "sha1", "status"]),
  described("GET", "/api/builds/{a}/{b}/"),
  described("POST", "/api/builds/{a}/"),
  described("GET", "/api/nodes/{a}/"),
  described("POST", "/api/nodes/{a}/"),
  described("POST", "/repos/{a}"),
  described("GET", "/repos/{a}/{b}/{c}/{d}/{e}/"),
  described("GET", "/repositories/{a}/{b}"),
  described("GET", "/logs/{a}"),
  described("GET", "/metrics"),
  described("POST", "/pulp/api/v3/uploads/"),
  described("GET", "/pulp/api/v3/uploads/{a}/"),
  described("PUT", "/pulp/api/v3/uploads/{a}/"),
  described("POST", "/pulp/api/v3/uploads/{a}/commit/"),
  described("GET", "/pulp/api/v3/artifacts/", ["sha256", "limit", "offset"]),
  described("GET", "/pulp/api/v3/tasks/{a}/"),
  described("GET", "/pulp/content/artifacts/{a}/{b}"),
  described("DELETE", "/{a}/{b}/{c}")
]

interface Reply {
  readonly status: number
  readonly text: string
}

const send = (
  base: string,
  authorization: string,
  given: GeneratedRequests.GeneratedRequest
): Promise<Reply | string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(base)
    const asked = request({
      hostname,
      port,
      method: given.method,
      path: given.path,
      headers: { ...given.headers, authorization }
    })
    asked.on("response", (response) => {
      let text = ""
      const done = () => {
        asked.destroy()
        resolve({ status: response.statusCode ?? 0, text })
      }
      // An event stream does not end.
      if (response.headers["content-type"]?.includes("event-stream") === true) return done()
      response.setEncoding("utf8").on("data", (chunk: string) => {
        if (text.length < 10_000) text += chunk
      }).on("end", done).on("error", done)
    })
    asked.setTimeout(patience, () => {
      asked.destroy()
      resolve(`no answer within ${patience} ms`)
    })
    asked.on("error", (error) => resolve(error.message))
    asked.end(given.body)
  })

/** Whether an answer is a fault of the server: what an endpoint says it may answer is none. The database is there all the time. */
const isFault = ({ status, text }: Reply, { statuses }: GeneratedRequests.Operation): boolean =>
  (status >= 500 && status !== 501 && !(statuses.includes(status) && [503, 504].includes(status)))
  || /\n\s+at .*:\d+:\d+|node_modules|SqlError|database does not answer/.test(text)

const shorten = (text: string): string => text.length > 400 ? `${text.slice(0, 400)}…` : text

const token = "fuzz-token"

describe("requests that nobody should send", () => {
  it.live(
    "are answered by every endpoint without a fault, in bounded time, and leave nothing half written",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { git, sql, url } = yield* TestServer.start({
          ORCH_AUTH: "token",
          ORCH_API_TOKENS: `root:packager|admins|importers|node|signer|tester:${
            createHash("sha256").update(token).digest("hex")
          }`,
          ORCH_ADMIN_GROUPS: "admins",
          ORCH_IMPORT_GROUPS: "importers",
          ORCH_ALLOW_YAML: "true",
          ORCH_ALLOW_SCRATCH: "true",
          ORCH_JOBS: "1"
        })
        TestRepository.make(Path.join(git, "rpms", "slow")).commit({ "slow.spec": "Name: slow\n" })
        const post = (path: string, body: unknown) =>
          Effect.promise(() =>
            send(url, `Bearer ${token}`, {
              method: "POST",
              path,
              headers: { "content-type": "application/json" },
              body: JSON.stringify(body)
            })
          )
        // So that there is something that the requests can meet.
        yield* post("/orch/v1/module-builds/", { yaml_modulemd: TestServer.modulemd({ slow: [] }) })
        yield* post("/api/v1/platforms/", {
          name: "el9",
          type: "rpm",
          distr_type: "rhel",
          distr_version: "9",
          arch_list: ["x86_64"],
          data: { mock: {}, yum: {}, definitions: {}, versions: [] }
        })
        yield* post("/orch/v1/package-builds", {
          platforms: [{ name: "el9", arches: ["x86_64"] }],
          refs: [{ url: `file://${git}/rpms/slow`, ref: "main" }]
        })
        const served = yield* Effect.promise(() => fetch(`${url}/openapi.json`).then((reply) => reply.json()))
        const operations = [
          ...GeneratedRequests.operationsOf(served),
          ...GeneratedRequests.operationsOf(OpenApi.fromApi(AlbsApi)),
          ...plain
        ]
        assert.isAbove(operations.length, 100)
        const faults: Array<string> = []
        yield* Effect.forEach(operations, (operation) =>
          Effect.promise(async () => {
            const all = [
              ...GeneratedRequests.requests(operation, seed, runs),
              ...GeneratedRequests.inEachPlace(operation)
            ]
            for (const given of all) {
              const reply = await send(url, `Bearer ${token}`, given)
              // A request that Node.js itself does not take is hung up on.
              if (typeof reply === "string" ? reply.startsWith("no answer") : isFault(reply, operation)) {
                faults.push(
                  `${given.method} ${shorten(given.path)} ${shorten(given.body ?? "")}: ${
                    typeof reply === "string" ? reply : `${reply.status} ${shorten(reply.text)}`
                  }`
                )
              }
            }
          }), { concurrency: 4, discard: true })
        assert.deepStrictEqual(faults, [])
        const halves = yield* sql<{ what: string; count: bigint }>`
          SELECT 'module builds without an event' AS what, count(*) AS count FROM module_build AS m
          WHERE m.revision = 0 OR NOT EXISTS (SELECT FROM module_build_event AS e WHERE e.module_build_id = m.id)
          UNION ALL
          SELECT 'module builds without their components', count(*) FROM module_build AS m
          WHERE jsonb_array_length(m.plan -> 'components')
            <> (SELECT count(*) FROM component_build AS c WHERE c.module_build_id = m.id)
          UNION ALL
          SELECT 'package builds without an event', count(*) FROM package_build AS p
          WHERE p.revision = 0 OR NOT EXISTS (SELECT FROM package_build_event AS e WHERE e.package_build_id = p.id)`
        assert.deepStrictEqual(halves.filter(({ count }) => Number(count) > 0), [])
        for (
          const path of [
            "/orch/v1/module-builds",
            "/orch/v1/package-builds",
            "/api/v1/builds?pageNumber=1",
            "/api/repos/"
          ]
        ) {
          assert.strictEqual((yield* Effect.promise(() => fetch(`${url}${path}`))).status, 200, path)
        }
      })),
    400_000
  )
})
