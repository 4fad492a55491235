/** Package builds, releases, campaigns and gates in a real browser, from real servers: their first answers, editing a plan, waiving. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Tiers from "../../server/test/campaigns/Tiers.ts"
import * as ReleaseServer from "../../server/test/releases/ReleaseServer.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

const json = { "content-type": "application/json" }

const isMissing = Chromium.program === undefined || ReleaseServer.packages === undefined

describe.skipIf(isMissing)(
  isMissing && Chromium.program !== undefined
    ? "pages of package builds and releases [skipped: no rpmbuild]"
    : Chromium.titled("pages of package builds and releases, in Chromium"),
  () => {
    it.live(
      "say whether every package is built and whether a release may go out, and let its plan be edited by a form alone",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const server = yield* ReleaseServer.start()
          const build = yield* server.built("chan")
          const planned = yield* server.send(
            "POST",
            "/orch/v1/releases/",
            "alice",
            JSON.stringify({ platform: "el8", builds: [build] })
          )
          assert.strictEqual(planned.status, 201, JSON.stringify(planned.body))
          const { id } = planned.body as { readonly id: number }
          yield* server.until(
            server.send("GET", `/orch/v1/releases/${id}`, undefined),
            ({ body }) => (body as { readonly state: string }).state === "planned"
          )
          const browser = yield* Chromium.launch
          const { url } = server
          yield* Effect.promise(async () => {
            const { faults, page } = await Chromium.open(browser, url)
            assert.match(await Chromium.answerOf(page, `${url}/package-builds`), /^1 package build; .* none failed/)
            // The keys of rows lead into it.
            await page.keyboard.press("j")
            await page.keyboard.press("Enter")
            await page.waitForURL(new RegExp(`/package-builds/${build}$`))
            assert.match(await page.locator("#answer").innerText(), /All 2 tasks are done/)
            assert.strictEqual(await page.locator("#matrix tbody tr").count(), 1)
            assert.match(
              await Chromium.answerOf(page, `${url}/releases`),
              /^1 release; of those shown 1 may be committed/
            )
            assert.match(await Chromium.answerOf(page, `${url}/releases/${id}`), /stands? in the way/)
            // Nobody is signed in: nothing is offered, and the plan can be read.
            assert.strictEqual(await page.locator("form[data-act]").count(), 0)
            const rows = page.locator("#plan tbody tr")
            assert.isAbove(await rows.count(), 0)
            const package_ = await rows.first().locator("th").innerText()

            // A form with the rights of whoever sends it edits the plan; one of another site does not.
            const edit = (site: string, fields: Readonly<Record<string, string>>) =>
              fetch(`${url}/releases/${id}`, {
                method: "POST",
                redirect: "manual",
                headers: {
                  "content-type": "application/x-www-form-urlencoded",
                  "sec-fetch-site": site,
                  authorization: "Bearer alice"
                },
                body: new URLSearchParams(fields).toString()
              })
            const wanted = { package: package_, do: "exclude", why: "not wanted" }
            assert.notStrictEqual((await edit("cross-site", wanted)).status, 303)
            const unsaid = await edit("same-origin", { ...wanted, why: "" })
            assert.deepStrictEqual([unsaid.status, /Say why it is left out/.test(await unsaid.text())], [400, true])
            const edited = await edit("same-origin", wanted)
            assert.strictEqual(edited.status, 303, await edited.clone().text())
            await page.goto(`${url}/releases/${id}`)
            await page.locator("#edits").waitFor({ timeout: 20_000 })
            assert.match(await page.locator("#edits").innerText(), /is left out\s+alice: not wanted/)
            await page.goto(`${url}/farm`)
            await page.locator("#nodes th a").first().click()
            await page.locator("#about").waitFor()
            assert.match(await page.locator("#answer").innerText(), /^It has no task of at most/)
            const node = new URL(page.url()).pathname
            assert.strictEqual((await fetch(`${url}/farm/nodes/nobody`)).status, 404)
            assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
            await Chromium.check(browser, url, [
              "/package-builds",
              `/package-builds/${build}`,
              "/releases",
              `/releases/${id}?show=all`,
              "/farm",
              node
            ])
          })
        })),
      480_000
    )
  }
)

const policies = `--- !Policy
id: every-build
product_versions: [el9]
decision_context: push
subject_type: koji_build
rules:
  - !PassingTestCaseRule {test_case_name: dist.smoke}
`

describe.skipIf(Chromium.program === undefined)(Chromium.titled("pages of campaigns and gates, in Chromium"), () => {
  it.live(
    "say whether everything is green, what a change reaches, and what something lacks to pass; waive it",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const gates = yield* Effect.acquireRelease(
          Effect.sync(() => {
            const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-gates-"))
            Fs.mkdirSync(Path.join(directory, "policies"))
            Fs.mkdirSync(Path.join(directory, "subject_types"))
            Fs.writeFileSync(Path.join(directory, "policies/every.yaml"), policies)
            Fs.writeFileSync(
              Path.join(directory, "subject_types/koji_build.yaml"),
              "--- !SubjectType\nid: koji_build\nis_koji_build: true\nis_nvr: true\n"
            )
            return directory
          }),
          (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true }))
        )
        const world = yield* TestServer.start({ ORCH_RECONCILE_INTERVAL: "200", ORCH_GATING_DIRECTORY: gates })
        const { url } = world
        const { campaigns, finished, push, spec } = yield* Tiers.make(world, ["low", "mid"])
        push("low", `${spec("low")}\n%post\ntrue\n`)
        push("mid", `${spec("mid")}\n%post\ntrue\n`)
        const { id } = yield* campaigns.plan({ payload: { subject: "rpms/low-one" } })
        const browser = yield* Chromium.launch
        const { faults, page } = yield* Effect.promise(() => Chromium.open(browser, url))
        yield* Effect.promise(() => page.goto(`${url}/campaigns/${id}`))
        yield* finished(id)
        yield* Effect.promise(async () => {
          // Without a reload.
          await page.locator(".head .st", { hasText: "Green" }).waitFor({ timeout: 20_000 })
          assert.match(await page.locator("#answer").innerText(), /2 of 2 are green/)
          assert.strictEqual(await page.locator("#tiers .cells a").count(), 2)
          await page.locator("#tiers .end a", { hasText: "As a table" }).click()
          await page.locator("#nodes tbody tr").nth(1).waitFor()
          assert.strictEqual(await page.locator("#nodes tbody tr").count(), 2)
          await page.locator(".figs a", { hasText: "Failed" }).click()
          assert.match(await page.locator("#nodes").innerText(), /No node fits/)
          await page.goto(`${url}/campaigns/${id}`)
          await page.locator("#tiers .cells a").first().click()
          await page.locator("#node").waitFor()
          assert.strictEqual(await page.locator("#node .node").count(), 2)
          assert.match(
            await Chromium.answerOf(page, `${url}/impact?subject=rpms/low-one`),
            /At most 2 module streams would be rebuilt, in 2 tiers/
          )
          assert.match(await Chromium.answerOf(page, `${url}/history`), /No branch is followed yet|point/)

          const question = "type=koji_build&id=zlib-1-1.el9&product=el9&context=push"
          assert.match(await Chromium.answerOf(page, `${url}/gates`), /1 policy says what may pass/)
          assert.match(
            await Chromium.answerOf(page, `${url}/gates?${question}`),
            /may not pass at push: 1 requirement is not met, first dist\.smoke/
          )
          const failed = await fetch(`${url}/api/v2.0/results`, {
            method: "POST",
            headers: json,
            body: JSON.stringify({
              testcase: "dist.smoke",
              outcome: "FAILED",
              data: { item: "zlib-1-1.el9", type: "koji_build" }
            })
          })
          assert.strictEqual(failed.status, 201)
          await page.goto(`${url}/gates?${question}`)
          assert.match(await page.locator("#requirements tbody tr").innerText(), /Failed/)
          await page.locator("#requirements form[data-act] button").click()
          await page.locator("dialog[open] input").fill("It is the test that is wrong")
          await page.locator("dialog[open] button.main").click()
          await page.locator(".head .st.good").waitFor()
          assert.match(await page.locator("#requirements").innerText(), /Waived/)
          assert.match(await page.locator("#waivers").innerText(), /It is the test that is wrong/)
          // Taken back, it is as it was.
          await page.locator("#waivers form[data-act] button").click()
          await page.locator(".head .st.attn").waitFor()
          assert.match(await page.locator("#waivers").innerText(), /Taken back/)
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          await Chromium.check(browser, url, [
            "/campaigns",
            `/campaigns/${id}?node=mid:1`,
            `/campaigns/${id}/table`,
            "/impact?subject=rpms/low-one",
            "/history",
            `/gates?${question}`
          ])
        })
      })),
    480_000
  )
})
