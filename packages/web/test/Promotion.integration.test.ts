/** A repository that becomes part of a release from the page that says which commit is built everywhere. In a real browser. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

const sha1 = "45107e218fb4c3a9e0d24f6b8c1a3e5745107e21"
const chacra = `https://storage.example.org/repos/ceph/main/${sha1}/centos/9/`

describe.skipIf(Chromium.program === undefined)(Chromium.titled("promoting a repository, in Chromium"), () => {
  it.live(
    "asks for the release's name, says that it is kept for ever, and can be taken back",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { sql, url } = yield* TestServer.start()
        const release = () =>
          Effect.runPromise(
            sql<{ readonly release: string | null }>`SELECT release FROM repository WHERE chacra_url = ${chacra}`
          ).then((rows) => rows.map((row) => row.release))
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const posted = await fetch(`${url}/orch/v1/repositories/ceph`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({
              chacra_url: chacra,
              url: "https://storage.example.org/r/ceph/main/",
              ref: "main",
              sha1,
              flavor: "default",
              distro: "centos",
              distro_version: "9",
              archs: ["x86_64"],
              status: "ready"
            })
          })
          assert.strictEqual(posted.status, 200, await posted.clone().text())
          const { faults, page } = await Chromium.open(browser, url)
          await page.goto(`${url}/commits?project=ceph&ref=main&at=centos/9/x86_64`)
          assert.match(await page.locator("#answer").innerText(), /^45107e21 is the newest commit/)
          const before = await release()
          await page.locator("#promote-0").click()
          const dialog = page.locator("dialog[open]")
          assert.match(await dialog.innerText(), /becomes part of a release and is kept for ever/)
          // Without a name nothing is sent.
          assert.isTrue(await dialog.locator("button.main").isDisabled())
          await dialog.locator("input").fill("v19.2.1")
          await dialog.locator("button.main").click()
          await page.locator("#said", { hasText: "Promote: done" }).waitFor()
          assert.deepStrictEqual([before, await release()], [[null], ["v19.2.1"]])
          await page.locator("#said button", { hasText: "Take it back" }).click()
          await page.locator("#said", { hasText: "Take it back: done" }).waitFor()
          assert.deepStrictEqual(await release(), [null])
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
        })
      })),
    480_000
  )
})
