/** Pages in a real browser while their server goes away and comes back, and what they cost on a slow machine. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { gzipSync } from "node:zlib"
import * as TestRepository from "../../server/test/scm/TestRepository.ts"
import * as SpecFile from "../../server/test/support/SpecFile.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

/** A server on one directory that can be stopped and started again at the same address. */
const restartable = Effect.gen(function*() {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => TestRepository.temporary()),
    (one) => Effect.sync(() => Fs.rmSync(one, { recursive: true, force: true }))
  )
  const git = Path.join(directory, "git")
  Fs.mkdirSync(git)
  TestRepository.make(Path.join(git, "rpms", "slow")).commit({
    "slow.spec": SpecFile.make("slow", { build: "sleep 120" })
  })
  const commit = TestRepository.make(Path.join(git, "modules", "demo")).commit({
    "demo.yaml": TestServer.modulemd({ slow: [] })
  })
  const start = (port: string) =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { url } = yield* TestServer.start({
        ORCH_PORT: port,
        ORCH_DATA_DIR: Path.join(directory, "data"),
        ORCH_SCM_ALLOW: `file://${git}`,
        ORCH_RPMS_REPOSITORY: `file://${git}/rpms/`
      }).pipe(Scope.provide(scope))
      return { url, stop: Scope.close(scope, Exit.void) }
    })
  const submit = (url: string) =>
    Effect.promise(async () => {
      const answer = await fetch(`${url}/orch/v1/module-builds/`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ scmurl: `file://${git}/modules/demo?#${commit}` })
      })
      assert.strictEqual(answer.status, 201, await answer.clone().text())
    })
  return { start, submit }
})

/** The largest paint of a page, in milliseconds, on a processor four times slower and a slow line. */
const paintOf = async (browser: Effect.Success<typeof Chromium.launch>, url: string, path: string): Promise<number> => {
  const { page } = await Chromium.open(browser, url)
  const session = await page.context().newCDPSession(page)
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 })
  await session.send("Network.enable")
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8
  })
  await page.goto(`${url}${path}`)
  await page.locator("#answer").waitFor()
  const paint = await page.evaluate(`new Promise((resolve) => new PerformanceObserver((list) =>
    resolve(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true }))`)
  await page.context().close()
  return paint as number
}

describe.skipIf(Chromium.program === undefined)(Chromium.titled("a page and its server, in Chromium"), () => {
  it.live(
    "says when it is not connected, and catches up with what happened meanwhile",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { start, submit } = yield* restartable
        const first = yield* start("0")
        yield* submit(first.url)
        const browser = yield* Chromium.launch
        const { faults, page } = yield* Effect.promise(() => Chromium.open(browser, first.url))
        yield* Effect.promise(async () => {
          await page.goto(`${first.url}/builds/1`)
          await page.locator("#live", { hasText: /^Live$/ }).waitFor()
        })
        yield* first.stop
        yield* Effect.promise(async () => {
          await page.locator("#live", { hasText: "Not connected" }).waitFor()
          assert.match((await page.locator("#live").getAttribute("title"))!, /Shown is what was true at \d\d:\d\d UTC/)
          assert.isTrue(await page.locator("#cancel").isDisabled())
        })
        const second = yield* start(new URL(first.url).port)
        // Nobody is told of this while the stream is away.
        yield* Effect.promise(() =>
          fetch(`${second.url}/orch/v1/module-builds/1/cancel`, {
            method: "POST",
            headers: { "content-type": "application/json" }
          })
        )
        yield* Effect.promise(async () => {
          await page.locator(".head .st.idle", { hasText: "Canceled" }).waitFor({ timeout: 40_000 })
          await page.locator("#live", { hasText: /^Live$/ }).waitFor()
          await page.locator("#announced", { hasText: /canceled|Connected/ }).waitFor({
            timeout: 25_000,
            state: "attached"
          })
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          assert.isBelow(await Chromium.shiftOf(page), 0.05)
        })

        // What it costs: bytes of the first load, and the time until most of it is seen.
        yield* Effect.promise(async () => {
          const html = await (await fetch(`${second.url}/builds/1`)).text()
          const sizeOf = async (pattern: RegExp) =>
            gzipSync(await (await fetch(`${second.url}${pattern.exec(html)![1]}`)).text()).length
          const sizes = {
            html: gzipSync(html).length,
            style: await sizeOf(/href="([^"]+\.css)"/),
            script: await sizeOf(/src="([^"]+\.js)"/)
          }
          assert.isBelow(sizes.html, 15_000)
          assert.isBelow(sizes.style, 12_000)
          assert.isBelow(sizes.script, 35_000)
          // The best of some, since other things run here as well.
          for (const path of ["/builds", "/builds/1"]) {
            const paints: Array<number> = []
            while (paints.length < 12 && !(Math.min(...paints) < 1500)) {
              paints.push(await paintOf(browser, second.url, path))
            }
            assert.isBelow(Math.min(...paints), 1500, path)
          }
        })
        yield* second.stop
      })),
    300_000
  )
})
