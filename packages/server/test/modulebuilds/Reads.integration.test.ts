/** What pages and scripts read, from a real server with real builds of the local farm, by the client for promises and the command. */
import { assert, layer } from "@effect/vitest"
import { OrchPromiseClient } from "@orch/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"

interface Built {
  readonly url: string
  readonly client: OrchPromiseClient.OrchPromiseClient
  readonly failed: number
  readonly ready: number
}

class World extends Context.Service<World, Built>()("test/modulebuilds/ReadsWorld") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function*() {
      const { git, url } = yield* TestServer.start()
      const client = yield* Effect.acquireRelease(
        Effect.sync(() => OrchPromiseClient.make({ url })),
        (client) => Effect.promise(() => client.close())
      )
      const submit = (name: string, specs: Readonly<Record<string, string>>) =>
        Effect.promise(async () => {
          for (const [package_, text] of Object.entries(specs)) {
            TestRepository.make(Path.join(git, "rpms", package_)).commit({ [`${package_}.spec`]: text })
          }
          const components = Object.fromEntries(Object.keys(specs).map((one, index) => [one, [`buildorder: ${index}`]]))
          const commit = TestRepository.make(Path.join(git, "modules", name)).commit({
            [`${name}.yaml`]: TestServer.modulemd(components).replace("name: demo", `name: ${name}`)
          })
          const [build] = await client.moduleBuilds.submit(`file://${git}/modules/${name}?#${commit}`)
          return (await client.moduleBuilds.finished(build!.id)).id
        })
      const failed = yield* submit("breaks", {
        "r-good": SpecFile.make("r-good"),
        "r-bad": SpecFile.make("r-bad", {
          build: "echo preparing\necho 'main.c:12:5: error: no such thing' >&2\nexit 1"
        })
      })
      const ready = yield* submit("works", { "r-fine": SpecFile.make("r-fine") })
      return { url, client, failed, ready }
    })
  )
}

const bin = await TestPrograms.orch()

const orch = (url: string, ...args: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const env = { ...process.env, ORCH_URL: url }
    const { code, err, out } = await SmallProcess.ran(process.execPath, [bin, ...args], { env, timeout: 60_000 })
    if (code !== 0) throw new Error(`${args.join(" ")}: ${err}`)
    return out
  })

layer(World.layer, { timeout: "120 seconds", excludeTestServices: true })("what pages and scripts read", (it) => {
  it.effect("tells of a failed build the line that says why, in the feed and in the log", () =>
    Effect.gen(function*() {
      const { client, failed } = yield* World
      yield* Effect.promise(async () => {
        const log = { build: failed, part: "r-bad" }
        const overview = await client.logs.overview(log)
        assert.isTrue(overview.complete && !overview.open)
        const first = overview.first_error!
        assert.strictEqual(first.text, "main.c:12:5: error: no such thing")
        assert.strictEqual(first.phase, "%build")
        assert.isTrue(overview.sections.some(({ failed, name }) => failed && name === "%build"))
        const { lines } = await client.logs.lines(log, { from: first.line, count: 1 })
        assert.deepStrictEqual(lines, [first.text])
        const last = await client.logs.lines(log, { from: -3 })
        assert.strictEqual(last.lines.length, 3)
        assert.isNull(last.next)
        const found = await client.logs.find(log, "^main.*no s[u-w]ch", { regex: true })
        assert.deepStrictEqual(found.matches.map(({ line }) => line), [first.line])
        const page = await client.feed.list({ q: "state:failed name:breaks" })
        const error = page.items[0]?.first_error
        assert.deepStrictEqual([error?.component, error?.line, error?.text], [
          "r-bad",
          first.line,
          first.text
        ])
        assert.isNull(page.items[0]!.expected)
      })
    }), 60_000)

  it.effect("explains with references, and tells of the farm and of what is expected", () =>
    Effect.gen(function*() {
      const { client, failed, ready } = yield* World
      yield* Effect.promise(async () => {
        const explained = await client.moduleBuilds.explain(failed)
        assert.deepStrictEqual(
          explained.waits.map(({ kind, references }) => [kind, references.map(({ kind }) => kind)]),
          [
            ["person", ["component", "log"]]
          ]
        )
        assert.strictEqual(explained.waits[0]!.references[1]!.attempt, 1)
        assert.deepStrictEqual((await client.moduleBuilds.explain(ready)).waits, [])
        const forecast = await client.moduleBuilds.forecast(ready)
        assert.deepStrictEqual([forecast.expected, forecast.why_not, forecast.progress], [
          null,
          null,
          { done: 1, total: 1, back: null }
        ])
        assert.isNotNull(forecast.parts[0]!.took)
        const farm = await client.farm.overview()
        assert.strictEqual(farm.finished.length, 48)
        assert.isAtLeast(farm.finished.reduce((sum, { built }) => sum + built, 0), 2)
        assert.isAtLeast(farm.finished.reduce((sum, { failed }) => sum + failed, 0), 1)
        assert.deepStrictEqual(await client.farm.queue(), { items: [], total: 0, more: false })
      })
    }), 60_000)

  it.effect("says what may be done and what would follow, and how builds differ", () =>
    Effect.gen(function*() {
      const { client, failed, ready, url } = yield* World
      yield* Effect.promise(async () => {
        const actions = await client.moduleBuilds.actions(failed)
        const of = (name: string) => actions.find(({ action }) => action === name)!
        assert.deepStrictEqual([of("resume").allowed, of("resume").counts], [true, { ended: 0, kept: 1, built: 1 }])
        assert.deepStrictEqual([of("retry").part, of("retry").allowed], ["r-bad", true])
        const cannot = (await client.moduleBuilds.actions(ready)).find(({ action }) => action === "resume")!
        assert.deepStrictEqual([cannot.allowed, cannot.forbidden], [false, false])
        assert.match(cannot.why_not ?? "", /ready/)
        assert.strictEqual((await client.moduleBuilds.get(failed)).state, "failed", "asking changes nothing")
        const compared = await client.moduleBuilds.compare(ready, failed)
        assert.deepStrictEqual([compared.from, compared.to], [failed, ready])
        assert.deepStrictEqual(compared.components.map(({ component }) => component), ["r-bad", "r-fine", "r-good"])
        assert.isTrue(
          compared.artifacts.some(({ from, name, to }) => name === "r-fine" && from === null && to !== null)
        )
        const same = await client.moduleBuilds.compare(ready, ready)
        assert.deepStrictEqual([same.inputs, same.artifacts, same.components], [[], [], []])
        assert.strictEqual((await client.search("works"))[0]?.build, ready)
        // A stream about both has what was told of both, and nothing of others; one about neither has nothing.
        const streamed = async (about: string) => {
          const gone = new AbortController()
          const answer = await fetch(`${url}/orch/v1/events?${about}`, {
            headers: { "last-event-id": "0" },
            signal: gone.signal
          })
          const subjects = new Set<string>()
          const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
          let text = ""
          while (!text.includes(`"subject":"module-build/${ready}"`)) {
            const { done, value } = await reader.read()
            if (done) break
            text += value
          }
          gone.abort()
          for (const [, subject] of text.matchAll(/"subject":"([^"]+)"/g)) {
            subjects.add(subject!.split("/").slice(0, 2).join("/"))
          }
          return [...subjects].sort()
        }
        assert.deepStrictEqual(await streamed(`about=module-build/${ready}`), [`module-build/${ready}`])
        assert.deepStrictEqual(await streamed(`about=module-build/${ready}&about=module-build/${failed}`), [
          `module-build/${failed}`,
          `module-build/${ready}`
        ])
        assert.strictEqual((await fetch(`${url}/orch/v1/events?about=..%2F..`)).status, 400)
        const none = await fetch(`${url}/orch/v1/module-builds/${failed}/compare/last-ready`)
        assert.strictEqual(none.status, 404)
      })
    }), 60_000)

  it.effect("says what is wrong with what is asked, and where", () =>
    Effect.gen(function*() {
      const { client, failed, url } = yield* World
      yield* Effect.promise(async () => {
        const status = async (path: string) => {
          const answer = await fetch(`${url}${path}`)
          const body = await answer.json() as { message: string; problems?: ReadonlyArray<{ column?: number }> }
          return [answer.status, body.problems?.[0]?.column ?? null] as const
        }
        assert.deepStrictEqual(await status("/orch/v1/feed?q=perl%20stat:x"), [400, 6])
        assert.deepStrictEqual(await status("/orch/v1/feed?before=x"), [400, null])
        assert.deepStrictEqual(await status(`/orch/v1/logs/module-build/${failed}/r-bad/1/find?text=a(b&regex=true`), [
          400,
          2
        ])
        assert.deepStrictEqual(await status(`/orch/v1/logs/module-build/${failed}/r-bad/1/lines?from=x`), [400, null])
        assert.deepStrictEqual(await status(`/orch/v1/logs/module-build/${failed}/nope/1`), [404, null])
        assert.deepStrictEqual(await status(`/orch/v1/logs/module-build/${failed}/r-bad/7`), [404, null])
        assert.deepStrictEqual(await status(`/orch/v1/logs/other/${failed}/r-bad/1`), [400, null])
        assert.deepStrictEqual(await status("/orch/v1/module-builds/99999/forecast"), [404, null])
        assert.strictEqual(
          (await client.logs.lines({ build: failed, part: "r-bad" }, { from: 9_999_999 })).lines.length,
          0
        )
      })
    }), 60_000)

  it.effect("prints the same as a command", () =>
    Effect.gen(function*() {
      const { failed, url } = yield* World
      assert.match(yield* orch(url, "module-build", "feed", "state:failed"), /r-bad, line \d+: main\.c:12:5: error/)
      assert.match(yield* orch(url, "module-build", "forecast", `${failed}`), /1 of 2 are done/)
      assert.match(yield* orch(url, "log", "show", `${failed}`, "r-bad"), /line \d+ in %build: main\.c:12:5/)
      assert.match(yield* orch(url, "log", "lines", `${failed}`, "r-bad", "--from", "1", "--count", "1"), /^ *1 {2}\S/)
      assert.match(yield* orch(url, "log", "find", `${failed}`, "r-bad", "no such thing"), /^\d+: main\.c:12:5/m)
      assert.match(yield* orch(url, "farm", "show"), /packages were built in 24 hours/)
      assert.match(yield* orch(url, "farm", "queue"), /Nothing waits/)
    }), 120_000)
})
