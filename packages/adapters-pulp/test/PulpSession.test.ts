/** Who we are at a Pulp: the password is sent once, and a session that ended is opened anew. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { PulpClient } from "../src/PulpClient.ts"
import * as Repositories from "../src/Repositories.ts"
import { connect, withFake } from "./Connections.ts"

const Named = Schema.Struct({ name: Schema.String })
const list = (client: PulpClient) => client.list(Named, "repositories/rpm/rpm/", { fields: "name" })

describe("the session at a Pulp", () => {
  it.live("is opened once for many requests, also when they come at once", () =>
    withFake(({ client }, pulp) =>
      Effect.gen(function*() {
        yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => list(client), { concurrency: "unbounded" })
        yield* Repositories.ensure(client, "one")
        assert.strictEqual(pulp.passwordsChecked(), 1)
        assert.strictEqual(pulp.seen.filter(({ path }) => path === "login/").length, 1)
      })
    ))

  it.live("is opened anew when it has ended, for reads and for writes", () =>
    withFake(({ client }, pulp) =>
      Effect.gen(function*() {
        yield* list(client)
        pulp.endSessions()
        yield* list(client)
        pulp.endSessions()
        yield* Repositories.ensure(client, "one")
        assert.deepStrictEqual(yield* list(client), [{ name: "one" }])
        assert.strictEqual(pulp.passwordsChecked(), 3)
      })
    ))

  it.live("is done without where Pulp has no login", () =>
    withFake(({ client }, pulp) =>
      Effect.gen(function*() {
        yield* Repositories.ensure(client, "one")
        assert.deepStrictEqual(yield* list(client), [{ name: "one" }])
        assert.isAbove(pulp.passwordsChecked(), 1)
      }), { fake: { hasLogin: false } }))

  it.live("is refused for a wrong password, which is not tried again", () =>
    withFake((_, pulp) =>
      Effect.gen(function*() {
        const { client } = yield* connect({ ...pulp, password: "wrong" })
        assert.strictEqual((yield* Effect.flip(list(client))).reason, "refused")
        assert.strictEqual(pulp.passwordsChecked(), 1)
      })
    ))

  it.live("keeps the password out of what is said about failures", () =>
    withFake((_, pulp) =>
      Effect.gen(function*() {
        const { client } = yield* connect({ ...pulp, password: "wr0ng-p4ss" })
        const error = yield* Effect.flip(list(client))
        const secret = Buffer.from("admin:wr0ng-p4ss").toString("base64")
        for (const text of [error.message, JSON.stringify(error), String(error.stack)]) {
          assert.notInclude(text, "wr0ng-p4ss")
          assert.notInclude(text, secret)
        }
      })
    ))

  it.live("is shown to no other host, whatever path an answer names", () =>
    withFake(({ client }, pulp) =>
      Effect.gen(function*() {
        yield* list(client)
        for (const path of ["//127.0.0.1:9/x/", "/\\127.0.0.1:9/x/", "/../../x/"]) {
          const error = yield* Effect.flip(client.get(Named, path))
          assert.strictEqual(error.reason, "gone", path)
        }
        assert.isTrue(pulp.seen.length >= 4)
      }), { more: { patienceMillis: 100 } }))
})
