/**
 * Servers on one database, one after the other: each is cut off from the database and from Pulp at once where a test wants that, as by
 * `kill -9`, and the next one begins. All are in this process, so that it can be done very often.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as CuttableWay from "../support/CuttableWay.ts"
import * as TestServer from "../support/TestServer.ts"
import * as PulpWay from "./PulpWay.ts"
import * as ReleaseServer from "./ReleaseServer.ts"

/** The Pulp that servers work with. */
export interface Pulp {
  readonly url: string
  readonly username: string
  readonly password: string
}

/** Who is told of what servers do at the Pulp. */
export type Hooks = Pick<Parameters<typeof PulpWay.start>[1], "looked" | "wrote">

interface Reply {
  readonly status: number
  readonly body: unknown
}

/** Servers on the database, with this data directory. */
export const make = Effect.fnUntraced(function*(database: string, dataDir: string, hooks: Hooks) {
  const closing: Array<Fiber.Fiber<unknown, unknown>> = []
  // A dead server notices within half a minute that it has lost everything.
  yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeout(Fiber.awaitAll(closing), "2 seconds")))
  const admin = PgClient.layer({ url: Redacted.make(database), maxConnections: 1 })

  /** What the database does some time after a server has died: its transactions end, and its leases lapse. */
  const bury = Effect.flatMap(PgClient.PgClient, (sql) =>
    Effect.andThen(
      sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
      sql`UPDATE command_queue SET acquired_at = now() - interval '1 hour' WHERE acquired_by IS NOT NULL`
    )).pipe(Effect.provide(admin), Effect.scoped, Effect.orDie)

  const live = Effect.fnUntraced(function*(pulp: Pulp) {
    const scope = yield* Scope.make()
    const toDatabase = yield* CuttableWay.make(new URL(database)).pipe(Scope.provide(scope))
    const death = Promise.withResolvers<undefined>()
    let isDead = false
    const way = yield* Effect.promise(() =>
      PulpWay.start(pulp.url, {
        ...hooks,
        ended: () => {
          isDead = true
          toDatabase.end()
          death.resolve(undefined)
        }
      })
    )
    const url = new URL(database)
    url.host = `127.0.0.1:${toDatabase.port}`
    const server = yield* TestServer.start({
      ...ReleaseServer.authentication,
      DATABASE_URL: url.href,
      ORCH_DATA_DIR: dataDir,
      ORCH_PULP_URL: way.url,
      ORCH_PULP_USER: pulp.username,
      ORCH_PULP_PASSWORD: pulp.password
    }).pipe(Scope.provide(scope))
    /** `undefined` where the server dies before it answers. */
    const ask = (method: string, path: string, body?: unknown) =>
      Effect.promise(async (): Promise<Reply | undefined> => {
        const reply = async () => {
          const response = await fetch(`${server.url}${path}`, {
            method,
            headers: { authorization: "Bearer root", "content-type": "application/json" },
            ...(body === undefined ? {} : { body: JSON.stringify(body) })
          })
          return { status: response.status, body: await response.json() as unknown }
        }
        const given = await Promise.race([
          reply().catch((error: unknown) => isDead ? undefined : Promise.reject(error)),
          death.promise
        ])
        return isDead ? undefined : given
      })
    const close = Scope.close(scope, Exit.void)
    return { ask, way, isDead: () => isDead, close, leave: Effect.sync(() => void closing.push(Effect.runFork(close))) }
  })
  type Server = Effect.Success<ReturnType<typeof live>>

  let current: { readonly server: Server; readonly pulp: Pulp } | undefined
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      if (current === undefined) return Effect.void
      current.server.way.close()
      return current.server.leave
    })
  )

  /** The server of now; another one begins where the last is dead, or worked with another Pulp. */
  const server = Effect.fnUntraced(function*(pulp: Pulp) {
    if (current !== undefined && !current.server.isDead() && current.pulp === pulp) return current.server
    if (current !== undefined) {
      current.server.way.close()
      yield* current.server.leave
    }
    yield* bury
    current = { server: yield* live(pulp), pulp }
    return current.server
  })
  return { server }
})
export type DyingServer = Effect.Success<ReturnType<typeof make>>
