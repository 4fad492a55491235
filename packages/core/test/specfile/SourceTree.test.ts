/** What is found wrong or doubtful in the sources of a package. */
import { assert, describe, it } from "@effect/vitest"
import * as SourceTree from "@orch/core/specfile/SourceTree"

const spec = (...more: ReadonlyArray<string>) =>
  ["Name: alpha", "Version: 1", "Release: 1%{?dist}", ...more, ""].join("\n")

type Files = Readonly<Record<string, string | Uint8Array | SourceTree.Entry>>

const isEntry = (file: Files[string]): file is SourceTree.Entry => typeof file === "object" && "kind" in file

const tree = (files: Files): SourceTree.Tree => {
  const wanted = SourceTree.isWanted("alpha")
  const all = Object.entries(files)
  return {
    entries: new Map(all.map(([path, file]) => [path, isEntry(file) ? file : { kind: "file", size: file.length }])),
    contents: new Map(
      all.flatMap(([path, file]) =>
        isEntry(file) || !wanted(path)
          ? []
          : [[path, typeof file === "string" ? new TextEncoder().encode(file) : file]]
      )
    )
  }
}

const judge = (files: Files) => {
  const { problems, remarks } = SourceTree.judge("alpha", tree(files))
  return [...problems.map(({ code, message }) => `${code}: ${message}`), ...remarks]
}

describe("SourceTree.judge", () => {
  const cases: ReadonlyArray<readonly [what: string, files: Files, ReadonlyArray<string>]> = [
    ["nothing to say", { "alpha.spec": spec() }, []],
    ["CentOS's way", { "SPECS/alpha.spec": spec("Source: a.tgz"), "SOURCES/a.tgz": "" }, []],
    ["an empty repository", { README: "" }, ["spec-missing: there is no spec file alpha.spec"]],
    [
      "another spec file",
      { "beta.spec": spec(), "doc/alpha.spec": spec() },
      ["spec-name: the spec file must be alpha.spec; there is beta.spec"]
    ],
    [
      "the wrong place",
      { "alpha.spec": spec(), "SPECS/README": "" },
      ["spec-missing: there is no spec file SPECS/alpha.spec"]
    ],
    [
      "several spec files",
      { "alpha.spec": spec(), "alpha-old.spec": spec() },
      ["There are more spec files, which some build systems refuse: alpha-old.spec"]
    ],
    ["an empty spec file", { "alpha.spec": "" }, ["spec-unreadable: alpha.spec is empty"]],
    [
      "a program",
      { "alpha.spec": Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0]) },
      ["spec-unreadable: alpha.spec is not a text file"]
    ],
    [
      "an old encoding",
      { "alpha.spec": Uint8Array.from([...new TextEncoder().encode(spec("Summary: ")), 0xe9]) },
      ["alpha.spec is not UTF-8 text"]
    ],
    [
      "a link",
      { "alpha.spec": { kind: "symbolic link", size: 4 } },
      ["alpha.spec was not looked at, because it is a symbolic link"]
    ],
    [
      "too much",
      { "alpha.spec": { kind: "file", size: 99_999_999 } },
      ["alpha.spec was not looked at, because it is too large, with 99999999 bytes"]
    ],
    [
      "no version",
      { "alpha.spec": "Name: alpha\n" },
      ["The version in alpha.spec was not found", "The release in alpha.spec was not found"]
    ],
    [
      "a text",
      { "alpha.spec": "Hello\n" },
      ["spec-unreadable: alpha.spec is no spec file: it has no Name, no Version and no Release"]
    ],
    [
      "a version that may come from elsewhere",
      { "alpha.spec": "%include v\nName: alpha\nRelease: 1\n" },
      ["The version in alpha.spec was not found; \"%include v\" may bring it in"]
    ],
    [
      "another package",
      { "alpha.spec": spec().replace("alpha", "beta") },
      ["spec-package: alpha.spec is the spec file of \"beta\""]
    ],
    [
      "a name that depends on others",
      { "alpha.spec": spec().replace("alpha", "%{?scl}beta") },
      ["The name in alpha.spec may be \"beta\""]
    ],
    [
      "a version that has to be run",
      { "alpha.spec": spec().replace("Version: 1", "Version: %(git describe)") },
      ["The version in alpha.spec cannot be evaluated: %(git describe) is not evaluated (line 2)"]
    ],
    [
      "a version that depends",
      { "alpha.spec": spec().replace("Version: 1", "%if 0%{?el8}\nVersion: 1\n%else\nVersion: 2\n%endif") },
      ["The version in alpha.spec depends on a condition: 1, 2"]
    ],
    ["a release that is counted", { "alpha.spec": spec().replace("1%{?dist}", "%autorelease") }, []],
    [
      "sources that were uploaded",
      {
        "alpha.spec": spec(
          "Source0: https://example.org/v1.tar.gz#/%{name}-%{version}.tar.gz",
          "Source1: old.tar",
          "Patch: a.patch"
        ),
        sources: `SHA512 (alpha-1.tar.gz) = ${"0".repeat(128)}\n${"f".repeat(32)}  old.tar\n`,
        "a.patch": ""
      },
      []
    ],
    [
      "CentOS's list",
      { "SPECS/alpha.spec": spec("Source: a.tgz"), ".alpha.metadata": `${"0".repeat(40)} SOURCES/a.tgz\n` },
      []
    ],
    [
      "sources that are nowhere",
      {
        "alpha.spec": spec("Source0: %{name}-%{version}.tar.gz", "Source1: %{forgesource}", "Patch1: sub/b.patch"),
        sources: `SHA512 (alpha-0.tar.gz) = ${"0".repeat(128)}\n`
      },
      [
        "Source0 \"alpha-1.tar.gz\" is neither in the repository nor in its list of sources",
        "Source1 cannot be evaluated: %{forgesource} is not defined in the spec file",
        "Patch1 \"b.patch\" is neither in the repository nor in its list of sources"
      ]
    ]
  ]
  it.each(cases)("%s", (_, files, expected) => {
    assert.deepStrictEqual(judge(files), expected)
  })

  it("counts what is too much to name", () => {
    const sources = Array.from({ length: 14 }, (_, n) => `Source${n}: s${n}`)
    const said = judge({ "alpha.spec": spec(...sources) })
    assert.lengthOf(said, 11)
    assert.strictEqual(said.at(-1), "4 more sources could not be found")
  })
})
