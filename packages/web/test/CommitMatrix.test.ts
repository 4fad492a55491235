/** Which commit is there for which place, and what keeps newer ones from being the answer. */
import { assert, describe, it } from "@effect/vitest"
import type { Repository } from "@orch/api/shaman/RepositoriesApi"
import * as CommitMatrix from "../src/commits/CommitMatrix.ts"
import * as UseLines from "../src/commits/UseLines.ts"

const record = (sha1: string, place: string, status: string, more: Partial<Repository> = {}): Repository => {
  const [distro = "", version = "", arch = "x86_64"] = place.split("/")
  return {
    url: `https://storage.example/r/ceph/${sha1}/${distro}/${version}/`,
    chacra_url: `https://storage.example/repos/ceph/${sha1}/${distro}/${version}/`,
    ref: "main",
    sha1,
    distro,
    distro_version: version,
    distro_codename: null,
    modified: "2026-11-21 22:18:19.941603+00:00",
    status,
    flavor: "default",
    project: "ceph",
    archs: [arch],
    extra: {},
    ...more
  }
}

const asked = CommitMatrix.places("centos/9/x86_64, ubuntu/jammy")

describe("commits by place", () => {
  it("reads places with dots and slashes, with and without release and architecture", () => {
    assert.deepStrictEqual(
      CommitMatrix.places("centos/9/x86_64, ubuntu.jammy/arm64,fedora, ").map((
        { arch, distro, version }
      ) => [distro, version, arch]),
      [["centos", "9", "x86_64"], ["ubuntu", "jammy", "arm64"], ["fedora", undefined, undefined]]
    )
  })

  it("says of each commit what keeps it from being ready everywhere", () => {
    const rows = CommitMatrix.rows(asked, [
      record("c3", "centos/9", "building"),
      record("c2", "centos/9", "ready"),
      record("c2", "ubuntu/22.04", "failed", { distro_codename: "jammy" }),
      record("c1", "centos/9", "ready"),
      record("c1", "ubuntu/22.04", "ready", { distro_codename: "jammy" })
    ])
    assert.deepStrictEqual(rows.map(({ ready, sha1, why }) => [sha1, ready, why]), [
      ["c3", 0, "being built for centos/9/x86_64; not there for ubuntu/jammy"],
      ["c2", 1, "failed for ubuntu/jammy"],
      ["c1", 2, "ready everywhere"]
    ])
  })

  it("takes a repository that is ready before one that is not, whichever is newer", () => {
    const [row] = CommitMatrix.rows(asked, [record("c1", "centos/9", "failed"), record("c1", "centos/9", "ready")])
    assert.strictEqual(row!.cells[0]!.status, "ready")
  })

  it("names the place that most lack where there is no answer, and the best commit without it", () => {
    const rows = CommitMatrix.rows(asked, [record("c2", "centos/9", "ready"), record("c1", "centos/9", "ready")])
    const near = CommitMatrix.nearest(asked, rows)!
    assert.deepStrictEqual([near.lacking.text, near.without?.sha1], ["ubuntu/jammy", "c2"])
  })

  it("writes lines that a shell takes as they are meant", () => {
    const question = { project: "a b", ref: "it's", flavor: "", sha1: "", status: "", at: "centos/9, rocky/10" }
    assert.strictEqual(
      UseLines.command(question),
      "orch repo search --project 'a b' --ref 'it'\\''s' --distros centos/9,rocky/10 --common-sha1"
    )
    assert.strictEqual(
      UseLines.install(record("c1", "centos/9", "ready"), "https://orch.example"),
      "dnf config-manager --add-repo https://storage.example/repos/ceph/c1/centos/9/repo"
    )
    const module = record("c1", "centos/9", "ready", { url: "/repositories/m/", extra: { module_build: 4 } })
    assert.include(
      UseLines.install(module, "https://orch.example"),
      "--repofrompath=ceph,https://orch.example/repositories/m/"
    )
  })
})
