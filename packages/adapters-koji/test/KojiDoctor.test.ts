import { assert, describe, it } from "@effect/vitest"
import { KojiConnection, KojiDoctor, KojiProfile } from "@orch/adapters-koji"
import type * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServer } from "node:tls"
import * as farm from "./farm.ts"

const examine = (
  options: FakeKojiHub.Options,
  profile: (url: string) => string,
  more: KojiDoctor.Options = {},
  prepare: (hub: FakeKojiHub.FakeKojiHub) => void = () => {}
) =>
  Effect.gen(function*() {
    const hub = yield* farm.startHub(options)
    prepare(hub)
    const file = join(mkdtempSync(join(tmpdir(), "koji-profile-")), "koji.conf")
    writeFileSync(file, profile(hub.url))
    return yield* KojiDoctor.examine("test", { files: [file] }, more)
  }).pipe(Effect.scoped)

/** A port that breaks off connections on which nobody speaks TLS. */
const tlsPort = async () => {
  const folder = mkdtempSync(join(tmpdir(), "koji-tls-"))
  const request = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout key.pem -out crt.pem"
  execFileSync("openssl", request.split(" "), { cwd: folder, stdio: "ignore" })
  const server = createServer({
    key: readFileSync(join(folder, "key.pem")),
    cert: readFileSync(join(folder, "crt.pem"))
  })
  server.on("tlsClientError", () => {})
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

const password = (url: string) => `[test]\nserver = ${url}\nauthtype = password\nuser = orch\npassword = orchpw\n`
const finding = (report: KojiDoctor.Report, check: KojiDoctor.Finding["check"]) =>
  report.findings.find((one) => one.check === check)

describe("KojiDoctor", () => {
  it.live("finds nothing to mend where module builds can be made", () =>
    Effect.gen(function*() {
      const report = yield* examine({}, password)
      assert.isTrue(report.healthy, JSON.stringify(report))
      assert.deepStrictEqual(report.findings.map(({ state }) => state), report.findings.map(() => "ok"))
      assert.include(finding(report, "version")?.message, "1.35.3")
    }))

  it.live("names the missing permission and who grants it how", () =>
    Effect.gen(function*() {
      const users = [{ name: "orch", password: "orchpw", permissions: ["target"] }]
      const report = yield* examine({ users }, password)
      assert.isFalse(report.healthy)
      assert.include(finding(report, "permissions")?.message, "\"tag\"")
      assert.include(finding(report, "permissions")?.advice, "koji grant-permission tag orch")
    }))

  it.live("names the policies that deny what a module build does", () =>
    Effect.gen(function*() {
      const allowed = yield* examine({}, password)
      assert.strictEqual(finding(allowed, "policies")?.state, "ok")
      const report = yield* examine({ policies: { build_from_srpm: "deny Only admin can do this" } }, password)
      assert.isTrue(report.healthy)
      assert.strictEqual(finding(report, "policies")?.state, "warning")
      assert.include(finding(report, "policies")?.message, "build_from_srpm denies the macros package")
      assert.notInclude(finding(report, "policies")?.message, "build_from_scm")
      assert.include(finding(report, "policies")?.advice, "[policy]")
    }))

  it.live("warns where an old hub would make no repository for us", () =>
    Effect.gen(function*() {
      const users = [{ name: "orch", password: "orchpw", permissions: ["tag", "target"] }]
      const report = yield* examine({ users, version: "1.34.0" }, password)
      assert.isTrue(report.healthy)
      assert.strictEqual(finding(report, "repositories")?.state, "warning")
    }))

  it.live("tells a hub that is too old", () =>
    Effect.gen(function*() {
      const report = yield* examine({ version: "1.29.0" }, password)
      assert.strictEqual(finding(report, "version")?.state, "failure")
    }))

  it.live("tells a wrong password from a hub that is away", () =>
    Effect.gen(function*() {
      const wrong = yield* examine({}, (url) => password(url).replace("orchpw", "no"))
      assert.strictEqual(finding(wrong, "login")?.state, "failure")
      const away = yield* examine({}, () => password("http://127.0.0.1:1/kojihub"))
      assert.strictEqual(finding(away, "reachability")?.state, "failure")
      assert.include(finding(away, "reachability")?.advice, "port")
    }), 30_000)

  it.live("tells what is no hub at all", () =>
    Effect.gen(function*() {
      const report = yield* examine({ inject: () => ({ kind: "garbage" }) }, password)
      assert.include(finding(report, "reachability")?.advice, "/kojihub")
    }), 30_000)

  it.live.each([
    ["there is no such profile", "[other]\nserver=http://h/kojihub\n"],
    ["it names no server", "[test]\n"],
    ["the server is no URL", "[test]\nserver=koji\n"],
    ["the certificate is not there", "[test]\nserver=https://h/kojihub\nauthtype=ssl\ncert=/nowhere.pem\n"],
    ["Kerberos has no source of tokens", "[test]\nserver=https://h/kojihub\nauthtype=kerberos\n"],
    ["a line is neither key nor section", "[test]\nnonsense\n"]
  ])("says what is wrong with a profile when %s", ([, text]) =>
    Effect.gen(function*() {
      const report = yield* examine({}, () => text ?? "")
      assert.strictEqual(finding(report, "profile")?.state, "failure")
      assert.isNotEmpty(finding(report, "profile")?.advice)
    }))
})

describe("KojiDoctor, where something cannot be as it is", () => {
  it.live("gives up on a hub that says nothing in the time that it names", () =>
    Effect.gen(function*() {
      const started = Date.now()
      const report = yield* examine({ inject: () => ({ kind: "silence" }) }, password)
      const found = finding(report, "reachability")
      assert.strictEqual(found?.message, "getAPIVersion: no complete answer within 5000 ms")
      // Twice as long for a machine that is busy.
      assert.isBelow(Date.now() - started, 10_000)
    }), 30_000)

  it.live(
    "gives up a hub that answers slowly when its patience is over, and keeps what it has found",
    () =>
      Effect.gen(function*() {
        let requests = 0
        const report = yield* examine(
          { inject: () => requests++ === 0 ? undefined : { kind: "latency", millis: 60_000 } },
          password,
          { patience: "1 second" }
        )
        assert.strictEqual(finding(report, "reachability")?.state, "ok")
        assert.strictEqual(finding(report, "patience")?.message, "not done within 1 seconds")
        assert.isFalse(report.healthy)
      }),
    30_000
  )

  it.live("says to write https where a port speaks TLS", () =>
    Effect.gen(function*() {
      const server = yield* Effect.acquireRelease(
        Effect.promise(() => tlsPort()),
        (one) => Effect.promise(() => one.close())
      )
      const report = yield* examine({}, () => password(`http://127.0.0.1:${server.port}/kojihub`))
      assert.include(finding(report, "reachability")?.advice, "https://", JSON.stringify(report))
    }).pipe(Effect.scoped), 30_000)

  it.live("says to write http where a port speaks no TLS", () =>
    Effect.gen(function*() {
      const report = yield* examine({}, (url) => password(url.replace("http:", "https:")))
      assert.include(finding(report, "reachability")?.advice, "http://")
    }), 30_000)

  it.live.each(
    [
      ["blocked", (hub: FakeKojiHub.FakeKojiHub) => hub.block("orch", true), "koji enable-user orch"],
      ["held by an exclusive session", (hub: FakeKojiHub.FakeKojiHub) => hub.lock("orch", true), "account of its own"]
    ] as const
  )("says what to do about an account that is %s", ([, shut, advice]) =>
    Effect.gen(function*() {
      const report = yield* examine({}, password, {}, shut)
      assert.include(finding(report, "login")?.advice, advice)
    }), 30_000)

  it.live("names a profile without authtype, certificate and password", () =>
    Effect.gen(function*() {
      const file = join(mkdtempSync(join(tmpdir(), "koji-profile-")), "koji.conf")
      writeFileSync(file, "[test]\nserver=https://h/kojihub\n")
      const report = yield* KojiDoctor.examine("test", { files: [file], home: "/nonexistent" })
      assert.include(finding(report, "profile")?.message, "sets no authtype")
      assert.include(finding(report, "profile")?.advice, "authtype = ssl")
    }))

  it.live.each([
    ["a server that is no URL", "server = https://koji.example.org:99999/kojihub\n"],
    ["a configuration that is a folder without rights", undefined]
  ])("tells %s without an exception", ([, line]) =>
    Effect.gen(function*() {
      const folder = mkdtempSync(join(tmpdir(), "koji-profile-"))
      const file = join(folder, "koji.conf")
      if (line === undefined) mkdirSync(join(file, "broken.conf"), { recursive: true })
      else writeFileSync(file, `[test]\n${line}`)
      const report = yield* KojiDoctor.examine("test", { files: [file] })
      assert.strictEqual(finding(report, "profile")?.state, "failure")
    }))

  it.live("compares the settings of the server with the hub", () =>
    Effect.gen(function*() {
      const settings = { platformTags: { el9: "el9-build", f41: "f41" }, contentGenerator: "orch-cg" }
      const report = yield* examine({}, password, { settings }, (hub) => hub.addTarget("f41", "el9-build", "el9-build"))
      const found = report.findings.filter(({ check }) => check === "settings")
      assert.lengthOf(found, 1, JSON.stringify(found))
      assert.match(found[0]!.message, /^platformTags has f41=f41: that is a build target/)
      assert.include(found[0]!.advice, "f41=el9-build")
      const { findings } = yield* examine({}, password, { settings: { platformTags: { el9: "el9-build" } } })
      assert.deepInclude(findings.at(-1), { check: "settings", state: "ok" })
    }))
})

describe("KojiProfile", () => {
  const select = (text: string, name = "a") =>
    Result.flatMap(KojiProfile.parseSections(text), (sections) => KojiProfile.select(sections, name))

  it("reads what Koji's own files contain", () => {
    const profile = Result.getOrThrow(select(`
;[a] commented out
[a]
;url of XMLRPC server
server = https://koji.example.org/kojihub/   ; the hub
topurl: https://kojipkgs.example.org/
cert = ~/.koji/client.crt
authtype = GSSAPI
timeout = 60
password = 50%% of it
`))
    assert.deepInclude(profile, {
      server: "https://koji.example.org/kojihub",
      topurl: "https://kojipkgs.example.org",
      cert: "~/.koji/client.crt",
      authtype: "kerberos",
      timeout: 60,
      password: "50% of it"
    })
  })

  it("lays later files over earlier ones key by key, directories by name", () => {
    const folder = mkdtempSync(join(tmpdir(), "koji-conf-"))
    mkdirSync(join(folder, "koji.conf.d"))
    writeFileSync(join(folder, "koji.conf.d/20-b.conf"), "[a]\nserver=http://two/kojihub\n")
    writeFileSync(join(folder, "koji.conf.d/10-a.conf"), "[a]\nserver=http://one/kojihub\nweburl=http://one/koji\n")
    writeFileSync(join(folder, "koji.conf.d/ignored.txt"), "not a configuration")
    writeFileSync(join(folder, "koji.conf"), "[a]\nauthtype=noauth\n[b]\nserver=http://b/kojihub\nauthtype=noauth\n")
    const files = [join(folder, "koji.conf.d"), join(folder, "koji.conf")]
    const { profile } = Result.getOrThrow(KojiConnection.fromProfile("a", { files }))
    assert.deepInclude(profile, { server: "http://two/kojihub", weburl: "http://one/koji", authtype: "noauth" })
    assert.strictEqual(Result.getOrThrow(KojiConnection.fromProfile("b", { files })).options.server, "http://b/kojihub")
  })
})
