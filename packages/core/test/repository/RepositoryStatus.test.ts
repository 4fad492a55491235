import { assert, describe, it } from "@effect/vitest"
import * as Distro from "../../src/repository/Distro.ts"
import * as RepositoryRecord from "../../src/repository/RepositoryRecord.ts"
import * as RepositoryStatus from "../../src/repository/RepositoryStatus.ts"

describe("RepositoryStatus.admits", () => {
  const late = (before: string, after: string, clocks: readonly [bigint | null, bigint | null] = [null, null]) =>
    !RepositoryStatus.admits({ status: before, sourceModified: clocks[0] }, {
      status: after,
      sourceModified: clocks[1]
    })
  const table: ReadonlyArray<readonly [string, string, boolean]> = [
    ["ready", "building", true],
    ["building", "queued", false],
    ["requested", "ready", false],
    ["ready", "ready", false],
    ["ready", "requested", false],
    ["building", "requested", false],
    ["ready", "queued", false],
    ["ready", "failed", false],
    ["failed", "building", false],
    ["gone", "building", false]
  ]
  for (const [before, after, expected] of table) {
    it(`${after} after ${before} is ${expected ? "late" : "taken"}`, () =>
      assert.strictEqual(late(before, after), expected))
  }
  it("goes by the sender's clock when both told one", () => {
    assert.isTrue(late("building", "ready", [5n, 4n]))
    assert.isFalse(late("ready", "building", [4n, 5n]))
    assert.isTrue(late("ready", "building", [5n, 5n]))
    assert.isTrue(late("ready", "building", [5n, null]))
  })
})

describe("RepositoryRecord.apply", () => {
  const stamp = { id: 1, now: 1n, revision: 1n }
  const first = {
    identity: "x",
    project: "p",
    chacraUrl: "x",
    status: "building",
    ref: "main",
    sha1: "a",
    flavor: "default",
    distro: "centos",
    distroVersion: "9",
    url: "u",
    archs: ["x86_64"],
    extra: { version: "1" }
  }
  const created = RepositoryRecord.apply(Distro.standard, undefined, first, stamp)
  const record = created._tag === "Created" ? created.record : assert.fail(created._tag)

  it("keeps what a status-only post does not carry", () => {
    const outcome = RepositoryRecord.apply(Distro.standard, record, {
      identity: "x",
      project: "p",
      chacraUrl: "x",
      status: "ready"
    }, stamp)
    assert.deepStrictEqual(outcome, { _tag: "Updated", record: { ...record, status: "ready", archStatus: {} } })
  })
  it("names what a first post lacks", () =>
    assert.deepStrictEqual(
      RepositoryRecord.apply(Distro.standard, undefined, {
        identity: "x",
        project: "p",
        chacraUrl: "x",
        status: "ready",
        ref: "r"
      }, stamp),
      { _tag: "Incomplete", missing: ["sha1", "flavor", "distro", "distro_version"] }
    ))
  it("keeps each architecture's extra, and forgets it with the architecture", () => {
    const grown = RepositoryRecord.apply(Distro.standard, record, {
      ...first,
      archs: ["arm64"],
      extra: { version: "2" }
    }, stamp)
    const after = grown._tag === "Updated" ? grown.record : assert.fail(grown._tag)
    assert.deepStrictEqual(after.archs, ["x86_64", "arm64"])
    assert.deepStrictEqual(RepositoryRecord.extraFor(after, "x86_64"), { version: "1" })
    assert.deepStrictEqual(RepositoryRecord.extraFor(after, "arm64"), { version: "2" })
    assert.deepStrictEqual(RepositoryRecord.extraFor(after, null), { version: "2" })
    const shrunk = RepositoryRecord.apply(
      Distro.standard,
      after,
      { ...first, archs: [], removedArchs: ["arm64"] },
      stamp
    )
    assert.deepStrictEqual(shrunk._tag === "Updated" && shrunk.record.archs, ["x86_64"])
  })
})
