/** Logging in at a GitHub that stands in for the real one: code to token, the organisation, and tokens of both generations. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Jose from "jose"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as FaceServer from "./FaceServer.ts"

const secret = "a secret that is long enough for anything"
const key = new TextEncoder().encode(secret)

/** A GitHub with people by code; `root` is where it has its interface. */
const github = (root: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
      const people: Readonly<Record<string, { readonly id: number; readonly orgs: ReadonlyArray<string> }>> = {
        octo: { id: 7, orgs: ["AlmaLinux"] },
        alien: { id: 8, orgs: ["other"] },
        alice: { id: 9, orgs: ["almalinux"] }
      }
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
          const json = (status: number, value: unknown) => {
            response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value))
          }
          const url = new URL(request.url!, "http://localhost")
          const token = /^Bearer gho_(\w+)$/.exec(request.headers.authorization ?? "")?.[1]
          const person = token === undefined ? undefined : people[token]
          if (request.method === "POST" && url.pathname === "/login/oauth/access_token") {
            const form = new URLSearchParams(Buffer.concat(chunks).toString())
            const code = form.get("code") ?? ""
            const isOurs = form.get("client_id") === "id" && form.get("client_secret") === "shh"
            return json(
              200,
              isOurs && code in people ? { access_token: `gho_${code}` } : { error: "bad_verification_code" }
            )
          }
          if (person === undefined) return json(url.pathname.startsWith(root) ? 401 : 404, { message: "no" })
          if (url.pathname === `${root}/user`) return json(200, { id: person.id, login: token, email: null })
          if (url.pathname === `${root}/user/orgs`) return json(200, person.orgs.map((login) => ({ login })))
          if (url.pathname === `${root}/user/emails`) {
            return json(200, [{ email: `${token}@example.org`, primary: true, verified: true }])
          }
          return json(404, {})
        })
      })
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({
          url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          close: () => server.close()
        })))
    }),
    ({ close }) => Effect.sync(close)
  )

describe.each(["/api/v3", ""])("logging in at a GitHub with its interface at %s/", (root) => {
  it.live(
    "makes a code a token, for members of the organisation, under a name that is nobody else's",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const forge = yield* github(root)
        const server = yield* FaceServer.start({
          ORCH_GITHUB_URL: forge.url,
          ORCH_GITHUB_CLIENT_ID: "id",
          ORCH_GITHUB_CLIENT_SECRET: "shh",
          ORCH_GITHUB_ORGANIZATION: "almalinux",
          ORCH_JWT_SECRET: secret
        })
        const login = (code: unknown) => server.ask("POST", "/users/login/github", undefined, code)
        assert.strictEqual((yield* login({})).status, 422)
        assert.strictEqual((yield* login({ code: "wrong" })).status, 403)
        assert.deepStrictEqual(yield* login({ code: "alien" }), {
          status: 403,
          body: { detail: "You should be a part of almalinux github organization to login." }
        })
        yield* server.ask("GET", "/roles/", "alice")
        assert.strictEqual((yield* login({ code: "alice" })).status, 409, "alice is somebody here already")
        const { body, status } = yield* login({ user: { code: "octo" } })
        assert.strictEqual(status, 200)
        const { email, id, jwt_token: token, username } = body as {
          readonly id: number
          readonly username: string
          readonly email: string
          readonly jwt_token: string
        }
        assert.deepStrictEqual([username, email], ["octo", "octo@example.org"])
        assert.strictEqual(((yield* login({ code: "octo" })).body as { readonly id: number }).id, id)

        const as = (given: string, path = "/roles/", method = "GET", sent?: unknown) =>
          Effect.promise(async () => {
            const reply = await fetch(`${server.url}/api/v1${path}`, {
              method,
              headers: { authorization: `Bearer ${given}` },
              ...(sent === undefined ? {} : { body: JSON.stringify(sent) })
            })
            return reply.status
          })
        const claims = Jose.decodeJwt(token)
        const end = claims.exp!
        const sign = (payload: Jose.JWTPayload) =>
          Effect.promise(() => new Jose.SignJWT(payload).setProtectedHeader({ alg: "HS256" }).sign(key))
        assert.strictEqual(yield* as(token), 200)
        assert.strictEqual(yield* as(yield* sign({ expires: end, identity: { user_id: id } })), 200, "as of old")
        assert.strictEqual(
          yield* as(yield* sign({ sub: `${id}`, aud: ["fastapi-users:auth"], exp: end })),
          200,
          "today's"
        )
        for (
          const [why, payload] of Object.entries({
            "ended": { expires: 1, identity: { user_id: id } },
            "without an end": { sub: `${id}` },
            "for something else": { sub: `${id}`, aud: ["fastapi-users:reset"], exp: end },
            "of nobody": { sub: "9999", exp: end }
          })
        ) assert.strictEqual(yield* as(yield* sign(payload)), 401, why)

        // Who logged in may look, and begins builds only with a role that lets them.
        const asked = {
          platforms: [{ name: "el8", arch_list: ["x86_64"] }],
          tasks: [{ url: "https://git.example.org/rpms/chan.git", git_ref: "c8" }]
        }
        assert.strictEqual(yield* as(token, "/builds/", "POST", asked), 403)
        const roles = (yield* server.ask("GET", "/roles/", "root")).body as ReadonlyArray<
          { readonly id: number; readonly name: string }
        >
        const role = (name: string) => roles.find((one) => one.name === name)!.id
        yield* server.ask("PATCH", `/users/${id}/roles/add`, "root", [role("packager"), role("build_node")])
        assert.strictEqual(yield* as(token, "/builds/", "POST", asked), 200)
        assert.strictEqual(yield* as(token, "/build_node/ping", "POST", { active_tasks: [] }), 200)
        assert.strictEqual((yield* server.ask("DELETE", `/users/${id}/remove`, "root")).status, 204)
        assert.strictEqual(yield* as(token), 403)

        // Nobody could undo it.
        const self = ((yield* server.ask("GET", "/users/?name=root", "root")).body as { readonly id: number }).id
        assert.strictEqual((yield* server.ask("DELETE", `/users/${self}/remove`, "root")).status, 409)
        for (const rights of [{ is_active: false }, { is_superuser: false }]) {
          assert.strictEqual((yield* server.ask("PUT", `/users/${self}`, "root", { id: self, ...rights })).status, 409)
        }
      })),
    300_000
  )
})

describe("logging in", () => {
  it.live(
    "by a browser begins and ends here, and a form takes tokens of the server's own",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const forge = yield* github("")
        const server = yield* FaceServer.start({
          ORCH_GITHUB_URL: forge.url,
          ORCH_GITHUB_CLIENT_ID: "id",
          ORCH_GITHUB_CLIENT_SECRET: "shh",
          ORCH_LOGIN_RETURN_URL: "https://builds.example.org/auth/login/finished",
          ORCH_JWT_SECRET: secret
        })
        const { body } = yield* server.ask("GET", "/auth/github/authorize", undefined)
        const sent = new URL((body as { readonly authorization_url: string }).authorization_url)
        assert.strictEqual(`${sent.origin}${sent.pathname}`, `${forge.url}/login/oauth/authorize`)
        assert.strictEqual(sent.searchParams.get("redirect_uri"), `${server.url}/api/v1/auth/github/callback`)
        const back = (state: string, code: string) =>
          Effect.promise(() =>
            fetch(`${server.url}/api/v1/auth/github/callback?code=${code}&state=${state}`, { redirect: "manual" })
          )
        assert.strictEqual((yield* back("y", "octo")).status, 400)
        const finished = yield* back(sent.searchParams.get("state")!, "octo")
        assert.strictEqual(finished.status, 302)
        assert.strictEqual(finished.headers.get("location"), "https://builds.example.org/auth/login/finished")
        assert.match(
          finished.headers.get("set-cookie") ?? "",
          /^albs=[\w.-]+; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/
        )

        const form = (fields: Record<string, string>) =>
          server.send(
            "POST",
            "/api/v1/auth/login",
            undefined,
            new URLSearchParams(fields).toString(),
            "application/x-www-form-urlencoded"
          )
        assert.strictEqual((yield* form({ username: "alice" })).status, 422)
        for (const fields of [{ username: "alice", password: "wrong" }, { username: "bob", password: "alice" }]) {
          assert.deepStrictEqual(yield* form(fields), { status: 400, body: { detail: "LOGIN_BAD_CREDENTIALS" } })
        }
        const known = yield* form({ username: "alice", password: "alice" })
        assert.strictEqual(known.status, 200)
        assert.strictEqual((known.body as { readonly token_type: string }).token_type, "bearer")
      })),
    300_000
  )

  it.live("is not offered where it is not set up", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* FaceServer.start()
      assert.strictEqual((yield* server.ask("POST", "/users/login/github", undefined, { code: "x" })).status, 501)
      assert.strictEqual((yield* server.ask("GET", "/auth/github/authorize", undefined)).status, 501)
    })), 300_000)
})
