/** Generated documents written here and read by libmodulemd, PyYAML and the npm package `yaml`. */
import { describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { parseAllDocuments } from "yaml"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import type { ModulemdDocument } from "../../src/modulemd/ModulemdDocument.ts"
import { load } from "./content.ts"
import * as A from "./DocumentArbitrary.ts"
import * as Libmodulemd from "./Libmodulemd.ts"

const samples = <T>(arbitrary: Arbitrary.Arbitrary<T>, count: number): ReadonlyArray<T> =>
  Effect.runSync(Arbitrary.sampleEffect(arbitrary, { count, seed: "modulemd" } as never)) as ReadonlyArray<T>

const kinds: ReadonlyArray<readonly [string, Arbitrary.Arbitrary<ModulemdDocument>]> = [
  ["streams", A.named],
  ["defaults", A.defaults],
  ["obsoletes", A.obsoletes],
  ["translations", A.translations]
]

/** libmodulemd takes TRUE for a boolean, breaks lines at Unicode separators when it dumps, and ends text at U+0000. */
const isHarmless = (text: string): boolean => !/TRUE|FALSE|\\[LPN0]/.test(text)

describe("canonical text", () => {
  for (const [kind, arbitrary] of kinds) {
    it(`of ${kind} is read back equal by libmodulemd`, ({ skip }) => {
      if (Libmodulemd.absent !== undefined) return skip(Libmodulemd.absent)
      const texts = samples(arbitrary, 60).map((document) => Modulemd.write(flat(document))).filter(isHarmless)
      const answers = Libmodulemd.ask<Libmodulemd.IndexAnswer>(texts.map((text) => ({ command: "index", text })))
      answers.forEach(({ dump, reasons, strict }, i) => {
        assert.ok(strict, `${reasons?.join()}\n${texts[i]}`)
        assert.deepStrictEqual(load(dump ?? ""), load(texts[i]!), texts[i])
      })
    })

    it(`of ${kind} means the same to PyYAML`, ({ skip }) => {
      if (Libmodulemd.absent !== undefined) return skip(Libmodulemd.absent)
      const texts = samples(arbitrary, 60).map((document) => Modulemd.write(document))
      const answers = Libmodulemd.ask<Libmodulemd.EventsAnswer>(texts.map((text) => ({ command: "events", text })))
      answers.forEach(({ documents, error }, i) => {
        assert.equal(error, null, texts[i])
        assert.deepStrictEqual(documents.map(plain), [...loadPlain(texts[i]!)], texts[i])
      })
    })

    it(`of ${kind} means the same to the package yaml, strings staying strings`, () => {
      for (const document of samples(arbitrary, 60)) {
        const text = Modulemd.write(document)
        const [parsed] = parseAllDocuments(text, { intAsBigInt: true })
        assert.ok(parsed !== undefined && "errors" in parsed)
        assert.deepStrictEqual(parsed.errors, [], text)
        assert.deepStrictEqual(asText(parsed.toJS()), loadPlain(text)[0], text)
      }
    })
  }
})

/** libmodulemd keeps only lists of one kind in xmd, and an intent without a stream not at all. */
const flat = (document: ModulemdDocument): ModulemdDocument =>
  document._tag === "ModuleStreamV2"
    ? { ...document, xmd: undefined }
    : document._tag === "ModuleDefaults"
    ? { ...document, intents: new Map() }
    : document

const loadPlain = (text: string): ReadonlyArray<unknown> => load(text).map((document) => JSON.parse(document as string))

/** The event tree in the form of `content.ts`. */
const plain = (node: unknown): unknown => {
  if (!Array.isArray(node)) return node
  const [kind, ...items] = node as [string, ...Array<unknown>]
  if (kind === "S") return items.map(plain)
  const pairs: Array<[unknown, unknown]> = []
  for (let i = 0; i < items.length; i += 2) pairs.push([items[i], plain(items[i + 1])])
  return pairs.sort(([a], [b]) => String(a) < String(b) ? -1 : 1)
}

/** Integers and booleans, where the schema has them, by their text; anything else has to be text already. */
const asText = (value: unknown): unknown =>
  typeof value === "bigint" || value === true
    ? String(value)
    : Array.isArray(value)
    ? value.map(asText)
    : typeof value === "object" && value !== null
    ? Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, item]) => [key, asText(item)])
    : value
