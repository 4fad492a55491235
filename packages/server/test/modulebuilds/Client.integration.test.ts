import { assert, layer } from "@effect/vitest"
import { OrchClient, OrchPromiseClient, WatchModuleBuild } from "@orch/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"

class World extends Context.Service<World, TestServer.TestServer>()("test/modulebuilds/ClientWorld") {
  static readonly layer = Layer.effect(World, TestServer.start())
}

const bin = await TestPrograms.orch()

const orch = (url: string, ...args: ReadonlyArray<string>) =>
  Effect.promise(() =>
    SmallProcess.ran(process.execPath, [bin, ...args], { env: { ...process.env, ORCH_URL: url }, timeout: 120_000 })
  )

const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => "it did not fail", (error: unknown) => (error as Error).message)

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })("the client", (it) => {
  const publish = (name: string, specs: Readonly<Record<string, string>>) =>
    Effect.map(World, ({ git, url }) => {
      for (const [package_, text] of Object.entries(specs)) {
        TestRepository.make(Path.join(git, "rpms", package_)).commit({ [`${package_}.spec`]: text })
      }
      const repository = TestRepository.make(Path.join(git, "modules", name))
      const components = Object.fromEntries(Object.keys(specs).map((one, index) => [one, [`buildorder: ${index}`]]))
      const commit = repository.commit({
        [`${name}.yaml`]: TestServer.modulemd(components).replace("name: demo", `name: ${name}`)
      })
      return { url, scmurl: `file://${git}/modules/${name}?#${commit}` }
    })

  it.effect("follows a real build to ready by its announcements", () =>
    Effect.gen(function*() {
      const { scmurl, url } = yield* publish("followed", {
        "f-one": SpecFile.make("f-one"),
        "f-two": SpecFile.make("f-two", { buildRequires: ["f-one"] })
      })
      yield* Effect.gen(function*() {
        const client = yield* OrchClient.OrchClient
        const [build] = yield* client.moduleBuilds.submit({ payload: { scmurl } })
        const seen = yield* Stream.runCollect(WatchModuleBuild.watch(client, build!.id))
        const last = seen.at(-1)!
        assert.strictEqual(last.state, "ready", JSON.stringify(last.components))
        assert.isNotNull(last.repository)
        assert.deepStrictEqual(last.trace.map(({ state }) => state), ["init", "wait", "build", "done", "ready"])
      }).pipe(Effect.provide(OrchClient.OrchClient.layer({ url })))
    }), 120_000)

  it.effect("does the same with promises, and throws errors that say what is wrong", () =>
    Effect.gen(function*() {
      const { scmurl, url } = yield* publish("promised", { "p-one": SpecFile.make("p-one") })
      yield* Effect.promise(async () => {
        const client = OrchPromiseClient.make({ url })
        try {
          const [build] = await client.moduleBuilds.submit(scmurl)
          const ended = await client.moduleBuilds.finished(build!.id)
          assert.strictEqual(ended.state, "ready")
          const states = []
          for await (const { state } of client.moduleBuilds.watch(build!.id)) states.push(state)
          assert.deepStrictEqual(states, ["ready"])
          const log = await client.moduleBuilds.log(build!.id, "p-one")
          assert.match(log, /rpmbuild|Executing/)
          let followed = ""
          for await (const piece of client.moduleBuilds.followLog(build!.id, "p-one")) followed += piece
          assert.strictEqual(followed, log)
          assert.match(await failure(client.moduleBuilds.log(build!.id, "nope")), /no component nope; it has p-one/)
          assert.deepStrictEqual(await client.moduleBuilds.diff(build!.id, build!.id), [])
          const topics = new Set<string>()
          for await (const { body, topic } of client.moduleBuilds.events(build!.id)) {
            topics.add(topic)
            if ((body as { readonly state?: string }).state === "ready") break
          }
          assert.isTrue(topics.has("module-build.state"))
          assert.deepStrictEqual(await client.caller(), {
            name: "anonymous",
            groups: ["packager"],
            authentication: "none"
          })
          const refused = await client.moduleBuilds.get(4711).then(
            () => undefined,
            (error: { status: number }) => error
          )
          assert.strictEqual(refused?.status, 404)
        } finally {
          await client.close()
        }
      })
    }), 120_000)

  it.effect(
    "runs as a command: 0 for a build that ends ready, with its log and explanation",
    () =>
      Effect.gen(function*() {
        const { scmurl, url } = yield* publish("commanded", { "c-one": SpecFile.make("c-one") })
        const submitted = yield* orch(url, "module-build", "submit", scmurl, "--watch")
        assert.strictEqual(submitted.code, 0, submitted.err)
        assert.match(submitted.out, /^repository: http:\/\/127\.0\.0\.1:\d+\/repositories\//m)
        const { id } =
          JSON.parse((yield* orch(url, "module-build", "list", "--name", "commanded", "--json")).out).items[0]
        assert.match((yield* orch(url, "module-build", "logs", `${id}`, "c-one")).out, /rpmbuild|Executing/)
        assert.match((yield* orch(url, "module-build", "explain", `${id}`)).out, /c-one is in batch 1/)
        const retired = yield* orch(url, "module-build", "retire", "commanded:1")
        assert.strictEqual(retired.code, 0, retired.err)
        assert.match((yield* orch(url, "module-build", "show", `${id}`)).out, /Module build retired/)
        const nothing = yield* orch(url, "module-build", "retire", "commanded:1")
        assert.strictEqual(nothing.code, 1)
        assert.match(nothing.err, /no ready module build of commanded:1/)
        assert.strictEqual((yield* orch(url, "module-build", "retire", "commanded")).code, 2)
        assert.strictEqual((yield* orch(url, "module-build", "retire", `${id}`)).code, 1)
      }),
    120_000
  )

  it.effect("runs as a command: 1 for a build that fails, and names what failed", () =>
    Effect.gen(function*() {
      const { scmurl, url } = yield* publish("failing", {
        "x-one": SpecFile.make("x-one", { buildRequires: ["nobody-has-this"] })
      })
      const submitted = yield* orch(url, "module-build", "submit", scmurl, "--watch")
      assert.strictEqual(submitted.code, 1)
      assert.match(submitted.out, /x-one failed: .*nobody-has-this/)
      const { id } = JSON.parse((yield* orch(url, "module-build", "list", "--name", "failing", "--json")).out).items[0]
      assert.include(submitted.out, `orch module-build resume ${id} --watch`)
      assert.match(submitted.out, /After a change in git, submit again: .*modules\/failing\?#BRANCH/)
      const retried = yield* orch(url, "module-build", "retry", `${id}`, "x-one")
      assert.strictEqual(retried.code, 0, retried.err)
      const watched = yield* orch(url, "module-build", "watch", `${id}`)
      assert.strictEqual(watched.code, 1)
      for (const state of ["init", "wait", "build", "failed"]) {
        assert.match(watched.out, new RegExp(`^module build ${id} is in ${state}: `, "m"))
      }
      const resumed = yield* orch(url, "module-build", "resume", `${id}`, "--watch")
      assert.strictEqual(resumed.code, 1, resumed.err)
      assert.match(resumed.out, /x-one failed/)
    }), 120_000)

  it.effect(
    "runs as a command: 1 for a refusal with its problems, 2 for a wrong line, 3 where nobody answers",
    () =>
      Effect.gen(function*() {
        const { git, url } = yield* World
        const refused = yield* orch(url, "module-build", "submit", `file://${git}/modules/nowhere?#main`)
        assert.strictEqual(refused.code, 1)
        assert.match(refused.err, /nowhere/)
        assert.strictEqual((yield* orch(url, "module-build", "sbmit")).code, 2)
        const away = yield* orch("http://127.0.0.1:9", "module-build", "list")
        assert.strictEqual(away.code, 3)
        assert.match(away.err, /ORCH_URL/)
      }),
    120_000
  )
})
