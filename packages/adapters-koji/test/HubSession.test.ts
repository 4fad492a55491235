import { assert, describe, it } from "@effect/vitest"
import { HubSession, HubTransport, KojiCall, KojiError, KojiHub } from "@orch/adapters-koji"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as farm from "./farm.ts"

const { make: call } = KojiCall
const password = (text: string): HubSession.Login => ({ _tag: "Password", user: "orch", password: Redacted.make(text) })

const connected = (options: FakeKojiHub.Options, more: Partial<KojiHub.Options> = {}) =>
  Effect.gen(function*() {
    const hub = yield* farm.startHub(options)
    return { hub, koji: yield* KojiHub.scoped({ ...farm.hubOptions(hub), ...more }) }
  })

const count = (hub: FakeKojiHub.FakeKojiHub, method: string) =>
  hub.journal.filter((entry) => entry.method === method).length

/** A hub that keeps what it was sent and answers nil. */
const listener = Effect.acquireRelease(
  Effect.promise(async () => {
    const seen: Array<{ readonly url: string; readonly headers: http.IncomingHttpHeaders }> = []
    const login = "<struct><member><name>session-id</name><value><int>5</int></value></member>" +
      "<member><name>session-key</name><value>5-secret</value></member>" +
      "<member><name>header-auth</name><value><boolean>1</boolean></value></member></struct>"
    const server = http.createServer((request, response) => {
      let body = ""
      request.on("data", (chunk) => body += chunk)
      request.on("end", () => {
        seen.push({ url: request.url ?? "", headers: request.headers })
        const value = body.includes("<methodName>login<") ? login : "<nil/>"
        response.end(`<methodResponse><params><param><value>${value}</value></param></params></methodResponse>`)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return { server, seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/kojihub` }
  }),
  ({ server }) => Effect.promise(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))))
)

describe("HubSession", () => {
  it.live("sends the call number in both headers, with an exact length", () =>
    Effect.gen(function*() {
      const { seen, url } = yield* listener
      const session = yield* HubSession.make({ transport: HubTransport.make({ server: url }), login: password("x") })
      yield* session.call(call("createTag", ["a"]), "write")
      yield* session.call(call("createTag", ["b"]), "write")
      const [login, first, second] = seen
      assert.isUndefined(login?.headers["koji-session-id"])
      assert.strictEqual(first?.headers["koji-session-key"], "5-secret")
      assert.deepStrictEqual([first?.headers["koji-callnum"], first?.headers["koji-session-callnum"]], ["0", "0"])
      assert.deepStrictEqual([second?.headers["koji-callnum"], second?.headers["koji-session-callnum"]], ["1", "1"])
      assert.match(String(second?.headers["content-length"]), /^\d+$/)
      assert.isUndefined(second?.headers["transfer-encoding"])
    }).pipe(Effect.scoped))

  it.live("puts the session into the query string for hubs that do not read headers", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({ version: "1.30.1" })
      yield* koji.write(call("createTag", ["a"]))
      assert.strictEqual(hub.journal.at(-1)?.user, "orch")
    }).pipe(Effect.scoped))

  it.live("logs in once for many calls, and runs them in turn", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({}, { sessions: 1 })
      yield* Effect.forEach(Array.from({ length: 30 }, (_, n) => n), (n) => koji.write(call("createTag", [`t${n}`])), {
        concurrency: "unbounded"
      })
      assert.strictEqual(count(hub, "login"), 1)
      assert.lengthOf(hub.tags(), 31)
    }).pipe(Effect.scoped))

  it.live("renews an expired session and repeats the call", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({}, { sessions: 1 })
      yield* koji.write(call("createTag", ["a"]))
      hub.inject(() => (hub.inject(undefined), { kind: "expire" }))
      yield* koji.write(call("createTag", ["b"]))
      assert.include(hub.tags(), "b")
      const logins = hub.journal.filter((entry) => entry.method === "login")
      assert.deepStrictEqual(logins.map(({ params }) => (params.at(-1) as { renew?: boolean }).renew), [
        undefined,
        true
      ])
    }).pipe(Effect.scoped))

  it.live("says that a result was lost instead of doing a write twice, when the session died with the answer", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({}, { sessions: 1 })
      yield* koji.write(call("createTag", ["a"]))
      let step = 0
      hub.inject(() => step++ === 0 ? { kind: "reset-applied" } : step === 2 ? { kind: "forget" } : undefined)
      const error = yield* Effect.flip(koji.write(call("build", ["git+https://h/r/x#1", "t", {}])))
      assert.instanceOf(error, KojiError.ResultLost)
      assert.strictEqual(count(hub, "build"), 1)
    }).pipe(Effect.scoped))

  it.live("reports a wrong password once, without trying it again and again", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({}, { login: password("wrong") })
      const error = yield* Effect.flip(koji.write(call("createTag", ["a"])))
      assert.instanceOf(error, KojiError.KojiFault)
      assert.strictEqual((error as KojiError.KojiFault).code, 1002)
      assert.strictEqual(count(hub, "login"), 1)
    }).pipe(Effect.scoped))

  it.live("gives up on a hub that stays away, and then fails at once until a pause is over", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({}, {
        retry: { base: "5 millis", cap: "10 millis", patience: "50 millis" },
        breaker: { threshold: 2, pause: "200 millis" }
      })
      hub.inject(() => ({ kind: "offline" }))
      const ask = Effect.flip(koji.read(call("getAPIVersion")))
      const reasons: Array<string> = []
      for (let n = 0; n < 3; n++) reasons.push(((yield* ask) as KojiError.HubUnreachable).reason)
      assert.deepStrictEqual(reasons, ["offline", "offline", "open"])
      const before = hub.requests()
      yield* ask
      assert.strictEqual(hub.requests(), before)
      hub.inject(undefined)
      yield* Effect.sleep("250 millis")
      assert.strictEqual(yield* koji.read(call("getAPIVersion")), 1)
    }).pipe(Effect.scoped))

  it.live("ends a call whose answer does not come", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({}, {
        timeoutMillis: 100,
        retry: { base: "5 millis", cap: "10 millis", patience: "150 millis" }
      })
      hub.inject(() => ({ kind: "silence" }))
      const error = yield* Effect.flip(koji.read(call("getAPIVersion")))
      assert.strictEqual((error as KojiError.HubUnreachable).reason, "lost")
    }).pipe(Effect.scoped))

  it.live("waits shortly for a first answer and longer for the next, and is not taken twice for it", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({}, {
        timeoutMillis: 60_000,
        retry: { base: "5 millis", cap: "10 millis", patience: "20 seconds", deadline: "100 millis" }
      })
      yield* koji.write(call("createTag", ["a"]))
      let seen = 0
      // The first attempt arrives late, and after the second: the hub knows both by one number.
      hub.inject(() => seen++ === 0 ? { kind: "latency", millis: 250 } : undefined)
      yield* koji.write(call("createTag", ["b"]))
      yield* Effect.sleep("400 millis")
      assert.strictEqual(count(hub, "createTag"), 2)
      assert.include(hub.tags(), "b")
    }).pipe(Effect.scoped))

  it.live("hands each element's own fault on from a multicall, and keeps what the others did", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({})
      const [a, b, c] = yield* koji.writeAll([
        call("createTag", ["a"]),
        call("createTag", ["el9-build"]),
        call("createTag", ["c"])
      ])
      assert.deepStrictEqual([a?._tag, b?._tag, c?._tag], ["Success", "Failure", "Success"])
      assert.includeMembers([...hub.tags()], ["a", "c"])
    }).pipe(Effect.scoped))

  it.live("uploads in chunks that add up to the file, also when an answer is lost", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({})
      const bytes = Buffer.alloc(2_500_000, "abc")
      let uploads = 0
      hub.inject(({ method }) => method === "rawUpload" && uploads++ === 1 ? { kind: "reset-applied" } : undefined)
      const path = yield* koji.upload("cli-build/x", "a.src.rpm", bytes)
      const [state] = yield* koji.readAsUser([call("checkUpload", ["cli-build/x", "a.src.rpm"], { verify: "md5" })])
      assert.strictEqual(path, "cli-build/x/a.src.rpm")
      assert(state?._tag === "Success")
      assert.strictEqual((state.success as { size: number }).size, bytes.byteLength)
    }).pipe(Effect.scoped))

  it("splits calls into requests below the hub's limit, in order", () => {
    const calls = Array.from({ length: 3000 }, (_, n) => call("packageListAdd", ["t", `p${n}`, "x".repeat(3000)]))
    const batches = KojiHub.batches(calls)
    assert.isAbove(batches.length, 2)
    assert.deepStrictEqual(batches.flat(), calls)
  })

  it.live("logs in by Kerberos with a token made for the host", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connected({ tickets: { dG9rZW4: "orch" } }, {
        login: {
          _tag: "Negotiate",
          token: (host) => Effect.succeed(Redacted.make(host === "127.0.0.1" ? "dG9rZW4" : "no"))
        }
      })
      yield* koji.write(call("createTag", ["a"]))
      assert.strictEqual(hub.journal.at(-1)?.user, "orch")
    }).pipe(Effect.scoped))

  it.live("takes a refused Kerberos token for a refusal, not for a hub that is away", () =>
    Effect.gen(function*() {
      const { koji } = yield* connected({ tickets: {} }, {
        login: { _tag: "Negotiate", token: () => Effect.succeed(Redacted.make("dG9rZW4")) }
      })
      const error = yield* Effect.flip(koji.write(call("createTag", ["a"])))
      assert(error._tag === "HubUnreachable")
      assert.deepStrictEqual([error.status, error.isRetryable], [401, false])
    }).pipe(Effect.scoped))
})

const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"])
    return true
  } catch {
    return false
  }
})()
if (!hasOpenssl) console.warn("skipped: logins by certificate need the openssl command")

describe.skipIf(!hasOpenssl)(`HubSession over TLS${hasOpenssl ? "" : " [skipped: there is no openssl]"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "koji-tls-"))
  const openssl = (...args: ReadonlyArray<string>) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" })
  const read = (name: string) => readFileSync(join(folder, name), "utf8")
  const issue = (name: string, subject: string, extension: string) => {
    writeFileSync(join(folder, `${name}.ext`), extension)
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject)
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.crt",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-days",
      "2",
      "-out",
      `${name}.crt`,
      "-extfile",
      `${name}.ext`
    )
  }
  const setUp = () => {
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "ca.key",
      "-out",
      "ca.crt",
      "-days",
      "2",
      "-subj",
      "/CN=Test CA"
    )
    issue("hub", "/CN=127.0.0.1", "subjectAltName=IP:127.0.0.1\n")
    issue("orch", "/CN=orch", "extendedKeyUsage=clientAuth\n")
    const tls = { key: read("hub.key"), cert: read("hub.crt"), ca: read("ca.crt") }
    const client = `${read("orch.crt")}${read("orch.key")}`
    return { tls, client, ca: read("ca.crt") }
  }

  it.live(
    "logs in by certificate, and refuses a hub of an unknown authority without trying again",
    () =>
      Effect.gen(function*() {
        const { ca, client, tls } = setUp()
        const { hub, koji } = yield* connected({ tls }, {
          login: { _tag: "Certificate" },
          tls: { cert: client, key: client, ca }
        })
        yield* koji.write(call("createTag", ["a"]))
        assert.strictEqual(hub.journal.at(-1)?.user, "orch")
        const stranger = yield* KojiHub.scoped({ ...farm.hubOptions(hub), login: { _tag: "Certificate" } })
        const before = hub.requests()
        const error = yield* Effect.flip(stranger.read(call("getAPIVersion")))
        assert(error._tag === "HubUnreachable")
        assert.deepStrictEqual([error.reason, error.isRetryable], ["tls", false])
        assert.strictEqual(hub.requests(), before)
      }).pipe(Effect.scoped),
    30_000
  )
})
