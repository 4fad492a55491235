/** What stands around all pages, in a real browser: who is signed in and what they may do, keys, finding, and what it costs. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { createHash } from "node:crypto"
import * as Path from "node:path"
import type { Page } from "playwright-core"
import * as BuildRows from "../../server/test/modulebuilds/BuildRows.ts"
import * as TestRepository from "../../server/test/scm/TestRepository.ts"
import * as SpecFile from "../../server/test/support/SpecFile.ts"
import * as TestServer from "../../server/test/support/TestServer.ts"
import * as Chromium from "./Chromium.ts"

const hash = (token: string): string => createHash("sha256").update(token).digest("hex")

/** A server that knows alice, bob and the administrator root, with a build of alice's that takes a while. */
const start = Effect.gen(function*() {
  const { git, sql, url } = yield* TestServer.start({
    ORCH_AUTH: "token",
    ORCH_API_TOKENS: [["alice", "packager"], ["bob", "packager"], ["root", "packager|admins"]]
      .map(([user, groups]) => `${user}:${groups}:${hash(`${user}-token`)}`).join(","),
    ORCH_ADMIN_GROUPS: "admins"
  })
  TestRepository.make(Path.join(git, "rpms", "slow")).commit({
    "slow.spec": SpecFile.make("slow", { build: "sleep 120" })
  })
  const commit = TestRepository.make(Path.join(git, "modules", "demo")).commit({
    "demo.yaml": TestServer.modulemd({ slow: [] })
  })
  const submit = Effect.promise(async () => {
    const answer = await fetch(`${url}/orch/v1/module-builds/`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer alice-token" },
      body: JSON.stringify({ scmurl: `file://${git}/modules/demo?#${commit}` })
    })
    assert.strictEqual(answer.status, 201, await answer.clone().text())
  })
  yield* submit
  return { url, sql }
})

/** Signs in from wherever the page is, with the keyboard. */
const signIn = async (page: Page, token: string) => {
  await page.locator("#who").click()
  await page.locator("#token").focus()
  await page.keyboard.type(token)
  await page.keyboard.press("Enter")
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"))
}

const name = Chromium.titled("what stands around all pages, in Chromium")
const suite = describe.skipIf(Chromium.program === undefined)

suite(name, () => {
  it.live(
    "lets each do what they may, by the keyboard alone, and says why where they may not",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { url } = yield* start
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const { faults, page } = await Chromium.open(browser, url)
          await page.goto(`${url}/builds/1`)
          assert.match(await page.locator("#why-not").innerText(), /^Sign in to cancel build/)
          assert.strictEqual(await page.locator("form[data-act]").count(), 0)
          // Scripts are told the same by their token.
          const possible = async (headers: Readonly<Record<string, string>>) => {
            const answer = await fetch(`${url}/orch/v1/module-builds/1/actions`, { headers })
            const actions = await answer.json() as ReadonlyArray<{ readonly action: string; readonly allowed: boolean }>
            return actions.find(({ action }) => action === "cancel")?.allowed
          }
          const bearer = (token: string) => possible({ authorization: `Bearer ${token}` })
          assert.deepStrictEqual(
            [await possible({}), await bearer("bob-token"), await bearer("alice-token"), await bearer("root-token")],
            [false, false, true, true]
          )
          await page.locator("#why-not a").click()
          await page.locator("#token").focus()
          await page.keyboard.type("bob-token")
          await page.keyboard.press("Enter")
          await page.waitForURL(`${url}/builds/1`)
          assert.strictEqual(await page.locator("#who").innerText(), "bob")
          assert.match(await page.locator("#why-not").innerText(), /It is alice's/)
          await page.locator("#who").click()
          await page.locator("#sign-out").click()
          await page.waitForURL(`${url}/builds`)
          await signIn(page, "alice-token")
          await page.keyboard.press("j")
          await page.keyboard.press("Enter")
          await page.waitForURL(`${url}/builds/1`)
          await page.keyboard.press("Control+k")
          await page.keyboard.type("cancel")
          await page.locator("#palette-list li", { hasText: "Cancel build" }).waitFor()
          await page.keyboard.press("Enter")
          const dialog = page.locator("dialog[open]")
          await dialog.waitFor()
          assert.match(await dialog.innerText(), /kept for a resumption/)
          // The harmless answer has the focus.
          await page.keyboard.press("Enter")
          assert.strictEqual(await dialog.count(), 0)
          await page.locator("#cancel").press("Enter")
          await page.keyboard.press("Shift+Tab")
          await page.keyboard.press("Enter")
          await page.locator(".head .st.idle", { hasText: "Canceled" }).waitFor()
          assert.match(await page.locator("#said").innerText(), /Cancel build: done/)
          await page.locator("#resume").press("Enter")
          await page.locator("#cancel").waitFor()
          // What can be taken back is done at once, and taken back.
          await page.locator("#priority").click()
          await page.locator("#said button", { hasText: "Build as before" }).click()
          await page.locator("#said", { hasText: "Build as before: done" }).waitFor()
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          assert.isBelow(await Chromium.shiftOf(page), 0.05)
          await page.context().close()

          // Without script the same, over a page that says what follows.
          const plain = (await Chromium.open(browser, url, { javaScriptEnabled: false })).page
          await plain.goto(`${url}/sign-in?back=/builds/1`)
          await plain.locator("#token").fill("alice-token")
          await plain.locator("#sign-in").click()
          await plain.locator("#cancel").click()
          assert.match(await plain.locator("#answer").innerText(), /kept for a resumption/)
          await plain.locator("#yes").click()
          await plain.locator(".head .st.idle", { hasText: "Canceled" }).waitFor()
          await plain.context().close()
        })
      })),
    480_000
  )

  it.live(
    "shows administrators what was given up, who is signed in, settings and changes, and nobody else",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { sql, url } = yield* start
        yield* BuildRows.deadLetter(1).pipe(Effect.provideService(SqlClient.SqlClient, sql))
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const { faults, page } = await Chromium.open(browser, url)
          await page.goto(`${url}/admin`)
          await page.waitForURL(/\/sign-in\?back=%2Fadmin$/)
          await page.locator("#token").fill("alice-token")
          await page.locator("#sign-in").click()
          assert.match(await page.locator("#problem").innerText(), /You may not see \/admin/)
          assert.strictEqual(await page.locator(".nav a", { hasText: "Administration" }).count(), 0)
          await page.goto(`${url}/builds/1`)
          await page.locator("#cancel").click()
          await page.locator("dialog[open] .main").click()
          await page.locator(".head .st.idle").waitFor()

          const root = await Chromium.open(browser, url)
          await root.page.goto(`${url}/builds`)
          await signIn(root.page, "root-token")
          // One that nobody used for longer than it lasts, and nobody signed in since, is none.
          await Effect.runPromise(sql`
            INSERT INTO browser_session (id, proof, kind, name, groups, seen_at, ends_at)
            VALUES ('idle', 'p', 'token', 'bob', '[]'::jsonb, now() - interval '13 hours', now() + interval '1 hour')`)
          await root.page.locator(".nav a", { hasText: "Administration" }).click()
          assert.match(await root.page.locator("#answer").innerText(), /^1 command was given up and waits for you/)
          await root.page.locator("#dead-letters tbody button").click()
          // In place, without a reload. The command cannot be read, so that it is given up anew at once.
          await root.page.locator("#said", { hasText: "Try again: done" }).waitFor()
          const sessions = root.page.locator("#sessions tbody tr")
          assert.strictEqual(await sessions.count(), 2)
          await sessions.filter({ hasText: "alice" }).locator("button").click()
          await root.page.locator("dialog[open] .main").click()
          await root.page.locator("#said", { hasText: "Sign out: done" }).waitFor()
          await page.reload()
          assert.strictEqual(await page.locator("#who").innerText(), "Sign in")
          await root.page.goto(`${url}/admin/settings`)
          const settings = await root.page.locator("main").innerText()
          assert.match(settings, /ORCH_API_TOKENS[\s\S]*alice:packager:…/)
          assert.notMatch(settings, /[0-9a-f]{64}/)
          await root.page.goto(`${url}/admin/audit?name=alice`)
          assert.match(await root.page.locator("tbody tr").first().innerText(), /alice[\s\S]*cancel[\s\S]*done \(200\)/)
          await root.page.goto(`${url}/reference`)
          await root.page.locator("a", { hasText: "/orch/v1/module-builds/{id}/priority" }).first().click()
          assert.match(await root.page.locator("main").innerText(), /POST \/orch\/v1\/module-builds\/{id}\/cancel/)
          assert.deepStrictEqual([faults, root.faults], [{ elsewhere: [], refused: [] }, {
            elsewhere: [],
            refused: []
          }])
          const state = await root.page.context().storageState()
          const checked = (await Chromium.open(browser, url, { bypassCSP: true, storageState: state })).page
          const paths = ["/admin", "/admin/settings", "/admin/audit", "/reference", "/reference/module-builds"]
          for (const path of paths) await Chromium.violations(checked, `${url}${path}`)
        })
      })),
    480_000
  )

  it.live(
    "lets endpoints be tried at /docs, from where a browser asks nobody else",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { url } = yield* TestServer.start({})
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const { faults, page } = await Chromium.open(browser, url)
          await page.goto(`${url}/docs`)
          await page.getByRole("button", { name: /Test Request/ }).nth(1).click()
          const answer = page.waitForResponse((one) => new URL(one.url()).pathname.startsWith("/rida/"))
          await page.getByRole("button", { name: /^Send/ }).first().click()
          assert.strictEqual((await answer).status(), 200)
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          await page.evaluate("fetch('https://elsewhere.example.org/').catch(() => {})")
          assert.match(faults.refused.join(), /elsewhere\.example\.org/)
        })
      })),
    480_000
  )

  it.live(
    "finds things, shows times as wanted, keeps views, and axe finds nothing wrong",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { url } = yield* start
        const browser = yield* Chromium.launch
        yield* Effect.promise(async () => {
          const { faults, page } = await Chromium.open(browser, url, { timezoneId: "Asia/Tokyo" })
          await page.goto(`${url}/farm`)
          await page.keyboard.press("/")
          await page.keyboard.type("demo:1")
          await page.locator("#palette-list li", { hasText: "module build" }).first().waitFor()
          assert.match(await page.locator("#palette-count").innerText(), /^\d+ found$/)
          await page.keyboard.press("Enter")
          await page.waitForURL(/\/builds\/1$/)
          const time = page.locator(".trace time").first()
          const utc = await time.innerText()
          await page.locator("#zone").click()
          assert.notStrictEqual(await time.innerText(), utc)
          assert.match(await page.locator("#zone-words").innerText(), /Tokyo/)
          await page.locator("#explain").waitFor()
          await page.keyboard.press("e")
          await page.waitForURL(/\/builds\/1\/explain$/)
          await page.keyboard.press("g")
          await page.keyboard.press("b")
          await page.waitForURL(`${url}/builds`)
          await page.keyboard.press("/")
          await page.keyboard.type("owner:alice")
          await page.keyboard.press("Enter")
          await page.waitForURL(/owner/)
          await page.locator("#save-view").click()
          await page.keyboard.type("Alice's")
          await page.keyboard.press("Enter")
          await page.goto(`${url}/builds`)
          await page.locator(".views a", { hasText: "Alice's" }).click()
          await page.waitForURL(/owner/)
          assert.strictEqual(await page.locator(".views [aria-current]").innerText(), "Alice's")
          await page.keyboard.press("?")
          assert.isTrue(await page.locator("#help").isVisible())
          await page.locator("#keys-off").check()
          await page.keyboard.press("Escape")
          await page.keyboard.press("?")
          assert.isFalse(await page.locator("#help").isVisible())
          assert.deepStrictEqual(faults, { elsewhere: [], refused: [] })
          await page.context().close()

          const checked = (await Chromium.open(browser, url, { bypassCSP: true })).page
          for (const path of ["/sign-in", "/about", "/find?q=demo", "/builds", "/builds/1"]) {
            await Chromium.violations(checked, `${url}${path}`)
          }
          await Chromium.violations(checked, `${url}/builds`, async () => {
            await checked.keyboard.press("Control+k")
            await checked.keyboard.type("demo:1")
            await checked.locator("#palette-list li", { hasText: "module build" }).first().waitFor()
          })
          await Chromium.violations(checked, `${url}/builds`, () => checked.keyboard.press("?"))
        })
      })),
    480_000
  )
})
