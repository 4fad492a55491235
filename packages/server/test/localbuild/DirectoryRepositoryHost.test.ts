/** The repository host contract on directories made by the real createrepo_c, and what only directories promise. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import type { Content, Publication } from "@orch/core/ports/RepositoryHost"
import { repositoryHostContract } from "@orch/core/testing/RepositoryHostContract"
import * as DirectoryRepositoryHost from "@orch/server/localbuild/DirectoryRepositoryHost"
import * as Repodata from "@orch/server/localbuild/Repodata"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
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
  // Hidden: there is nothing to read.
  if (!Fs.existsSync(path!)) return []
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
    staging: true,
    unreadable: { _tag: "Package", nevra: "gone-0:1-1.noarch", location: Path.join(root, "gone.rpm") },
    read: (publication) => Effect.sync(() => read(publication))
  })

  describe("DirectoryRepositoryHost", () => {
    const dataDir = Path.join(root, "own")
    const host = DirectoryRepositoryHost.make({ dataDir })
    const [one, two] = packages

    it.live("describes the file that took the place of another one of the same name, size and age", () =>
      Effect.gen(function*() {
        const other = TestPackage.make(Path.join(root, "other"), "one", 0, "Tset.")
        yield* host.ensure("replaced")
        yield* host.change("replaced", { key: "1", add: [one], remove: [] })
        yield* host.change("replaced", { key: "2", add: [{ ...other, location: other.location }], remove: [] })
        const { path } = yield* host.publish("replaced")
        const primary = Zlib.gunzipSync(Fs.readFileSync(Path.join(path!, Repodata.files(path!).get("primary")!)))
          .toString()
        const sha256 = createHash("sha256").update(Fs.readFileSync(other.location)).digest("hex")
        assert.include(primary, sha256)
      }))

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

    it.live("makes one revision of what is asked for while another is made, and none for what is refused", () =>
      Effect.gen(function*() {
        yield* host.ensure("together")
        const wanted = [one, { ...one, nevra: two.nevra }, two, packages[2], two]
        const answers = yield* Effect.forEach(
          wanted,
          (content, index) =>
            Effect.exit(host.change("together", { key: index === 4 ? "2" : `${index}`, add: [content], remove: [] })),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(answers.map(({ _tag }) => _tag), ["Success", "Failure", "Success", "Success", "Success"])
        assert.deepStrictEqual(
          yield* host.contents("together"),
          [one, packages[2], two].map(({ nevra }) => nevra).sort()
        )
        const { revision } = yield* host.publish("together")
        assert.strictEqual(revision, 2, "the first one, and all that came meanwhile")
      }))

    it.live("lets no repository lie inside of another", () =>
      Effect.gen(function*() {
        for (const name of ["outer", "outer/inner", "parent/child", "parent"]) yield* host.ensure(name)
        yield* host.publish("outer")
        assert.strictEqual((yield* Effect.flip(host.publish("outer/inner"))).reason, "conflict")
        yield* host.publish("parent/child")
        assert.strictEqual((yield* Effect.flip(host.publish("parent"))).reason, "conflict")
      }))

    it.live("holds repositories whose names are long, each for itself, and finds their earlier metadata", () =>
      Effect.gen(function*() {
        const long = ["streams", ...["el9", "n", "s"].map((part) => part.padEnd(200, "x"))].join("/")
        for (const [name, content] of [[long, one], [long.replace("/n", "/m"), two]] as const) {
          yield* host.ensure(name)
          yield* host.change(name, { key: "1", add: [content], remove: [] })
          const publication = yield* host.publish(name)
          assert.deepStrictEqual(read(publication), [content.nevra])
          const href = Repodata.files(publication.path!).get("primary")!
          yield* host.change(name, { key: "2", add: [], remove: yield* host.contents(name) })
          yield* host.publish(name)
          assert.isDefined(DirectoryRepositoryHost.formerMetadata(dataDir, `${name}/${href}`))
        }
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

    /** Name and content of all that lies in a published repository's metadata. */
    const metadata = ({ path }: Publication): Readonly<Record<string, string>> => {
      const repodata = Path.join(path!, "repodata")
      return Object.fromEntries(
        Fs.readdirSync(repodata).sort().map((name) => [name, Fs.readFileSync(Path.join(repodata, name), "base64")])
      )
    }
    const module = (stream: string): Content => ({
      _tag: "Modulemd",
      id: `demo:${stream}:1:c0ffee42:x86_64`,
      text: `---\ndocument: modulemd\nversion: 2\ndata:\n  name: demo\n  stream: "${stream}"\n...\n`
    })

    it.live("has in its metadata what the index names, and nothing of states before", () =>
      Effect.gen(function*() {
        yield* host.ensure("exact")
        const changes = [{ add: [one, module("1")] }, { add: [two, module("2")] }, { add: [], remove: [one.nevra] }]
        for (const [index, change] of changes.entries()) {
          yield* host.change("exact", { remove: [], ...change, key: String(index) })
          const publication = yield* host.publish("exact")
          const named = [...Repodata.files(publication.path!).values()].map((href) => Path.basename(href))
          assert.deepStrictEqual(Object.keys(metadata(publication)), ["repomd.xml", ...named].sort())
          assert.strictEqual(named.length, 4)
          for (const name of named) {
            assert.match(name, /^[0-9a-f]{64}-(primary|filelists|other)\.xml\.gz$|-modules\.yaml\.gz$/)
          }
        }
      }))

    it.live("gives the same bytes for the same contents, whoever publishes, when, and by which changes", () =>
      Effect.gen(function*() {
        const other = DirectoryRepositoryHost.make({ dataDir: Path.join(root, "elsewhere") })
        yield* host.ensure("same")
        yield* host.change("same", { key: "1", add: [one, two, module("1"), module("2")], remove: [] })
        // Copies of another age, by other changes.
        const [copyOfOne, copyOfTwo] = [one, two].map(({ location, ...content }) => {
          const copy = Path.join(root, `copy-${Path.basename(location)}`)
          Fs.copyFileSync(location, copy)
          return { ...content, location: copy }
        })
        yield* other.ensure("same")
        yield* other.change("same", { key: "1", add: [module("2"), copyOfTwo!, packages[2]], remove: [] })
        yield* other.change("same", { key: "2", add: [copyOfOne!], remove: [packages[2].nevra] })
        yield* other.change("same", { key: "3", add: [module("1")], remove: [] })
        const mine = metadata(yield* host.publish("same"))
        assert.deepStrictEqual(metadata(yield* other.publish("same")), mine)
        assert.isAbove(Object.keys(mine).length, 4)
      }))

    it.live("finds what an index named that was read just before another was published", () =>
      Effect.gen(function*() {
        yield* host.ensure("a/former")
        yield* host.change("a/former", { key: "1", add: [one], remove: [] })
        const before = yield* host.publish("a/former")
        const primary = Repodata.files(before.path!).get("primary")!
        const content = Fs.readFileSync(Path.join(before.path!, primary))
        yield* host.change("a/former", { key: "2", add: [two], remove: [] })
        yield* host.publish("a/former")
        assert.isFalse(Fs.existsSync(Path.join(before.path!, primary)))
        const found = DirectoryRepositoryHost.formerMetadata(dataDir, `a/former/${primary}`)
        assert.deepStrictEqual(Fs.readFileSync(found!), content)
        for (
          const path of ["a/former/repodata/none", "a/repodata/x", "../a/former/repodata/x", `b/former/${primary}`]
        ) {
          assert.isUndefined(DirectoryRepositoryHost.formerMetadata(dataDir, path))
        }
      }))

    it.live("is the same for two processes on one directory, and after one was killed in the middle of a change", () =>
      Effect.gen(function*() {
        const other = DirectoryRepositoryHost.make({ dataDir })
        yield* host.ensure("shared")
        const store = Path.join(dataDir, "repository-revisions/shared")
        Fs.mkdirSync(Path.join(store, "1"))
        Fs.mkdirSync(Path.join(store, "1.work"))
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
