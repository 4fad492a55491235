/** How pages keep up in a real browser: frames while large ones are scrolled, changes within a second, and many rows at once. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { AddressInfo } from "node:net"
import * as Path from "node:path"
import type { Page } from "playwright-core"
import * as TestRepository from "../../server/test/scm/TestRepository.ts"
import * as SpecFile from "../../server/test/support/SpecFile.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as BuildPage from "../src/BuildPage.ts"
import * as CampaignPage from "../src/campaigns/CampaignPage.ts"
import type * as Frame from "../src/Frame.ts"
import * as Viewer from "../src/Viewer.ts"
import * as BuildSample from "./BuildSample.ts"
import * as Chromium from "./Chromium.ts"
import * as Samples from "./Samples.ts"
import * as SampleServer from "./SampleServer.ts"

const { now } = Samples
const prefix = ""

const states = ["done", "done", "cut", "builds", "waits", "blocked", "failed"] as const

/** The largest pages that were asked for. */
const pages: Readonly<Record<string, Frame.Page>> = {
  build: BuildPage.page(BuildSample.build(300)),
  campaign: CampaignPage.page({
    campaign: Samples.campaign(
      Array.from({ length: 5000 }, (_, index) => Samples.node(index, { state: states[index % states.length]! }))
    ),
    filter: { state: "", tier: "", q: "", offset: 0 },
    node: "",
    viewer: Viewer.stranger,
    now,
    prefix
  })
}

/** What was done by the browser's main thread while a page was scrolled from its top to its end and back, frame by frame. */
const scrolled = async (
  page: Page
): Promise<{ readonly frames: number; readonly busy: number; readonly long: number }> => {
  const session = await page.context().newCDPSession(page)
  await session.send("Performance.enable", { timeDomain: "threadTicks" })
  const taskTime = async () => {
    const { metrics } = await session.send("Performance.getMetrics")
    return metrics.find(({ name }) => name === "TaskDuration")!.value * 1000
  }
  const before = await taskTime()
  const found = await page.evaluate(`new Promise((resolve) => {
    let long = 0
    new PerformanceObserver((list) => { long += list.getEntries().length }).observe({ type: "longtask" })
    let frames = 0
    let by = 80
    const step = () => {
      frames++
      scrollBy(0, by)
      if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) by = -80
      if (by < 0 && scrollY === 0) setTimeout(() => resolve({ frames, long }), 200)
      else requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })`) as { readonly frames: number; readonly long: number }
  const busy = await taskTime() - before
  await session.detach()
  return { ...found, busy }
}

describe.skipIf(Chromium.program === undefined)(Chromium.titled("how pages keep up, in Chromium"), () => {
  it.live(
    "scrolls a build of 300 components and a campaign of 5,000 nodes with room to spare in each sixtieth of a second",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* SampleServer.serve(pages)
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
          for (const name of Object.keys(pages)) {
            for (const width of [1440, 390]) {
              const { page } = await Chromium.open(browser, url, {
                javaScriptEnabled: true,
                viewport: { width, height: 900 }
              })
              await page.goto(`${url}/${name}`)
              await page.locator("#answer").waitFor()
              // Time of the processor, not of the clock: what else runs here counts only as far as it slows the processor down, so
              // that the best of some looks says what the page takes.
              let best = Infinity
              for (let look = 0; look < 5 && !(best < 16.7); look++) {
                const { busy, frames, long } = await scrolled(page)
                const each = busy / frames
                console.info(
                  `${name} ${width}: ${frames} frames, ${each.toFixed(1)} ms of work each, ${long} long tasks`
                )
                assert.isAbove(frames, 20)
                best = Math.min(best, each)
                await page.evaluate("scrollTo(0, 0)")
              }
              assert.isBelow(best, 16.7, `${name} ${width}`)
              await page.context().close()
            }
          }
        })
      })),
    480_000
  )

  it.live(
    "shows what happened within a second of its event, tells whoever asked, and does one thing to several builds",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { git, url } = yield* TestServer.start({ ORCH_RECONCILE_INTERVAL: "200" })
        TestRepository.make(Path.join(git, "rpms", "slow")).commit({
          "slow.spec": SpecFile.make("slow", { build: "sleep 300" })
        })
        const module = TestRepository.make(Path.join(git, "modules", "demo"))
        let at = 1_700_000_000
        const post = (path: string, body: unknown) =>
          fetch(`${url}/orch/v1/${path}`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body)
          })
        const submit = async (stream: string) => {
          const text = TestServer.modulemd({ slow: [] }).replace("stream: \"1\"", `stream: "${stream}"`)
          const commit = module.commit({ "demo.yaml": text }, at += 60)
          const answer = await post("module-builds/", { scmurl: `file://${git}/modules/demo?#${commit}` })
          const [{ id }] = await answer.json() as [{ readonly id: number }]
          return id
        }
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const { faults, page } = await Chromium.open(browser, url, { permissions: ["notifications"] })
          await page.addInitScript(`
            window.__told = []
            const own = window.Notification
            window.Notification = class extends own {
              constructor(title, options) { super(title, options); window.__told.push([title, options.body]) }
            }`)
          const first = await submit("1")
          await page.goto(`${url}/builds/${first}`)
          await page.locator("#live", { hasText: /^Live$/ }).waitFor()
          await page.locator("[data-notify]").click()
          await page.locator("[data-notify][aria-pressed=true]").waitFor()
          await page.locator("#c-slow .st", { hasText: "Building" }).waitFor({ timeout: 60_000 })

          await post(`module-builds/${first}/cancel`, {})
          await page.waitForFunction(() =>
            (window as unknown as { readonly __told: ReadonlyArray<unknown> }).__told.length > 0
          )
          assert.deepStrictEqual(await page.evaluate("window.__told.length"), 1)
          assert.match(String(await page.evaluate("window.__told[0][0]")), /^demo:1 has ended$/)

          // From the moment at which the event was written to the moment at which the page shows it; the best of three, since
          // other things run here as well.
          const late: Array<number> = []
          while (late.length < 3 && !(Math.min(...late) < 1000)) {
            const id = await submit(`late${late.length}`)
            await page.goto(`${url}/builds/${id}`)
            await page.locator("#c-slow .st", { hasText: "Building" }).waitFor({ timeout: 60_000 })
            await page.evaluate(`new MutationObserver(() => {
              if (window.__shown === undefined && document.querySelector(".head .st.idle") !== null) window.__shown = Date.now()
            }).observe(document.body, { subtree: true, childList: true })`)
            await post(`module-builds/${id}/cancel`, {})
            await page.waitForFunction(() => "__shown" in window)
            const shown = await page.evaluate("window.__shown") as number
            const { trace } = await (await fetch(`${url}/orch/v1/module-builds/${id}`)).json() as {
              readonly trace: ReadonlyArray<{ readonly at: string }>
            }
            late.push(shown - Date.parse(trace.at(-1)!.at))
          }
          console.info(`shown ${late.join(", ")} ms after the event`)
          assert.isBelow(Math.min(...late), 1000)

          // Three are chosen by keyboard; one of them cannot be canceled any more, which is said before and after.
          const second = await submit("2")
          const third = await submit("3")
          await page.goto(`${url}/builds`)
          await page.locator(`#b-${third}`).waitFor()
          for (const id of [first, second, third]) {
            await page.locator(`#b-${id} h3 a`).focus()
            await page.keyboard.press("x")
          }
          assert.match(await page.locator("#picked").innerText(), /3 builds chosen/)
          await page.locator("#picked button", { hasText: "Cancel" }).click()
          const dialog = page.locator("#choosing")
          await dialog.waitFor()
          assert.match(await dialog.innerText(), /Cancel: 2 of 3; the others cannot be[\s\S]*Not possible/)
          await dialog.locator("button.main").click()
          await dialog.locator("p", { hasText: "Cancel: 2 done, 1 not" }).waitFor()
          assert.match(await dialog.innerText(), /demo:3[^\n]* Done/)
          await page.keyboard.press("Escape")
          await page.locator(`#b-${third} .st.idle`).waitFor()
          await page.locator(`#b-${second} .st.idle`).waitFor()
          // What could not be done stays chosen.
          assert.match(await page.locator("#picked").innerText(), /1 build chosen/)
          assert.strictEqual(await page.locator(".views a", { hasText: /^All [456]$/ }).count(), 1)

          // The same view for feed readers.
          const atom = await fetch(`${url}/builds.atom?q=state:failed`)
          assert.match(atom.headers.get("content-type")!, /^application\/atom\+xml/)
          const text = await atom.text()
          assert.strictEqual(text.match(/<entry>/g)?.length, 3 + late.length)
          const parsed = await page.evaluate((address) =>
            new Promise<ReadonlyArray<unknown>>((resolve) => {
              const request = new XMLHttpRequest()
              request.open("GET", address)
              request.responseType = "document"
              request.onload = () => {
                const found = request.responseXML
                resolve([
                  found?.querySelectorAll("parsererror").length,
                  found?.querySelector("entry > title")?.textContent
                ])
              }
              request.send()
            }), "/builds.atom?q=state:failed")
          assert.deepStrictEqual(parsed, [0, "demo:3 canceled"])

          // For a wall: the same answer, and nothing to do.
          await page.goto(`${url}/farm?wall=1`)
          await page.locator("#answer").waitFor()
          assert.isFalse(await page.locator(".nav").isVisible())
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          await Chromium.check(browser, url, ["/farm?wall=1", "/builds"])
        })
      })),
    480_000
  )
})
