/** What the profiles of reading promise: nothing is lost without a word, and who keeps a document is told where it is given up. */
import { assert, describe, it } from "@effect/vitest"
import { FAILSAFE_SCHEMA, load } from "js-yaml"
import { readdirSync, readFileSync } from "node:fs"
import { parseYaml } from "../../src/modulemd/internal/parseYaml.ts"
import type { YamlNode } from "../../src/modulemd/internal/yamlNode.ts"
import * as ModuleIndex from "../../src/modulemd/ModuleIndex.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import * as Problem from "../../src/modulemd/ModulemdProblem.ts"
import * as Upgrade from "../../src/modulemd/ModulemdUpgrade.ts"

const folder = new URL("fixtures/", import.meta.url)
const fixtures = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")] as const)
const profiles = ["auto", "repository", "source", "compat"] as const

const roots = (text: string): ReadonlyArray<YamlNode> => {
  const found: Array<YamlNode> = []
  parseYaml(text, ({ root }) => void (root !== undefined && found.push(root)))
  return found
}

/** The nodes that the parts of a path lead to; a key that comes twice leads to both of its values. */
const follow = (root: YamlNode, path: string): ReadonlyArray<YamlNode> =>
  [...path.matchAll(/\.?([A-Za-z0-9_+-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].reduce<ReadonlyArray<YamlNode>>(
    (nodes, [, plain, index, quoted]) =>
      nodes.flatMap((node) => {
        if (index !== undefined) return node.items[Number(index)] ?? []
        const key = plain ?? JSON.parse(quoted!)
        return node.items.filter((_, i) => i % 2 === 1 && node.items[i - 1]!.value === key)
      }),
    [root]
  )

describe("the path of a problem", () => {
  it("leads to a node of the document it is about", () => {
    let followed = 0
    for (const [name, text] of fixtures) {
      const documents = roots(text)
      for (const profile of profiles) {
        for (const { code, document, path } of Modulemd.read(text, { profile }).problems) {
          // Documents that are no YAML have no nodes, and long keys are shortened.
          if (path === "" || path.includes("...") || documents.length <= document) continue
          // What is missing has the path that it would have.
          const parent = path.replace(/\.[^.[\]"]+$/, "")
          const nodes = [path, parent].flatMap((one) => follow(documents[document]!, one))
          assert.isNotEmpty(nodes, `${name}: ${code} at ${path}`)
          followed++
        }
      }
    }
    assert.isAbove(followed, 500)
  })

  it("is that of the component for what is wrong between components", () => {
    const text = `document: modulemd
version: 2
data:
  summary: s
  description: d
  license: {module: [MIT]}
  buildopts: {arches: [x86_64]}
  components:
    rpms:
      a.b: {rationale: r, arches: [s390x], buildafter: [c]}
      c: {rationale: r, buildafter: [a.b, gone], name: x}
      d: {rationale: r, name: x, multilib: [s390x]}
`
    assert.deepStrictEqual(
      Modulemd.read(text).problems.map(({ code, path }) => `${code} ${path}`).filter((line) =>
        !line.startsWith("name-missing")
      ),
      [
        "buildafter-missing data.components.rpms.c",
        "buildafter-cycle data.components.rpms[\"a.b\"]",
        "arches-not-subset data.components.rpms[\"a.b\"]",
        "arches-not-subset data.components.rpms.d",
        "component-same-name data.components.rpms.d"
      ]
    )
  })
})

describe("a document that is given up", () => {
  it("is kept by the profile that its errors name, and by none where they name none", () => {
    const named = new Map<string, number>()
    for (const [name, text] of fixtures) {
      if (roots(text).length !== 1 || name.includes("two-docs")) continue
      for (const profile of profiles) {
        const { documents, problems } = Modulemd.read(text, { profile })
        const errors = problems.filter(Problem.isError)
        assert.strictEqual(documents.length === 0, errors.length > 0, name)
        for (const { keptBy } of errors) {
          named.set(String(keptBy), (named.get(String(keptBy)) ?? 0) + 1)
          const keeping = profiles.filter((other) => Modulemd.isValid(Modulemd.read(text, { profile: other })))
          if (keptBy === undefined) assert.deepStrictEqual(keeping, [], `${name} as ${profile}`)
          else assert.include(keeping, keptBy, `${name} as ${profile}`)
        }
      }
    }
    for (const profile of ["auto", "source", "compat", "undefined"]) assert.isAbove(named.get(profile) ?? 0, 5, profile)
  })

  it("has the profile in the text of the problem, once", () => {
    const document = (extra: string) =>
      `document: modulemd\nversion: 2\ndata:\n  name: a\n  stream: "1"\n  version: 1\n  description: d\n  license: {module: [MIT]}\n${extra}`
    const texts = (text: string) =>
      Modulemd.read(text).problems.filter(Problem.isError).map((problem) => Problem.format(problem))
    assert.match(
      texts(document("  summary: \"\"\n"))[0]!,
      /must not be empty \(the compat profile keeps the document\)$/
    )
    assert.match(
      texts(document("  summary: s\n  sumary: t\n"))[0]!,
      /\(did you mean summary\?; the compat profile keeps the document\)$/
    )
    const [overflow] = texts(
      document("  summary: s\n  components: {rpms: {a: {buildorder: 18446744073709551615}}}\n")
    )
    assert.match(overflow!, /\(the compat profile reads it as -1\)$/)
    assert.match(texts(document("  summary: s\n").replace("  name: a\n", ""))[0]!, /the source profile keeps/)
    // What no profile reads is not said to be read.
    for (const text of texts(document("  summary: \"\"\n  artifacts: {rpms: [{}]}\n"))) {
      assert.notInclude(text, "profile")
    }
  })
})

/** One document of each kind in which every mapping that the format knows is there. */
const rich = [
  `document: modulemd
version: 2
data:
  name: a
  stream: "1"
  version: 1
  context: c1
  arch: x86_64
  summary: s
  description: d
  servicelevels: {rawhide: {eol: 2030-01-31}}
  license: {module: [MIT], content: [MIT]}
  xmd: {mbs: {commit: c}}
  dependencies: [{buildrequires: {platform: [el9]}, requires: {platform: [el9]}}]
  references: {community: x}
  profiles: {common: {description: d, rpms: [a]}}
  api: {rpms: [a]}
  filter: {rpms: [b]}
  demodularized: {rpms: [c]}
  buildopts: {rpms: {macros: "%a 1"}, arches: [x86_64]}
  components:
    rpms: {a: {rationale: r, ref: main}}
    modules: {m: {rationale: r}}
  artifacts:
    rpms: ["a-0:1-1.x86_64"]
    rpm-map:
      sha256: {d1: {name: a, epoch: 0, version: "1", release: "1", arch: x86_64, nevra: "a-0:1-1.x86_64"}}
`,
  `document: modulemd
version: 1
data:
  name: a
  stream: "1"
  version: 1
  summary: s
  description: d
  license: {module: [MIT]}
  dependencies: {buildrequires: {platform: el9}, requires: {platform: el9}}
  artifacts: {rpms: ["a-0:1-1.x86_64"]}
  components: {rpms: {a: {rationale: r}}}
`,
  `document: modulemd-packager
version: 2
data:
  summary: s
  description: d
  license: {module: [MIT]}
  dependencies: [{buildrequires: {platform: [el9]}}]
  profiles: {common: {rpms: [a]}}
  components: {rpms: {a: {rationale: r}}}
`,
  `document: modulemd-packager
version: 3
data:
  name: a
  stream: "1"
  summary: s
  description: d
  license: [MIT]
  configurations: [{context: A1, platform: el9, buildrequires: {b: ["1"]}, buildopts: {rpms: {macros: m}}}]
  profiles: {common: {rpms: [a], default: true}}
`,
  "document: modulemd-defaults\nversion: 1\ndata: {module: a, stream: \"1\", profiles: {\"1\": [p]}, intents: {i: {stream: \"1\"}}}\n",
  `document: modulemd-obsoletes
version: 1
data: {modified: 2020-01-01T00:00Z, module: a, stream: "1", message: m, obsoleted_by: {module: b, stream: "1"}}
`,
  `document: modulemd-translations
version: 1
data: {module: a, stream: "1", modified: 1, translations: {de: {summary: s, profiles: {common: c}}}}
`
]

/** The text as JSON, which is YAML, with one key more in each of its mappings in turn. */
const withKey = (text: string, value: unknown): ReadonlyArray<string> => {
  const document = load(text, { schema: FAILSAFE_SCHEMA })
  const variants: Array<string> = []
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return
    if (!Array.isArray(node)) {
      const mapping = node as Record<string, unknown>
      mapping["futuristic"] = value
      variants.push(JSON.stringify(document))
      delete mapping["futuristic"]
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(document)
  return variants
}

describe("the compat profile", () => {
  const values = ["text", { a: ["b", { c: "1.10" }] }, ["x", []], "", "two\nlines\n", { "": {} }]

  it("keeps every key that nobody knows, or names the one it leaves out", () => {
    let [kept, lost] = [0, 0]
    for (const text of rich) {
      for (const value of values) {
        for (const variant of withKey(text, value)) {
          const { documents, problems } = Modulemd.read(variant, { profile: "compat" })
          if (documents.length === 0) {
            assert.isTrue(problems.some(Problem.isError), variant)
            continue
          }
          const told = problems.filter(({ isLost, path }) => isLost === true && path.endsWith("futuristic"))
          const written = Modulemd.write(documents)
          if (told.length > 0) lost++
          else {
            kept++
            assert.include(written, "futuristic", variant)
            if (typeof value === "object" && !Array.isArray(value) && "a" in value) {
              assert.include(written, "1.10", variant)
            }
          }
          const again = Modulemd.read(written, { profile: "compat" })
          assert.deepStrictEqual(again.documents, documents, variant)
          assert.strictEqual(Modulemd.write(again.documents), written)
        }
      }
    }
    assert.isAbove(kept, 150)
    assert.isAbove(lost, 20)
  })

  it("keeps them on the way into an index and through an upgrade", () => {
    for (const text of rich.slice(0, 4)) {
      // The first is the root, the second `data`.
      const [document] = Modulemd.read(withKey(text, { a: "1" })[1]!, { profile: "compat" }).documents
      const upgraded = Upgrade.document(document!, { name: "a", stream: "1" })
      assert(upgraded._tag === "Success")
      const { index, left } = ModuleIndex.fromDocuments(upgraded.success)
      assert.deepStrictEqual(left, [])
      assert.include(ModuleIndex.write(index), "  futuristic:\n    a: \"1\"\n")
    }
  })

  it("does not take documents for equal that differ in such a key", () => {
    const [one, two] = ["x", "y"].map((value) => withKey(rich[0]!, value)[1]!)
    const { problems } = Modulemd.read(`${one}\n---\n${two}\n`, { profile: "compat" })
    assert.include(problems.map(({ code }) => code), "duplicate-stream")
  })

  it("reads many of them in time linear in their number", () => {
    const many = Array.from({ length: 50_000 }, (_, i) => `  key${i}: ${i}\n`).join("")
    const text = rich[0]!.replace("  name: a\n", `  name: a\n${many}`)
    const [document] = Modulemd.read(text, { profile: "compat" }).documents
    assert(document?._tag === "ModuleStreamV2")
    assert.strictEqual(document.unknown?.size, 50_000)
  })

  it("names what it leaves out of a document: keys of others, second values, mappings for lists", () => {
    const lost = (extra: string) =>
      Modulemd.read(
        `document: modulemd\nversion: 2\ndata:\n  summary: s\n  description: d\n  license: {module: [MIT]}\n${extra}`,
        {
          profile: "compat"
        }
      ).problems.flatMap(({ code, isLost, message, path }) =>
        isLost === true ? [[code, path, message.split("; ").at(-1)]] : []
      )
    const out = "it is left out"
    assert.deepStrictEqual(lost("  eol: 2030-01-31\n"), [["foreign-key", "data.eol", out]])
    assert.deepStrictEqual(lost("  summary: t\n"), [["duplicate-key", "data.summary", out]])
    assert.deepStrictEqual(lost("  xmd: {a: b, a: c}\n"), [["duplicate-key", "data.xmd.a", out]])
    assert.deepStrictEqual(lost("  futuristic: 1\n  futuristic: 2\n"), [["unknown-key", "data.futuristic", out]])
    assert.deepStrictEqual(lost("  futuristic: {? [a] : b}\n"), [["unknown-key", "data.futuristic", out]])
    assert.deepStrictEqual(lost("  filter: [a]\n"), [["not-mapping", "data.filter", out]])
    assert.deepStrictEqual(lost("  filter: {rpms: {a: b}}\n"), [["not-set", "data.filter.rpms", out]])
    assert.deepStrictEqual(lost("  api: {rpms: [a], debs: [b]}\n"), [["unknown-key", "data.api.debs", out]])
    assert.deepStrictEqual(lost("  api: {rpms: [a]}\n"), [])
  })
})

describe("streams that other readers take for numbers", () => {
  const warned = (text: string) =>
    Modulemd.read(text).problems.flatMap(({ code, path }) => code === "unquoted-number" ? [path] : [])
  const stream = (version: number, dependencies: string) =>
    `document: modulemd\nversion: ${version}\ndata:\n  summary: s\n  description: d\n  license: {module: [MIT]}\n  dependencies: ${dependencies}\n`

  it("are warned of in contexts, names of profiles, and refs of components", () => {
    const document = (head: string, body: string) =>
      `document: ${head}\ndata:\n  summary: s\n  description: d\n  license: {module: [MIT]}\n${body}`
    assert.deepStrictEqual(
      warned(document(
        "modulemd\nversion: 2",
        "  name: n\n  stream: \"1\"\n  version: 20240101\n  context: 00000000\n  profiles: {1.10: {rpms: [a]}, \"1.20\": {rpms: [a]}, on: {rpms: []}}\n" +
          "  components:\n    rpms: {a: {rationale: r, ref: 5.30}, b: {rationale: r, ref: main}, c: {rationale: r, ref: \"8\"}}\n" +
          "    modules: {m: {rationale: r, ref: 1e4}}\n"
      )),
      [
        "data.context",
        "data.profiles[\"1.10\"]",
        "data.profiles.on",
        "data.components.rpms.a.ref",
        "data.components.modules.m.ref"
      ]
    )
    assert.deepStrictEqual(
      warned(
        "document: modulemd-packager\nversion: 3\ndata:\n  summary: s\n  description: d\n  configurations:\n  - {context: 1e10, platform: el9}\n"
      ),
      ["data.configurations[0].context"]
    )
  })

  it("are warned of in dependencies of every kind", () => {
    const [build, run] = ["data.dependencies[0].buildrequires", "data.dependencies[0].requires"]
    assert.deepStrictEqual(
      warned(stream(2, "[{buildrequires: {a: [5.30, rolling], b: 1}, requires: {a: [\"5.30\"], b: [on, -5.30]}}]")),
      [`${build}.a`, `${build}.b`, `${run}.b`, `${run}.b`]
    )
    assert.deepStrictEqual(warned(stream(1, "{buildrequires: {a: 5.30}, requires: {a: '5.30', b: 1e3}}")), [
      "data.dependencies.buildrequires.a",
      "data.dependencies.requires.b"
    ])
    assert.deepStrictEqual(
      warned(
        "document: modulemd-packager\nversion: 3\ndata:\n  summary: s\n  description: d\n  configurations:\n  - {context: A, platform: 9, buildrequires: {a: [5.30]}, requires: {a: 5.30, b: el9}}\n"
      ),
      [
        "data.configurations[0].platform",
        "data.configurations[0].buildrequires.a",
        "data.configurations[0].requires.a"
      ]
    )
  })

  it("are warned of in keys of default profiles, those of intents included", () => {
    assert.deepStrictEqual(
      warned(
        "document: modulemd-defaults\nversion: 1\ndata:\n  module: a\n  stream: '5.30'\n  profiles: {5.30: [x], \"5.24\": [1.0]}\n  intents: {i: {profiles: {6: [x]}}}\n"
      ),
      ["data.profiles[\"5.30\"]", "data.intents.i.profiles.6"]
    )
  })

  it("are numbers of all forms, booleans and dates, and nothing else", () => {
    const odd = [
      "5.30",
      "5",
      "-5.30",
      "+1",
      ".5",
      "5.",
      "1e3",
      "1_000",
      "0x1f",
      "0o17",
      "0b1",
      ".inf",
      ".NaN",
      "1:30:00"
    ]
    const words = ["true", "No", "ON", "null", "~", "2024-01-31"]
    for (const value of [...odd, ...words]) {
      assert.lengthOf(warned(stream(2, `[{requires: {a: [${value}]}}]`)), 1, value)
      assert.lengthOf(warned(stream(2, `[{requires: {a: ["${value}"]}}]`)), 0, value)
    }
    for (const value of ["1.2.3", "5.30-beta", "rhel8", "el8.1.0", "v5", "y", "-rolling", "1.x"]) {
      assert.lengthOf(warned(stream(2, `[{requires: {a: [${value}]}}]`)), 0, value)
    }
  })
})
