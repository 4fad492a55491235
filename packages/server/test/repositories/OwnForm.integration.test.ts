/** The records in this server's own form, on the whole server: typed errors, paging, promotion, the pool. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestServer from "../support/TestServer.ts"
import * as FakeNode from "./FakeNode.ts"

const credentials = { authorization: `Basic ${Buffer.from("ci:secret").toString("base64")}` }

const caller =
  (url: string) => (method: string, path: string, body?: unknown, headers: Record<string, string> = credentials) =>
    Effect.promise(async () => {
      const reply = await fetch(url + path, {
        method,
        headers: { "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      const text = await reply.text()
      return { status: reply.status, json: text === "" ? undefined : JSON.parse(text) }
    })

const first = (sha1: string, distro: string, distro_version: string, archs: ReadonlyArray<string>) => ({
  chacra_url: `https://store.example/${sha1}/${distro}/`,
  status: "ready",
  ref: "main",
  sha1,
  flavor: "default",
  distro,
  distro_version,
  archs
})

describe("/orch/v1/repositories", () => {
  it.live(
    "records, finds the common commit by architecture, pages, promotes; refuses with reasons",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { url } = yield* TestServer.start({ ORCH_BASIC_USERS: "ci:secret", ORCH_WRITE_TOKENS: "t0ken" })
        const call = caller(url)
        const post = (body: unknown) => call("POST", "/orch/v1/repositories/ceph", body)
        assert.deepStrictEqual((yield* post(first("a", "centos", "9", ["x86_64"]))).json, { outcome: "created" })
        yield* post(first("a", "ubuntu", "jammy", ["x86_64"]))
        yield* post(first("b", "centos", "9", ["x86_64", "arm64"]))
        yield* post(first("b", "ubuntu", "jammy", ["arm64"]))
        const common = (arch: string) =>
          Effect.map(
            call("GET", `/orch/v1/repositories?project=ceph&common_sha1=true&distros=centos.9,Ubuntu/22.04${arch}`),
            (reply) => reply.json.items.map((each: { sha1: string; distro: string }) => `${each.sha1}:${each.distro}`)
          )
        assert.deepStrictEqual(yield* common("&arch=x86_64"), ["a:centos", "a:ubuntu"])
        assert.deepStrictEqual(yield* common("&arch=arm64"), ["b:centos", "b:ubuntu"])
        assert.deepStrictEqual(yield* common(""), ["b:centos", "b:ubuntu"])
        assert.deepStrictEqual(yield* common("&arch=riscv64"), [])
        yield* post({ ...first("c", "centos", "9", ["x86_64"]), status: "building" })
        yield* post({ ...first("c", "ubuntu", "jammy", ["x86_64"]), status: "building" })
        assert.deepStrictEqual(yield* common("&arch=x86_64"), ["a:centos", "a:ubuntu"])
        assert.deepStrictEqual(yield* common("&arch=x86_64&status=any"), ["c:centos", "c:ubuntu"])
        for (const distro of ["centos", "ubuntu"]) {
          const { chacra_url } = first("c", distro, "", [])
          assert.deepStrictEqual((yield* post({ chacra_url, status: "deleted" })).json, { outcome: "deleted" })
        }

        const seen: Array<string> = []
        let next: string | null = ""
        while (next !== null) {
          const page: { json: { items: ReadonlyArray<{ chacra_url: string }>; next: string | null } } = yield* call(
            "GET",
            `/orch/v1/repositories?project=ceph&limit=3${next === "" ? "" : `&before=${next}`}`
          )
          seen.push(...page.json.items.map((each) => each.chacra_url))
          next = page.json.next
        }
        assert.deepStrictEqual([seen.length, new Set(seen).size], [4, 4])

        const { chacra_url } = first("a", "centos", "9", [])
        assert.strictEqual(
          (yield* call("POST", "/orch/v1/repository-promotions", { chacra_url, release: "v1" })).status,
          204
        )
        assert.strictEqual(
          (yield* call("POST", "/orch/v1/repository-promotions", { chacra_url: "x", release: "v1" })).status,
          404
        )
        assert.strictEqual((yield* post({ chacra_url: "https://new/", status: "ready" })).status, 400)
        assert.strictEqual((yield* post({ status: "ready" })).status, 400)
        assert.strictEqual(
          (yield* call("POST", "/orch/v1/repositories/ceph", first("c", "x", "1", []), {})).status,
          401
        )
        const bearer = { authorization: "Bearer t0ken" }
        assert.strictEqual(
          (yield* call("POST", "/orch/v1/repositories/ceph", first("c", "x", "1", []), bearer)).status,
          200
        )
        for (
          const query of [
            "limit=0",
            "limit=x",
            "limit=5000",
            "before=x",
            "distros=,",
            "common_sha1=maybe",
            "distros=%00"
          ]
        ) {
          assert.strictEqual((yield* call("GET", `/orch/v1/repositories?${query}`)).status, 400, query)
        }
        // The same records stand in shaman's form, on the same server.
        const shaman = yield* call("GET", "/api/search/?project=ceph&sha1=latest&distros=centos/9,ubuntu/22.04")
        assert.strictEqual(shaman.json.length, 2)
      })),
    180_000
  )

  it.live("keeps the pool", () =>
    Effect.scoped(Effect.gen(function*() {
      const [a, b] = (yield* FakeNode.start(2)).map((node) => node.host)
      const { url } = yield* TestServer.start({
        ORCH_BASIC_USERS: "ci:secret",
        ORCH_CHACRA_NODES: `https://${a},https://${b}/`,
        ORCH_NODE_TLS_VERIFY: "false",
        ORCH_NODE_PROBE_RETRIES: "100"
      })
      const call = caller(url)
      const pool = () => call("GET", "/orch/v1/storage-nodes")
      for (let tries = 0; tries < 100 && (yield* pool()).json.length < 2; tries++) yield* Effect.sleep("50 millis")
      assert.deepStrictEqual((yield* pool()).json.map((node: { host: string }) => node.host), [
        a,
        b
      ])
      const next = () => Effect.map(call("POST", "/orch/v1/storage-nodes/next", {}), (reply) => reply.json.url)
      assert.deepStrictEqual([yield* next(), yield* next(), yield* next()], [
        `https://${a}/`,
        `https://${b}/`,
        `https://${a}/`
      ])
      assert.strictEqual(
        (yield* call("PATCH", `/orch/v1/storage-nodes/${b}`, { draining: true })).json.draining,
        true
      )
      assert.deepStrictEqual([yield* next(), yield* next()], [`https://${a}/`, `https://${a}/`])
      assert.strictEqual((yield* call("PATCH", `/orch/v1/storage-nodes/${b}`, { weight: 0 })).status, 400)
      assert.strictEqual((yield* call("PATCH", "/orch/v1/storage-nodes/c.example", { weight: 2 })).status, 404)
      assert.strictEqual((yield* call("PUT", "/orch/v1/storage-nodes/127.0.0.1:9", undefined)).json.healthy, false)
      assert.strictEqual((yield* call("PUT", "/orch/v1/storage-nodes/a%20b", undefined)).status, 400)
      assert.strictEqual((yield* call("DELETE", "/orch/v1/storage-nodes/127.0.0.1:9")).status, 204)
      assert.strictEqual((yield* call("DELETE", "/orch/v1/storage-nodes/127.0.0.1:9")).status, 404)
      assert.strictEqual((yield* call("DELETE", `/orch/v1/storage-nodes/${a}`, undefined, {})).status, 401)
    })), 180_000)
})
