/** Which builds others are built against, through the whole server. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as MbsServer from "./MbsServer.ts"

const { built, document, platform } = MbsServer

describe("what is built against", () => {
  it.live(
    "was made on the platform that the farm stands for, also when a version of it is imported",
    () =>
      Effect.gen(function*() {
        const server = yield* MbsServer.start({ ORCH_IMPORT_GROUPS: "packager" })
        // As a build made here records it: nobody imported the platform, so it has no commit.
        yield* server.import(built("tool", "1", "el9", { ref: "" }))
        const submit = (name: string) =>
          server.submit(server.module(name, "1", document({ buildrequires: "platform: [el9], tool: [\"1\"]" })))
        const before = yield* submit("before")
        assert.strictEqual(before.status, 201, JSON.stringify(before.body))
        assert.strictEqual(before.body[0].buildrequires.platform.version, "1")
        yield* server.import(platform("el9", "virtual_streams: []", 9))
        const after = yield* submit("after")
        assert.strictEqual(after.status, 201, JSON.stringify(after.body))
        assert.strictEqual(after.body[0].buildrequires.platform.version, "9")
        assert.strictEqual(after.body[0].buildrequires.tool.stream, "1")
      }).pipe(Effect.scoped),
    120_000
  )

  it.live("has no sibling that is still under way", () =>
    Effect.gen(function*() {
      const server = yield* MbsServer.start({
        ORCH_IMPORT_GROUPS: "packager",
        // Nobody answers there, so that the build stays where it begins.
        ORCH_SCM_ALLOW: "file:///,git://127.0.0.1:9"
      })
      const silent = "slow: {rationale: Test, ref: main, repository: \"git://127.0.0.1:9/slow\"}"
      const lib = yield* server.submit(
        server.module("lib", "1", document({ buildrequires: "platform: [el9]", components: [silent] }))
      )
      assert.strictEqual(lib.status, 201, JSON.stringify(lib.body))
      const [{ id, version }] = lib.body
      assert.strictEqual((yield* server.import(built("lib", "1", "el9", { version }))).status, 201)
      const app = server.module("app", "1", document({ buildrequires: "platform: [el9], lib: [\"1\"]" }))
      const refused = yield* server.submit(app)
      assert.deepInclude(refused.body, {
        status: 422,
        message: `Buildrequire lib-1-${version} is in "init" state`
      })
      const other = yield* server.call("POST", "/rida/module-builds/", { scmurl: app.scmurl, name: "app", stream: "1" })
      assert.strictEqual(other.status, 422)
      assert.include(JSON.stringify(other.body), "is in \\\"init\\\" state")

      yield* server.call("PATCH", `/module-build-service/1/module-builds/${id}`, { state: "failed" })
      const built_ = yield* server.submit(app)
      assert.strictEqual(built_.status, 201, JSON.stringify(built_.body))
    }).pipe(Effect.scoped), 240_000)

  it.live(
    "is what each static context names, and otherwise the line that asks for it is told",
    () =>
      Effect.gen(function*() {
        const server = yield* MbsServer.start({ ORCH_IMPORT_GROUPS: "packager" })
        yield* server.import(built("tool", "1", "el9"))
        // The tool is named in a context only.
        const contexts = "  xmd:\n    mbs_options:\n      contexts:\n"
          + "        plain: {buildrequires: {platform: el9}, requires: {platform: el9}}\n"
          + "        tooled: {buildrequires: {platform: el9, tool: '1'}, requires: {platform: el9}}\n"
        const app = yield* server.submit(server.module("app", "1", `${document({}).trimEnd()}\n${contexts}`))
        assert.strictEqual(app.status, 201, JSON.stringify(app.body))
        assert.deepStrictEqual(app.body.map(({ context }: any) => context).sort(), ["plain", "tooled"])

        const text = document({ buildrequires: "platform: [el9], tool: [\"2\"]" })
        const refused = yield* server.submit(server.module("wrong", "1", text))
        const line = text.split("\n").findIndex((line) => line.includes("tool:")) + 1
        assert.deepInclude(refused.body, { status: 422, message: "Cannot find any module builds for tool:2" })
        assert.deepInclude(refused.body.problems[0], { code: "resolution", line })
      }).pipe(Effect.scoped),
    240_000
  )
})
