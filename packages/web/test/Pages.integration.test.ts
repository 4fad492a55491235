/** Pages in a real browser, from a real server with a build of its local farm. Without a Chromium the suite is skipped. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { createRequire } from "node:module"
import * as Path from "node:path"
import { chromium } from "playwright-core"
import * as TestRepository from "../../server/test/scm/TestRepository.ts"
import * as SpecFile from "../../server/test/support/SpecFile.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"

const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  Fs.existsSync(path)
)
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js")

const title = program === undefined
  ? "the pages, in Chromium [skipped: no Chromium in /usr/bin]"
  : "the pages, in Chromium"

describe.skipIf(program === undefined)(title, () => {
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
        const browser = yield* Effect.acquireRelease(
          Effect.promise(() => chromium.launch({ executablePath: program!, args: ["--no-sandbox"] })),
          (one) => Effect.promise(() => one.close())
        )
        yield* Effect.promise(async () => {
          // axe is put into the page by the test, which the page's own policy would refuse.
          const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
          const elsewhere: Array<string> = []
          const refused: Array<string> = []
          page.on("request", (request) => {
            if (!request.url().startsWith(url)) elsewhere.push(request.url())
          })
          page.on("console", (message) => {
            if (/Content.Security.Policy/i.test(message.text())) refused.push(message.text())
          })
          page.on("pageerror", (error) => refused.push(error.message))
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
          assert.deepStrictEqual([elsewhere, refused], [[], []])
          const checked = await browser.newContext({ bypassCSP: true })
          const second = await checked.newPage()
          for (const path of ["/builds", "/builds/1", "/builds/1/broken/1/log"]) {
            for (const colorScheme of ["light", "dark"] as const) {
              await second.emulateMedia({ colorScheme })
              await second.goto(`${url}${path}`)
              await second.addScriptTag({ path: axe })
              const found: unknown = await second.evaluate(
                "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))"
              )
              assert.deepStrictEqual(found, [], `${path} ${colorScheme}`)
            }
          }
        })
      })),
    120_000
  )
})
