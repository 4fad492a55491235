/**
 * The pictures in `docs/web` are of these pages. They are made anew by `ORCH_PICTURES=write vitest run packages/web/test/Pictures.test.ts`;
 * otherwise the test says which of them look different now. Fonts differ between machines, so that this is told and fails nothing.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import * as Chromium from "./Chromium.ts"
import * as SampleServer from "./SampleServer.ts"
import * as Subjects from "./Subjects.ts"

/** Those that the docs show. */
const inDocs = ["farm", "commits", "build", "log", "campaign"] as const

const pages = Subjects.pages

const folder = fileURLToPath(new URL("../../../docs/web/", import.meta.url))
/** A directory in which all pages are to be laid, for comparing them with what was drawn. */
const beside = process.env["ORCH_PICTURES_BESIDE"]

describe.skipIf(Chromium.program === undefined)(Chromium.titled("the pictures in the documentation"), () => {
  it.live("are of pages as they look now", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* SampleServer.serve(pages)
      const browser = yield* Chromium.launch
      yield* Effect.promise(async () => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        const context = await browser.newContext({
          viewport: { width: 1200, height: 720 },
          javaScriptEnabled: false,
          reducedMotion: "reduce"
        })
        const page = await context.newPage()
        for (const name of inDocs) {
          await page.goto(`${url}/${name}`)
          const taken = await page.screenshot()
          const file = `${folder}${name}.png`
          if (process.env["ORCH_PICTURES"] === "write") {
            Fs.mkdirSync(folder, { recursive: true })
            Fs.writeFileSync(file, taken)
          }
          assert.isTrue(Fs.existsSync(file), `docs/web/${name}.png is missing`)
          if (!Fs.readFileSync(file).equals(taken)) {
            console.warn(`docs/web/${name}.png differs from the page as it is now: ORCH_PICTURES=write makes it anew`)
          }
        }
      })
    })), 60_000)

  it.live(
    "answer in their first sentence, wide and narrow, light and dark, with nothing wider than the screen",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* SampleServer.serve(pages)
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
          const context = await browser.newContext({ javaScriptEnabled: false, reducedMotion: "reduce" })
          const page = await context.newPage()
          for (const name of Object.keys(pages)) {
            for (const width of [1440, 390]) {
              await page.setViewportSize({ width, height: 900 })
              for (const colorScheme of ["light", "dark"] as const) {
                await page.emulateMedia({ colorScheme })
                await page.goto(`${url}/${name}`)
                if (beside !== undefined) {
                  await page.screenshot({ path: `${beside}/${name}-${width}-${colorScheme}.png`, fullPage: true })
                }
                const answer = await page.locator("#answer").boundingBox()
                assert.isBelow(answer?.y ?? Infinity, 450, `${name} ${width}: the answer is not in sight`)
                assert.isAtMost(
                  await page.locator("html").evaluate((html) => html.scrollWidth),
                  width,
                  `${name} ${width}`
                )
              }
            }
          }
        })
      })),
    90_000
  )
})
