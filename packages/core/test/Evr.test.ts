import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { spawnSync } from "node:child_process"
import * as Evr from "../src/Evr.ts"
import { evr, version } from "./support/IdentityArbitrary.ts"

const refuses = (input: string, reason: Evr.InvalidEvr["reason"]) =>
  assert.deepStrictEqual(
    Result.getFailure(Evr.parse(input)),
    Result.getFailure(Result.fail(new Evr.InvalidEvr({ input, reason })))
  )

describe("Evr.compareVersions", () => {
  // Each row is ordered: the left is older, or with "=" as new as the right.
  const table: ReadonlyArray<readonly [string, "<" | "=", string]> = [
    ["1.0", "=", "1.0"],
    ["1.0", "<", "2.0"],
    ["2.0", "<", "2.0.1"],
    ["2.0.1", "<", "2.0.1a"],
    ["5.5p1", "<", "5.5p2"],
    ["5.5p2", "<", "5.5p10"],
    ["xyz10", "<", "xyz10.1"],
    ["xyz.4", "<", "8"],
    ["10xyz", "<", "10.1xyz"],
    ["abc", "<", "1"],
    ["a", "<", "b"],
    ["1.0a", "<", "1.0b"],
    ["1b.fc17", "<", "1.fc17"],
    ["1.fc17", "<", "1g.fc17"],
    ["20101121", "<", "20101122"],
    ["2_0", "=", "2.0"],
    ["2.0.", "=", "2.0"],
    ["+a", "=", "a_"],
    ["1.05", "=", "1.5"],
    ["1.0010", "=", "1.10"],
    ["4.999.9", "<", "5.0"],
    ["1.0~rc1", "<", "1.0"],
    ["1.0~rc1", "<", "1.0~rc2"],
    ["1.0~rc1~git123", "<", "1.0~rc1"],
    ["1.0", "<", "1.0^"],
    ["1.0^git1", "<", "1.0^git2"],
    ["1.0^git1", "<", "1.01"],
    ["1.0^20160101", "<", "1.0.1"],
    ["1.0~rc1", "<", "1.0~rc1^git1"],
    ["1.0^git1~pre", "<", "1.0^git1"],
    ["", "<", "1"],
    ["~", "<", ""],
    ["99999999999999999999999998", "<", "99999999999999999999999999"],
    ["1.é", "=", "1."]
  ]
  for (const [one, sign, two] of table) {
    it(`${JSON.stringify(one)} ${sign} ${JSON.stringify(two)}`, () => {
      assert.strictEqual(Evr.compareVersions(one, two), sign === "<" ? -1 : 0)
      assert.strictEqual(Evr.compareVersions(two, one), sign === "<" ? 1 : 0)
    })
  }

  it.prop("is antisymmetric and transitive", [version, version, version], ([a, b, c]) => {
    assert.strictEqual(Evr.compareVersions(a, b) + Evr.compareVersions(b, a), 0)
    const [low, middle, high] = [a, b, c].sort(Evr.compareVersions) as [string, string, string]
    assert.isAtMost(Evr.compareVersions(low, middle), 0)
    assert.isAtMost(Evr.compareVersions(middle, high), 0)
    assert.isAtMost(Evr.compareVersions(low, high), 0)
  }, { arbitrary: { runs: 1000 } })

  const sample = [
    "1",
    "01",
    "1.0",
    "1.0~rc1",
    "1.0^",
    "1.0^git1",
    "1.0.1",
    "1.a",
    "a",
    "~",
    "^",
    "1..0",
    "1_0",
    "1~",
    "1^~"
  ]
  const pairs = sample.flatMap((a) => sample.map((b) => [a, b] as const))
  const rpm = spawnSync("rpm", ["--version"], { encoding: "utf8" })
  it("agrees with the installed rpm", ({ skip }) => {
    if (rpm.status !== 0) skip("rpm is not installed")
    const calls = pairs.map(([a, b]) => `print(rpm.vercmp(${JSON.stringify(a)},${JSON.stringify(b)}).." ")`)
    const answer = spawnSync("rpm", ["--eval", `%{lua:${calls.join("")}}`], { encoding: "utf8" })
    const theirs = answer.stdout.trim().split(" ").map(Number)
    assert.deepStrictEqual(
      pairs.map(([a, b]) => [a, b, Evr.compareVersions(a, b)]),
      pairs.map(([a, b], i) => [a, b, theirs[i]])
    )
  })
})

describe("Evr", () => {
  it.prop("parse reads back what format writes", [evr], ([value]) => {
    assert.deepStrictEqual(Evr.parseUnsafe(Evr.format(value)), value)
    assert.deepStrictEqual(Evr.parseUnsafe(Evr.formatWithEpoch(value)), value)
  })
  it("lets the epoch outweigh the version, and the version the release", () => {
    const sorted = ["1:0.1-1", "2.0-1", "1.9-9", "0:1.9-10"].map(Evr.parseUnsafe).sort(Evr.Order).map(Evr.format)
    assert.deepStrictEqual(sorted, ["1.9-9", "1.9-10", "2.0-1", "1:0.1-1"])
  })
  it("refuses an epoch that is no number", () => refuses("a:1-1", "EpochNotNumeric"))
  it("refuses an empty epoch", () => refuses(":1-1", "EpochNotNumeric"))
  it("refuses an epoch beyond 32 bits", () => refuses("4294967296:1-1", "EpochOutOfRange"))
  it("refuses a missing release", () => refuses("1.0", "NoRelease"))
  it("refuses an empty release", () => refuses("1.0-", "NoRelease"))
  it("refuses an empty version", () => refuses("1:-1", "EmptyVersion"))
  it("refuses a second dash", () => refuses("1-2-3", "IllegalCharacter"))
  it("refuses blanks", () => refuses("1 0-1", "IllegalCharacter"))
})
