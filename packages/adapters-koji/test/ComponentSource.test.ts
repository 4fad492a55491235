import { assert, describe, it } from "@effect/vitest"
import * as ComponentSource from "@orch/adapters-koji/ComponentSource"
import * as Result from "effect/Result"

const git = (repository: string, commit = "1a2b") => ComponentSource.of({ source: { _tag: "Git", repository, commit } })

describe("ComponentSource", () => {
  it.each([
    ["https://git.example.org/rpms/a", "git+https://git.example.org/rpms/a#1a2b"],
    ["http://git.example.org/rpms/a.git", "git+http://git.example.org/rpms/a.git#1a2b"],
    ["ssh://git@git.example.org/rpms/a", "git+ssh://git@git.example.org/rpms/a#1a2b"],
    ["git+https://git.example.org/rpms/a", "git+https://git.example.org/rpms/a#1a2b"],
    ["git://git.example.org/rpms/a", "git://git.example.org/rpms/a#1a2b"],
    ["file:///srv/git/a", "git+file:///srv/git/a#1a2b"]
  ])(
    "gives %s to Koji as %s",
    (repository, url) => assert.deepStrictEqual(Result.getOrThrow(git(repository)), { _tag: "Scm", url })
  )

  it.each([
    "ftp://git.example.org/a",
    "git.example.org:a",
    "/srv/git/a",
    "https://git.example.org/a?b#c",
    "ext::sh -c x"
  ])(
    "refuses %s, and says why",
    (repository) => {
      const result = git(repository)
      assert(Result.isFailure(result))
      assert.include(result.failure, repository)
    }
  )

  it("refuses a revision that could be read as something else", () =>
    assert.isTrue(Result.isFailure(git("https://h/a", "x#y"))))

  it.each([
    ["cli-build/17.x/a-1-1.src.rpm", "Uploaded"],
    ["/tmp/a-1-1.src.rpm", "Local"]
  ])(
    "takes the source package %s as %s",
    (location, tag) =>
      assert.strictEqual(Result.getOrThrow(ComponentSource.of({ source: { _tag: "Srpm", location } }))._tag, tag)
  )

  it("refuses what is no source package", () =>
    assert.isTrue(
      Result.isFailure(ComponentSource.of({ source: { _tag: "Srpm", location: "/tmp/a-1-1.x86_64.rpm" } }))
    ))
})
