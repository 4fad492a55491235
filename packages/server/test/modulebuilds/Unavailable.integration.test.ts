import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as TestServer from "../support/TestServer.ts"

const get = (url: string) => Effect.promise(() => fetch(url))

const skipped = skippedServer === undefined ? "" : ` (skipped: ${skippedServer})`

describe.skipIf(skippedServer !== undefined)(`a server whose PostgreSQL goes away${skipped}`, () => {
  it.live("answers 503 with Retry-After, stays alive, and is not ready", () =>
    Effect.scoped(Effect.gen(function*() {
      const { name, url: database } = yield* temporaryDatabase
      const { url } = yield* TestServer.start({ DATABASE_URL: database })
      assert.strictEqual((yield* get(`${url}/health/ready`)).status, 200)
      const admin = new URL(database)
      admin.pathname = "/postgres"
      yield* Effect.flatMap(PgClient.PgClient, (sql) => sql`DROP DATABASE ${sql(name)} WITH (FORCE)`).pipe(
        Effect.provide(PgClient.layer({ url: Redacted.make(admin.href), maxConnections: 1 }))
      )
      // An answer about readiness holds for half a second.
      yield* Effect.sleep("600 millis")
      for (
        const path of [
          "/rida/module-builds/",
          "/rida/module-builds/1",
          "/orch/v1/module-builds/",
          "/health/ready",
          "/metrics"
        ]
      ) {
        const reply = yield* get(`${url}${path}`)
        assert.strictEqual(reply.status, 503, path)
        assert.match(reply.headers.get("retry-after") ?? "", /^\d+$/, path)
      }
      assert.strictEqual((yield* get(`${url}/health/live`)).status, 200)
    })), 60_000)
})
