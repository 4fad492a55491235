/** Searching, resolving and overriding in an index. */
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as ModuleDefaults from "../../src/modulemd/ModuleDefaults.ts"
import * as ModuleIndex from "../../src/modulemd/ModuleIndex.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import { nsvca } from "../../src/modulemd/ModulemdDocument.ts"
import * as ModuleObsoletes from "../../src/modulemd/ModuleObsoletes.ts"
import * as ModulePackagerV2 from "../../src/modulemd/ModulePackagerV2.ts"
import * as ModuleStreamV2 from "../../src/modulemd/ModuleStreamV2.ts"
import * as ModuleTranslations from "../../src/modulemd/ModuleTranslations.ts"

const build = (name: string, stream: string, version: bigint, rpms: ReadonlyArray<string> = []) =>
  ModuleStreamV2.make({
    name,
    stream,
    version,
    context: "c0ffee",
    arch: "x86_64",
    summary: "s",
    description: "d",
    license: { module: ["MIT"], content: [] },
    artifacts: { rpms, rpmMap: new Map() }
  })

const index = ModuleIndex.fromDocuments([
  build("perl", "5.30", 9n, ["perl-4:5.30.1-1.x86_64", "perl-libs-4:5.30.1-1.x86_64"]),
  build("perl", "5.30", 10n, ["perl-4:5.30.2-1.x86_64"]),
  build("perl", "5.26", 100n),
  build("nginx", "1.18", 1n, ["nginx-1:1.18.0-3.x86_64"])
]).index

const keys = (streams: ReadonlyArray<ModuleStreamV2.ModuleStreamV2>) => streams.map(nsvca)

describe("ModuleIndex", () => {
  it("searches by parts, newest version first by number", () => {
    assert.deepStrictEqual(keys(ModuleIndex.search(index, { name: "perl", stream: "5.3*" })), [
      "perl:5.30:10:c0ffee:x86_64",
      "perl:5.30:9:c0ffee:x86_64"
    ])
    assert.lengthOf(ModuleIndex.search(index, { version: "1*", arch: "?86_6[0-9]" }), 3)
    assert.lengthOf(ModuleIndex.search(index), 4)
  })

  it("searches by N:S:V:C:A and by package", () => {
    assert.deepStrictEqual(keys(ModuleIndex.searchNsvca(index, "nginx:*")), ["nginx:1.18:1:c0ffee:x86_64"])
    assert.deepStrictEqual(keys(ModuleIndex.searchRpms(index, "perl-libs")), ["perl:5.30:9:c0ffee:x86_64"])
    assert.deepStrictEqual(keys(ModuleIndex.searchRpms(index, "*-1:1.18*")), ["nginx:1.18:1:c0ffee:x86_64"])
    assert.lengthOf(ModuleIndex.searchRpms(index, "perl"), 2)
  })

  it("takes stars in names for stars, not for patterns", () => {
    const { index } = ModuleIndex.fromDocuments([build("a", "*", 1n), build("a", "1", 1n)])
    assert.strictEqual(Option.getOrThrow(ModuleIndex.getStream(index, "a:*:1:c0ffee:x86_64")).stream, "*")
    assert.deepStrictEqual(ModuleIndex.conflicts(index), [])
  })

  it("adds and removes without touching what it was given", () => {
    const more = ModuleIndex.add(index, build("ruby", "3", 1n))
    assert.deepStrictEqual(ModuleIndex.moduleNames(more), ["nginx", "perl", "ruby"])
    assert.deepStrictEqual(ModuleIndex.moduleNames(ModuleIndex.removeModule(more, "perl")), ["nginx", "ruby"])
    assert.lengthOf(
      ModuleIndex.search(ModuleIndex.removeStream(more, "perl:5.26:100:c0ffee:x86_64"), { name: "perl" }),
      2
    )
    assert.deepStrictEqual(ModuleIndex.moduleNames(index), ["nginx", "perl"])
  })

  it("leaves documents without a place in an index to the caller", () => {
    const packager = ModulePackagerV2.make({ summary: "s", description: "d", license: ["MIT"] })
    const nameless = { ...build("x", "1", 1n), name: undefined }
    assert.deepStrictEqual(ModuleIndex.fromDocuments([packager, nameless]).left, [packager, nameless])
  })

  it("keeps the first of two different builds of one N:S:V:C:A, and reports it", () => {
    const other = { ...build("nginx", "1.18", 1n), summary: "other" }
    const merged = ModuleIndex.merge(index, ModuleIndex.fromDocuments([other], 10).index)
    assert.strictEqual(ModuleIndex.search(merged, { name: "nginx" })[0]?.summary, "s")
    const [conflict] = ModuleIndex.conflicts(merged)
    assert.deepInclude(conflict, { kind: "stream", severity: "warning", key: "nginx:1.18:1:c0ffee:x86_64" })
  })
})

describe("defaults", () => {
  const defaults = (stream: string | undefined, modified: bigint, profile = "common") =>
    ModuleDefaults.make({ module: "m", modified, stream, profiles: new Map([["8.1", [profile]]]) })
  const streamOf = (...documents: ReadonlyArray<ModuleDefaults.ModuleDefaults>) =>
    ModuleIndex.defaultStreams(ModuleIndex.fromDocuments(documents).index).get("m")

  it("of the newest document count", () => {
    assert.strictEqual(streamOf(defaults("8.1", 1n), defaults("8.2", 2n)), "8.2")
    assert.strictEqual(streamOf(defaults("8.1", 1n), defaults(undefined, 2n)), "8.1")
  })

  it("that contradict each other leave no default stream, however often each is said", () => {
    assert.isUndefined(streamOf(defaults("8.1", 1n), defaults("8.2", 1n)))
    assert.isUndefined(
      streamOf(defaults("8.1", 1n), defaults("8.2", 1n), { ...defaults("8.1", 1n), profiles: new Map() })
    )
  })

  it("are an error when they contradict each other about profiles", () => {
    const { index } = ModuleIndex.fromDocuments([defaults("8.1", 1n), defaults("8.1", 1n, "minimal")])
    assert.deepStrictEqual(ModuleIndex.conflicts(index).map(({ kind, severity }) => `${severity} ${kind}`), [
      "error default-profiles"
    ])
    assert.deepStrictEqual(ModuleIndex.defaultProfiles(index, "m", "8.1"), [])
  })

  it("of overrides replace the others as a whole", () => {
    const base = ModuleIndex.fromDocuments([defaults("8.1", 9n)]).index
    const above = ModuleIndex.fromDocuments([ModuleDefaults.make({ module: "m", stream: "8.2" })]).index
    const merged = ModuleIndex.override(base, above)
    assert.strictEqual(ModuleIndex.defaultStreams(merged).get("m"), "8.2")
    assert.deepStrictEqual(ModuleIndex.defaultProfiles(merged, "m", "8.1"), [])
  })
})

describe("obsoletes", () => {
  const obsoletes = (fields: Partial<ModuleObsoletes.ModuleObsoletes>) =>
    ModuleObsoletes.make({ module: "m", stream: "1", modified: "2020-01-01T00:00Z", message: "gone", ...fields })
  const messageAt = (
    now: string,
    context: string | undefined,
    ...documents: ReadonlyArray<ModuleObsoletes.ModuleObsoletes>
  ) =>
    Option.getOrUndefined(
      ModuleIndex.getObsoletes(ModuleIndex.fromDocuments(documents).index, "m", "1", context, now)
    )?.message

  it("are in force from their end of life on", () => {
    const later = obsoletes({ eolDate: "2021-01-01T00:00Z" })
    assert.isUndefined(messageAt("2020-12-31T23:59Z", "a", later))
    assert.strictEqual(messageAt("2021-01-01T00:00Z", "a", later), "gone")
  })

  it("for the very context go before those for all, newer ones before older, and a reset takes them back", () => {
    const all = obsoletes({ message: "all" })
    const one = obsoletes({ context: "a", message: "one" })
    const reset = obsoletes({ modified: "2020-06-01T00:00Z", reset: true })
    const now = "2030-01-01T00:00Z"
    assert.strictEqual(messageAt(now, "a", all, one), "one")
    assert.strictEqual(messageAt(now, "b", all, one), "all")
    assert.strictEqual(messageAt(now, undefined, all, one), "all")
    assert.isUndefined(messageAt(now, "a", all, one, reset))
  })
})

describe("translations", () => {
  it("of the newest document count at any priority", () => {
    const translation = (modified: bigint, summary: string) =>
      ModuleTranslations.make({
        module: "m",
        stream: "1",
        modified,
        translations: new Map([["de", { summary, description: undefined, profiles: new Map() }]])
      })
    const merged = ModuleIndex.merge(
      ModuleIndex.fromDocuments([translation(2n, "neu")], 0).index,
      ModuleIndex.fromDocuments([translation(1n, "alt")], 10).index
    )
    assert.strictEqual(
      Option.getOrThrow(ModuleIndex.getTranslations(merged, "m", "1")).translations.get("de")?.summary,
      "neu"
    )
  })
})

describe("writing an index", () => {
  it("gives nothing for nothing", () => assert.strictEqual(ModuleIndex.write(ModuleIndex.empty), ""))

  it("gives the same text when it is read and written again", () => {
    const text = ModuleIndex.write(index)
    assert.strictEqual(ModuleIndex.write(ModuleIndex.fromDocuments(Modulemd.read(text).documents).index), text)
  })
})
