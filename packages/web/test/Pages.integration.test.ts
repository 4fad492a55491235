/** Pages in a real browser, from a real server with a build of its local farm. Without a Chromium the suite is skipped. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import * as TestRepository from "../../server/test/scm/TestRepository.ts"
import * as SpecFile from "../../server/test/support/SpecFile.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

describe.skipIf(Chromium.program === undefined)(Chromium.titled("the pages, in Chromium"), () => {
  it.live(
    "show a failed build as it fails, the line that says why, and load nothing from elsewhere",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { git, url } = yield* TestServer.start()
        TestRepository.make(Path.join(git, "rpms", "broken")).commit({
          "broken.spec": SpecFile.make("broken", { build: "echo '<b>no markup</b>'\nsleep 2\nexit 3" })
        })
        const commit = TestRepository.make(Path.join(git, "modules", "demo")).commit({
          "demo.yaml": TestServer.modulemd({ broken: [] })
        })
        const scmurl = `file://${git}/modules/demo?#${commit}`
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const { faults, page } = await Chromium.open(browser, url)
          await page.goto(`${url}/builds`)
          assert.match(await page.locator("#answer").innerText(), /Nothing was built yet/)
          const answer = await fetch(`${url}/orch/v1/module-builds/`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ scmurl })
          })
          assert.strictEqual(answer.status, 201, await answer.clone().text())
          // Without a reload: the announcements bring it.
          await page.locator(".feed h3 a").waitFor()
          await page.keyboard.press("j")
          await page.keyboard.press("Enter")
          await page.waitForURL(/\/builds\/\d+$/)
          await page.locator(".head .st.bad").waitFor({ timeout: 50_000 })
          assert.match(await page.title(), /^demo:1 failed/)
          assert.match(await page.locator("#answer").innerText(), /broken/)
          for (const colorScheme of ["light", "dark"] as const) {
            for (const width of [1440, 390, 320]) {
              await page.emulateMedia({ colorScheme })
              await page.setViewportSize({ width, height: 900 })
              const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
              assert.isAtMost(overflow, 0, `${colorScheme} ${width}`)
            }
          }
          await page.goto(`${page.url()}/broken/1/log`)
          assert.match(await page.locator("#lines").innerText(), /<b>no markup<\/b>/)
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          // Addresses that mean the same, and those of pages that people came from.
          const leads = async (path: string) => {
            const answer = await fetch(`${url}${path}`, { redirect: "manual" })
            return [answer.status, answer.headers.get("location")]
          }
          assert.match(await Chromium.answerOf(page, `${url}/builds/1/broken`), /exit|fail|broken/i)
          assert.match(await page.locator("#attempts").innerText(), /Attempt 1\s+Failed/)
          assert.deepStrictEqual((await leads("/builds/1/nothing"))[0], 404)
          assert.deepStrictEqual(await leads("/build/1"), [301, "/builds/1"])
          assert.deepStrictEqual(await leads("/release/7"), [301, "/releases/7"])
          assert.deepStrictEqual(await leads("/builds/ceph"), [301, "/commits/ceph"])
          assert.deepStrictEqual((await leads("/modules/demo/1"))[0], 302)
          assert.deepStrictEqual((await leads("/modules/demo/1/latest"))[0], 404)
          assert.match(
            await (await fetch(`${url}/packages/broken`)).text(),
            /module build has<\/?|1 module build has it/
          )
          // axe is put into the page by the test, which the page's own policy would refuse.
          const checked = (await Chromium.open(browser, url, { bypassCSP: true })).page
          for (const path of ["/builds", "/builds/1", "/builds/1/broken", "/builds/1/broken/1/log"]) {
            await Chromium.violations(checked, `${url}${path}`)
          }
        })
      })),
    480_000
  )
})
