/** Signing in by a Kerberos ticket, in a real browser, at a realm of this machine. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { chromium } from "playwright-core"
import * as KerberosPackage from "../../../tooling/KerberosPackage.ts"
import * as TestKdc from "../../server/test/auth/TestKdc.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

const library = await KerberosPackage.prepare()
const missing = [library, TestKdc.tree].flatMap((one) => "missing" in one ? [one.missing] : [])
if (Chromium.program === undefined) missing.push("no Chromium in /usr/bin")

/** A browser that answers this host with tickets of the cache that its environment names; in private windows none does. */
const browserOf = (environment: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const profile = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-browser-"))),
      (one) => Effect.sync(() => Fs.rmSync(one, { recursive: true, force: true, maxRetries: 5 }))
    )
    return yield* Effect.acquireRelease(
      Effect.promise(() =>
        chromium.launchPersistentContext(profile, {
          executablePath: Chromium.program!,
          args: ["--no-sandbox", "--auth-server-allowlist=localhost"],
          env: { ...process.env as Record<string, string>, ...environment }
        })
      ),
      (one) => Effect.promise(() => one.close())
    )
  })

describe(`Kerberos in Chromium${missing.length === 0 ? "" : ` [skipped: ${missing.join("; ")}]`}`, () => {
  it.live.skipIf(missing.length > 0)(
    "signs in whom a ticket names by one click, and tells whoever has none what to do",
    () =>
      Effect.gen(function*() {
        const kdc = yield* TestKdc.start("root" in TestKdc.tree ? TestKdc.tree.root : "", ["alice", "HTTP/localhost"])
        process.env["KRB5_CONFIG"] = kdc.config
        const server = yield* TestServer.start({
          ORCH_AUTH: "kerberos",
          ORCH_KERBEROS_KEYTAB: kdc.keytab("HTTP/localhost"),
          ORCH_KERBEROS_LIBRARY: "directory" in library ? library.directory : ""
        })
        // Tickets are for names, not for addresses.
        const url = server.url.replace("127.0.0.1", "localhost")
        const alice = yield* browserOf(kdc.login("alice"))
        yield* Effect.promise(async () => {
          const page = await alice.newPage()
          const faults = Chromium.watch(page, url)
          await page.goto(`${url}/sign-in?back=/about`)
          // Chromium loads what it needs for tickets when a server first asks for one, and answers from the next time on.
          for (let turn = 0; turn < 3 && page.url() !== `${url}/about`; turn++) {
            await page.locator("#kerberos").click()
            await page.waitForLoadState()
            await page.waitForTimeout(1000)
          }
          assert.strictEqual(await page.locator("#who").innerText(), "alice")
          await page.locator("#who").click()
          await page.getByRole("button", { name: "Sign out" }).click()
          await page.locator("#who", { hasText: "Sign in" }).waitFor()
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
        })
        const nobody = yield* browserOf({ KRB5CCNAME: "FILE:/nowhere", KRB5_CONFIG: kdc.config })
        yield* Effect.promise(async () => {
          const page = await nobody.newPage()
          await page.goto(`${url}/sign-in`)
          await page.locator("#kerberos").click()
          await page.locator("#problem").waitFor()
          assert.match(await page.locator("#problem").innerText(), /ticket/i)
          assert.strictEqual(await page.locator("#who").innerText(), "Sign in")
        })
      }).pipe(Effect.scoped),
    480_000
  )
})
