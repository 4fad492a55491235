/** Every decision of the table, one fixture each, and what libmodulemd says to the same text. */
import { describe, it } from "@effect/vitest"
import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import * as ModuleIndex from "../../src/modulemd/ModuleIndex.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import { load } from "./content.ts"
import { decisionTable } from "./decisionTable.ts"
import * as Libmodulemd from "./Libmodulemd.ts"

const folder = new URL("fixtures/", import.meta.url)
const textOf = (fixture: string): string => readFileSync(new URL(`${fixture}.yaml`, folder), "utf8")

describe("fixtures", () => {
  for (const [fixture, , codes] of decisionTable) {
    it(`${fixture}: ${codes === "" ? "nothing to say" : codes}`, () => {
      const result = Modulemd.read(textOf(fixture))
      assert.strictEqual([...new Set(result.problems.map(({ code }) => code))].join(" "), codes)
      assert.strictEqual(Modulemd.isValid(result), fixture.startsWith("good_"))
    })
  }

  it("are all in the table", () => {
    assert.deepStrictEqual(decisionTable.map(([fixture]) => `${fixture}.yaml`).sort(), readdirSync(folder).sort())
  })

  it("that libmodulemd accepts are accepted by the compat profile, but for what would be wrapped", () => {
    const refused = decisionTable.filter(([fixture, verdict]) =>
      verdict.startsWith("accepts") && !Modulemd.isValid(Modulemd.read(textOf(fixture), { profile: "compat" }))
    )
    assert.deepStrictEqual(refused.map(([fixture]) => fixture), [...compatRefuses])
  })
})

/** libmodulemd reads it as 2^64-5. */
const compatRefuses: ReadonlyArray<string> = ["bad_version-neg-space"]

/** Where the canonical texts differ although both accept, and why. */
const contentDiffers: Readonly<Record<string, string>> = {
  "good_alias-in-data": "libmodulemd drops the aliased list",
  "good_buildorder-2-31": "libmodulemd keeps 32 bits",
  "good_buildorder-2-32": "libmodulemd keeps 32 bits",
  "good_buildorder-2-32+1": "libmodulemd keeps 32 bits",
  "good_buildorder-max64": "libmodulemd keeps 32 bits",
  "good_buildorder-min64": "libmodulemd keeps 32 bits",
  "good_def-intent-no-stream": "libmodulemd repeats the profiles of the intent before",
  "good_profiles-empty-rpms-null": "libmodulemd 2.14 writes an empty name",
  "good_rpmmap-three": "libmodulemd writes one checksum per digest",
  "good_xmd-mixed-bool": "libmodulemd drops the rest of the list",
  "good_xmd-mixed-list": "libmodulemd drops the rest of the list",
  "good_xmd-nested-mixed": "libmodulemd drops the rest of the list"
}

describe("libmodulemd", () => {
  const answers = () =>
    Libmodulemd.ask<Libmodulemd.IndexAnswer>(
      decisionTable.map(([fixture]) => ({ command: "index", text: textOf(fixture), upgrade: true }))
    )

  it("gives the verdicts in the table, and every difference has its reason", ({ skip }) => {
    if (Libmodulemd.absent !== undefined) return skip(Libmodulemd.absent)
    answers().forEach((answer, i) => {
      const [fixture, verdict, , reason] = decisionTable[i]!
      const given = answer.crash === true
        ? "crashes"
        : answer.strict === true
        ? "accepts"
        : answer.lenient === true
        ? "accepts leniently"
        : "rejects"
      // Dumping is what ends the process for these; another build of the library may survive it.
      if (verdict !== "crashes") assert.strictEqual(given, verdict, fixture)
      const same = (verdict === "accepts") === fixture.startsWith("good_")
      if (verdict !== "crashes") assert.strictEqual(reason === undefined, same, `${fixture}: ${reason}`)
    })
  })

  it("writes the same content, but for the differences listed", ({ skip }) => {
    if (Libmodulemd.absent !== undefined) return skip(Libmodulemd.absent)
    const different: Array<string> = []
    answers().forEach(({ dump }, i) => {
      const [fixture] = decisionTable[i]!
      if (dump === undefined || dump === null || !fixture.startsWith("good_")) return
      const ours = ModuleIndex.write(ModuleIndex.fromDocuments(Modulemd.read(textOf(fixture)).documents).index)
      try {
        assert.deepStrictEqual(load(ours), load(dump))
      } catch {
        different.push(fixture)
      }
    })
    assert.deepStrictEqual(different.toSorted(), Object.keys(contentDiffers).toSorted())
  })
})
