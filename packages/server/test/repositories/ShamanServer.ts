/** The shaman face over real HTTP on a port of its own, for tests: a database, the services, the routes, a client. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createServer } from "node:http"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as AddressRules from "../../src/outgoing/AddressRules.ts"
import * as ShamanFace from "../../src/repositories/face/ShamanFace.ts"
import * as Repositories from "../../src/repositories/Repositories.ts"
import * as RepositoriesConfig from "../../src/repositories/RepositoriesConfig.ts"
import * as StorageNodes from "../../src/repositories/StorageNodes.ts"
import { writer } from "../../src/repositories/WriteAccess.ts"
import type { databases } from "../support/Databases.ts"
import * as TestAccess from "../support/TestAccess.ts"

/** Decoded JSON of an answer; the assertions are what checks its shape. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Wire = any

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Wire
}

export interface Init {
  readonly method?: string
  readonly body?: unknown
  readonly auth?: string | false
  readonly headers?: { readonly [name: string]: string }
  readonly follow?: boolean
}

/** Asks the server; posts carry the credentials of the test user unless told otherwise, redirects are not followed. */
export class Asker extends Context.Service<Asker, {
  readonly base: string
  readonly ask: (path: string, init?: Init) => Effect.Effect<Reply>
}>()("test/repositories/Asker") {}

const call = async (base: string, path: string, init: Init): Promise<Reply> => {
  const method = init.method ?? (init.body === undefined ? "GET" : "POST")
  const auth = init.auth ?? (method === "POST" || path.includes("nodes/next") ? "admin:secret:with:colons" : false)
  const reply = await fetch(base + path, {
    method,
    redirect: init.follow === true ? "follow" : "manual",
    headers: {
      ...(auth === false ? {} : { authorization: `Basic ${btoa(auth)}` }),
      ...init.headers
    },
    ...(init.body === undefined ? {} : { body: typeof init.body === "string" ? init.body : JSON.stringify(init.body) })
  })
  const text = await reply.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: reply.status, headers: reply.headers, text, json }
}

export const settings: RepositoriesConfig.Settings = {
  ...RepositoriesConfig.defaults,
  users: [{ name: "admin", password: Redacted.make("secret:with:colons") }],
  tokens: [Redacted.make("a-bearer-token")],
  nodeTlsVerify: false,
  outgoingAllow: Result.getOrThrow(AddressRules.parseAllowed("127.0.0.0/8")),
  probeTimeoutMillis: 2_000
}

/** The services without HTTP. */
export const services = (
  database: typeof databases[number]["layer"],
  config: RepositoriesConfig.Settings = settings
) =>
  Layer.mergeAll(Repositories.layer, StorageNodes.layer).pipe(
    Layer.provideMerge(PgOutbox.layer),
    Layer.provideMerge(Layer.succeed(RepositoriesConfig.RepositoriesConfig, config)),
    Layer.provideMerge(database)
  )

export const layer = (database: typeof databases[number]["layer"], config: RepositoriesConfig.Settings = settings) => {
  const served = HttpRouter.serve(ShamanFace.layer, {
    disableLogger: true,
    disableListenLog: true,
    routerConfig: { maxParamLength: 4096 }
  })
  return Layer.effect(
    Asker,
    Effect.map(HttpServer.HttpServer, (server) => {
      const address = server.address as { readonly port: number }
      const base = `http://127.0.0.1:${address.port}`
      return { base, ask: (path: string, init: Init = {}) => Effect.promise(() => call(base, path, init)) }
    })
  ).pipe(
    Layer.provideMerge(served),
    Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provideMerge(services(database, config)),
    Layer.provide(TestAccess.layer((authorization) => writer(config, authorization))),
    Layer.orDie
  )
}
