/** What is done from pages of releases and campaigns and taken back there, in a real browser, by somebody who signed in with a token. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import * as Tiers from "../../server/test/campaigns/Tiers.ts"
import * as ReleaseServer from "../../server/test/releases/ReleaseServer.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

const isMissing = Chromium.program === undefined || ReleaseServer.packages === undefined

const signIn = async (page: Page, url: string, token: string): Promise<void> => {
  await page.goto(`${url}/sign-in`)
  await page.locator("input[name=token]").fill(token)
  await page.keyboard.press("Enter")
  await page.locator("#who", { hasText: token }).waitFor()
}

describe.skipIf(isMissing)(
  isMissing && Chromium.program !== undefined
    ? "releases from a page [skipped: no rpmbuild]"
    : Chromium.titled("releases from a page, in Chromium"),
  () => {
    it.live(
      "are edited and the edit taken back, committed by typing their number, and reverted with a reason",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const { server } = yield* ReleaseServer.startWithPulp
          const build = yield* server.built("chan")
          const planned = yield* server.send(
            "POST",
            "/orch/v1/releases/",
            "root",
            JSON.stringify({ platform: "el8", builds: [build] })
          )
          const { id } = planned.body as { readonly id: number }
          yield* server.until(
            server.send("GET", `/orch/v1/releases/${id}`, undefined),
            ({ body }) => (body as { readonly state: string }).state === "planned"
          )
          const browser = yield* Chromium.launch
          const { url } = server
          yield* Effect.promise(async () => {
            const { faults, page } = await Chromium.open(browser, url)
            await signIn(page, url, "root")
            await page.goto(`${url}/releases/${id}`)
            const row = page.locator("#plan tbody tr").first()
            const name = await row.locator("th").innerText()
            await row.locator("input[type=checkbox]").check()
            await page.locator("#plan [name=why]").fill("not wanted")
            await page.locator("#plan button[value=exclude]").click()
            await page.locator("#edits").waitFor()
            assert.include(await page.locator("#edits").innerText(), "is left out")
            await page.locator("#edits form[data-act] button").first().click()
            await page.locator("#edits", { hasText: "as planned again" }).waitFor()
            await page.locator("section#plan th", { hasText: name.trim().split("\n")[0]! }).waitFor({ timeout: 20_000 })
            // Somebody says where what was built goes, and that its source goes nowhere.
            const answer = await fetch(`${url}/orch/v1/releases/${id}/edits`, {
              method: "POST",
              headers: { "content-type": "application/json", authorization: "Bearer root" },
              body: JSON.stringify({
                edits: [
                  { place: "chan-0:1.0-1.noarch", repositories: ["production/almalinux-8-baseos/x86_64/os"] },
                  { exclude: "chan-0:1.0-1.src", why: "a test" }
                ]
              })
            })
            assert.strictEqual(answer.status, 200, await answer.clone().text())
            // Without a reload.
            const commit = page.locator("#commit:enabled")
            await commit.waitFor({ timeout: 20_000 })
            await commit.click()
            const dialog = page.locator("dialog[open]")
            assert.isTrue(await dialog.locator("button.main").isDisabled())
            await dialog.locator("input").fill(String(id))
            await dialog.locator("button.main").click()
            await page.locator(".head .st.big", { hasText: "Released" }).waitFor({ timeout: 30_000 })
            await page.locator("#revert").click()
            await dialog.locator("input").first().fill("it breaks things")
            await dialog.locator("input").last().fill(String(id))
            await dialog.locator("button.main").click()
            await page.locator(".head .st.big", { hasText: "Reverted" }).waitFor({ timeout: 30_000 })
            assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          })
        })),
      480_000
    )
  }
)

describe.skipIf(Chromium.program === undefined)(Chromium.titled("campaigns from a page, in Chromium"), () => {
  it.live(
    "are held with a reason and let go by the undo that is offered, and a node likewise",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const world = yield* TestServer.start({ ORCH_RECONCILE_INTERVAL: "200" })
        const { campaigns, push, spec } = yield* Tiers.make(world, ["low", "mid"])
        push("low", spec("low").replace("%files", "%build\nsleep 120\n%files"))
        const { id } = yield* campaigns.plan({ payload: { subject: "rpms/low-one" } })
        const browser = yield* Chromium.launch
        const { url } = world
        yield* Effect.promise(async () => {
          const { faults, page } = await Chromium.open(browser, url)
          await page.goto(`${url}/campaigns/${id}`)
          await page.locator("#hold").click()
          const dialog = page.locator("dialog[open]")
          await dialog.locator("input").fill("wait for the new compiler")
          await dialog.locator("button.main").click()
          await page.locator(".head .st.big", { hasText: "Held" }).waitFor()
          await page.locator("#said button", { hasText: "Let go" }).click()
          await page.locator("#said", { hasText: "Let go: done" }).waitFor()
          await page.locator("#hold").waitFor()

          await page.goto(`${url}/campaigns/${id}?node=mid:1`)
          await page.locator("#hold-node").click()
          await dialog.locator("input").fill("not yet")
          await dialog.locator("button.main").click()
          await page.locator("#holds", { hasText: "not yet" }).waitFor()
          await page.locator("#said button", { hasText: "Let it go" }).click()
          await page.locator("#said", { hasText: "Let it go: done" }).waitFor()
          await page.locator("#holds").waitFor({ state: "detached" })

          await page.locator("#cancel").click()
          await dialog.locator("button.main").click()
          await page.locator(".head .st.big", { hasText: /Canceled|Called off/ }).waitFor()
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
        })
      })),
    480_000
  )
})
