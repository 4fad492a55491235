/** A Pulp behind TLS: by certificate without a password, by password with what Django compares on secure writes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TLSSocket } from "node:tls"
import * as PulpConnection from "../src/PulpConnection.ts"
import * as PulpTransport from "../src/PulpTransport.ts"
import * as Repositories from "../src/Repositories.ts"
import * as FakePulp from "../src/testing/FakePulp.ts"

const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"])
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!hasOpenssl)(`a Pulp behind TLS${hasOpenssl ? "" : " [skipped: there is no openssl]"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "orch-pulp-tls-"))
  const openssl = (...args: ReadonlyArray<string>) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" })
  const read = (name: string) => readFileSync(join(folder, name), "utf8")
  if (hasOpenssl) {
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-subj",
      "/CN=authority",
      "-days",
      "2"
    )
    writeFileSync(join(folder, "names"), "subjectAltName=IP:127.0.0.1\n")
    for (const name of ["server", "client"]) {
      openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.csr`,
        "-subj",
        `/CN=${name}`
      )
      openssl(
        "x509",
        "-req",
        "-in",
        `${name}.csr`,
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-out",
        `${name}.pem`,
        "-days",
        "2",
        "-extfile",
        "names"
      )
    }
  }

  /** What stands in front of Pulp: it ends TLS, knows users by their certificates, and speaks for them with a password. */
  const front = (pulp: FakePulp.FakePulp) =>
    Effect.acquireRelease(
      Effect.promise(() => {
        const referers: Array<string | undefined> = []
        const basic = `Basic ${Buffer.from(`${pulp.username}:${pulp.password}`).toString("base64")}`
        const options = {
          key: read("server.key"),
          cert: read("server.pem"),
          ca: read("ca.pem"),
          requestCert: true,
          rejectUnauthorized: false
        }
        const server = createServer(options, (incoming, outgoing) => {
          const known = (incoming.socket as TLSSocket).authorized
          if (incoming.method === "POST") referers.push(incoming.headers.referer)
          const headers = { ...incoming.headers, ...(known ? { authorization: basic } : {}) }
          const inner = request(pulp.url + (incoming.url ?? ""), { method: incoming.method, headers }, (answer) => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
            answer.pipe(outgoing)
          })
          incoming.pipe(inner)
        })
        return new Promise<{ readonly url: string; readonly referers: typeof referers; readonly close: () => void }>((
          resolve
        ) =>
          server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as AddressInfo
            const close = () => {
              server.closeAllConnections()
              server.close()
            }
            resolve({ url: `https://127.0.0.1:${port}`, referers, close })
          })
        )
      }),
      ({ close }) => Effect.sync(close)
    )

  const fake = Effect.acquireRelease(Effect.promise(() => FakePulp.start()), ({ close }) => Effect.promise(close))

  const connect = (settings: PulpConnection.Settings, tls: PulpTransport.Tls) =>
    Effect.provide(PulpConnection.make(settings), PulpTransport.layer(tls))

  it.live("knows us by our certificate, and gets no password", () =>
    Effect.scoped(Effect.gen(function*() {
      const pulp = yield* fake
      const { url } = yield* front(pulp)
      const tls = { cert: read("client.pem"), key: read("client.key"), ca: read("ca.pem") }
      const { client } = yield* connect({ url, credentials: { _tag: "Certificate" } }, tls)
      assert.strictEqual((yield* Repositories.ensure(client, "one")).name, "one")
      assert.isFalse(pulp.seen.some(({ path }) => path === "login/"))
      const { client: stranger } = yield* connect({ url, credentials: { _tag: "Certificate" } }, { ca: tls.ca })
      assert.strictEqual((yield* Effect.flip(Repositories.ensure(stranger, "two"))).reason, "refused")
    })))

  it.live("gets the address that Django compares on writes", () =>
    Effect.scoped(Effect.gen(function*() {
      const pulp = yield* fake
      const { referers, url } = yield* front(pulp)
      const credentials = { _tag: "Password", username: pulp.username, password: Redacted.make(pulp.password) } as const
      const { client } = yield* connect({ url, credentials }, { ca: read("ca.pem") })
      yield* Repositories.ensure(client, "one")
      assert.strictEqual(referers.at(-1), `${url}/`)
    })))

  it.live("is not spoken to when its certificate is nobody's we know", () =>
    Effect.scoped(Effect.gen(function*() {
      const { url } = yield* front(yield* fake)
      const { client } = yield* connect({ url, credentials: { _tag: "Certificate" } }, {})
      const error = yield* Effect.flip(Repositories.ensure(client, "one"))
      assert.strictEqual(error.reason, "refused")
      assert.include(error.message, "certificate")
    })))
})
