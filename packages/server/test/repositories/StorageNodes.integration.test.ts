import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as AddressRules from "../../src/outgoing/AddressRules.ts"
import { StorageNodes } from "../../src/repositories/StorageNodes.ts"
import { databases } from "../support/Databases.ts"
import * as FakeNode from "./FakeNode.ts"
import * as ShamanServer from "./ShamanServer.ts"

for (const database of databases) {
  layer(ShamanServer.layer(database.layer), { timeout: "60 seconds", excludeTestServices: true })(
    `storage nodes on ${database.name}`,
    (it) => {
      const clean = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`DELETE FROM storage_node`)

      it.effect("register, probed once; the sick are known but not used", () =>
        Effect.gen(function*() {
          yield* clean
          const { ask } = yield* ShamanServer.Asker
          const [well, sick, hanging] = yield* FakeNode.start(3)
          const began = performance.now()
          Object.assign(sick!, { health: 500 })
          Object.assign(hanging!, { health: 0 })
          for (const node of [well!, sick!, hanging!]) {
            const reply = yield* ask(`/api/nodes/${node.host}/`, { method: "POST", body: "{}" })
            assert.deepStrictEqual([reply.status, reply.text, node.asked], [200, "{}", 1])
          }
          const all = (yield* ask("/api/nodes/")).json
          assert.deepStrictEqual([all[well!.host].healthy, all[sick!.host].healthy, all[hanging!.host].healthy], [
            true,
            false,
            false
          ])
          assert.deepStrictEqual(Object.keys(all[well!.host]), [
            "host",
            "last_used",
            "last_check",
            "healthy",
            "down_count"
          ])
          assert.strictEqual(all[well!.host].last_used, "1970-01-01 00:00:00")
          assert.match(all[well!.host].last_check, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?$/)
          for (const path of ["/api/nodes/next/", "/api/nodes/next"]) {
            const next = yield* ask(path)
            assert.deepStrictEqual([next.status, next.text], [200, `https://${well!.host}/`])
            assert.match(next.headers.get("content-type")!, /^text\/plain/)
          }
          // Who answered within the last few seconds is not asked again; a slow machine takes longer than that from there to here.
          if (performance.now() - began < 2_000) assert.strictEqual(well!.asked, 1)
          assert.strictEqual((yield* ask(`/api/nodes/${sick!.host}/`)).json.host, sick!.host)
          assert.deepStrictEqual(
            (yield* ask("/nodes/")).json,
            [well!, sick!, hanging!].map((node) => `https://${node.host}`)
          )
          assert.deepStrictEqual((yield* ask("/nodes/next/")).json, { url: `https://${well!.host}` })
        }))

      it.effect("answer 404 when none is healthy or known, 400 for what is no host", () =>
        Effect.gen(function*() {
          yield* clean
          const { ask } = yield* ShamanServer.Asker
          const next = yield* ask("/api/nodes/next/")
          assert.strictEqual(next.status, 404)
          assert.include(next.text, "There are no healthy chacra nodes available.")
          assert.deepStrictEqual((yield* ask("/api/nodes/")).json, {})
          assert.strictEqual((yield* ask("/api/nodes/unknown.example/")).status, 404)
          for (const host of ["a%2Fb", "user@host", "a b", "host:port", "-x"]) {
            assert.strictEqual((yield* ask(`/api/nodes/${host}/`, { method: "POST" })).status, 400, host)
          }
          assert.strictEqual((yield* ask("/api/nodes/unknown.example/", { method: "DELETE" })).status, 405)
        }))

      it.effect("leave after failing probes and are used again when they answer", () =>
        Effect.gen(function*() {
          yield* clean
          const { ask } = yield* ShamanServer.Asker
          const nodes = yield* StorageNodes
          const [node] = yield* FakeNode.start(1)
          yield* nodes.register(node!.host)
          const probe = (health: number) =>
            Effect.andThen(Effect.sync(() => Object.assign(node!, { health })), nodes.probeAll)
          const healthy = Effect.map(ask("/api/nodes/next/"), (reply) => reply.status === 200)
          const listed = Effect.map(nodes.get(node!.host), (each) => each!.healthy)
          yield* probe(500)
          yield* probe(500)
          assert.isTrue(yield* listed)
          yield* probe(500)
          assert.isFalse(yield* listed)
          assert.isFalse(yield* healthy)
          yield* probe(204)
          assert.isTrue(yield* healthy)
          assert.strictEqual((yield* ask("/api/nodes/")).json[node!.host].down_count, 0)
        }))

      it.effect("are asked before they are handed out when their last good probe is old, and passed over when they do not answer", () =>
        Effect.gen(function*() {
          yield* clean
          const { ask } = yield* ShamanServer.Asker
          const nodes = yield* StorageNodes
          const sql = yield* SqlClient.SqlClient
          const [first, second, third] = yield* FakeNode.start(3)
          for (const node of [first!, second!, third!]) yield* nodes.register(node.host)
          const next = Effect.map(ask("/api/nodes/next/"), (reply) => reply.status === 200 ? reply.text : reply.status)
          const asked = () => [first!, second!, third!].map((node) => node.asked)
          assert.strictEqual(yield* next, `https://${first!.host}/`)
          assert.deepStrictEqual(asked(), [1, 1, 1])
          yield* sql`UPDATE storage_node SET last_check = clock_timestamp() - interval '10 seconds', last_used = 'epoch', due = 0`
          Object.assign(first!, { health: 500 })
          Object.assign(second!, { health: 0 })
          assert.strictEqual(yield* next, `https://${third!.host}/`)
          assert.deepStrictEqual(asked(), [2, 2, 2])
          const all = (yield* ask("/api/nodes/")).json
          assert.deepStrictEqual([first!, second!, third!].map((node) => all[node.host].down_count), [1, 1, 0])
          yield* sql`UPDATE storage_node SET due = CASE WHEN host = ${third!.host} THEN 9 ELSE 0 END`
          Object.assign(second!, { health: 204 })
          // A probe that failed is no good one, however young.
          assert.strictEqual(yield* next, `https://${second!.host}/`)
          yield* sql`UPDATE storage_node SET last_check = clock_timestamp() - interval '10 seconds'`
          for (const node of [second!, third!]) Object.assign(node, { health: 503 })
          assert.strictEqual(yield* next, 404)
        }))

      it.effect("take turns exactly under 200 concurrent callers, by weight, and not while draining", () =>
        Effect.gen(function*() {
          yield* clean
          const { ask } = yield* ShamanServer.Asker
          const nodes = yield* StorageNodes
          const pool = yield* FakeNode.start(4)
          yield* Effect.forEach(pool, (node) => nodes.ensure(node.host))
          const letter = (text: string) => "abcd"[pool.findIndex((node) => text === `https://${node.host}/`)] ?? "none"
          const call = (count: number) =>
            Effect.map(
              Effect.forEach(Array.from({ length: count }), () => ask("/api/nodes/next/"), {
                concurrency: "unbounded"
              }),
              (replies) => {
                assert.isTrue(replies.every((reply) => reply.status === 200))
                const counts: Record<string, number> = {}
                for (const { text } of replies) counts[letter(text)] = (counts[letter(text)] ?? 0) + 1
                return counts
              }
            )
          assert.deepStrictEqual(yield* call(200), { a: 50, b: 50, c: 50, d: 50 })
          const order: Array<string> = []
          for (let n = 0; n < 8; n++) order.push(letter((yield* ask("/api/nodes/next/")).text))
          assert.strictEqual(order.join(""), "abcdabcd")
          yield* nodes.adjust(pool[0]!.host, { weight: 2 })
          yield* nodes.adjust(pool[3]!.host, { draining: true })
          assert.deepStrictEqual(yield* call(40), { a: 20, b: 10, c: 10 })
        }))

      it.effect("200 concurrent first posts of one repository make one record, of one build one report", () =>
        Effect.gen(function*() {
          const { ask } = yield* ShamanServer.Asker
          const all = Array.from({ length: 200 }, (_, n) => n)
          const body = {
            ref: "main",
            sha1: "a",
            distro: "centos",
            distro_version: "9",
            status: "ready",
            flavor: "default"
          }
          const replies = yield* Effect.forEach(
            all,
            (n) =>
              ask("/api/repos/crowd/", { body: { ...body, chacra_url: "https://crowd/", archs: [`arch${n % 10}`] } }),
            {
              concurrency: "unbounded"
            }
          )
          assert.deepStrictEqual(new Set(replies.map((reply) => reply.status)), new Set([200]))
          const found = (yield* ask("/api/search/?project=crowd")).json
          assert.strictEqual(found.length, 1)
          assert.strictEqual(found[0].archs.length, 10)
          const reports = yield* Effect.forEach(
            all,
            () => ask("/api/builds/crowd/", { body: { ...body, url: "https://jenkins/1/", distro_arch: "x86_64" } }),
            {
              concurrency: "unbounded"
            }
          )
          assert.deepStrictEqual(new Set(reports.map((reply) => reply.status)), new Set([200]))
          assert.strictEqual((yield* ask("/api/builds/crowd/main/a/")).json.length, 1)
          const projects = yield* Effect.forEach(
            all,
            (n) => ask(`/api/repos/crowd${n % 3}/`, { body: { ...body, chacra_url: `https://crowd/${n}/` } }),
            {
              concurrency: "unbounded"
            }
          )
          assert.deepStrictEqual(new Set(projects.map((reply) => reply.status)), new Set([200]))
        }))
    }
  )
}

for (const database of databases.slice(0, 1)) {
  const strict = (nodes: ReadonlyArray<string>) =>
    ShamanServer.services(database.layer, { ...ShamanServer.settings, outgoingAllow: AddressRules.nothing, nodes })

  describe("a storage node on a private address", () => {
    it.live(
      "is not asked when it registered itself, and is when the operator named it",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const [node] = yield* FakeNode.start(1)
          const port = node!.host.split(":")[1]!
          const register = (host: string) =>
            Effect.gen(function*() {
              const nodes = yield* StorageNodes
              yield* nodes.register(host)
              return (yield* nodes.get(host))!.healthy
            })
          const outcomes = yield* Effect.forEach(
            [node!.host, `localhost:${port}`, `127.1:${port}`, `[::ffff:7f00:1]:${port}`, "169.254.169.254"],
            register
          ).pipe(Effect.provide(strict(["https://elsewhere.example/"])))
          assert.deepStrictEqual(outcomes, [false, false, false, false, false])
          assert.strictEqual(node!.asked, 0)
          assert.isTrue(yield* Effect.provide(register(node!.host), strict([`https://${node!.host}/`])))
          assert.strictEqual(node!.asked, 1)
        })),
      60_000
    )
  })
}
