/** What can be wrong with the files of a login by certificate: each told with the file and what to do, before anything is sent. */
import { assert, describe, it } from "@effect/vitest"
import { ClientCertificate, KojiConnection, KojiDoctor, KojiHub } from "@orch/adapters-koji"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"])
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!hasOpenssl)(`a client certificate${hasOpenssl ? "" : " [skipped: there is no openssl]"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "koji-certificate-"))
  const openssl = (...args: ReadonlyArray<string>) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" })
  const read = (name: string) => readFileSync(join(folder, name), "utf8")
  const selfSigned = (name: string, bits: number) =>
    openssl(
      ...`req -x509 -newkey rsa:${bits} -nodes -days 2 -subj /CN=orch -keyout ${name}.key -out ${name}.crt`.split(" ")
    )
  selfSigned("good", 2048)
  selfSigned("other", 2048)
  selfSigned("weak", 1024)
  openssl("pkey", "-in", "good.key", "-aes256", "-passout", "pass:secret", "-out", "encrypted.key")
  openssl("rsa", "-in", "good.key", "-aes256", "-traditional", "-passout", "pass:secret", "-out", "old-encrypted.key")
  const half = read("good.key").replace(/\n[A-Za-z0-9+/=]{60,}\n/, "\n")

  const cases: ReadonlyArray<readonly [what: string, pem: string, message: RegExp, advice: RegExp]> = [
    ["has no key", read("good.crt"), /holds no private key/, /append the key/],
    [
      "has another's key",
      read("good.crt") + read("other.key"),
      /not that of the certificate of CN=orch/,
      /put the key/
    ],
    ["has an encrypted key", read("good.crt") + read("encrypted.key"), /is encrypted/, /openssl pkey -in/],
    [
      "has a key that is encrypted in the old way",
      read("good.crt") + read("old-encrypted.key"),
      /is encrypted/,
      /openssl/
    ],
    ["has a key that is cut short", read("good.crt") + half, /private key in .* cannot be read/, /again, as PEM/],
    ["is no PEM at all", "garbage", /holds no certificate/, /as PEM text/],
    ["is empty", "", /holds no certificate/, /as PEM text/],
    [
      "is PEM around nonsense",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      /cannot be read/,
      /again/
    ],
    ["is too weak", read("weak.crt") + read("weak.key"), /cannot be used: .*too small/, /OpenSSL accepts/]
  ]

  it("is read with its subject and times", () => {
    const found = Result.getOrThrow(ClientCertificate.read(read("good.crt") + read("good.key"), "client.pem"))
    assert.strictEqual(found.subject, "CN=orch")
    assert.isBelow(found.begins, found.ends)
  })

  it.live.each(cases)(
    "that %s is told by doctor and connection, which name the file and what to do",
    ([, pem, message, advice]) =>
      Effect.gen(function*() {
        const file = join(mkdtempSync(join(folder, "case-")), "client.pem")
        writeFileSync(file, pem)
        const profile = join(folder, "koji.conf")
        writeFileSync(profile, `[test]\nserver=https://127.0.0.1:1/kojihub\nauthtype=ssl\ncert=${file}\n`)
        const connection = KojiConnection.fromProfile("test", { files: [profile] })
        assert(Result.isFailure(connection))
        assert.match(connection.failure.message, message)
        assert.include(connection.failure.message, file)
        assert.match(connection.failure.advice, advice)
        const report = yield* KojiDoctor.examine("test", { files: [profile] })
        assert.isFalse(report.healthy)
        assert.deepInclude(report.findings[0], { check: "certificate", state: "failure" })
      })
  )

  it.live("that is used unread is a failure of the call, no exception", () =>
    Effect.gen(function*() {
      const koji = yield* KojiHub.scoped({
        name: "test",
        server: "https://127.0.0.1:1/kojihub",
        login: { _tag: "Certificate" },
        tls: { cert: read("good.crt"), key: read("other.key") }
      })
      const error = yield* Effect.flip(koji.read({ method: "getAPIVersion", params: [] }))
      assert(error._tag === "HubUnreachable")
      assert.strictEqual(error.reason, "tls")
    }).pipe(Effect.scoped))

  it.each([
    ["garbage", /holds no certificate/],
    ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", /certificate 1 of 1/]
  ])("an authority file with %j is refused, which Node.js takes without a word", (pem, message) => {
    const checked = ClientCertificate.checkAuthorities(pem, "ca.pem")
    assert(Result.isFailure(checked))
    assert.match(checked.failure.message, message)
  })

  it("an authority file may hold several", () =>
    assert.isTrue(Result.isSuccess(ClientCertificate.checkAuthorities(read("good.crt") + read("other.crt"), "ca.pem"))))
})
