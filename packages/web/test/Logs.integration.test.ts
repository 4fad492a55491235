/** A log of more than 100 MB in a real browser, from a real server: what is shown of it, where it leads, and what it costs. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { Page } from "playwright-core"
import * as TestRepository from "../../server/test/scm/TestRepository.ts"
import * as SpecFile from "../../server/test/support/SpecFile.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

const lines = 1_400_000
const failed = 1_300_000

/** A log of some 110 MB: sections as rpmbuild and mock write them, warnings, one error that is none, and one that is. */
const writeLog = (file: string): void => {
  const out = Fs.openSync(file, "w")
  let part: Array<string> = []
  for (let line = 1; line <= lines; line++) {
    part.push(
      line === 1
        ? "2026-11-28 10:00:00,000 - Start: build setup"
        : line === 500
        ? "2026-11-28 10:01:05,000 - Executed in the buildroot"
        : line === 1000
        ? "Executing(%build): /bin/sh -e /var/tmp/rpm-tmp.A1"
        : line % 400_000 === 0
        ? "big.c:10:2: warning: unused variable 'x' [-Wunused-variable]"
        : line === 1_150_000
        ? "Executing(%check): /bin/sh -e /var/tmp/rpm-tmp.B2"
        : line === failed - 1000
        ? "FAIL: one that is known to fail"
        : line === failed
        ? "error: Failed build dependencies: it is this one"
        : line === lines - 1
        ? "error: Bad exit status from /var/tmp/rpm-tmp.B2 (%check)"
        : line % 100_003 === 0
        ? `needle ${line}`
        : `word${line % 7} [${line}] some text of a line that has the usual length of lines in logs of builds`
    )
    if (part.length < 50_000 && line < lines) continue
    Fs.writeSync(out, `${part.join("\n")}\n`)
    part = []
  }
  Fs.closeSync(out)
}

const heapOf = async (page: Page): Promise<number> => {
  const session = await page.context().newCDPSession(page)
  await session.send("HeapProfiler.collectGarbage")
  const { usedSize } = await session.send("Runtime.getHeapUsage")
  await session.detach()
  return usedSize
}

const rowsOf = (page: Page): Promise<number> => page.locator("#lines > li").count()

describe.skipIf(Chromium.program === undefined)(Chromium.titled("a log of 100 MB, in Chromium"), () => {
  it.live(
    "is read in windows: its error, its marks, its lines anywhere, what was found, and what the last good log had not",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const dataDir = yield* Effect.acquireRelease(
          Effect.sync(() => TestRepository.temporary()),
          (one) => Effect.sync(() => Fs.rmSync(one, { recursive: true, force: true }))
        )
        const settings = { ...(yield* TestServer.database), ORCH_DATA_DIR: dataDir, ORCH_RECONCILE_INTERVAL: "200" }
        const { git, sql, url } = yield* TestServer.start(settings)
        const rpm = TestRepository.make(Path.join(git, "rpms", "big"))
        const module = TestRepository.make(Path.join(git, "modules", "demo"))
        let at = 1_700_000_000
        const build = (script: string, expected: string) =>
          Effect.promise(async () => {
            rpm.commit({ "big.spec": SpecFile.make("big", { build: script }) }, at += 60)
            const commit = module.commit({ "demo.yaml": TestServer.modulemd({ big: [] }) }, at += 60)
            const answer = await fetch(`${url}/orch/v1/module-builds/`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ scmurl: `file://${git}/modules/demo?#${commit}` })
            })
            const [{ id }] = await answer.json() as [{ readonly id: number }]
            for (;;) {
              const { state } = await (await fetch(`${url}/orch/v1/module-builds/${id}`)).json() as { state: string }
              if (state === expected) return id
              await new Promise((resolve) => setTimeout(resolve, 200))
            }
          })
        const good = yield* build("echo all is well", "ready")
        const bad = yield* build("false", "failed")
        // Its second attempt has the large log.
        const task = Path.join(dataDir, "farm", "tasks", "t-big")
        Fs.mkdirSync(task, { recursive: true })
        Fs.writeFileSync(Path.join(task, "request.json"), "{}")
        Fs.writeFileSync(
          Path.join(task, "status.json"),
          JSON.stringify({ state: "failed", artifacts: [], seconds: 1 })
        )
        writeLog(Path.join(task, "build.log"))
        assert.isAbove(Fs.statSync(Path.join(task, "build.log")).size, 100_000_000)
        yield* sql`UPDATE component_build SET attempt = 2, data = data || '{"log": "/logs/t-big"}'::jsonb
          WHERE module_build_id = ${bad} AND name = 'big'`

        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const path = `/builds/${bad}/big/2/log`
          // It is gone through once.
          await fetch(`${url}/orch/v1/logs/module-build/${bad}/big/2`)
          const { faults, page } = await Chromium.open(browser, url, {
            permissions: ["clipboard-write", "clipboard-read"]
          })
          const begun = performance.now()
          await page.goto(`${url}${path}`)
          await page.locator(`#L${failed}`).waitFor()
          const first = performance.now() - begun
          assert.match(await page.locator("#answer").innerText(), new RegExp(`Line ${failed}, in %check`))
          assert.isTrue(await page.locator(`#L${failed}.err`).isVisible())

          // Marks beside the lines: errors, warnings, and where the window is.
          assert.isAtLeast(await page.locator("#rail .f-bad").count(), 2)
          assert.strictEqual(await page.locator("#rail .f-attn").count(), 3)
          const jumps: Array<number> = []
          for (const share of [0.3, 0.1, 0.9, 0.5]) {
            const box = (await page.locator("#rail svg").boundingBox())!
            const before = performance.now()
            await page.mouse.click(box.x + 5, box.y + share * box.height)
            await page.waitForFunction(
              ([from, to]) => {
                const line = Number(/\d+/.exec(document.querySelector("#lines .pick")?.id ?? "")?.[0] ?? 0)
                return line > from! && line < to!
              },
              [(share - 0.01) * lines, (share + 0.01) * lines]
            )
            jumps.push(performance.now() - before)
          }

          // Scrolling on and back brings what comes next, and holds no more of it.
          const seen = new Set<string>()
          for (let step = 0; step < 40; step++) {
            await page.mouse.wheel(0, 12_000)
            await page.waitForTimeout(50)
            seen.add(await page.locator("#shown").innerText())
          }
          assert.isAbove(seen.size, 4)
          assert.isAtMost(await rowsOf(page), 7200)
          const top = await page.evaluate(() => document.querySelector("#lines > li[id]")?.id)
          // Near the beginning of what is held, what comes before it is brought.
          await page.evaluate(() => {
            const list = document.getElementById("lines")!
            scrollTo(0, list.getBoundingClientRect().top + scrollY + 800)
          })
          await page.waitForFunction((first) => document.querySelector("#lines > li[id]")?.id !== first, top)
          await page.waitForTimeout(500)
          // No line twice, none missing.
          const numbers = await page.locator("#lines > li[id]").evaluateAll((rows) =>
            rows.map(({ id }) => Number(id.slice(1)))
          )
          assert.deepStrictEqual(numbers, numbers.map((_, index) => numbers[0]! + index))
          const heap = await heapOf(page)
          assert.isBelow(heap, 120_000_000)

          // A line that is anywhere has an address.
          await page.goto(`${url}${path}#L900000`)
          await page.locator("#L900000.pick").waitFor()
          assert.match(await page.title(), /^Line 900000: Log of big, attempt 2/)
          await page.locator("#L900002 > a").click({ modifiers: ["Shift"] })
          assert.match(page.url(), /#L900000-L900002$/)
          await page.locator("#copy-text").click()
          await page.locator("#copy-text", { hasText: "Copied" }).waitFor()
          const copied = await page.evaluate(() => navigator.clipboard.readText())
          assert.match(copied, /^word\d \[900000\] .*\n.*\n.*\[900002\] [^\n]*$/)

          // Found in all of it, with the next and the one before by keys.
          await page.locator("#log").focus()
          await page.keyboard.press("Control+f")
          await page.keyboard.type("needle")
          await page.keyboard.press("Enter")
          await page.locator("#found").waitFor()
          assert.isAbove(await page.locator("#rail .f-found").count(), 0)
          await page.locator("#log").focus()
          await page.keyboard.press("n")
          await page.waitForFunction(() => document.querySelector("#lines .pick")?.textContent?.includes("needle"))
          const one = page.url()
          await page.keyboard.press("n")
          await page.waitForFunction((before) => location.href !== before, one)
          await page.keyboard.press("p")
          await page.waitForFunction((before) => location.href === before, one)

          // Times since the section began, on a switch.
          await page.goto(`${url}${path}?from=400`)
          assert.isFalse(await page.locator("#L500 > small").isVisible())
          await page.locator("#times").click()
          assert.strictEqual(await page.locator("#L500 > small").innerText(), "+1:05")

          // The last good log beside it, and what it had not.
          await page.goto(`${url}${path}`)
          assert.match(await page.locator("#sections summary").innerText(), new RegExp(`compared with build ${good}`))
          await page.locator("#compare").click()
          await page.locator(`#L${failed}.fresh`).waitFor()

          // What is not the cause is passed over, for everybody, until that is taken back.
          await page.locator("#not-the-cause").click()
          await page.locator("#said", { hasText: "done" }).waitFor()
          await page.goto(`${url}${path}`)
          assert.match(await page.locator("#answer").innerText(), new RegExp(`Line ${failed - 1000}, in %check`))
          assert.match(await page.locator("#doubts").innerText(), /is not the cause, says anonymous/)
          const feed = await (await fetch(`${url}/orch/v1/feed/`)).json() as {
            readonly items: ReadonlyArray<
              { readonly id: number; readonly first_error: { readonly line: number } | null }
            >
          }
          assert.strictEqual(feed.items.find(({ id }) => id === bad)?.first_error?.line, failed - 1000)
          await page.goto(`${url}/admin`)
          assert.match(await page.locator("#doubted").innerText(), /missing-dependency[\s\S]*it is this one/)
          await page.goto(`${url}${path}`)
          await page.locator(`#believe-${failed}`).click()
          await page.locator("#said", { hasText: "done" }).waitFor()
          await page.goto(`${url}${path}`)
          assert.match(await page.locator("#answer").innerText(), new RegExp(`Line ${failed}, in %check`))

          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          await Chromium.check(browser, url, [`${path}?find=needle`, `${path}?compare=last-good`])
          const times = jumps.map(Math.round).join(", ")
          console.info(`first lines ${Math.round(first)} ms; jumps ${times} ms; heap ${Math.round(heap / 1e6)} MB`)
          // Many times what a quiet machine needs, so that other work here does not decide.
          assert.isBelow(first, 4000)
          assert.isBelow(Math.min(...jumps), 2000)
        })
      })),
    480_000
  )
})
