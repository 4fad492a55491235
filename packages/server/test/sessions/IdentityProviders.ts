/** An OpenID provider and a GitHub that stand in for real ones, as far as signing in with a browser goes. */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** What the provider was shown when a browser was sent there: by code, the challenge and the address to go back to. */
export interface Provider {
  readonly url: string
  readonly challenges: Map<string, { readonly challenge: string; readonly returnTo: string }>
}

/** `alice-token` is alice's, who is in the group packager; a code is taken with the verifier of its challenge alone. */
export const start: Effect.Effect<Provider, never, import("effect/Scope").Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.callback<{ readonly provider: Provider; readonly close: () => void }>((resume) => {
      const challenges: Provider["challenges"] = new Map()
      const server = createServer((request, response) => {
        let text = ""
        request.on("data", (chunk) => text += chunk).on("end", () => {
          const json = (value: unknown, status = 200) =>
            response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value))
          const form = new URLSearchParams(text)
          const path = new URL(request.url!, "http://localhost").pathname
          if (path === "/token") {
            const known = challenges.get(form.get("code") ?? "")
            const shown = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url")
            return known !== undefined && known.challenge === shown && known.returnTo === form.get("redirect_uri")
              ? json({ access_token: "alice-token", token_type: "Bearer" })
              : json({ error: "invalid_grant" }, 400)
          }
          if (path === "/introspect") {
            return json(
              form.get("token") === "alice-token"
                ? { active: true, username: "alice", scope: "openid groups", groups: ["packager"] }
                : { active: false }
            )
          }
          if (path === "/login/oauth/access_token") return json({ access_token: `gho_${form.get("code")}` })
          if (path === "/api/v3/user") return json({ id: 7, login: "octo", email: "octo@example.org" })
          return json({}, 404)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        resume(Effect.succeed({ provider: { url, challenges }, close: () => server.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  ),
  ({ provider }) => provider
)
