/** Signing in with a browser: cookies, what they are good for, how long, and what they are not good for. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as TestServer from "../support/TestServer.ts"
import * as Browser from "./Browser.ts"
import * as IdentityProviders from "./IdentityProviders.ts"

const hash = (token: string): string => createHash("sha256").update(token).digest("hex")
const tokens = {
  ORCH_AUTH: "token",
  ORCH_API_TOKENS: `alice:packager:${hash("alice-token")},root:packager|admins:${hash("root-token")}`,
  ORCH_ADMIN_GROUPS: "admins"
}
/** What the first cookie that was set is limited to. */
const attributes = (given: ReadonlyArray<string>) => (given[0] ?? "").split("; ").slice(1).toSorted()
const promise = <A>(run: () => Promise<A>) => Effect.promise(run)

describe("with a token", () => {
  it.live("one is known by a cookie that counts where pages ask, with a proof, until one signs out", () =>
    Effect.scoped(Effect.gen(function*() {
      const { sql, url } = yield* TestServer.start(tokens)
      yield* promise(async () => {
        const browser = Browser.open(url)
        assert.match((await browser.get("/builds")).text, /Sign in/)
        assert.strictEqual((await browser.form("/sign-in", { token: "wrong" })).status, 401)
        assert.strictEqual(
          (await browser.form("/sign-in", { token: "alice-token" }, "https://evil.example.org")).status,
          403
        )
        assert.strictEqual(browser.cookies.size, 0)
        const back = "/builds?q=state:failed"
        const signedIn = await browser.form("/sign-in", { token: "alice-token", back })
        assert.deepStrictEqual([signedIn.status, signedIn.location], [303, back])
        assert.deepStrictEqual(attributes(browser.given()), ["HttpOnly", "Max-Age=86400", "Path=/", "SameSite=Lax"])
        assert.match([...browser.cookies].join(), /^orch-session,[\w-]{43}$/)
        const page = await browser.get("/builds")
        assert.match(page.text, />alice</)
        assert.notInclude(page.text, "alice-token")
        assert.deepStrictEqual(
          JSON.parse((await browser.get("/orch/v1/caller")).text),
          { name: "alice", groups: ["packager"], authentication: "token" }
        )
        const proof = await browser.proof()
        assert.match(proof!, /^[\w-]{32}$/)
        const submit = (path: string, headers: Readonly<Record<string, string>> = {}) =>
          browser.json(path, { scmurl: "file:///nowhere" }, headers)
        assert.strictEqual((await submit("/orch/v1/module-builds/")).status, 403)
        assert.strictEqual((await submit("/orch/v1/module-builds/", { "x-orch-proof": "x" })).status, 403)
        assert.match(
          (await submit("/orch/v1/module-builds/", { "x-orch-proof": proof! })).text,
          /scmurl|nowhere|allow/i
        )
        // A form without script proves it in a field; what it may do is looked at where it is sent.
        const act = (fields: Readonly<Record<string, string>>, origin?: string) =>
          browser.form("/act", { to: "/orch/v1/dead-letters/1.1.0/release", ...fields }, origin)
        assert.strictEqual((await act({})).status, 403)
        const refused = await act({ proof: proof! })
        assert.deepStrictEqual([refused.status, /in none of the groups/.test(refused.text)], [403, true])
        assert.strictEqual((await act({ proof: proof! }, "https://evil.example.org")).status, 403)
        assert.strictEqual((await act({ proof: proof!, to: "/rida/module-builds/" })).status, 400)
        assert.strictEqual((await act({ proof: proof!, to: "//elsewhere.example.org/orch/v1/x" })).status, 400)
        // The faces of others know nothing of it.
        for (const path of ["/rida/module-builds/", "/module-build-service/2/module-builds/", "/api/repos/ceph/"]) {
          assert.strictEqual((await submit(path, { "x-orch-proof": proof! })).status, 401, path)
        }
        assert.strictEqual((await browser.form("/sign-out", {})).status, 400)
        const cookie = [...browser.cookies]
        assert.strictEqual((await browser.form("/sign-out", { proof: proof! })).status, 303)
        assert.strictEqual(browser.cookies.size, 0)
        for (const [name, value] of cookie) browser.cookies.set(name, value)
        assert.strictEqual((await browser.get("/orch/v1/caller")).status, 401)
        await browser.form("/sign-in", { token: "root-token" })
        assert.strictEqual((await act({ proof: (await browser.proof())! })).status, 404)
      })
      const rows = yield* sql<
        { readonly text: string }
      >`SELECT row_to_json(browser_session)::text AS text FROM browser_session`
      assert.strictEqual(rows.length, 1)
      assert.notInclude(rows[0]!.text, "root-token")
    })))

  it.live("a session gets a new cookie each hour, ends when nothing was asked, and in any case", () =>
    Effect.scoped(Effect.gen(function*() {
      const { sql, url } = yield* TestServer.start(tokens)
      const browser = Browser.open(url)
      const signIn = promise(() => browser.form("/sign-in", { token: "alice-token" }))
      const isKnown = promise(async () => (await browser.get("/orch/v1/caller")).status === 200)
      yield* signIn
      const before = [...browser.cookies]
      yield* sql`UPDATE browser_session SET renewed_at = now() - interval '2 hours'`
      yield* promise(() => browser.get("/orch/v1/caller"))
      assert.deepStrictEqual([...browser.cookies], before, "what pages ask for does not exchange it")
      yield* promise(() => browser.get("/builds"))
      assert.notDeepEqual([...browser.cookies], before)
      assert.isTrue(yield* isKnown)
      const after = [...browser.cookies]
      for (const [name, value] of before) browser.cookies.set(name, value)
      assert.isTrue(yield* isKnown, "requests that were under way still count")
      yield* sql`UPDATE browser_session SET renewed_at = now() - interval '2 minutes'`
      assert.isFalse(yield* isKnown)
      for (const [name, value] of after) browser.cookies.set(name, value)
      yield* sql`UPDATE browser_session SET seen_at = now() - interval '13 hours'`
      assert.isFalse(yield* isKnown)
      yield* signIn
      assert.isTrue(yield* isKnown)
      yield* sql`UPDATE browser_session SET ends_at = now()`
      assert.isFalse(yield* isKnown)
      yield* signIn
      yield* sql`INSERT INTO browser_session (id, proof, kind, name, groups, created_at, ends_at)
        SELECT 's' || n, 'p', 'token', 'alice', '[]'::jsonb, now() - interval '1 minute', now() + interval '1 hour'
        FROM generate_series(1, 30) n`
      yield* signIn
      assert.deepStrictEqual(
        yield* sql`SELECT count(*)::int AS sessions FROM browser_session`,
        [{ sessions: 20 }],
        "of one person the newest, and none that have ended"
      )
      assert.isTrue(yield* isKnown)
      // A token that the settings do not name any more.
      yield* sql`UPDATE browser_session SET credential = ${hash("gone")}`
      assert.isFalse(yield* isKnown)
    })))

  it.live("closed reads lead to the sign-in, and behind TLS the cookie is for TLS and this host alone", () =>
    Effect.scoped(Effect.gen(function*() {
      const { url } = yield* TestServer.start({ ...tokens, ORCH_OPEN_READS: "false" })
      yield* promise(async () => {
        const browser = Browser.open(url, { "x-forwarded-proto": "https" })
        const closed = await browser.get("/builds?q=perl")
        assert.deepStrictEqual([closed.status, closed.location], [302, "/sign-in?back=%2Fbuilds%3Fq%3Dperl"])
        assert.strictEqual((await browser.get(closed.location!)).status, 200)
        await browser.form("/sign-in", { token: "alice-token", back: "https://evil.example.org/" })
        assert.deepStrictEqual(
          attributes(browser.given()),
          ["HttpOnly", "Max-Age=86400", "Path=/", "SameSite=Lax", "Secure"]
        )
        assert.match([...browser.cookies].join(), /^__Host-orch-session,[\w-]{43}$/)
        assert.strictEqual((await browser.get("/builds")).status, 200)
      })
    })))
})

describe("at an identity provider", () => {
  it.live("a code becomes a session with the verifier of this browser alone, and guesses at tokens are limited", () =>
    Effect.scoped(Effect.gen(function*() {
      const provider = yield* IdentityProviders.start
      const { url } = yield* TestServer.start({
        ORCH_AUTH: "oidc",
        ORCH_OIDC_INTROSPECTION_URL: `${provider.url}/introspect`,
        ORCH_OIDC_AUTHORIZATION_URL: `${provider.url}/authorize?realm=x`,
        ORCH_OIDC_TOKEN_URL: `${provider.url}/token`,
        ORCH_OIDC_CLIENT_ID: "orch",
        ORCH_OIDC_REQUIRED_SCOPES: "openid,groups"
      })
      yield* promise(async () => {
        const browser = Browser.open(url)
        assert.match((await browser.get("/sign-in")).text, /identity provider/)
        const begin = async (one: typeof browser, code: string, path = "/about") => {
          const { location } = await one.get(`/sign-in/oidc?back=${path}`)
          const to = new URL(location!)
          assert.deepStrictEqual(
            ["realm", "response_type", "client_id", "scope", "code_challenge_method"].map((name) =>
              to.searchParams.get(name)
            ),
            ["x", "code", "orch", "openid groups", "S256"]
          )
          provider.challenges.set(code, {
            challenge: to.searchParams.get("code_challenge")!,
            returnTo: to.searchParams.get("redirect_uri")!
          })
          return to.searchParams.get("state")!
        }
        const state = await begin(browser, "first")
        const stranger = Browser.open(url)
        const theirs = await begin(stranger, "second")
        const back = (one: typeof browser, code: string, given: string) =>
          one.get(`/sign-in/oidc/return?code=${code}&state=${given}`)
        assert.strictEqual((await back(Browser.open(url), "first", state)).status, 400, "not begun in this browser")
        assert.strictEqual((await back(browser, "first", theirs)).status, 400, "another one's state")
        assert.strictEqual((await back(stranger, "first", theirs)).status, 403, "another one's code")
        assert.strictEqual((await browser.get(`/sign-in/oidc/return?error=access_denied&state=${state}`)).status, 403)
        const done = await back(browser, "first", state)
        assert.deepStrictEqual([done.status, done.location], [303, "/about"])
        assert.match((await browser.get("/orch/v1/caller")).text, /"name":"alice","groups":\["packager"\]/)
        assert.deepStrictEqual([...browser.cookies.keys()], ["orch-session"])
        // A path for which the cookie has no room does not keep anybody out.
        const long = Browser.open(url)
        const later = await back(long, "third", await begin(long, "third", `/builds?q=${"a".repeat(3500)}`))
        assert.deepStrictEqual([later.status, later.location], [303, "/builds"])
        const statuses: Array<number> = []
        for (let count = 0; count < 32; count++) {
          statuses.push((await stranger.form("/sign-in", { token: `guess${count}` })).status)
        }
        assert.deepStrictEqual([statuses[0], statuses.at(-1)], [401, 429])
      })
    })))

  it.live("people of GitHub are who they are there, until they are locked out here", () =>
    Effect.scoped(Effect.gen(function*() {
      const forge = yield* IdentityProviders.start
      const { sql, url } = yield* TestServer.start({
        ...tokens,
        ORCH_GITHUB_URL: forge.url,
        ORCH_GITHUB_CLIENT_ID: "id",
        ORCH_GITHUB_CLIENT_SECRET: "shh",
        ORCH_ALLOWED_GROUPS: "packager"
      })
      const browser = Browser.open(url)
      const caller = promise(async () => JSON.parse((await browser.get("/orch/v1/caller")).text) as unknown)
      yield* promise(async () => {
        const { location } = await browser.get("/sign-in/github")
        const state = new URL(location!).searchParams.get("state")
        assert.strictEqual((await browser.get(`/sign-in/github/return?code=octo&state=${state}`)).status, 303)
      })
      assert.deepStrictEqual(yield* caller, { name: "octo", groups: [], authentication: "token" })
      yield* sql`INSERT INTO person_role SELECT person.id, role.id FROM person, role WHERE role.name = 'packager' AND person.name = 'octo'`
      assert.deepStrictEqual(yield* caller, { name: "octo", groups: ["packager"], authentication: "token" })
      yield* sql`UPDATE person SET is_active = false`
      assert.include(yield* caller, { status: 401 })
    })))
})
