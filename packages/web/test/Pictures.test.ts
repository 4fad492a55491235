/**
 * The pictures in `docs/web` are of these pages. They are made anew by `ORCH_PICTURES=write vitest run packages/web/test/Pictures.test.ts`;
 * otherwise the test says which of them look different now. Fonts differ between machines, so that this is told and fails nothing.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import * as Assets from "../src/Assets.ts"
import * as BuildPage from "../src/BuildPage.ts"
import * as CampaignPage from "../src/campaigns/CampaignPage.ts"
import * as CommitsPage from "../src/commits/CommitsPage.ts"
import * as FarmPage from "../src/farm/FarmPage.ts"
import * as Frame from "../src/Frame.ts"
import * as LogPage from "../src/log/LogPage.ts"
import * as Viewer from "../src/Viewer.ts"
import * as BuildSample from "./BuildSample.ts"
import * as Chromium from "./Chromium.ts"
import * as LogSample from "./LogSample.ts"
import * as Samples from "./Samples.ts"

const { now } = Samples
const prefix = ""

const nodes = Array.from({ length: 120 }, (_, index) =>
  Samples.node(index, {
    tier: index % 6,
    ...(index === 31
      ? { state: "failed", state_reason: "does not compile", waiting: ["module37:1", "module43:1"] }
      : index > 90
      ? { state: index % 6 === 1 ? "blocked" : "waits" }
      : index > 70
      ? { state: "builds" }
      : index % 9 === 4
      ? { state: "cut" }
      : { state: "done" })
  }))

const pages: Readonly<Record<string, Frame.Page>> = {
  farm: FarmPage.page({ farm: Samples.farm, queue: Samples.queue, viewer: Viewer.stranger, now, prefix }),
  commits: CommitsPage.page({
    project: "ceph",
    ref: "main",
    flavor: "default",
    sha1: "",
    status: "",
    at: "centos/9/x86_64, rocky/10/x86_64, ubuntu/22.04/x86_64",
    problem: undefined,
    answer: Samples.repositories.slice(5),
    found: Samples.repositories,
    next: null,
    nodes: [],
    before: "",
    viewer: Viewer.stranger,
    now,
    prefix,
    origin: "https://build.example.org"
  }),
  build: BuildPage.page(BuildSample.build(24)),
  log: LogPage.page(LogSample.content),
  campaign: CampaignPage.page({
    campaign: Samples.campaign(nodes),
    filter: { state: "", tier: "", q: "", offset: 0 },
    node: "",
    viewer: Viewer.stranger,
    now,
    prefix
  })
}

const folder = fileURLToPath(new URL("../../../docs/web/", import.meta.url))
const site: Frame.Site = { prefix, version: "0.0.0", assets: Assets.hash, features: new Set() }

const serve = Effect.acquireRelease(
  Effect.promise(() =>
    new Promise<ReturnType<typeof createServer>>((resolve) => {
      const server = createServer((request, response) => {
        const name = (request.url ?? "").split("/").at(-1) ?? ""
        const asset = Assets.find(name)
        const page = pages[name]
        if (asset !== undefined) response.setHeader("content-type", asset.type).end(asset.text)
        else if (page === undefined) response.writeHead(404).end()
        else response.setHeader("content-type", "text/html").end(Frame.html(page, site, Viewer.stranger))
      })
      server.listen(0, "127.0.0.1", () => resolve(server))
    })
  ),
  (server) => Effect.sync(() => void server.close().closeAllConnections())
)

describe.skipIf(Chromium.program === undefined)(Chromium.titled("the pictures in the documentation"), () => {
  it.live("are of pages as they look now", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* serve
      const browser = yield* Chromium.launch
      yield* Effect.promise(async () => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        const context = await browser.newContext({
          viewport: { width: 1200, height: 720 },
          javaScriptEnabled: false,
          reducedMotion: "reduce"
        })
        const page = await context.newPage()
        for (const name of Object.keys(pages)) {
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
})
