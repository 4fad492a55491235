/** What an installation decides about names and streams, through the whole server. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as MbsServer from "../../mbs/MbsServer.ts"

const { document, platform } = MbsServer

const buildsOn = (build: any): ReadonlyArray<string> =>
  /buildrequires:\n\s+platform: \[([^\]]*)\]/.exec(build.modulemd)![1]!.split(", ")

describe("submissions by the rules of an installation", () => {
  it.live(
    "takes the platform's stream from the branch, refuses real builds of scratch branches",
    () =>
      Effect.gen(function*() {
        const server = yield* MbsServer.start({
          ORCH_ALLOW_SCRATCH: "true",
          ORCH_IMPORT_GROUPS: "packager",
          ORCH_BRANCH_STREAM_PATTERNS: JSON.stringify([
            String.raw`(?:rh)(?P<os>el)(?:\-)(\d+\.\d+\.\d+)$`,
            "-LP-(.+)$"
          ]),
          ORCH_SCRATCH_ONLY_BRANCHES: "[\"^private-\"]"
        })
        for (const stream of ["el8.0.0", "product1.2"]) {
          assert.strictEqual((yield* server.import(platform(stream))).status, 201)
        }
        const submit = (name: string, branch: string, more = {}, buildrequires = "platform: [el9]") =>
          server.submit({ ...server.module(name, branch, document({ buildrequires })), ...more })

        for (
          const [name, branch, more, expected] of [
            ["plain", "10", {}, "el9"],
            ["released", "10-rhel-8.0.0", {}, "el8.0.0"],
            ["product", "10-LP-product1.2", {}, "product1.2"],
            ["chosen", "10-LP-product1.2", { buildrequire_overrides: { platform: ["el8"] } }, "el8"]
          ] as const
        ) {
          const { body, status } = yield* submit(name, branch, more)
          assert.strictEqual(status, 201, JSON.stringify(body))
          assert.deepStrictEqual(buildsOn(body[0]), [expected], branch)
          assert.match(body[0].modulemd, /requires:\n\s+platform: \[el9\]/)
          assert.strictEqual(body[0].buildrequires.platform.stream, expected)
        }
        const lost = yield* submit("lost", "10-LP-other")
        assert.deepStrictEqual([lost.status, lost.body.problems[0].message.includes("platform:other")], [422, true])
        const mine = server.module("mine", "private-me", document({ buildrequires: "platform: [el9]" }))
        const refused = yield* server.submit(mine)
        assert.deepInclude(refused.body, {
          status: 400,
          message: "Only scratch module builds can be built from this branch."
        })
        assert.strictEqual((yield* server.submit({ ...mine, scratch: true })).status, 201)
        const first = yield* server.call("POST", "/rida/module-builds/", {
          scmurl: mine.scmurl.replace(/#.*/, "#private-me")
        })
        assert.strictEqual(first.status, 422, "no other face lets it through")
      }).pipe(Effect.scoped),
    240_000
  )

  it.live(
    "knows privileged modules, the architectures of platforms, suffixes of streams and release tags",
    () =>
      Effect.gen(function*() {
        const server = yield* MbsServer.start({
          ORCH_IMPORT_GROUPS: "packager",
          ORCH_PRIVILEGED_MODULES: "product",
          ORCH_BASE_MODULE_ARCHES: "platform:el8=s390x|ppc64le",
          ORCH_STREAM_SUFFIXES: JSON.stringify({ [String.raw`el\d+\.\d+\.\d+\.z`]: 0.1 }),
          ORCH_KOJI_MODULE_TAG: "released,released-{}"
        })
        const submit = (name: string, xmd: string | undefined, buildrequires = "platform: [el9]") =>
          server.submit(server.module(name, "1", document({ buildrequires, ...(xmd === undefined ? {} : { xmd }) })))
        const marked = "mbs: {disttag_marking: prod, koji_tag_arches: [x86_64]}"
        for (
          const [name, xmd, status] of [
            ["ordinary", marked, 400],
            ["product", "mbs: {koji_tag: mine}", 400],
            ["product", marked, 201]
          ] as const
        ) {
          const { body, status: got } = yield* submit(name, xmd)
          assert.strictEqual(got, status, JSON.stringify(body))
          if (status === 400) assert.strictEqual(body.message, "The \"mbs\" xmd field is reserved for MBS")
          else assert.match(body[0].modulemd, /disttag_marking: prod/)
        }
        const outside = server.module(
          "outside",
          "1",
          document({
            name: "outside",
            stream: "1",
            buildrequires: "platform: [el9]",
            xmd: marked
          })
        )
        const first = yield* server.call("POST", "/rida/module-builds/", { scmurl: outside.scmurl })
        assert.deepInclude(
          first.body,
          { status: 422, message: "The \"mbs\" xmd field is reserved for MBS" },
          "in any face"
        )

        yield* server.import(document({
          name: "product",
          stream: "2",
          version: 1,
          context: "00000000",
          buildrequires: "platform: [el9]",
          xmd: "mbs: {koji_tag: t, commit: \"1\", disttag_marking: prod, mse: true, "
            + "buildrequires: {platform: {stream: el9, version: \"1\", context: \"00000000\"}}}"
        }))
        const on = yield* submit("on", undefined, "platform: [el9], product: [\"2\"]")
        assert.strictEqual(on.status, 201, JSON.stringify(on.body))
        const detail = yield* server.call("GET", `/orch/v1/module-builds/${on.body[0].id}`)
        assert.match(detail.body.dist_tag, /^module\+prod\+/)
        assert.match(on.body[0].modulemd, new RegExp(`commit: "?${on.body[0].scmurl.split("#")[1]}"?`))

        const arches = yield* submit("arches", undefined, "platform: [el8]")
        assert.deepStrictEqual([...arches.body[0].arches].sort(), ["ppc64le", "s390x"])
        yield* server.import(platform("el8.1.0.z"))
        const suffixed = yield* server.call("GET", "/module-build-service/1/module-builds/?name=platform&verbose=1")
        assert.deepStrictEqual(suffixed.body.items.map((one: any) => one.stream_version), [80_100.1])
        const released = "/module-build-service/1/module-builds/?cg_build_koji_tag=released-el9&name=on"
        yield* server.call("GET", released).pipe(
          Effect.repeat({ until: ({ body }) => body.meta.total === 1, schedule: Schedule.spaced(100) })
        )
      }).pipe(Effect.scoped),
    240_000
  )

  it.live(
    "keeps the dashes of streams, and takes components from master, but where it is said otherwise",
    () =>
      Effect.gen(function*() {
        const kept = yield* MbsServer.start({})
        const sketch = { buildrequires: "platform: [el9]", components: ["free: {rationale: Test}"] }
        const dashed = yield* kept.submit(kept.module("dashed", "two-words", document(sketch)))
        assert.deepInclude(dashed.body[0], { name: "dashed", stream: "two-words" }, JSON.stringify(dashed.body))
        assert.include(dashed.body[0].modulemd, "ref: master")

        const server = yield* MbsServer.start({
          ORCH_ALLOW_DASHES: "false",
          ORCH_ALLOW_SCRATCH: "true",
          ORCH_DEFAULT_REF: ""
        })
        const written = yield* server.submit(server.module("dashes", "two-words", document(sketch)))
        assert.deepInclude(written.body[0], { name: "dashes", stream: "two_words" }, JSON.stringify(written.body))
        assert.include(written.body[0].modulemd, "ref: two-words")
        const own = yield* server.submit(server.module("own", "a-b", document({ ...sketch, stream: "a-b" })))
        assert.deepInclude(own.body, { status: 400, message: "Dashes are not allowed in the stream value" })
        const modulemd = document({ ...sketch, name: "text" })
        const text = yield* server.submit({ modulemd, module_stream: "s-t", scratch: true })
        assert.deepInclude(text.body, { status: 400, message: "Dashes not allowed in stream" })
      }).pipe(Effect.scoped),
    240_000
  )

  it.live("lets documents name themselves where that is allowed", () =>
    Effect.gen(function*() {
      const server = yield* MbsServer.start({ ORCH_ALLOW_NAME_OVERRIDE: "true", ORCH_ALLOW_STREAM_OVERRIDE: "true" })
      const submit = (repository: string, branch: string, sketch: MbsServer.Sketch) =>
        server.submit(server.module(repository, branch, document({ buildrequires: "platform: [el9]", ...sketch })))
      const named = yield* submit("repository", "branch", { name: "other", stream: "own" })
      assert.strictEqual(named.status, 201, JSON.stringify(named.body))
      assert.deepInclude(named.body[0], { name: "other", stream: "own" })
      const unnamed = yield* submit("second", "1", {})
      assert.deepInclude(unnamed.body[0], { name: "second", stream: "1" })
      const versioned = yield* submit("third", "1", { version: 7 })
      assert.deepInclude(versioned.body, { status: 400 })
      assert.include(versioned.body.message, "The version \"7\" is already defined in the modulemd")
    }).pipe(Effect.scoped), 240_000)
})
