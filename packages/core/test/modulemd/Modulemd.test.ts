/** The main way: a packager's text becomes a document, and a document becomes text again. */
import { assert, describe, it } from "@effect/vitest"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import * as ModuleStreamV2 from "../../src/modulemd/ModuleStreamV2.ts"

const source = `---
document: modulemd-packager
version: 2
data:
  summary: An example
  description: A module that shows its keys.
  license:
    module: [MIT]
  dependencies:
  - buildrequires:
      platform: [el9]
    requires:
      platform: [el9]
  components:
    rpms:
      first:
        rationale: Needed by second.
        buildorder: 1
      second:
        rationale: What people want.
        ref: "1.10"
        buildorder: 18
...
`

describe("Modulemd", () => {
  it("reads a packager's document with its components as exact integers and raw text", () => {
    const { documents: [document], problems } = Modulemd.read(source, { profile: "source" })
    assert.deepStrictEqual(problems, [])
    assert(document?._tag === "ModulePackagerV2")
    assert.strictEqual(document.components.rpms.get("second")?.ref, "1.10")
    assert.strictEqual(document.components.rpms.get("second")?.buildorder, 18n)
    assert.deepStrictEqual([...document.dependencies[0]!.requires], [["platform", ["el9"]]])
  })

  it("writes what it reads back equal", () => {
    const stream = ModuleStreamV2.make({
      name: "foo",
      stream: "1.10",
      version: 8020020200715124551n,
      context: "c0ffee43",
      arch: "x86_64",
      summary: "yes: an \"odd\" one",
      description: "First line.\n\nSecond paragraph " + "with many words ".repeat(20) + "at the end\n\n",
      license: { module: ["MIT"], content: [] },
      xmd: new Map<string, string | ReadonlyArray<string>>([["a", ["1", "TRUE", "null"]], ["b", ""]])
    })
    const text = Modulemd.write(stream)
    assert.deepStrictEqual(Modulemd.read(text), { documents: [stream], problems: [] })
  })
})
