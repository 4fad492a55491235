/** What holds for every document: round trips, merging, upgrading. */
import { describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import assert from "node:assert/strict"
import * as ModuleIndex from "../../src/modulemd/ModuleIndex.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import type { ModulemdDocument } from "../../src/modulemd/ModulemdDocument.ts"
import * as Upgrade from "../../src/modulemd/ModulemdUpgrade.ts"
import * as A from "./DocumentArbitrary.ts"

const readsBack = (document: ModulemdDocument) => {
  const text = Modulemd.write(document)
  const { documents, problems } = Modulemd.read(text, { profile: "source" })
  assert.deepStrictEqual(problems.filter(({ severity }) => severity === "error"), [], text)
  // The generators make objects without a prototype; a clone has one.
  assert.deepStrictEqual(documents, [structuredClone(document)])
  assert.strictEqual(Modulemd.write(documents), text)
}

describe("reading what was written gives the document", () => {
  it.prop("stream v2", [A.streamV2], ([document]) => readsBack(document))
  it.prop("stream v1", [A.streamV1], ([document]) => readsBack(document))
  it.prop("packager v2", [A.packagerV2], ([document]) => readsBack(document))
  it.prop("packager v3", [A.packagerV3], ([document]) => readsBack(document))
  it.prop("defaults", [A.defaults], ([document]) => readsBack(document))
  it.prop("obsoletes", [A.obsoletes], ([document]) => readsBack(document))
  it.prop("translations", [A.translations], ([document]) => readsBack(document))
})

const documents = Arbitrary.map(
  Arbitrary.all([
    Arbitrary.array(A.named, { maxLength: 3 }),
    Arbitrary.array(A.defaults, { maxLength: 3 }),
    Arbitrary.array(A.obsoletes, { maxLength: 2 }),
    Arbitrary.array(A.translations, { maxLength: 2 })
  ]),
  (groups): ReadonlyArray<ModulemdDocument> => groups.flat()
)
const index = Arbitrary.map(documents, (all) => ModuleIndex.fromDocuments(all, all.length % 2).index)
const shown = (self: ModuleIndex.ModuleIndex) => [ModuleIndex.write(self), ModuleIndex.conflicts(self)]

describe("merging", () => {
  it.prop("does not depend on order", [index, index], ([a, b]) => {
    assert.deepStrictEqual(shown(ModuleIndex.merge(a, b)), shown(ModuleIndex.merge(b, a)))
  })

  it.prop("does not depend on grouping", [index, index, index], ([a, b, c]) => {
    assert.deepStrictEqual(
      shown(ModuleIndex.merge(ModuleIndex.merge(a, b), c)),
      shown(ModuleIndex.merge(a, ModuleIndex.merge(b, c)))
    )
  })

  it.prop("with itself or with nothing changes nothing", [index], ([a]) => {
    assert.deepStrictEqual(shown(ModuleIndex.merge(a, a)), shown(a))
    assert.deepStrictEqual(shown(ModuleIndex.merge(a, ModuleIndex.empty)), shown(a))
  })

  it.prop("does not depend on the order of documents", [documents], ([all]) => {
    assert.deepStrictEqual(
      shown(ModuleIndex.fromDocuments(all).index),
      shown(ModuleIndex.fromDocuments([...all].reverse()).index)
    )
  })
})

describe("upgrading", () => {
  it.prop("before or after writing gives the same", [A.streamV1], ([document]) => {
    const [reread] = Modulemd.read(Modulemd.write(document), { profile: "source" }).documents
    assert.deepStrictEqual(Upgrade.toStream(reread!), structuredClone(Upgrade.streamV1(document)))
    assert.strictEqual(Modulemd.write(Upgrade.toStream(reread!)!), Modulemd.write(Upgrade.streamV1(document)))
  })

  it.prop("gives valid documents", [A.packagerV3], ([document]) => {
    const result = Upgrade.document(document)
    if (result._tag === "Failure") return
    const { problems } = Modulemd.read(Modulemd.write(result.success), { profile: "source" })
    assert.deepStrictEqual(problems.filter(({ severity }) => severity === "error"), [])
  })
})
