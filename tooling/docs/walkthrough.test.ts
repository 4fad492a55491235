import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Walkthrough from "./walkthrough.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const fenced = (info: string, ...lines: ReadonlyArray<string>) => ["```" + info, ...lines, "```"].join("\n")

describe("a document to be typed", () => {
  const text = [
    "# Title",
    "## One",
    fenced("sh run", "a", "b"),
    fenced("sh", "c"),
    fenced("js file=x/y.mjs", "1"),
    "## Two",
    fenced("sh run", "curl 127.0.0.1:8080")
  ].join("\n")

  it("has its commands and files in order, and what is only shown is not among them", () =>
    assert.deepStrictEqual(Walkthrough.read(text), {
      steps: [{ heading: "One", commands: "a\nb\n" }, { heading: "Two", commands: "curl 127.0.0.1:8080\n" }],
      files: [{ path: "x/y.mjs", content: "1\n" }]
    }))

  it("is a script in which only the port is another", () =>
    assert.include(
      Walkthrough.script(Walkthrough.read(text).steps, 7, "/shown"),
      "echo '## Two'\ncp --no-clobber '/shown'/* .\ncurl 127.0.0.1:7\n"
    ))

  for (const document of ["docs/writing-a-build-system.md", "docs/writing-a-repository-host.md"]) {
    it(`${document} shows the files of the examples as they are`, () => {
      const { files } = Walkthrough.read(readFileSync(`${root}${document}`, "utf8"))
      assert.isNotEmpty(files)
      for (const { content, path } of files) assert.strictEqual(content, readFileSync(`${root}${path}`, "utf8"))
    })
  }
})
