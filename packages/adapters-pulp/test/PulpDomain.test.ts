/** A Pulp with domains: everything is below the domain's paths. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Domains from "../src/Domains.ts"
import * as PulpCapabilities from "../src/PulpCapabilities.ts"
import * as PulpRepositoryHost from "../src/PulpRepositoryHost.ts"
import { withFake } from "./Connections.ts"

describe("a domain", () => {
  it.live("is in the paths of everything but the status", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        yield* host.ensure("a")
        assert.strictEqual((yield* host.publish("a")).revision, 0)
        assert.isTrue((yield* PulpCapabilities.status(connection.client)).domainEnabled)
        assert.isTrue(connection.client.root.startsWith("/pulp/team/"))
        assert.isTrue(pulp.seen.every(({ path }) => !path.startsWith("/") || path === "/pulp/api/v3/status/"))
      }), { fake: { domain: "team" }, more: { domain: "team" } }))

  it.live("is made once", () =>
    withFake(({ client }) =>
      Effect.gen(function*() {
        const made = yield* Domains.ensure(client, "team", "/srv/team")
        assert.deepStrictEqual(yield* Domains.ensure(client, "team", "/srv/team"), made)
        assert.isUndefined(yield* Domains.find(client, "other"))
      })
    ))
})
