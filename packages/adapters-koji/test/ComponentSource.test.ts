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
    ["https://bot@git.example.org/rpms//a/", "git+https://bot@git.example.org/rpms/a#1a2b"]
  ])(
    "gives %s to Koji as %s",
    (repository, url) => assert.deepStrictEqual(Result.getOrThrow(git(repository)), { _tag: "Scm", url })
  )

  it.each([
    "ftp://git.example.org/a",
    "git.example.org:a",
    "/srv/git/a",
    "https://git.example.org/a?b#c",
    "https://git.example.org/a;b",
    "https://git.example.org/",
    // Koji's builders know neither of them, and log in by ssh as somebody only.
    "file:///srv/git/a",
    "git+file:///srv/git/a",
    "ssh://git.example.org/a",
    "ext::sh -c x"
  ])(
    "refuses %s, and says why",
    (repository) => {
      const result = git(repository)
      assert(Result.isFailure(result))
      assert.include(result.failure, repository)
    }
  )

  it("refuses a password, and does not repeat it", () => {
    const result = git("https://bot:hunter2@git.example.org/a")
    assert(Result.isFailure(result))
    assert.include(result.failure, "git.example.org")
    assert.notInclude(result.failure, "hunter2")
  })

  it.each([
    ["git+ssh://git@git.example.org/a#1a2b", "git+ssh://git.example.org/a#1a2b"],
    ["git+https://git.example.org/a#1a2b", "git+https://git.example.org/a#1a2b"],
    ["git+https://git.example.org/a@b#1a2b", "git+https://git.example.org/a@b#1a2b"]
  ])("knows that of %s Koji keeps %s", (source, kept) => assert.strictEqual(ComponentSource.recorded(source), kept))

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
