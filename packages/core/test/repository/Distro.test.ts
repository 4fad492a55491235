import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Distro from "../../src/repository/Distro.ts"
import * as DistroQuery from "../../src/repository/DistroQuery.ts"

const named = (distro: string, identifier: string) => {
  const { codename, version } = Distro.names(Distro.standard, distro, identifier)
  return [codename, version]
}

describe("Distro.names", () => {
  const table: ReadonlyArray<readonly [string, string, string | null, string | null]> = [
    ["ubuntu", "jammy", "jammy", "22.04"],
    ["ubuntu", "22.04", "jammy", "22.04"],
    ["ubuntu", "noble", "noble", "24.04"],
    ["debian", "11", "bullseye", "11"],
    ["debian", "trixie", "trixie", "13"],
    ["centos", "9", null, "9"],
    ["centos", "stream", "stream", null],
    ["ubuntu", "unheard", "unheard", null],
    ["ubuntu", "Jammy", "Jammy", null],
    ["opensuse", "15.6", null, "15.6"],
    ["windows", "1809-ltsc", null, "1809-ltsc"],
    ["ubuntu", "", null, null]
  ]
  for (const [distro, identifier, codename, version] of table) {
    it(`${distro}/${identifier} is ${codename} and ${version}`, () =>
      assert.deepStrictEqual(named(distro, identifier), [codename, version]))
  }

  it("leads from codename to number and back for every known release", () => {
    for (const { codename, distro, version } of Distro.releases) {
      assert.deepStrictEqual(named(distro, codename), named(distro, version))
      assert.strictEqual(Distro.key(Distro.standard, distro.toUpperCase(), codename.toUpperCase()), version)
    }
  })
})

describe("Distro.extend", () => {
  it("adds releases by configuration", () => {
    const table = Result.getOrThrow(Distro.extend(Distro.standard, "ubuntu/28.04=zippy, debian/16=sixteen"))
    assert.strictEqual(Distro.key(table, "ubuntu", "zippy"), "28.04")
    assert.strictEqual(Distro.key(table, "debian", "sixteen"), "16")
    assert.strictEqual(Distro.key(table, "ubuntu", "jammy"), "22.04")
  })
  it("names the part it cannot read", () => {
    const refused = Distro.extend(Distro.standard, "ubuntu/28.04=zippy,nonsense")
    assert.isTrue(Result.isFailure(refused) && refused.failure.message.includes("\"nonsense\""))
  })
})

const forms = (result: Result.Result<ReadonlyArray<DistroQuery.Entry>, DistroQuery.InvalidDistros>) =>
  Result.isSuccess(result)
    ? result.success.map(({ arch, distro, version }) => `${distro}|${version ?? ""}|${arch ?? ""}`)
    : result.failure.message

describe("DistroQuery.parse", () => {
  const table: ReadonlyArray<readonly [string, ReadonlyArray<string> | string]> = [
    ["ubuntu/jammy", ["ubuntu|jammy|"]],
    ["ubuntu/22.04/x86_64,centos/9", ["ubuntu|22.04|x86_64", "centos|9|"]],
    ["ubuntu/xenial, centos/7", ["ubuntu|xenial|", "centos|7|"]],
    ["centos/9/", ["centos|9|"]],
    ["centos", "Invalid version or codename for distro: centos"],
    ["centos7,frufru", "Invalid version or codename for distro: centos7"],
    ["centos.7", "Invalid version or codename for distro: centos.7"],
    ["centos/9,", "Invalid version or codename for distro: "],
    ["centos//x86_64", "Invalid version or codename for distro: centos"],
    ["a/b/c/d", "Invalid distro, expected distro/version or distro/version/arch: a/b/c/d"]
  ]
  for (const [input, expected] of table) {
    it(`reads "${input}"`, () => assert.deepStrictEqual(forms(DistroQuery.parse(input)), expected))
  }
})

describe("DistroQuery.parseLenient", () => {
  const table: ReadonlyArray<readonly [string, ReadonlyArray<string> | string]> = [
    ["ubuntu, centos.7", ["ubuntu||", "centos|7|"]],
    ["centos/7,Ubuntu/Xenial", ["centos|7|", "Ubuntu|Xenial|"]],
    ["ubuntu.16.04", ["ubuntu|16.04|"]],
    ["ubuntu/16.04/arm64", ["ubuntu|16.04|arm64"]],
    ["ubuntu,,centos", "Invalid distro, nothing stands between two commas: ubuntu,,centos"],
    ["/7", "Invalid distro, nothing stands between two commas: /7"]
  ]
  for (const [input, expected] of table) {
    it(`reads "${input}"`, () => assert.deepStrictEqual(forms(DistroQuery.parseLenient(input)), expected))
  }

  it.prop("never throws, whatever is asked", [Schema.String], ([input]) => {
    for (const parse of [DistroQuery.parse, DistroQuery.parseLenient]) {
      const parsed = parse(input)
      if (Result.isSuccess(parsed)) { for (const entry of parsed.success) DistroQuery.matcher(Distro.standard, entry) }
    }
    return true
  })
})
