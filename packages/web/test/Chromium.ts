/** A real browser, and what has to hold for every page that it shows. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { createRequire } from "node:module"
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core"

/** Where Chromium is; `undefined` where there is none. */
export const program = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome"
].find((path) => Fs.existsSync(path))

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js")

/** What a suite is called: that it is skipped, and why, where there is no browser. */
export const titled = (title: string): string =>
  program === undefined ? `${title} [skipped: no Chromium in /usr/bin]` : title

/**
 * What a browser does without. Each window prepares suggestions for a line that nobody types into, which costs as much as many pages do;
 * the others are what Playwright leaves out, whose list this takes the place of.
 */
const without = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxFullPopup",
  "WebUIOmniboxAimPopup",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch"
]

let running: Browser | undefined

/** It ends with this process, when nobody holds the pipe to it any more. */
const start = async (): Promise<Browser> => {
  if (running?.isConnected() !== true) {
    running = await chromium.launch({
      executablePath: program!,
      args: ["--no-sandbox", `--disable-features=${without.join(",")}`],
      handleSIGHUP: false,
      handleSIGINT: false,
      handleSIGTERM: false
    })
  }
  return running
}

/** The one browser of this process, which takes as long to start as many pages take; its windows are closed with the scope. */
export const launch = Effect.acquireRelease(
  Effect.promise(start),
  (one) => Effect.promise(() => Promise.all(one.contexts().map((context) => context.close())))
)

/** What pages asked elsewhere, what the policy refused, and what threw. */
export interface Faults {
  readonly elsewhere: Array<string>
  readonly refused: Array<string>
}

/** Counts layout shifts from the first moment on; a test asks for them by `shiftOf`. */
const countShifts = `
  window.__shift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value
  }).observe({ type: "layout-shift", buffered: true })`

/** The faults of a page from now on. */
export const watch = (page: Page, url: string): Faults => {
  const faults: Faults = { elsewhere: [], refused: [] }
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) faults.elsewhere.push(request.url())
  })
  page.on("console", (message) => {
    if (/Content.Security.Policy|Trusted/i.test(message.text())) faults.refused.push(message.text())
  })
  page.on("pageerror", (error) => faults.refused.push(error.message))
  return faults
}

/** A page of a browser of its own, with its faults from the first request on. */
export const open = async (
  browser: Effect.Success<typeof launch>,
  url: string,
  options: BrowserContextOptions = {}
): Promise<{ readonly page: Page; readonly faults: Faults }> => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  // Other files build packages on the same processors while a page is waited for.
  context.setDefaultTimeout(120_000)
  const page = await context.newPage()
  if (options.javaScriptEnabled !== false) await page.addInitScript(countShifts)
  return { page, faults: watch(page, url) }
}

/** How far things moved under the reader since the page was opened. */
export const shiftOf = (page: Page): Promise<number> => page.evaluate("window.__shift") as Promise<number>

/** Rules of axe whose answers colours can change. */
const ofColours = ["color-contrast", "link-in-text-block"]

/** What axe finds wrong with a page. What is not read of its answers is not made: that is a quarter of what it costs. */
const lookFor = async (page: Page, rules?: ReadonlyArray<string>): Promise<unknown> => {
  await page.addScriptTag({ path: axe })
  const options = JSON.stringify({
    resultTypes: ["violations"],
    preload: false,
    selectors: false,
    ...(rules === undefined ? {} : { runOnly: { type: "rule", values: rules } })
  })
  return page.evaluate(
    `axe.run(${options}).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))`
  )
}

/** What axe finds wrong in light and dark; `put` brings the page into a state such as an open dialog. */
export const violations = async (
  page: Page,
  path: string,
  put: () => Promise<void> = async () => {}
): Promise<void> => {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme })
    await page.goto(path)
    await put()
    // The same page in other colours.
    const found = await lookFor(page, colorScheme === "dark" ? ofColours : undefined)
    assert.deepStrictEqual(found, [], `${path} ${colorScheme}`)
  }
}

/** Looks at pages wide and narrow, in light and dark: nothing is wider than the screen, and axe finds nothing. */
export const check = async (
  browser: Effect.Success<typeof launch>,
  url: string,
  paths: ReadonlyArray<string>
): Promise<void> => {
  // axe is put into the page by the test, which the page's own policy would refuse.
  const context = await browser.newContext({ bypassCSP: true })
  context.setDefaultTimeout(120_000)
  const page = await context.newPage()
  for (const path of paths) {
    for (const [colorScheme, width] of [["light", 1440], ["dark", 390]] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.goto(`${url}${path}`)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.isAtMost(overflow, 0, `${path} ${colorScheme} ${width}`)
      const found = await lookFor(page)
      assert.deepStrictEqual(found, [], `${path} ${colorScheme} ${width}`)
    }
  }
  await context.close()
}

/** The sentence that answers a page. */
export const answerOf = async (page: Page, address: string): Promise<string> => {
  await page.goto(address)
  return page.locator("#answer").innerText()
}
