/** Pulps as the server's repository hosts: which repository is at which, and what is said where none is named. */
import { assert, describe, it } from "@effect/vitest"
import * as FakePulp from "@orch/adapters-pulp/testing/FakePulp"
import { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as PulpHost from "../../src/farms/PulpHost.ts"
import * as PulpSettings from "../../src/farms/PulpSettings.ts"
import { ProductionHost } from "../../src/releases/ProductionHost.ts"

const fake = Effect.acquireRelease(Effect.promise(() => FakePulp.start()), ({ close }) => Effect.promise(close))

const configuration = (pulps: string, password: string): PulpSettings.Values => ({
  pulps: Result.getOrThrow(PulpSettings.settings.pulps.decode(pulps)),
  pulpUser: "admin",
  pulpPassword: Redacted.make(password),
  pulpCert: undefined,
  pulpCa: undefined,
  pulpDomain: undefined,
  pulpFolder: "orch",
  pulpSigning: undefined
})

/** Whether somebody made a repository there. */
const isUsed = ({ seen }: FakePulp.FakePulp): boolean =>
  seen.some(({ method, path }) => method === "POST" && path.endsWith("repositories/rpm/rpm/"))

describe("Pulps of the server", () => {
  it.live("have the production repositories whose names begin as theirs do", () =>
    Effect.scoped(Effect.gen(function*() {
      const [one, two] = [yield* fake, yield* fake]
      const config = configuration(`almalinux-8=${one.url}, ${two.url}`, one.password)
      const use = (name: string) =>
        Effect.flatMap(ProductionHost, (host) => host.ensure(name)).pipe(
          Effect.provide(PulpHost.production({ ...config, dataDir: "/nonexistent" }))
        )
      yield* use("production/almalinux-8-baseos/x86_64/os")
      assert.deepStrictEqual([isUsed(one), isUsed(two)], [true, false])
      yield* use("production/almalinux-9-baseos/x86_64/os")
      assert.isTrue(isUsed(two))
    })))

  it.live("take what module builds deliver, or say that none is named", () =>
    Effect.scoped(Effect.gen(function*() {
      const pulp = yield* fake
      const use = (pulps: string) =>
        Effect.flatMap(RepositoryHost, (host) => host.ensure("el9/tea")).pipe(
          Effect.provide(PulpHost.repositoryHost(configuration(pulps, pulp.password)))
        )
      yield* use(pulp.url)
      assert.isTrue(isUsed(pulp))
      const error = yield* Effect.flip(use(""))
      assert.include(error.message, "ORCH_PULP_URL names none")
    })))

  it.live("are not begun with a certificate that is not there", () =>
    Effect.gen(function*() {
      const config = { ...configuration("https://pulp.example.org", ""), pulpCert: "/nonexistent/cert.pem" }
      const error = yield* Effect.flip(
        Effect.provide(RepositoryHost, PulpHost.repositoryHost(config))
      )
      assert.include(error.message, "ORCH_PULP_CERT names /nonexistent/cert.pem, which cannot be read")
    }))

  it.each([
    ["pulp.example.org", "is neither an address"],
    ["a b=https://pulp.example.org", "is neither an address"]
  ])("are not named by %s", (text, problem) => {
    const decoded = PulpSettings.settings.pulps.decode(text)
    assert.isTrue(Result.isFailure(decoded) && decoded.failure.includes(problem))
  })
})
