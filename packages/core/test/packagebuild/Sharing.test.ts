import { assert, describe, it } from "@effect/vitest"
import * as ArtifactPlace from "../../src/packagebuild/ArtifactPlace.ts"
import * as BuildTask from "../../src/packagebuild/BuildTask.ts"
import * as Multilib from "../../src/packagebuild/Multilib.ts"
import * as Noarch from "../../src/packagebuild/Noarch.ts"
import * as NodeReport from "../../src/packagebuild/NodeReport.ts"

const task = (
  name: string,
  files: ReadonlyArray<string>,
  state: BuildTask.TaskState = "completed"
): BuildTask.BuildTask => ({
  ...BuildTask.initial({ name }),
  state,
  artifacts: files.map((file) => ({ name: file, type: "rpm", href: `/${name}/${file}` }))
})

describe("packages without architecture", () => {
  const one = task("i686", ["a-1-1.i686.rpm", "doc-1-1.noarch.rpm"])
  const two = task("x86_64", ["a-1-1.x86_64.rpm", "doc-1-1.noarch.rpm"])
  const none = task("aarch64", ["a-1-1.aarch64.rpm"])
  const lost = task("s390x", ["old-1-1.noarch.rpm"], "failed")
  const spread = Noarch.spread([one, two, none, lost])

  it("the first one goes to all that succeeded, in place of their own", () => {
    assert.deepStrictEqual(
      spread.map((
        change
      ) => [change.task, change.added.map(({ href }) => href), change.replaced.map(({ href }) => href)]),
      [
        ["x86_64", ["/i686/doc-1-1.noarch.rpm"], ["/x86_64/doc-1-1.noarch.rpm"]],
        ["aarch64", ["/i686/doc-1-1.noarch.rpm"], []]
      ]
    )
  })

  it("spread once, there is nothing more to do", () => {
    const after = [one, two, none, lost].map((before) => {
      const change = spread.find((found) => found.task === before.name)
      return change === undefined ? before : BuildTask.withArtifacts(before, change.added)
    })
    assert.deepStrictEqual(Noarch.spread(after), [])
  })
})

describe("multilib packages", () => {
  const reference = [
    { name: "chan-libs", arch: "i686", repositoryArches: ["i686", "x86_64"] },
    { name: "chan", arch: "i686", repositoryArches: ["i686"] },
    { name: "chan-devel", arch: "x86_64", repositoryArches: ["x86_64"] }
  ]
  it("are those whose 32-bit package lies in a 64-bit repository", () => {
    assert.deepStrictEqual(Multilib.names("x86_64", reference), ["chan-libs"])
    assert.deepStrictEqual(Multilib.names("aarch64", reference), [])
  })

  it("are chosen by the whole name, once, and never a source package", () => {
    const companion = task("i686", ["chan-libs-1-1.i686.rpm", "chan-libs-extra-1-1.i686.rpm", "chan-1-1.src.rpm"])
    const target = task("x86_64", ["chan-libs-1-1.x86_64.rpm"])
    const chosen = Multilib.select(target, companion, ["chan-libs", "chan"])
    assert.deepStrictEqual(chosen.map(({ name }) => name), ["chan-libs-1-1.i686.rpm"])
    assert.deepStrictEqual(Multilib.select(BuildTask.withArtifacts(target, chosen), companion, ["chan-libs"]), [])
  })
})

describe("places", () => {
  const cases: ReadonlyArray<[string, ArtifactPlace.Place | undefined]> = [
    ["chan-0.0.4-3.el8.x86_64.rpm", { arch: "x86_64", debug: false }],
    ["chan-debuginfo-0.0.4-3.el8.x86_64.rpm", { arch: "x86_64", debug: true }],
    ["chan-debugsource-0.0.4-3.el8.x86_64.rpm", { arch: "x86_64", debug: true }],
    ["chan-libs-debuginfo-common-0.0.4-3.el8.x86_64.rpm", { arch: "x86_64", debug: true }],
    ["debugedit-0.0.4-3.el8.x86_64.rpm", { arch: "x86_64", debug: false }],
    ["chan-doc-0.0.4-3.el8.noarch.rpm", { arch: "x86_64", debug: false }],
    ["chan-0.0.4-3.el8.src.rpm", { arch: "src", debug: false }],
    ["mock.17.cfg", undefined]
  ]
  for (const [file, place] of cases) {
    it(`of ${file}`, () => assert.deepStrictEqual(ArtifactPlace.of(file, "x86_64"), place))
  }

  it("have names that say platform, architecture and build", () => {
    assert.deepStrictEqual(
      ArtifactPlace.all(["src", "x86_64"]).map((place) => ArtifactPlace.repositoryName("AlmaLinux-8", place, 5)),
      ["AlmaLinux-8-src-5-br", "AlmaLinux-8-x86_64-5-br", "AlmaLinux-8-x86_64-5-debug-br"]
    )
  })
})

describe("file names", () => {
  for (const good of ["chan-0.0.4-3.el8.x86_64.rpm", "mock_build.17.log", "libstdc++-1-1.x86_64.rpm", "a~b^c.log"]) {
    it(`${good} is one`, () => assert.isTrue(NodeReport.isFileName(good)))
  }
  for (
    const bad of [
      "",
      "../x.rpm",
      "a/b.rpm",
      "/etc/passwd",
      "a\\b",
      ".hidden",
      "-rf",
      "a\nb",
      "a\u202eb",
      "x".repeat(256)
    ]
  ) {
    it(`${JSON.stringify(bad)} is none`, () => assert.isFalse(NodeReport.isFileName(bad)))
  }
})
