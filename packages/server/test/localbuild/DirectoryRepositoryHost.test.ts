/** The repository host contract on directories made by the real createrepo_c, and what only directories promise. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import type { Content, Publication } from "@orch/core/ports/RepositoryHost"
import { repositoryHostContract } from "@orch/core/testing/RepositoryHostContract"
import * as DirectoryRepositoryHost from "@orch/server/localbuild/DirectoryRepositoryHost"
import * as Repodata from "@orch/server/localbuild/Repodata"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Zlib from "node:zlib"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestFarm from "./TestFarm.ts"
import * as TestPackage from "./TestPackage.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

/** What a client finds: the packages that the metadata lists and that are there, and the modules. */
const read = ({ path }: Publication): ReadonlyArray<string> => {
  const present = new Set(
    Fs.readdirSync(path!, { recursive: true, encoding: "utf8" }).map((name) => Path.basename(name))
  )
  const packages = [...Repodata.packages(path!)].filter((name) => present.has(name)).map((name) =>
    name === "epochal-1.0-1.noarch.rpm"
      ? "epochal-2:1.0-1.noarch"
      : name.replace("-1.0-1.noarch.rpm", "-0:1.0-1.noarch")
  )
  const href = Repodata.files(path!).get("modules")
  const modules = href === undefined ? "" : Zlib.gunzipSync(Fs.readFileSync(Path.join(path!, href))).toString()
  return modules.includes("name: contract") ? [...packages, "contract:1.0:20261121000000:c0ffee42:x86_64"] : packages
}

if (TestFarm.missing.length > 0) {
  it.skip(`the directory repository host (needs ${TestFarm.missing.join(", ")})`, () => {})
} else {
  const packages = [
    TestPackage.make(root, "one"),
    TestPackage.make(root, "two"),
    TestPackage.make(root, "three"),
    TestPackage.make(root, "epochal", 2)
  ] as const

  repositoryHostContract("DirectoryRepositoryHost", {
    layer: DirectoryRepositoryHost.layer({ dataDir: Path.join(root, "contract") }),
    packages,
    unreadable: { _tag: "Package", nevra: "gone-0:1-1.noarch", location: Path.join(root, "gone.rpm") },
    read: (publication) => Effect.sync(() => read(publication))
  })

  describe("DirectoryRepositoryHost", () => {
    const dataDir = Path.join(root, "own")
    const host = DirectoryRepositoryHost.make({ dataDir })
    const [one, two] = packages

    it.live.each<[string, Content]>([
      ["another package", { ...one, nevra: two.nevra }],
      ["a wrong checksum", { ...one, sha256: "0".repeat(64) }],
      ["a URL", { ...one, location: "https://example.org/one.rpm" }],
      ["a relative path", { ...one, location: "one.rpm" }],
      ["a directory", { ...one, location: root }],
      ["no package at all", { ...one, location: import.meta.filename }]
    ])("rejects %s and names it", ([, content]) =>
      Effect.gen(function*() {
        yield* host.ensure("rejects")
        const error = yield* Effect.flip(host.change("rejects", { key: "1", add: [two, content], remove: [] }))
        assert.strictEqual(error.reason, "rejected")
        assert.include(error.message, content._tag === "Package" ? content.nevra : content.id)
        assert.deepStrictEqual(yield* host.contents("rejects"), [])
      }))

    it.live("lets no repository lie inside of another", () =>
      Effect.gen(function*() {
        for (const name of ["outer", "outer/inner", "parent/child", "parent"]) yield* host.ensure(name)
        yield* host.publish("outer")
        assert.strictEqual((yield* Effect.flip(host.publish("outer/inner"))).reason, "conflict")
        yield* host.publish("parent/child")
        assert.strictEqual((yield* Effect.flip(host.publish("parent"))).reason, "conflict")
      }))

    it.live("keeps few revisions, shares the files of packages between them, and never removes what is published", () =>
      Effect.gen(function*() {
        yield* host.ensure("many")
        yield* host.change("many", { key: "0", add: [one], remove: [] })
        const publication = yield* host.publish("many")
        for (let i = 1; i <= 6; i++) {
          const changes = i % 2 === 0 ? { add: [], remove: [two.nevra] } : { add: [two], remove: [] }
          yield* host.change("many", { key: String(i), ...changes })
        }
        const kept = Fs.readdirSync(Path.join(dataDir, "repository-revisions/many")).filter((name) =>
          /^\d+$/.test(name)
        )
        assert.deepStrictEqual(kept.sort(), ["1", "6", "7"])
        assert.deepStrictEqual(read(publication), [one.nevra])
        const file = Path.join(publication.path!, "Packages/o/one-1.0-1.noarch.rpm")
        assert.strictEqual(Fs.statSync(file).ino, Fs.statSync(one.location).ino)
      }))

    it.live("is the same for two processes on one directory, and after one was killed in the middle of a change", () =>
      Effect.gen(function*() {
        const other = DirectoryRepositoryHost.make({ dataDir })
        yield* host.ensure("shared")
        const store = Path.join(dataDir, "repository-revisions/shared")
        Fs.mkdirSync(Path.join(store, "1"))
        Fs.mkdirSync(Path.join(store, "1.4194303.work"))
        Fs.writeFileSync(`${store}.lock`, "4194303 1 other-boot")
        const changes = [host, other, host, other].map((each, i) =>
          each.change("shared", { key: `${i % 2}`, add: [i % 2 === 0 ? one : two], remove: [] })
        )
        const answers = yield* Effect.all(changes, { concurrency: "unbounded" })
        assert.deepStrictEqual(answers[2], answers[0])
        assert.deepStrictEqual(yield* other.contents("shared"), [one.nevra, two.nevra])
        assert.deepStrictEqual([...read(yield* other.publish("shared"))].sort(), [one.nevra, two.nevra])
      }))
  })
}
