/** The pages beside the feed, in a real browser, from a real server with builds of its local farm. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import * as TestRepository from "../../server/test/scm/TestRepository.ts"
import * as SpecFile from "../../server/test/support/SpecFile.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

const E = "\\033["

const specs: Readonly<Record<string, string>> = {
  "p-base": SpecFile.make("p-base"),
  "p-lib": SpecFile.make("p-lib", { build: `for i in $(seq 30); do echo ok $i; done; printf '${E}32mgreen${E}0m\\n'` }),
  "p-slow": SpecFile.make("p-slow", { build: "for i in $(seq 600); do echo line $i; sleep 1; done" })
}

describe.skipIf(Chromium.program === undefined)(
  Chromium.titled("pages of builds, farm and repositories, in Chromium"),
  () => {
    it.live(
      "answer in their first sentence, are planned, submitted, watched and canceled by keyboard alone, and pass axe",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const { git, url } = yield* TestServer.start({ ORCH_ALLOW_YAML: "true", ORCH_RECONCILE_INTERVAL: "200" })
          for (const [name, text] of Object.entries(specs)) {
            TestRepository.make(Path.join(git, "rpms", name)).commit({ [`${name}.spec`]: text })
          }
          const module = TestRepository.make(Path.join(git, "modules", "demo"))
          let at = 1_700_000_000
          const commit = (components: Readonly<Record<string, ReadonlyArray<string>>>) =>
            `file://${git}/modules/demo?#${module.commit({ "demo.yaml": TestServer.modulemd(components) }, at += 60)}`
          const browser = yield* Chromium.launch
          yield* Effect.promise(async () => {
            const { faults, page } = await Chromium.open(browser, url)

            // Nothing is there yet, and every page says so and what to do.
            assert.match(await Chromium.answerOf(page, `${url}/farm`), /0 tasks are running and nothing waits/)
            assert.match(await Chromium.answerOf(page, `${url}/commits`), /No repository fits/)
            assert.match(await Chromium.answerOf(page, `${url}/history`), /No branch is followed yet/)
            assert.match(await Chromium.answerOf(page, `${url}/campaigns`), /Nothing was rebuilt yet/)
            assert.match(await Chromium.answerOf(page, `${url}/impact?subject=rpms/p-base`), /Nothing depends on/)

            // A text with faults is refused with each fault in its place, and can be mended there.
            await page.goto(`${url}/submit`)
            await page.locator("#text").fill(TestServer.modulemd({ "p-base": ["buildorder: first"] }))
            await page.locator("#check").click()
            assert.match(await page.locator("#answer").innerText(), /would be refused/i)
            assert.match(await page.locator(".log li.err").innerText(), /buildorder: first/)
            assert.match(await page.locator(".log li.remark").first().innerText(), /Error/)

            // Planned, submitted, watched by keyboard alone.
            const scmurl = commit({ "p-base": [], "p-lib": ["buildafter: [p-base]"] })
            await page.goto(`${url}/submit`)
            await page.keyboard.press("/")
            await page.keyboard.type(scmurl)
            await page.keyboard.press("Enter")
            await page.locator("#submit").waitFor()
            assert.match(
              await page.locator("#answer").innerText(),
              /1 build would begin, with 2 components in 2 batches/
            )
            assert.match(await page.locator("#critical-path").innerText(), /p-base → p-lib/)
            await page.locator("#check").focus()
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await page.waitForURL(/\/builds\/\d+$/)
            const first = Number(page.url().split("/").at(-1))
            // Without a reload: the announcements bring it.
            await page.locator(".head .st.good").waitFor({ timeout: 60_000 })
            assert.match(
              await page.locator("#dnf").innerText(),
              new RegExp(`^dnf --repofrompath=demo,${url}/repositories/`)
            )
            assert.strictEqual(await page.locator("#order .node").count(), 2)

            // The record of a repository follows the build.
            const everywhere = `${url}/commits?project=demo&ref=1&at=centos/9/x86_64`
            for (let look = 0; look < 50 && !/is the newest/.test(await Chromium.answerOf(page, everywhere)); look++) {
              await page.waitForTimeout(200)
            }
            assert.match(
              await page.locator("#answer").innerText(),
              /is the newest commit that is ready for centos\/9\/x86_64/
            )
            assert.match(await page.locator("#dnf").innerText(), /module install demo:1/)
            assert.match(
              await Chromium.answerOf(page, `${url}/commits?project=demo&ref=1&at=centos/9,debian/13`),
              /No commit is ready for all 2 places. Most lack debian\/13; without it, the newest is/
            )

            // Colours and folds of a log, and an address that opens what is folded.
            await page.goto(`${url}/builds/${first}/p-lib/1/log`)
            assert.strictEqual(await page.locator("#lines .a-green").innerText(), "green")
            const folded = page.locator("#lines > li", { hasText: /^\d+ok 7$/ })
            const line = await page.evaluate(() =>
              [...document.querySelectorAll("#lines > li")].find((one) => one.textContent?.endsWith("ok 7"))?.id ?? ""
            )
            assert.isFalse(await folded.isVisible())
            await page.goto(`${url}/builds/${first}/p-lib/1/log#${line}`)
            await page.locator(`#${line}.pick`).waitFor()
            assert.match(await page.title(), /^Line \d+: Log of p-lib/)
            await page.goto(`${url}/builds/${first}/p-lib/1/log?find=%5Eok+1%5B0-2%5D%24&regex=true`)
            assert.match(await page.locator("#found h2").innerText(), /3 lines have/)

            // One that takes long is canceled by keyboard; the farm shows it meanwhile.
            const slow = await fetch(`${url}/orch/v1/module-builds/`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ scmurl: commit({ "p-base": [], "p-slow": [] }) })
            })
            const [{ id: second }] = await slow.json() as [{ readonly id: number }]
            await page.goto(`${url}/builds/${second}`)
            await page.locator("#c-p-slow .st", { hasText: "Building" }).waitFor({ timeout: 60_000 })
            assert.match(await Chromium.answerOf(page, `${url}/farm`), /1 task is running|2 tasks are running/)
            await page.goto(`${url}/builds/${second}/p-slow/1/log`)
            const lines = page.locator("#lines > li:not(.fold)")
            const before = await lines.count()
            // It grows by itself.
            await page.waitForFunction((count) => document.querySelectorAll("#lines > li").length > count + 1, before)
            assert.match(await Chromium.answerOf(page, `${url}/builds/${second}/compare/${first}`), /component/)
            await page.goto(`${url}/builds/${second}`)
            await page.locator("#cancel").focus()
            await page.keyboard.press("Enter")
            await page.locator("dialog[open]").waitFor()
            await page.keyboard.press("Shift+Tab")
            await page.keyboard.press("Enter")
            await page.locator(".head .st", { hasText: "Canceled" }).waitFor({ timeout: 20_000 })
            assert.match(await page.locator("#changed").innerText(), new RegExp(`module build ${first}`))

            assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
            await Chromium.check(browser, url, [
              "/farm",
              "/farm/queue",
              "/commits",
              "/commits?project=demo&ref=1&at=centos/9,debian/13",
              `/submit?scmurl=${encodeURIComponent(scmurl)}`,
              `/builds/${first}`,
              `/builds/${second}/compare/${first}`,
              `/builds/${first}/p-lib/1/log?find=ok`,
              "/history",
              "/campaigns",
              "/impact?subject=rpms/p-base"
            ])
          })
        })),
      480_000
    )
  }
)
