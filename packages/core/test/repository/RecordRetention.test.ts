import { assert, describe, it } from "@effect/vitest"
import * as PackageBuildRecord from "../../src/repository/PackageBuildRecord.ts"
import * as Retention from "../../src/repository/RecordRetention.ts"

const day = 86_400_000_000n
const candidate = (id: number, age: number, over: Partial<Retention.Candidate> = {}): Retention.Candidate => ({
  id,
  place: "main",
  modified: -BigInt(age) * day,
  promoted: false,
  ...over
})

describe("Retention.expired", () => {
  const old = [candidate(1, 30), candidate(2, 20), candidate(3, 15), candidate(4, 1)]
  const expired = (policy: Retention.Policy, candidates = old) => Retention.expired(policy, candidates, 0n)
  it("gives up the old ones, oldest first", () =>
    assert.deepStrictEqual(expired({ keepDays: 14, keepPerRef: 0 }), [1, 2, 3]))
  it("keeps the newest of each ref whatever their age", () =>
    assert.deepStrictEqual(expired({ keepDays: 14, keepPerRef: 2 }, [...old, candidate(5, 90, { place: "wip" })]), [
      1,
      2
    ]))
  it("keeps what was promoted", () =>
    assert.deepStrictEqual(expired({ keepDays: 14, keepPerRef: 0 }, [candidate(1, 99, { promoted: true })]), []))
  it("keeps everything without a number of days", () =>
    assert.deepStrictEqual(expired({ keepDays: 0, keepPerRef: 0 }), []))
})

describe("PackageBuildRecord", () => {
  const post: PackageBuildRecord.PackageBuildPost = {
    project: "ceph",
    url: "https://jenkins/queue/",
    logUrl: null,
    buildId: null,
    ref: "main",
    sha1: "a",
    flavor: "default",
    distro: "centos",
    distroVersion: "9",
    distroArch: "x86_64",
    status: "queued",
    extra: {}
  }
  const queued = PackageBuildRecord.apply(undefined, post, 1n, 1)
  const started = { ...post, url: "https://jenkins/1/", status: "started" }

  it("knows a queued build by everything but its url, which it takes", () => {
    const found = PackageBuildRecord.find([queued], started)
    assert.strictEqual(found, queued)
    const after = PackageBuildRecord.apply(found, started, 2n, 2)
    assert.deepStrictEqual([after.id, after.url, after.status, after.started], [1, started.url, "started", 1n])
  })
  it("tells builds of one url apart by architecture", () =>
    assert.isUndefined(PackageBuildRecord.find([queued], { ...started, distroArch: "arm64" })))
  it("keeps the time of completion", () => {
    const completed = PackageBuildRecord.apply(queued, { ...started, status: "completed" }, 5n, 2)
    assert.strictEqual(PackageBuildRecord.apply(completed, started, 9n, 2).completed, 5n)
  })
})
