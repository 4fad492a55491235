import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { posix } from "node:path"
import { fileURLToPath } from "node:url"
import { extract, extractFromSource, toModule } from "./docs/codeBlocks.ts"

const fenced = (info: string, ...lines: ReadonlyArray<string>) => ["```" + info, ...lines, "```"].join("\n")

describe("code blocks of documentation", () => {
  it("are those fenced as ts, with the line they begin at", () => {
    const text = ["# Title", "", fenced("ts", "const a = 1"), fenced("sh", "ls"), fenced("ts run", "a", "b")].join("\n")
    assert.deepStrictEqual(extract("x.md", text), [
      { path: "x.md", line: 4, code: "const a = 1", runs: false },
      { path: "x.md", line: 10, code: "a\nb", runs: true }
    ])
  })
  it("are those of docstrings, too", () => {
    const source = [
      `import * as X from "./X.ts"`,
      "",
      "/**",
      " * Says something.",
      " *",
      " * ```ts run",
      " * a // => 1",
      " *",
      " *   b",
      " * ```",
      " */",
      "export const x = 1 // ```ts",
      "  /** One line. */"
    ]
    assert.deepStrictEqual(extractFromSource("x.ts", source.join("\n")), [
      { path: "x.ts", line: 7, code: "a // => 1\n\n  b", runs: true }
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

describe("identity modules", () => {
  const folder = fileURLToPath(new URL("../packages/core/src", import.meta.url))
  const modules = readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "index.ts")

  it("are seven or more", () => assert.isAtLeast(modules.length, 7))
  for (const name of modules) {
    it(`${name} shows how it is used, by an example that runs`, () => {
      const blocks = extractFromSource(name, readFileSync(`${folder}/${name}`, "utf8"))
      assert.isNotEmpty(blocks.filter(({ code, runs }) => runs && /\/\/ => /.test(code)))
    })
  }
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
