/** What a submission would come to, from a real server with real repositories: nothing may begin by asking. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"

class World extends Context.Service<World, { readonly url: string; readonly git: string }>()("test/PreviewWorld") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function*() {
      const { git, url } = yield* TestServer.start({ ORCH_ALLOW_YAML: "true" })
      for (const name of ["base", "top", "beside"]) {
        TestRepository.make(Path.join(git, "rpms", name)).commit({ [`${name}.spec`]: SpecFile.make(name) })
      }
      return { git, url }
    })
  )
}

const ask = (url: string, body: object) =>
  Effect.promise(async () => {
    const answer = await fetch(`${url}/orch/v1/module-builds/preview`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body)
    })
    // oxlint-disable-next-line typescript/no-explicit-any
    return { status: answer.status, body: (await answer.json()) as any }
  })

const components = { base: [], beside: [], top: ["buildafter: [base]"] }

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })("a preview of a submission", (it) => {
  it.effect("names builds, contexts and batches of a text, and begins nothing", () =>
    Effect.gen(function*() {
      const { url } = yield* World
      const { body, status } = yield* ask(url, { yaml_modulemd: TestServer.modulemd(components) })
      assert.strictEqual(status, 200, JSON.stringify(body))
      assert.strictEqual(body.refused, null)
      const [build] = body.builds
      assert.deepStrictEqual([build.name, build.stream, build.outcome, build.buildrequires], ["demo", "1", "new", {
        platform: "el9"
      }])
      assert.match(build.context, /^[0-9a-f]{8}$/)
      assert.deepStrictEqual(build.components.map(({ after, batch, name }: never) => [name, batch, after]), [
        ["base", 1, []],
        ["beside", 1, []],
        ["top", 2, ["base"]]
      ])
      assert.match(build.components[0].commit, /^[0-9a-f]{40}$/)
      const list = yield* Effect.promise(() => fetch(`${url}/orch/v1/module-builds/`).then((one) => one.json()))
      assert.strictEqual((list as { readonly total: number }).total, 0)
    }))

  it.effect("names every problem of a text with its line, and what is merely odd besides", () =>
    Effect.gen(function*() {
      const { url } = yield* World
      const text = TestServer.modulemd({ base: ["buildorder: first"] }).replace("summary: Test", "sumary: Test")
      const { body } = yield* ask(url, { yaml_modulemd: text })
      assert.match(body.refused.message, /modulemd/)
      const errors = body.problems.filter(({ severity }: { readonly severity: string }) => severity === "error")
      const lines = text.split("\n")
      assert.include(
        lines[errors.find(({ message }: never) => /buildorder/.test(message)).line - 1],
        "buildorder: first"
      )
      assert.strictEqual(body.text, text)
      assert.deepStrictEqual(body.builds, [])
    }))

  it.effect("takes documents as long as a submission does", () =>
    Effect.gen(function*() {
      const { url } = yield* World
      const text = `${TestServer.modulemd(components)}${"# as long as a large module's\n".repeat(80_000)}`
      assert.isAbove(text.length, 2 * 1024 * 1024)
      const { body, status } = yield* ask(url, { yaml_modulemd: text })
      assert.strictEqual(status, 200, JSON.stringify(body).slice(0, 500))
      assert.strictEqual(body.builds.length, 1)
    }))

  it.effect("names components whose sources are not there", () =>
    Effect.gen(function*() {
      const { url } = yield* World
      const { body } = yield* ask(url, { yaml_modulemd: TestServer.modulemd({ nowhere: [] }) })
      assert.strictEqual(body.refused.reason, "unretrievable")
      assert.strictEqual(body.problems[0].where, "nowhere")
    }))

  it.effect("says of a module in git which build is there already", () =>
    Effect.gen(function*() {
      const { git, url } = yield* World
      const commit = TestRepository.make(Path.join(git, "modules", "demo")).commit({
        "demo.yaml": TestServer.modulemd({ base: [] })
      })
      const scmurl = `file://${git}/modules/demo?#${commit}`
      const before = yield* ask(url, { scmurl })
      assert.strictEqual(before.body.builds[0].outcome, "new")
      assert.include(before.body.text, "document: modulemd")
      const submitted = yield* Effect.promise(() =>
        fetch(`${url}/orch/v1/module-builds/`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ scmurl })
        }).then((one) => one.json())
      )
      const after = yield* ask(url, { scmurl })
      assert.deepStrictEqual([after.body.builds[0].outcome, after.body.builds[0].id], [
        "exists",
        (submitted as ReadonlyArray<{ readonly id: number }>)[0]!.id
      ])
      assert.strictEqual((yield* ask(url, {})).status, 400)
    }))
})
