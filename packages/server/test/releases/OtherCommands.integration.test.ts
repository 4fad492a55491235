/** What `orch distro`, `orch repository` and `orch release` print and how they end, also where they are refused; and what programs get. */
import { assert, describe, it } from "@effect/vitest"
import { OrchPromiseClient } from "@orch/client"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as TestRepository from "../scm/TestRepository.ts"
import * as OrchCommand from "./OrchCommand.ts"
import * as ReleaseServer from "./ReleaseServer.ts"

const place = (family: string) => `production/almalinux-8-${family}/x86_64/os`

/** A command line, how it ends, and what it prints: all of it as a text, or something of it as a pattern. */
type Case = readonly [line: string, code: number, prints: string | RegExp]

describe.skipIf(ReleaseServer.packages === undefined)(
  "commands of people who release (skipped where rpmbuild is not installed)",
  () => {
    it.live("say what was done, what is wrong and why, with exit codes", () =>
      Effect.scoped(Effect.gen(function*() {
        const { pulp, server } = yield* ReleaseServer.startWithPulp
        const build = yield* server.built("chan")
        const home = TestRepository.temporary()
        yield* Effect.addFinalizer(() => Effect.sync(() => Fs.rmSync(home, { recursive: true, force: true })))
        const orch = OrchCommand.at(server.url, home)
        const ends = Effect.fnUntraced(function*([line, code, prints]: Case) {
          const ran = yield* orch(...line.split(" "))
          assert.strictEqual(ran.code, code, `orch ${line}: ${ran.text}`)
          if (typeof prints === "string") assert.strictEqual(ran.text, `${prints}\n`, `orch ${line}`)
          else assert.match(ran.text, prints, `orch ${line}`)
        })
        const inTurn = (...cases: ReadonlyArray<Case>) => Effect.forEach(cases, ends, { discard: true })
        const sideBySide = (...cases: ReadonlyArray<Case>) =>
          Effect.forEach(cases, ends, { concurrency: 4, discard: true })
        const json = (line: string) => Effect.map(orch(...line.split(" "), "--json"), ({ text }) => JSON.parse(text))

        const distros = Effect.gen(function*() {
          yield* inTurn(
            ["distro create tea --platform el8", 0, "distribution 2 is tea"],
            [
              `distro remove tea ${build}`,
              1,
              `orch: Packages of build ${build} cannot be removed from tea distribution as they are not added there`
            ],
            [`distro add tea ${build}`, 0, `the packages of build ${build} are added to tea`],
            [
              `distro add tea ${build}`,
              1,
              `orch: Packages of build ${build} have already been added to tea distribution`
            ]
          )
          yield* sideBySide(
            ["distro list", 0, /^ID +NAME\n.*\n2 +tea\n$/],
            ["distro create tea --platform el8", 1, "orch: Product with name=tea already exists"],
            ["distro create pot --platform none", 1, "orch: platforms: none cannot be found in database"],
            [`distro add none ${build}`, 1, "orch: Distribution with name=none is not found"],
            ["distro add tea 999", 1, "orch: Build with build_id=999 is not found"],
            ["distro add tea", 2, /orch distro add \[flags\] <name> <build>/]
          )
          assert.deepInclude(yield* json("distro list"), { id: 2, name: "tea" })
          assert.deepInclude(yield* json(`distro remove tea ${build}`), { success: true })
        })

        const releases = Effect.gen(function*() {
          yield* inTurn(
            ["release list", 0, "There are no such releases."],
            [`release plan ${build} --platform el8 --watch`, 0, /release 1 is planned: Ready to change 2 repositories/]
          )
          yield* sideBySide(
            ["release edit 1", 2, "orch: say what is different: --place, --exclude, --force or --reset"],
            ["release edit 1 --place chan", 2, "orch: --place: chan is not NEVRA=REPOSITORY"],
            ["release edit 9 --exclude chan-0:1.0-1.src", 1, "orch: Release with ID 9 does not exist"],
            ["release explain 9", 1, "orch: Release with ID 9 does not exist"],
            ["release list --package none", 0, "There are no such releases."],
            [
              "release list --platform el8 --package chan",
              0,
              /^ID +STATE .*\n1 +planned +el8 +1 +root .*2 repositories\n$/
            ]
          )
          yield* ends([
            "release edit 1 --exclude chan-0:1.0-1.src --why elsewhere --watch",
            0,
            /1 is planned: .* 1 rep/
          ])
          const explained = `It is planned: Ready to change 1 repositories\nPeople have to commit it.\n${
            place("devel")
          } (1 additions): -`
          yield* ends(["release explain 1", 0, explained])
          assert.deepInclude(yield* json("release explain 1"), {
            state: "planned",
            waits_for: ["People have to commit it."],
            dead_letters: []
          })
          const client = OrchPromiseClient.make({ url: server.url, token: "root" })
          const may = (id: number) =>
            Effect.map(
              Effect.promise(() => client.releases.actions(id)),
              (all) => all.flatMap(({ action, allowed }) => allowed ? [action] : [])
            )
          assert.includeMembers([...yield* may(1)], ["plan", "commit", "remove"])
          yield* ends(["release commit 1 --watch", 0, /release 1 is released: Readers see all of it/])
          assert.deepStrictEqual(yield* may(1), ["revert"])
          const page = yield* Effect.promise(() => client.releases.list({ state: "released", package: "chan" }))
          assert.deepStrictEqual(page.items.map(({ id }) => id), [1])
          yield* Effect.promise(client.close)
          yield* sideBySide(
            ["release explain 1", 0, /^It is released: Readers see all of it\nNothing is outstanding\.\n/],
            ["release remove 1", 1, "orch: a release that is released cannot be removed"],
            ["release edit 1 --reset chan-0:1.0-1.src", 1, "orch: a release that is released cannot be planned again"]
          )
          yield* inTurn(
            [`release plan ${build} --platform el8`, 0, /^release 2 is /],
            ["release show 2 --watch", 0, /release 2 is planned/],
            ["release remove 2", 0, "release 2 is removed"],
            ["release remove 2", 1, "orch: Release with ID 2 does not exist"]
          )
          assert.deepInclude(yield* json("release list"), { total: 1 })
        })

        yield* Effect.all([distros, releases], { concurrency: 2 })

        const from = `${pulp.url}/pulp/content/orch/${place("devel").replaceAll("/", "~")}/`
        const nowhere = `${pulp.url}/pulp/content/nowhere/`
        yield* ends([
          `repository sync ${place("baseos")}`,
          2,
          `orch: ${place("baseos")} was never synced; say from which address it is to be`
        ])
        yield* sideBySide(
          [`repository diff ${place("devel")} ${place("baseos")}`, 1, "+ chan-0:1.0-1.noarch"],
          [`repository diff ${place("none")}`, 1, `orch: There is no production repository ${place("none")}`]
        )
        yield* inTurn(
          [`repository sync ${place("baseos")} --from ${from} --wait`, 0, /\/os: done: Readers see revision 1\n$/],
          [`repository diff ${place("baseos")}`, 0, `${place("baseos")} has the packages of ${from}.`],
          [`repository sync ${place("devel")} --from ${nowhere} --wait`, 1, /could not be synced: .*nowhere/]
        )
        yield* ends(["repository list", 0, /baseos\/x86_64\/os +baseos +done: Readers see revision 1 +http:/])
        const listed = (yield* json("repository list")) as ReadonlyArray<
          { readonly name: string; readonly sync: unknown }
        >
        assert.deepInclude(listed.find(({ name }) => name === place("devel"))?.sync, { state: "failed", url: nowhere })
        assert.deepStrictEqual((yield* json(`repository diff ${place("baseos")} ${place("devel")}`)).differences, [])
        const refused = yield* OrchCommand.at(server.url, home, "alice")("repository", "sync", place("devel"))
        assert.strictEqual(refused.code, 1)
        assert.match(refused.text, /^orch: 403 Forbidden: alice is in none of the groups that may do this/)
      })), 600_000)
  }
)
