/**
 * What `http.bench.ts` compares with, in a process of its own: `node HttpPeer.ts raw` answers the server's `/health/live` with Node.js
 * alone; `node HttpPeer.ts fastify` answers `/module-builds/:id` with Fastify, by the query that the server makes for a build it has
 * read before. Prints its port.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import fastify from "fastify"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

if (process.argv[2] === "raw") {
  const server = createServer((request, response) => {
    const body = JSON.stringify(request.url === "/health/live" ? { status: "ok" } : {})
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    response.end(body)
  })
  server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port))
} else {
  const runtime = ManagedRuntime.make(
    PgClient.layer({ url: Redacted.make(process.env["DATABASE_URL"] ?? ""), maxConnections: 11 }).pipe(Layer.orDie)
  )
  const sql = await runtime.runPromise(PgClient.PgClient)
  const app = fastify({ logger: process.env["LOG"] === "1" })
  const known = new Map<number, { readonly revision: number; readonly text: string }>()
  app.get<{ Params: { readonly id: string } }>("/module-builds/:id", async (request, reply) => {
    const id = Number(request.params.id)
    const [row] = await Effect.runPromise(
      sql<{ readonly revision: number }>`SELECT revision FROM module_build WHERE id = ${id}`
    )
    const revision = Number(row?.revision)
    let kept = known.get(id)
    if (kept?.revision !== revision) {
      const [build] = await Effect.runPromise(sql`SELECT * FROM module_build WHERE id = ${id}`)
      kept = { revision, text: JSON.stringify(build, (_, value) => typeof value === "bigint" ? Number(value) : value) }
      known.set(id, kept)
    }
    return reply.type("application/json").send(kept.text)
  })
  await app.listen({ port: 0, host: "127.0.0.1" })
  console.log((app.server.address() as AddressInfo).port)
}
