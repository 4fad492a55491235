import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as ApiToken from "@orch/server/auth/ApiToken"
import { Authentication } from "@orch/server/auth/Authentication"
import { AuthSettings } from "@orch/server/auth/AuthSettings"
import type { AuthenticationFailed } from "@orch/server/auth/Caller"
import { isLoopback } from "@orch/server/auth/Loopback"
import * as ServerConfig from "@orch/server/ServerConfig"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import { createHash } from "node:crypto"
import { createServer, type Server } from "node:http"

const { privateKey, publicKey } = await generateKeyPair("ES256")
const other = await generateKeyPair("ES256")
const key = { ...await exportJWK(publicKey), kid: "one", alg: "ES256", use: "sig" }

/** An identity provider: introspection, userinfo, keys. */
let provider: Server
let base = ""
let asked = 0
beforeAll(async () => {
  provider = createServer((request, response) => {
    let body = ""
    request.on("data", (chunk) => body += chunk).on("end", () => {
      const answer = (value: unknown, status = 200) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value))
      }
      if (request.url === "/keys") return answer({ keys: [key] })
      if (request.url === "/userinfo") return answer({ groups: ["packager", "qa"] })
      asked++
      const token = new URLSearchParams(body).get("token")
      if (token === "down") return answer({}, 500)
      answer(
        token === "good"
          ? { active: true, username: "alice", scope: "openid groups submit" }
          : token === "narrow"
          ? { active: true, username: "alice", scope: "openid" }
          : { active: false }
      )
    })
  })
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", () => resolve()))
  const address = provider.address()
  base = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`
})
afterAll(() => void provider.close())

const asking = (
  authorization: string | undefined,
  others: Readonly<Record<string, string>> = {},
  address?: string
) => ({
  headers: { ...others, ...(authorization === undefined ? {} : { authorization }) },
  remoteAddress: Option.fromUndefinedOr(address)
})

const identify = (environment: Readonly<Record<string, string>>, ...headers: ReadonlyArray<string | undefined>) =>
  identified(environment, ({ reason }) => reason, headers)

const identified = (
  environment: Readonly<Record<string, string>>,
  shown: (failure: AuthenticationFailed) => string,
  headers: ReadonlyArray<string | undefined>
) =>
  Effect.gen(function*() {
    const authentication = yield* Authentication
    return yield* Effect.forEach(headers, (header) =>
      authentication.identify(asking(header), true).pipe(
        Effect.map(({ groups, name }) => `${name} ${Array.from(groups)}`),
        Effect.catch((failure) => Effect.succeed(shown(failure)))
      ))
  }).pipe(
    Effect.provide(configured(environment))
  )

const configured = (environment: Readonly<Record<string, string>>) => {
  const config = Result.getOrThrow(ServerConfig.fromEnvironment(environment))
  return Authentication.layer.pipe(
    Layer.provide(Layer.succeed(AuthSettings, config)),
    Layer.provide(Logger.layer([]))
  )
}

const hash = (token: string) => createHash("sha256").update(token).digest("hex")

describe("Authentication", () => {
  it.effect("knows nobody without configuration, and lets others only read beyond loopback", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* identify({}, undefined), ["anonymous packager"])
      assert.deepStrictEqual(yield* identify({ ORCH_HOST: "0.0.0.0" }, undefined), ["unknown"])
    }))

  it.effect("knows the owners of its own tokens by their hash", () =>
    Effect.gen(function*() {
      const tokens = `bob:packager|qa:${hash("secret")},eve::${hash("other")}`
      assert.deepStrictEqual(
        yield* identify(
          { ORCH_AUTH: "token", ORCH_API_TOKENS: tokens },
          "Bearer secret",
          "Bearer other",
          "Bearer wrong",
          "Basic secret",
          undefined
        ),
        ["bob packager,qa", "eve ", "unknown", "unknown", "unknown"]
      )
      assert.isTrue(Result.isFailure(ApiToken.parseAll("bob:packager:secret")))
    }))

  it.effect("asks the provider once about a token, and wants its scopes", () =>
    Effect.gen(function*() {
      const environment = {
        ORCH_AUTH: "oidc",
        ORCH_OIDC_INTROSPECTION_URL: `${base}/introspect`,
        ORCH_OIDC_USERINFO_URL: `${base}/userinfo`,
        ORCH_OIDC_CLIENT_ID: "orch",
        ORCH_OIDC_REQUIRED_SCOPES: "openid,submit"
      }
      asked = 0
      assert.deepStrictEqual(
        yield* identify(environment, "Bearer good", "Bearer good", "Bearer narrow", "Bearer bad", "Bearer down"),
        ["alice packager,qa", "alice packager,qa", "unknown", "unknown", "unavailable"]
      )
      assert.strictEqual(asked, 4)
      const headers = ["Bearer narrow", "Bearer bad", "Basic good", undefined]
      assert.deepStrictEqual(yield* identified(environment, ({ message }) => message, headers), [
        "Required OIDC scope 'submit' not present: ['openid']",
        "OIDC token invalid or expired.",
        "Authorization headers must start with 'Bearer '",
        "No 'authorization' header found."
      ])
    }))

  it.effect("asks anew after a minute, after half a minute about what was refused, and once for requests that come together", () =>
    Effect.gen(function*() {
      const authentication = yield* Authentication
      const identify = (header: string) => authentication.identify(asking(header), true)
      asked = 0
      yield* Effect.forEach(["Bearer good", "Bearer good", "Bearer good"], identify, { concurrency: "unbounded" })
      assert.strictEqual(asked, 1)
      yield* TestClock.adjust("59 seconds")
      yield* identify("Bearer good")
      assert.strictEqual(asked, 1)
      yield* TestClock.adjust("1 second")
      yield* identify("Bearer good")
      assert.strictEqual(asked, 2)
      for (let n = 0; n < 50; n++) yield* Effect.flip(identify("Bearer bad"))
      assert.strictEqual(asked, 3)
      yield* TestClock.adjust("30 seconds")
      yield* Effect.flip(identify("Bearer bad"))
      assert.strictEqual(asked, 4)
      for (let n = 0; n < 2; n++) yield* Effect.flip(identify("Bearer down"))
      assert.strictEqual(asked, 6, "a provider that does not answer is asked again")
    }).pipe(Effect.provide(
      // The address of the provider is known when the test runs.
      Layer.suspend(() =>
        configured({
          ORCH_AUTH: "oidc",
          ORCH_OIDC_INTROSPECTION_URL: `${base}/introspect`,
          ORCH_OIDC_USERINFO_URL: `${base}/userinfo`,
          ORCH_OIDC_CLIENT_ID: "orch",
          ORCH_OIDC_REQUIRED_SCOPES: "openid,submit"
        })
      )
    )))

  it.effect("checks signature, issuer, audience and time of signed tokens, and takes none that never expires", () =>
    Effect.gen(function*() {
      const sign = (claims: Record<string, unknown>, by = privateKey, expires = "1h", audience = "orch") =>
        Effect.promise(async () =>
          `Bearer ${await new SignJWT({ groups: ["packager"], ...claims }).setProtectedHeader({
            alg: "ES256",
            kid: "one"
          })
            .setSubject("carol").setIssuer("https://id.example.org").setAudience(audience).setExpirationTime(expires)
            .sign(by)}`
        )
      const endless = Effect.promise(async () =>
        `Bearer ${await new SignJWT({}).setProtectedHeader({ alg: "ES256", kid: "one" }).setSubject("carol")
          .setIssuer("https://id.example.org").setAudience("orch").sign(privateKey)}`
      )
      const environment = {
        ORCH_AUTH: "jwks",
        ORCH_JWKS_URL: `${base}/keys`,
        ORCH_JWT_ISSUER: "https://id.example.org",
        ORCH_JWT_AUDIENCE: "orch",
        ORCH_API_TOKENS: `robot:packager:${hash("own")}`
      }
      assert.deepStrictEqual(
        yield* identify(
          environment,
          yield* sign({}),
          yield* sign({}, other.privateKey),
          yield* sign({}, privateKey, "-1h"),
          yield* sign({ iss: "https://elsewhere.example.org" }).pipe(Effect.map((token) => `${token}x`)),
          yield* sign({}, privateKey, "1h", "another-service"),
          yield* endless,
          "Bearer own"
        ),
        ["carol packager", "unknown", "unknown", "unknown", "unknown", "unknown", "robot packager"]
      )
    }))

  it.effect("takes the word of a trusted proxy, and of nobody else", () =>
    Effect.gen(function*() {
      const { identify } = yield* Authentication
      const named = { "remote-user": "alice@EXAMPLE.ORG", "remote-groups": "packager, qa" }
      const shown = (others: Readonly<Record<string, string>>, address?: string) =>
        identify(asking(undefined, others, address), true).pipe(
          Effect.map(({ groups, name }) => `${name} ${Array.from(groups)}`),
          Effect.catch(({ reason }) => Effect.succeed(reason))
        )
      assert.strictEqual(yield* shown(named, "10.0.0.7"), "alice packager,qa")
      assert.strictEqual(yield* shown(named, "::ffff:10.0.0.7"), "alice packager,qa")
      assert.strictEqual(yield* shown(named, "10.0.0.8"), "unknown")
      assert.strictEqual(yield* shown(named), "unknown")
      assert.strictEqual(yield* shown({ "remote-user": "" }, "10.0.0.7"), "unknown")
      assert.strictEqual(yield* shown({}, "10.0.0.7"), "unknown")
      // What the caller sent, and what the proxy added.
      const twice = { ...named, "remote-user": "root@EXAMPLE.ORG, alice@EXAMPLE.ORG" }
      assert.strictEqual(yield* shown(twice, "10.0.0.7"), "unknown")
    }).pipe(Effect.provide(configured({
      ORCH_AUTH: "token",
      ORCH_TRUSTED_PROXIES: "10.0.0.7",
      ORCH_REMOTE_USER_HEADER: "Remote-User",
      ORCH_REMOTE_GROUPS_HEADER: "Remote-Groups"
    }))))

  it.each(
    [
      [{ ORCH_AUTH: "token" }, "ORCH_API_TOKENS"],
      [{ ORCH_AUTH: "oidc" }, "ORCH_OIDC_INTROSPECTION_URL"],
      [{ ORCH_AUTH: "oidc", ORCH_OIDC_INTROSPECTION_URL: "https://id.example.org" }, "ORCH_OIDC_CLIENT_ID"],
      [{ ORCH_AUTH: "jwks" }, "ORCH_JWKS_URL"],
      [{ ORCH_AUTH: "jwks", ORCH_JWKS_URL: "https://id.example.org/keys" }, "ORCH_JWT_AUDIENCE"]
    ] as const
  )("does not start half configured: %j wants %s", (environment, variable) => {
    const read = ServerConfig.fromEnvironment(environment)
    assert.include(Result.isFailure(read) ? read.failure.message : "it was read", `${variable}: must be set`)
  })

  it.each(
    [
      ["127.0.0.1", true],
      ["127.9.9.9", true],
      ["::1", true],
      ["[::1]", true],
      ["localhost", true],
      ["LOCALHOST", true],
      ["::ffff:127.0.0.1", true],
      ["0", false],
      ["0.0.0.0", false],
      ["::", false],
      ["::ffff:0.0.0.0", false],
      ["127.1", false],
      ["0x7f000001", false],
      ["2130706433", false],
      ["127.0.0.1.example.org", false],
      ["localhost.example.org", false],
      ["10.0.0.1", false],
      ["", false]
    ] as const
  )("takes %s for an address of this machine alone: %s", (host, expected) => {
    assert.strictEqual(isLoopback(host), expected)
  })
})
