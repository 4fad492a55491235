import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { posix } from "node:path"
import { fileURLToPath } from "node:url"
import { extract, toModule } from "./docs/codeBlocks.ts"

const fenced = (info: string, ...lines: ReadonlyArray<string>) => ["```" + info, ...lines, "```"].join("\n")

describe("code blocks of documentation", () => {
  it("are those fenced as ts, with the line they begin at", () => {
    const text = ["# Title", "", fenced("ts", "const a = 1"), fenced("sh", "ls"), fenced("ts run", "a", "b")].join("\n")
    assert.deepStrictEqual(extract("x.md", text), [
      { path: "x.md", line: 4, code: "const a = 1", runs: false },
      { path: "x.md", line: 10, code: "a\nb", runs: true }
    ])
  })
  it("keep their lines as modules", () => {
    const module = toModule({ path: "x.md", line: 1, code: "const a = 1\na // => 1\n// a => b", runs: true })
    assert.include(module.split("\n")[0] ?? "", "const a = 1")
    assert.strictEqual(module.split("\n")[1], "__assert.deepStrictEqual(a, 1)")
    assert.strictEqual(module.split("\n")[2], "// a => b")
  })
  it("do not take a declaration for an assertion", () =>
    assert.include(toModule({ path: "x.md", line: 1, code: "const a = 1 // => 1", runs: true }), "const a = 1 // => 1"))
})

describe("links of the documentation", () => {
  const root = fileURLToPath(new URL("..", import.meta.url))
  const documents = execFileSync("git", ["ls-files", "--", "*.md"], { cwd: root, encoding: "utf8" })
    .split("\n").filter((path) => path !== "" && existsSync(`${root}${path}`))

  it("lead to files that exist", () => {
    assert.isAtLeast(documents.length, 20)
    const broken = documents.flatMap((path) =>
      [...readFileSync(`${root}${path}`, "utf8").matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => posix.join(posix.dirname(path), match[1] ?? ""))
        .filter((target) => !existsSync(`${root}${target}`))
        .map((target) => `${path}: ${target}`)
    )
    assert.deepStrictEqual(broken, [])
  })
})
