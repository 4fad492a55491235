/** What a person has of their own: their builds, how they are told, and actions of a row by the keyboard. In a real browser. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as Path from "node:path"
import * as TestRepository from "../../server/test/scm/TestRepository.ts"
import * as SpecFile from "../../server/test/support/SpecFile.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

const authorization = "Bearer alice-token"

const start = Effect.gen(function*() {
  const { git, url } = yield* TestServer.start({
    ORCH_AUTH: "token",
    ORCH_API_TOKENS: `alice:packager:${createHash("sha256").update("alice-token").digest("hex")}`
  })
  TestRepository.make(Path.join(git, "rpms", "slow")).commit({
    "slow.spec": SpecFile.make("slow", { build: "sleep 60" })
  })
  const commit = TestRepository.make(Path.join(git, "modules", "demo")).commit({
    "demo.yaml": TestServer.modulemd({ slow: [] })
  })
  yield* Effect.promise(async () => {
    const answer = await fetch(`${url}/orch/v1/module-builds/`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body: JSON.stringify({ scmurl: `file://${git}/modules/demo?#${commit}` })
    })
    assert.strictEqual(answer.status, 201, await answer.clone().text())
  })
  return url
})

describe.skipIf(Chromium.program === undefined)(Chromium.titled("what is one's own, in Chromium"), () => {
  it.live(
    "is behind the sign-in: builds, how one is told, which a form alone changes, and what can be done with a row",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const url = yield* start
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const { faults, page } = await Chromium.open(browser, url)
          await page.goto(`${url}/me`)
          await page.waitForURL(/\/sign-in\?back=%2Fme$/)
          await page.locator("#token").fill("alice-token")
          await page.locator("#sign-in").click()
          await page.waitForURL(/\/me$/)
          assert.match(await page.locator("#answer").innerText(), /^1 build is yours; of the newest 1 is going on/)
          assert.match(await page.locator("#builds tbody").innerText(), /demo:1/)
          const told = async () => {
            const answer = await fetch(`${url}/orch/v1/notices/preference`, { headers: { authorization } })
            return await answer.json() as unknown
          }
          await page.locator("[name=webhook]").fill("ftp://example.org/x")
          await page.locator("#save").click()
          await page.locator("#answer.warn", { hasText: "webhook must be an http or https address" }).waitFor()
          // What was written is still there.
          assert.strictEqual(await page.locator("[name=webhook]").inputValue(), "ftp://example.org/x")
          await page.locator("[name=webhook]").fill("https://chat.example.org/hooks/1")
          await page.locator("[name=mail]").uncheck()
          await page.locator("[name=follow]").fill("perl:*\n\n  ruby:3.4 \n")
          await page.locator("#save").click()
          await page.locator("#answer", { hasText: "It is saved" }).waitFor()
          assert.deepStrictEqual(await told(), {
            mail: false,
            address: null,
            webhook: "https://chat.example.org/hooks/1",
            follow: ["perl:*", "ruby:3.4"]
          })
          // A form of another site changes nothing.
          const foreign = await page.request.post(`${url}/me`, {
            headers: { "sec-fetch-site": "cross-site", origin: "https://elsewhere.example.org" },
            form: { mail: "yes" }
          })
          assert.notStrictEqual(foreign.status(), 200)
          assert.deepInclude(await told(), { mail: false })

          await page.goto(`${url}/builds?q=`)
          await page.locator(".feed h3 a").waitFor()
          await page.keyboard.press("j")
          await page.keyboard.press(".")
          await page.locator("#picked", { hasText: "1 build chosen" }).waitFor()
          assert.strictEqual(await page.evaluate("document.activeElement.textContent"), "Cancel")
          await page.goto(`${url}/builds/1`)
          await page.keyboard.press(".")
          assert.strictEqual(await page.evaluate("document.activeElement.textContent"), "Cancel build")
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          const storageState = await page.context().storageState()
          const checked = (await Chromium.open(browser, url, { bypassCSP: true, storageState })).page
          await Chromium.violations(checked, `${url}/me`)
          await Chromium.violations(checked, `${url}/builds/1/slow`)
        })
      })),
    480_000
  )
})
