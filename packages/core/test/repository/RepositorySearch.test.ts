import { assert, describe, it } from "@effect/vitest"
import * as Distro from "../../src/repository/Distro.ts"
import * as DistroQuery from "../../src/repository/DistroQuery.ts"
import * as RepositoryRecord from "../../src/repository/RepositoryRecord.ts"
import * as RepositorySearch from "../../src/repository/RepositorySearch.ts"
import * as World from "./World.ts"

const record = (
  id: number,
  over: Partial<RepositoryRecord.RepositoryRecord> = {}
): RepositoryRecord.RepositoryRecord => ({
  id,
  identity: String(id),
  project: "ceph",
  chacraUrl: `https://chacra.example/${id}/`,
  url: "",
  ref: "main",
  sha1: "a",
  flavor: "default",
  distro: "centos",
  distroVersion: "9",
  archs: ["x86_64"],
  archExtra: {},
  extra: {},
  status: "ready",
  archStatus: {},
  sourceModified: null,
  modified: BigInt(id),
  revision: BigInt(id),
  ...over
})

const exact = (text: string): ReadonlyArray<DistroQuery.Entry> => {
  const parsed = DistroQuery.parse(text)
  return parsed._tag === "Success" ? parsed.success : []
}

const ids = (
  records: ReadonlyArray<RepositoryRecord.RepositoryRecord>,
  query: Partial<RepositorySearch.Query>
): ReadonlyArray<number> =>
  RepositorySearch.search(Distro.standard, records, { distros: [], commonSha1: false, ...query })
    .map((found) => found.record.id)

describe("RepositorySearch.search", () => {
  it("answers newest first", () => assert.deepStrictEqual(ids([record(1), record(3), record(2)], {}), [3, 2, 1]))

  it("finds a release by number or codename, whichever was recorded", () => {
    const records = [
      record(1, { distro: "ubuntu", distroVersion: "jammy" }),
      record(2, { distro: "ubuntu", distroVersion: "22.04" }),
      record(3, { distro: "ubuntu", distroVersion: "noble" })
    ]
    assert.deepStrictEqual(ids(records, { distros: exact("ubuntu/22.04") }), [2, 1])
    assert.deepStrictEqual(ids(records, { distros: exact("ubuntu/jammy") }), [2, 1])
    assert.deepStrictEqual(ids(records, { distros: exact("ubuntu/24.04") }), [3])
  })

  it("keeps a record without architectures for a place that asks for none", () => {
    const records = [record(1, { archs: [] }), record(2, { distro: "rocky" })]
    assert.deepStrictEqual(ids(records, { distros: exact("centos/9,rocky/9/x86_64") }), [2, 1])
  })

  it("compares the distribution for a common commit", () =>
    assert.deepStrictEqual(ids([record(1)], { distros: exact("centos/9,rocky/9"), commonSha1: true }), []))

  it("takes the next commit when the newest lacks a place", () => {
    const records = [record(1), record(2, { distro: "rocky" }), record(3, { sha1: "b" })]
    assert.deepStrictEqual(ids(records, { distros: exact("rocky/9,centos/9"), commonSha1: true }), [2, 1])
  })

  it("ranks a commit by its newest matching repository", () => {
    const records = [record(1, { sha1: "a" }), record(2, { sha1: "b" }), record(3, { sha1: "a", distro: "debian" })]
    assert.deepStrictEqual(ids(records, { distros: exact("centos/9"), commonSha1: true }), [2])
  })

  it("answers a repeated place with a repeated repository", () =>
    assert.deepStrictEqual(ids([record(1)], { distros: exact("centos/9,centos/9"), commonSha1: true }), [1, 1]))

  it("answers everything of the newest commit when no place is asked", () => {
    const records = [record(1, { sha1: "b" }), record(2), record(3, { sha1: "b", ref: "wip" })]
    assert.deepStrictEqual(ids(records, { commonSha1: true }), [3, 1])
  })

  it("holds its laws over thousands of small worlds", () => {
    for (let seed = 1; seed <= 3_000; seed++) {
      const records = Array.from({ length: 12 }, (_, n) => {
        const outcome = RepositoryRecord.apply(Distro.standard, undefined, World.post(seed * 100 + n, "p"), {
          id: n,
          now: BigInt(n),
          revision: BigInt(n)
        })
        return outcome._tag === "Created" ? [outcome.record] : []
      }).flat()
      const query = World.query(seed, "p")
      const found = RepositorySearch.search(Distro.standard, records, query)
      assert.deepStrictEqual(RepositorySearch.search(Distro.standard, records.toReversed(), query), found)
      if (!query.commonSha1) {
        assert.strictEqual(new Set(found.map((each) => each.record.id)).size, found.length)
        continue
      }
      assert.isAtMost(new Set(found.map((each) => each.record.sha1)).size, 1)
      if (query.distros.length > 0) assert.include([0, query.distros.length], found.length)
      const plain = RepositorySearch.search(Distro.standard, records, { ...query, commonSha1: false })
      for (const each of found) assert.isTrue(plain.some((other) => other.record.id === each.record.id))
    }
  })
})
