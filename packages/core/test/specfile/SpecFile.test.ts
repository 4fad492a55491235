/** What is read of spec files, without running anything. */
import { assert, describe, it } from "@effect/vitest"
import * as SpecFile from "@orch/core/specfile/SpecFile"

const read = (...lines: ReadonlyArray<string>) => SpecFile.read(lines.join("\n"))
/** Values, with what could not be made out in brackets. */
const shown = (values: ReadonlyArray<SpecFile.Value>) =>
  values.map(({ isAssumed, isConditional, text, unknown }) =>
    unknown === undefined ? `${text}${isAssumed ? " (assumed)" : ""}${isConditional ? " (maybe)" : ""}` : `[${unknown}]`
  )

describe("SpecFile.read", () => {
  const versions: ReadonlyArray<readonly [what: string, lines: ReadonlyArray<string>, ReadonlyArray<string>]> = [
    ["a plain value", ["Version: 1.2"], ["1.2"]],
    ["any case and blanks", ["  VERSION :\t1.2  "], ["1.2"]],
    ["carriage returns", ["Version: 1.2\r"], ["1.2"]],
    ["simple macros", ["%global major 3", "%define minor 11", "Version: %{major}.%minor"], ["3.11"]],
    ["a macro of a macro", ["%global a 1", "%global b %{a}.2", "Version: %{b}"], ["1.2"]],
    ["a macro that is defined of later ones", ["%define full %{a}-x", "%global a 1", "Version: %full"], ["1-x"]],
    ["what is defined anew", ["%global v 1", "%global v 2", "Version: %v"], ["2"]],
    ["a continued definition", ["%global v 1.\\", "2", "Version: %v"], ["1.2"]],
    ["a doubled percent sign", ["Version: 1%%2"], ["1%2"]],
    ["an optional macro that is not there", ["Version: 1%{?pre}"], ["1 (assumed)"]],
    ["an optional macro that is there", ["%global pre rc1", "Version: 1%{?pre:~%pre}"], ["1~rc1"]],
    ["a default that counts", ["Version: %{!?ver:5}"], ["5 (assumed)"]],
    ["a default that does not", ["%global ver 4", "Version: %{?ver}%{!?ver:5}"], ["4"]],
    ["a guarded definition", ["%{!?ver: %global ver 7}", "Version: %ver"], ["7 (assumed)"]],
    ["what is undefined again", ["%global v 1", "%undefine v", "Version: %{?v}2"], ["2 (assumed)"]],
    ["a false branch", ["%if 0", "Version: 1", "%else", "Version: 2", "%endif"], ["2"]],
    ["a true branch", ["%if 1", "Version: 1", "%else", "Version: 2", "%endif"], ["1"]],
    ["a third branch", ["%if 0", "Version: 1", "%elif 1", "Version: 2", "%else", "Version: 3", "%endif"], ["2"]],
    [
      "branches nobody can choose from",
      ["%if 0%{?rhel} > 8", "Version: 1", "%else", "Version: 2", "%endif"],
      ["1 (maybe)", "2 (maybe)"]
    ],
    [
      "a macro that depends on a condition",
      ["%ifarch s390x", "%global v 1", "%endif", "Version: %v"],
      ["[%v depends on a condition]"]
    ],
    ["a macro of others", ["Version: %{kernel_version}"], ["[%{kernel_version} is not defined in the spec file]"]],
    ["a program", ["Version: %(cat VERSION)"], ["[%(cat VERSION) is not evaluated]"]],
    ["a program behind a macro", ["%global v %(date)", "Version: %v"], ["[%(date) is not evaluated]"]],
    ["an expression", ["Version: %[1 + 1]"], ["[%[1 + 1] is not evaluated]"]],
    ["lua", ["Version: %{lua: print(1)}"], ["[%{lua: print(1)} is not evaluated]"]],
    [
      "a macro with arguments",
      ["%global v() %1", "Version: %{v x}"],
      ["[%{v x} is not evaluated]"]
    ],
    ["a macro of itself", ["%define v %{v}", "Version: %v"], ["[%{v} expands to too much]"]],
    ["a comment", ["#Version: 1", "Version: 2"], ["2"]],
    ["another package's version", ["Version: 1", "%package devel", "Version: 2"], ["1"]],
    ["a text", ["%description", "Version: 2"], []]
  ]
  it.each(versions)("makes out the version: %s", (_, lines, expected) => {
    assert.deepStrictEqual(shown(read(...lines).version), expected)
  })

  it("keeps sources and patches in their order, whatever section they stand in", () => {
    const { sources } = read(
      "Name: a",
      "Version: 1",
      "Source: https://example.org/%{name}-%{version}.tar.xz",
      "source1: b",
      "%if 0%{?fedora}",
      "Patch7: c",
      "%endif",
      "%package doc",
      "Source2: d",
      "%sourcelist",
      "e",
      "%patchlist",
      "f",
      "%prep",
      "Source3: g"
    )
    assert.deepStrictEqual(sources.map(({ isConditional, tag, text }) => [tag, text, isConditional]), [
      ["Source", "https://example.org/a-1.tar.xz", false],
      ["source1", "b", false],
      ["Patch7", "c", true],
      ["Source2", "d", false],
      ["Source", "e", false],
      ["Patch", "f", false]
    ])
  })

  it("says where something is brought in that is not written there", () => {
    assert.isUndefined(read("%global x 1", "%bcond_with y", "%dnl z", "Name: a", "%if 1", "%endif").hidden)
    assert.strictEqual(read("%include other.inc", "Name: a").hidden, "%include other.inc")
    assert.strictEqual(read("Name: a", "%gometa -i").hidden, "%gometa -i")
    assert.strictEqual(read("Name: a", "%build", "%make_build").hidden, undefined)
    assert.strictEqual(read("%if 1", "Name: a").unclosed, 1)
  })

  it("reads hostile texts in a moment", () => {
    const many = 200_000
    const texts = [
      "%if\n".repeat(many),
      "%{".repeat(many),
      `Version:${" ".repeat(many)}x`,
      `%{!?a: %global a ${" }".repeat(many)}x`,
      `%define a %a%a\nVersion: %a\n${"Source: %a\n".repeat(many / 10)}`,
      `%global a ${"x".repeat(many)}\n${"Source: %a%a%a\n".repeat(many / 100)}`,
      "(".repeat(many)
    ]
    // A pattern or an expansion without bound would take hours; the time limit of the test is the judge.
    for (const text of texts) assert.isDefined(SpecFile.read(text))
  })
})
