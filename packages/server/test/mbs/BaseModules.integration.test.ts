/** The farm's platforms as base modules: in what builds say, in filters, and in what is built against. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ServerConfig from "../../src/ServerConfig.ts"
import * as MbsServer from "./MbsServer.ts"

const { built, document, platform } = MbsServer

const builds = "/module-build-service/2/module-builds/"

const named = (body: any): ReadonlyArray<string> => body.items.map(({ name }: any) => name)

describe("base modules", () => {
  it.live("are the farm's platforms, imported or not, in answers and filters", () =>
    Effect.gen(function*() {
      const server = yield* MbsServer.start({
        ORCH_IMPORT_GROUPS: "packager",
        ORCH_PLATFORMS: "f41,el8.4.0,el9"
      })
      yield* server.import(platform("el9", "virtual_streams: [el9]", 7))
      const submit = (name: string, base: string) =>
        Effect.map(
          server.submit(server.module(name, "1", document({ buildrequires: `platform: [${base}]` }))),
          ({ body }) => body[0].id as number
        )
      const old = yield* submit("old", "el8.4.0")
      yield* submit("new", "f41")
      const own = yield* submit("own", "el9")

      const stand = yield* server.call("GET", `${builds}${old}?verbose=true`)
      assert.deepStrictEqual(stand.body.base_module_buildrequires, [{
        id: null,
        state: 5,
        state_name: "ready",
        name: "platform",
        stream: "el8.4.0",
        version: "1",
        context: "00000000",
        stream_version: 80400
      }])
      const imported = yield* server.call("GET", `${builds}${own}?verbose=1`)
      const [base] = imported.body.base_module_buildrequires
      const [{ id }] = (yield* server.call("GET", `${builds}?name=platform`)).body.items
      assert.deepInclude(base, { id, stream: "el9", version: "7", stream_version: 90000 })

      const filters: ReadonlyArray<readonly [query: string, found: ReadonlyArray<string>]> = [
        ["base_module_br=platform:el8.4.0:1:00000000", ["old"]],
        ["base_module_br=platform:el8.4.0:2:00000000", []],
        ["base_module_br_name=platform&order_by=id", ["old", "new", "own"]],
        ["base_module_br_name=base", []],
        ["base_module_br_stream=f41", ["new"]],
        ["base_module_br_version=7", ["own"]],
        ["base_module_br_context=00000000&order_by=name", ["new", "old", "own"]],
        ["base_module_br_stream_version=80400", ["old"]],
        ["base_module_br_stream_version_lte=90000&order_by=id", ["old", "own"]],
        ["base_module_br_stream_version_gte=90000&order_by=id", ["new", "own"]],
        ["base_module_br_name=platform&base_module_br_stream=el9&base_module_br_version=1", []]
      ]
      for (const [query, found] of filters) {
        assert.deepStrictEqual(named((yield* server.call("GET", `${builds}?${query}`)).body), found, query)
      }
    }).pipe(Effect.scoped), 120_000)

  it.live("that nobody described go together where the installation says so", () =>
    Effect.gen(function*() {
      const everywhere = document({
        name: "tool",
        stream: "main",
        version: 3,
        context: "c0ffee00",
        buildrequires: "platform: [f41]",
        requires: "platform: []",
        xmd: "mbs: {commit: \"1\", mse: true, koji_tag: module-tool, buildrequires: "
          + "{platform: {stream: f41, version: \"1\", context: \"00000000\"}}}"
      })
      const start = (settings: Readonly<Record<string, string>>) =>
        Effect.gen(function*() {
          const server = yield* MbsServer.start({
            ORCH_IMPORT_GROUPS: "packager",
            ORCH_PLATFORMS: "el8,f41",
            ...settings
          })
          yield* server.import(everywhere)
          yield* server.import(built("tool", "bound", "f41", { ref: "" }))
          return (name: string, base: string, tool: string) =>
            server.submit(server.module(name, "1", document({ buildrequires: `platform: [${base}], tool: [${tool}]` })))
        })
      const strict = yield* start({})
      assert.deepInclude((yield* strict("user", "el8", "main")).body, {
        status: 422,
        message: "Cannot find any module builds for tool:main"
      })
      const open = yield* start({ ORCH_ONLY_COMPATIBLE_BASE_MODULES: "false" })
      const used = yield* open("user", "el8", "main")
      assert.strictEqual(used.status, 201, JSON.stringify(used.body))
      assert.strictEqual(used.body[0].buildrequires.tool.version, "3")
      assert.strictEqual(used.body[0].buildrequires.platform.stream, "el8")
      // What itself wants another platform does not go together with this one.
      assert.strictEqual((yield* open("mixed", "el8", "bound")).status, 422)
      assert.strictEqual((yield* open("own", "f41", "bound")).status, 201)
    }).pipe(Effect.scoped), 240_000)

  it.live("are called as the installation says", () =>
    Effect.gen(function*() {
      const server = yield* MbsServer.start({ ORCH_BASE_MODULES: "base,platform", ORCH_PLATFORMS: "el9" })
      const { body, status } = yield* server.submit(
        server.module("app", "1", document({ buildrequires: "base: [el9]" }))
      )
      assert.strictEqual(status, 201, JSON.stringify(body))
      assert.strictEqual(body[0].buildrequires.base.stream, "el9")
      assert.match(body[0].version, /^9\d{14}$/)
      const found = yield* server.call("GET", `${builds}?base_module_br_name=base&base_module_br_stream=el9`)
      assert.deepStrictEqual(named(found.body), ["app"])
      const other = yield* server.submit(server.module("other", "1", document({ buildrequires: "platform: [el9]" })))
      assert.deepInclude(other.body, {
        status: 422,
        message: "None of the base module (base or platform) streams in the buildrequires section could be found"
      })
    }).pipe(Effect.scoped), 120_000)

  it("cannot be none", () => {
    const read = ServerConfig.fromEnvironment({ ORCH_BASE_MODULES: " , " })
    assert.isTrue(Result.isFailure(read))
    assert.include(JSON.stringify(read), "ORCH_BASE_MODULES")
  })
})
