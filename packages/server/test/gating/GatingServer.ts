/** The gates over real HTTP on a port of their own, for tests: policies, known builds and the files of a forge as a case has them. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Access } from "@orch/server/auth/Access"
import { Authentication } from "@orch/server/auth/Authentication"
import { AuthenticationFailed } from "@orch/server/auth/Caller"
import { FullDisk } from "@orch/server/database/FullDisk"
import { Draining } from "@orch/server/http/Draining"
import * as Fallbacks from "@orch/server/http/Fallbacks"
import * as Faults from "@orch/server/http/Faults"
import * as Guard from "@orch/server/http/Guard"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as GatingFace from "../../src/gating/face/GatingFace.ts"
import * as GatingConfig from "../../src/gating/GatingConfig.ts"
import * as GatingLayer from "../../src/gating/GatingLayer.ts"
import * as RemoteFiles from "../../src/gating/RemoteFiles.ts"
import * as NoSessions from "../support/NoSessions.ts"

/** Decoded JSON of an answer; the assertions are what checks its shape. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Wire = any

/** Everybody is who they say; without a name nobody is known. Results are taken from anyone, as ResultsDB takes them. */
const access = Access.layer({
  openReads: true,
  allowedGroups: ["packager"],
  allowedUsers: [],
  adminGroups: [],
  importGroups: [],
  releaserGroups: [],
  recorder: () => "anyone"
}).pipe(
  Layer.provide(Layer.succeed(Authentication, {
    method: "token",
    isOpen: false,
    identify: ({ headers }) => {
      const encoded = /^Basic (.+)$/.exec(headers["authorization"] ?? "")?.[1]
      return encoded === undefined
        ? Effect.fail(new AuthenticationFailed({ reason: "unknown", message: "Say who you are" }))
        : Effect.succeed({
          name: Buffer.from(encoded, "base64").toString().split(":")[0]!,
          groups: new Set(["packager"])
        })
    }
  }))
)

/** Empties the tables; numbers begin with 1 again. */
export const clear = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql.unsafe("TRUNCATE gate_result, gate_testcase, gate_group, gate_waiver RESTART IDENTITY")
)

/** A forge: paths to texts, or to the status that it answers. */
export const forge = (files: Readonly<Record<string, string | number>>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() =>
        new Promise<Server>((resolve) => {
          const server = createServer((request, response) => {
            const file = files[request.url ?? ""] ?? 404
            response.statusCode = typeof file === "number" ? file : 200
            response.end(typeof file === "number" ? "" : file)
          })
          server.listen(0, "127.0.0.1", () => resolve(server))
        })
      ),
      (server) => Effect.sync(() => void server.close().closeAllConnections())
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  )

/** Starts the gates for as long as the scope is open; answers how to ask them. */
export const start = Effect.fnUntraced(function*(
  config: Partial<GatingConfig.Settings>,
  origins: RemoteFiles.BuildOrigins = { name: "nobody", find: () => Effect.succeed(undefined) }
) {
  const sql = yield* SqlClient.SqlClient
  const routes = Layer.mergeAll(
    GatingFace.layer.pipe(Layer.provide(Guard.layer(1024 * 1024).pipe(Layer.provide(NoSessions.layer)))),
    Faults.layer.pipe(Layer.provide(FullDisk.layer)),
    Fallbacks.layer
  )
  const served = HttpRouter.serve(routes, {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provide(GatingLayer.layer),
    Layer.provide([access, Draining.layer]),
    Layer.provide([
      Layer.succeed(SqlClient.SqlClient, sql),
      Layer.succeed(GatingConfig.GatingConfig, { ...GatingConfig.none, ...config }),
      Layer.succeed(RemoteFiles.BuildOrigins, origins)
    ])
  )
  const context = yield* Layer.build(served)
  const { address } = yield* Effect.provideContext(HttpServer.HttpServer, context)
  const base = `http://127.0.0.1:${(address as { readonly port: number }).port}`
  return { base, ask: (asked: Asked) => Effect.promise(() => ask(base, asked)) }
})

export interface Asked {
  readonly method: string
  readonly path: string
  readonly json?: unknown
  readonly text?: string
  readonly content_type?: string
  readonly as?: string
}

const ask = async (base: string, { as: name, content_type: type, json, method, path, text }: Asked) => {
  const body = json === undefined ? text : JSON.stringify(json)
  const contentType = json === undefined ? type : "application/json"
  const reply = await fetch(base + path, {
    method,
    redirect: "manual",
    headers: {
      ...(name === undefined ? {} : { authorization: `Basic ${btoa(`${name}:any`)}` }),
      ...(contentType === undefined ? {} : { "content-type": contentType })
    },
    ...(body === undefined ? {} : { body })
  })
  const said = await reply.text()
  let parsed: Wire
  try {
    parsed = JSON.parse(said)
  } catch {
    parsed = { text: said }
  }
  return { status: reply.status, body: parsed }
}
