/** Default modules of a platform, from a real git repository into what a module is built with. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import * as MbsServer from "../../mbs/MbsServer.ts"
import * as TestRepository from "../../scm/TestRepository.ts"

const { built, document, platform } = MbsServer

const defaultsOf = (module: string, stream: string): string =>
  `document: modulemd-defaults\nversion: 1\ndata:\n  module: ${module}\n  stream: "${stream}"\n`

describe("default modules", () => {
  it.live("are built with where the platform has them, without another context", () =>
    Effect.gen(function*() {
      const server = yield* MbsServer.start({
        ORCH_IMPORT_GROUPS: "packager",
        ORCH_DEFAULT_MODULES_BRANCHES: "f45=rawhide"
      })
      const repository = TestRepository.make(Path.join(server.git, "defaults"))
      repository.git("checkout", "--quiet", "-b", "f44")
      repository.commit({
        "nodejs.yaml": defaultsOf("nodejs", "18"),
        "perl.yaml": defaultsOf("perl", "5.36"),
        "overrides/perl.yaml": defaultsOf("perl", "5.38"),
        "ghost.yaml": defaultsOf("ghost", "1"),
        "README.md": "no modulemd: [",
        "notes/ignored.yaml": "no modulemd: ["
      })
      repository.git("branch", "rawhide")
      const url = `default_modules_scm_url: "${repository.url}"`
      const imports = [
        platform("f44", url),
        platform("f45", url),
        platform("f46", url),
        platform("f47", `use_default_modules: true`),
        platform("f48"),
        built("nodejs", "18", "f44"),
        built("perl", "5.38", "f44"),
        built("perl", "5.36", "f44"),
        built("perl", "5.38", "f45", { requires: "f44", context: "beef0000" })
      ]
      for (const one of imports) assert.strictEqual((yield* server.import(one)).status, 201, one)

      const submit = (name: string, buildrequires: string) =>
        server.submit(server.module(name, "1", document({ buildrequires })))
      const on = yield* submit("on44", "platform: [f44]")
      assert.strictEqual(on.status, 201, JSON.stringify(on.body))
      const [build] = on.body
      assert.deepStrictEqual(
        Object.entries<any>(build.buildrequires).map(([name, { stream }]) => `${name}:${stream}`).sort(),
        ["nodejs:18", "perl:5.38", "platform:f44"]
      )
      assert.strictEqual(build.buildrequires.nodejs.koji_tag, "module-nodejs")
      assert.match(build.modulemd, /mbs:[^]*buildrequires:[^]*nodejs:/)
      assert.notMatch(build.modulemd, /buildrequires:\n {6}nodejs/)

      // What is there by default is no part of the contexts: reuse and names do not depend on it.
      const without = yield* submit("on48", "platform: [f48]")
      assert.deepStrictEqual(Object.keys(without.body[0].buildrequires), ["platform"])
      const same = document({ buildrequires: "platform: [f44]" })
      assert.notInclude(same, "perl")
      const other = yield* submit("other", "platform: [f44], perl: [\"5.36\"]")
      assert.strictEqual(other.status, 201, JSON.stringify(other.body))
      assert.strictEqual(other.body[0].buildrequires.perl.stream, "5.36", "what was asked for stays")
      assert.strictEqual(other.body[0].buildrequires.nodejs.stream, "18")
      // sha1 of {"platform": "f44"}
      assert.strictEqual(build.build_context, "f9773e76c833d681bf024ef7ad016bf9a3194601")

      const mapped = yield* submit("on45", "platform: [f45]")
      assert.deepStrictEqual(
        Object.keys(mapped.body[0].buildrequires),
        ["platform"],
        "its branch is another, and none of the builds runs on it"
      )
      const lost = yield* submit("on46", "platform: [f46]")
      assert.strictEqual(lost.status, 422)
      assert.include(lost.body.message, "Failed to retrieve the default modules of platform:f46 from branch f46")
      const forbidden = yield* submit("on47", "platform: [f47]")
      assert.strictEqual(forbidden.status, 422)
      assert.include(forbidden.body.message, "is not an allowed source")

      const first = yield* server.call("POST", "/rida/module-builds/", {
        scmurl: server.module("first", "1", document({ name: "first", stream: "1", buildrequires: "platform: [f44]" }))
          .scmurl
      })
      assert.strictEqual(first.status, 201, JSON.stringify(first.body))
      const shown = yield* server.call("GET", `/module-build-service/2/module-builds/${first.body.id}?verbose=1`)
      assert.deepStrictEqual(Object.keys(shown.body.buildrequires).sort(), ["nodejs", "perl", "platform"])
      assert.strictEqual(shown.body.context, build.context)

      repository.git("checkout", "--quiet", "f44")
      repository.commit({ "perl2.yaml": defaultsOf("perl", "5.34") })
      const contradicting = yield* submit("again", "platform: [f44]")
      assert.strictEqual(contradicting.status, 422)
      assert.include(contradicting.body.message, "perl")
    }).pipe(Effect.scoped), 240_000)
})
