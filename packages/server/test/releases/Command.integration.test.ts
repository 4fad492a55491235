/** The commands of people who release: what they type, and what they read. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as OrchCommand from "./OrchCommand.ts"
import * as ReleaseServer from "./ReleaseServer.ts"

describe.skipIf(ReleaseServer.packages === undefined)(
  "orch release, orch repository and orch distro (skipped where rpmbuild is not installed)",
  () => {
    it.live("plan, edit, describe, commit, show, compare and take back", () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* ReleaseServer.start()
        const build = yield* server.built("chan")
        const directory = TestRepository.temporary()
        yield* Effect.addFinalizer(() => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })))
        const orch = OrchCommand.at(server.url, directory)
        const place = (family: string) => `production/almalinux-8-${family}/x86_64/os`

        const planned = yield* orch("release", "plan", `${build}`, "--platform", "el8", "--watch")
        assert.strictEqual(planned.code, 0, planned.text)
        assert.include(planned.text, "release 1 is planned: Ready to change 2 repositories")
        const edited = yield* orch(
          "release",
          "edit",
          "1",
          "--place",
          `chan-0:1.0-1.noarch=${place("baseos")}`,
          "--exclude",
          "chan-0:1.0-1.src",
          "--why",
          "it is needed there",
          "--watch"
        )
        assert.strictEqual(edited.code, 0, edited.text)
        const shown = yield* orch("release", "show", "1", "--plan")
        assert.match(
          shown.text,
          /chan-0:1\.0-1\.noarch +production\/almalinux-8-baseos\/x86_64\/os +edited +root placed it: it is needed there/
        )
        assert.include(shown.text, "chan-0:1.0-1.src goes nowhere")

        const erratum = Path.join(directory, "erratum.json")
        Fs.writeFileSync(
          erratum,
          JSON.stringify({
            id: "ALSA-2026:1",
            type: "bugfix",
            severity: "None",
            title: "chan",
            description: "It works now.",
            references: []
          })
        )
        assert.strictEqual((yield* orch("release", "describe", "1", erratum)).code, 0)
        const committed = yield* orch("release", "commit", "1", "--watch")
        assert.strictEqual(committed.code, 0, committed.text)
        assert.include(committed.text, "release 1 is released: Readers see all of it")
        const index = yield* Effect.promise(async () =>
          (await fetch(`${server.url}/repositories/${place("baseos")}/repodata/repomd.xml`)).text()
        )
        assert.include(index, "updateinfo.xml.gz")

        const differs = yield* orch("repository", "diff", place("baseos"), place("devel"))
        assert.deepStrictEqual(differs, { code: 1, text: "+ chan-0:1.0-1.noarch\n" })

        const taken = yield* orch("release", "revert", "1", "--why", "a test", "--watch")
        assert.strictEqual(taken.code, 0, taken.text)
        assert.include(taken.text, "release 1 is reverted: Taken back by root: a test")
        assert.match((yield* orch("distro", "create", "tea", "--platform", "el8")).text, /distribution \d+ is tea/)
      })), 600_000)
  }
)
