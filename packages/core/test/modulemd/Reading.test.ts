/** Positions, recovery and bounds: what reading promises beyond the decision table. */
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import * as Problem from "../../src/modulemd/ModulemdProblem.ts"

const document = (name: string, extra = "") =>
  `---\ndocument: modulemd\nversion: 2\ndata:\n  name: ${name}\n  stream: "1"\n  summary: s\n  description: d\n  license: {module: [MIT]}\n${extra}...\n`

/** Components of a large module: each takes as long as one of two if nothing is compared with everything. */
const many = 10_000
const components = (body: (n: number) => string): string =>
  `  components:\n    rpms:\n${
    Array.from({ length: many }, (_, n) => `      c${n}: ${body(n).replace(/^[^{].*$/, "{$&}")}\n`).join("")
  }`

const names = (text: string) =>
  Modulemd.read(text).documents.map((read) => read._tag === "ModuleStreamV2" ? read.name : read._tag)

describe("problems", () => {
  it("are placed in the text, below comments and other documents", () => {
    const text = `# a comment\n\n${document("a")}# another\n${
      document("b", "  components:\n    rpms:\n      x: {buildorder: first}\n")
    }`
    const problem = Modulemd.read(text).problems.find(({ code }) => code === "not-integer")!
    assert.deepInclude(problem, {
      severity: "error",
      document: 1,
      path: "data.components.rpms.x.buildorder",
      line: 25,
      column: 23
    })
    assert.strictEqual(problem.excerpt, `      x: {buildorder: first}\n${" ".repeat(22)}^`)
  })

  it("count lines the same with CR LF, CR and a byte order mark", () => {
    const text = document("a", "  colour: red\n")
    const lines = [text, text.replaceAll("\n", "\r\n"), text.replaceAll("\n", "\r"), `\ufeff${text}`].map((variant) =>
      Modulemd.read(variant).problems.map(({ code, line }) => `${code} ${line}`)
    )
    assert.deepStrictEqual(lines, Array.from({ length: 4 }, () => ["unknown-key 10"]))
  })

  it("show what was probably meant", () => {
    const hint = (extra: string) =>
      Modulemd.read(document("a", extra)).problems.find(({ severity }) => severity === "error")?.hint
    assert.strictEqual(
      hint("  components:\n    rpms:\n      x: {rationale: r, builorder: 1}\n"),
      "did you mean buildorder?"
    )
    assert.include(hint("  eol: 2030-01-31\n"), "servicelevels")
    assert.include(hint("  dependencies:\n    requires: {platform: el9}\n"), "stream v1 form")
  })

  it("are all found in one run", () => {
    const { problems } = Modulemd.read(document("a", "  arches: x\n  references: []\n  profiles: {p: [x]}\n"))
    assert.deepStrictEqual(problems.map(({ code }) => code), ["unknown-key", "not-mapping", "not-mapping"])
  })

  it("name both lines of documents that contradict each other, and the difference", () => {
    const [problem] = Modulemd.read(document("a") + document("a").replace("summary: s", "summary: t")).problems
    assert.strictEqual(problem?.code, "duplicate-stream")
    assert.include(problem?.message, "document 1")
    assert.include(problem?.message, "summary: s")
  })

  it("print on one line", () => {
    const [problem] = Modulemd.read(document("a", "  colour: red\n")).problems
    assert.match(
      Problem.format(problem!, "f.yaml"),
      /^f\.yaml:10:3: error unknown-key: data\.colour: "colour" is not a key/
    )
  })
})

describe("a bad document", () => {
  it("does not cost its neighbours, whatever is wrong with it", () => {
    const broken = [
      "---\ndocument: modulemd\nversion: 2\ndata: [\n",
      "---\n'open\n",
      "---\n\tx: 1\n",
      "---\na: b: c\n",
      "---\n- a\nb\n",
      "---\n*nowhere\n",
      "---\nkey: \u0007\n",
      "---\n",
      "---\ntext\n",
      "%WHAT\n---\n{}\n",
      document("c", "  name: again\n")
    ]
    for (const text of broken) {
      assert.deepStrictEqual(names(document("a") + text + document("b")), ["a", "b"], JSON.stringify(text))
      assert.isFalse(text !== "---\n" && Modulemd.isValid(Modulemd.read(text)), text)
    }
  })

  it("is the only one lost to bytes that are not UTF-8, which are named by their offset", () => {
    const bytes = Buffer.from(document("a") + document("bad") + document("b"), "latin1")
    const at = bytes.indexOf("bad")
    bytes[at] = 0xff
    const result = Modulemd.readBytes(bytes)
    assert.deepStrictEqual(result.documents.map((read) => read._tag === "ModuleStreamV2" && read.name), ["a", "b"])
    const [problem] = result.problems
    assert.deepInclude(problem, { code: "encoding", document: 1, line: 15, column: 9 })
    assert.include(problem?.message, `byte ${at}`)
  })

  it("in UTF-16 behind a byte order mark is as good as in UTF-8", () => {
    assert.lengthOf(Modulemd.readBytes(Buffer.from(`\ufeff${document("a")}`, "utf16le")).documents, 1)
  })
})

describe("hostile text", () => {
  const codes = (text: string) => Modulemd.read(text).problems.map(({ code }) => code)

  it("cannot nest without end", () => {
    for (const deep of ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)]) {
      assert.include(codes(deep), "yaml-depth")
    }
    const indented = Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}a:\n`).join("")
    assert.include(codes(indented), "yaml-depth")
  })

  it("cannot grow by aliases", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for (let i = 1; i < 12; i++) {
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`)
    }
    assert.include(codes(lines.join("\n")), "yaml-alias-limit")
    assert.include(codes("a: &a [*a]"), "yaml-alias")
  })

  it("is read in time linear in its size", () => {
    const sizes = [
      "a\n".repeat(200_000),
      "'".repeat(200_001),
      "\n".repeat(500_000),
      "- \n".repeat(100_000),
      "key: |\n" + "  x\n".repeat(100_000),
      "a: " + "x ".repeat(200_000),
      "---\n".repeat(50_000),
      `x: ${"9".repeat(1_000_000)}`,
      document("a", `  version: ${"9".repeat(500_000)}\n`)
    ]
    for (const text of sizes) assert.isAtLeast(Modulemd.read(text).problems.length, 1, text.slice(0, 10))
  })

  it.each<readonly [what: string, data: string]>([
    ["components after what is not there", components((n) => `buildafter: [nosuch${n}]`)],
    ["components after names instead of keys", components((n) => `{name: n${n}, buildafter: [n${n}]}`)],
    ["components in both kinds of order", components((n) => n % 2 === 0 ? "buildorder: 1" : "buildafter: [c0]")],
    ["components in a circle", components((n) => `buildafter: [c${(n + 1) % many}]`)],
    ["components of one name", components(() => "name: same")],
    [
      "components for other architectures",
      `${components(() => "arches: [s390x, arm]")}  buildopts: {arches: [x86_64]}\n`
    ],
    ["problems in one line", `  api: {rpms: [${"a, ".repeat(10 * many)}]}\n`]
  ])("says what is wrong in time linear in its size: %s", (_what, data) => {
    const { problems } = Modulemd.read(document("a", data))
    assert.isAtLeast(problems.length, 1)
    assert.isBelow(Math.max(...problems.map(({ excerpt, message }) => message.length + excerpt.length)), 2000)
  })

  it("finds no methods of objects behind its keys", () => {
    for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      assert.deepStrictEqual(codes(document("a", `  ${key}: x\n`)), ["unknown-key"])
      const [read] = Modulemd.read(document("a", `  xmd: {${key}: x}\n`)).documents
      assert(read?._tag === "ModuleStreamV2" && read.xmd instanceof Map)
      assert.strictEqual(read.xmd.get(key), "x")
    }
  })
})

describe("profiles", () => {
  const source = document("a").replace(/ {2}name.*\n.*\n/, "")
  const valid = (text: string, profile: Modulemd.Profile) => Modulemd.isValid(Modulemd.read(text, { profile }))

  it("ask for name and stream in a repository, not in a source", () => {
    assert.deepStrictEqual((["repository", "source", "auto", "compat"] as const).map((p) => valid(source, p)), [
      false,
      true,
      true,
      true
    ])
  })

  it("leave packager documents to sources", () => {
    const packager =
      "document: modulemd-packager\nversion: 2\ndata: {summary: s, description: d, license: {module: [MIT]}}\n"
    assert.deepStrictEqual((["repository", "source", "auto", "compat"] as const).map((p) => valid(packager, p)), [
      false,
      true,
      true,
      true
    ])
  })

  it("let compat repair what old tooling broke, and say so", () => {
    const text = document("a", "  components:\n    rpms:\n      x: {rationale: r, buildorder: 18446744073709551615}\n")
    assert.isFalse(valid(text, "repository"))
    const { documents: [read], problems } = Modulemd.read(text, { profile: "compat" })
    assert.deepStrictEqual(problems.map(({ code, severity }) => `${severity} ${code}`), ["note buildorder-overflow"])
    assert(read?._tag === "ModuleStreamV2")
    assert.strictEqual(read.components.rpms.get("x")?.buildorder, -1n)
  })

  it("let compat read a missing epoch as 0", () => {
    const text = document("a", "  artifacts: {rpms: [b-1-1.noarch, a-b-c-2-3.noarch]}\n")
    const [read] = Modulemd.read(text, { profile: "compat" }).documents
    assert(read?._tag === "ModuleStreamV2")
    assert.deepStrictEqual(read.artifacts.rpms, ["a-b-c-0:2-3.noarch", "b-0:1-1.noarch"])
  })
})

describe("docs/modulemd/problems.md", () => {
  it("explains every code there is", () => {
    const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8")
    const codes = [...read("packages/core/src/modulemd/ModulemdProblem.ts").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map((
      match
    ) => match[1])
    const explained = [...read("docs/modulemd/problems.md").matchAll(/^\| `([a-z-]+)`/gm)].map((match) => match[1])
    assert.isAbove(codes.length, 50)
    assert.deepStrictEqual(explained, codes)
  })
})
