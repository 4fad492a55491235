import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ScmUrl from "../src/ScmUrl.ts"

const commit = "f1d2d2f924e986ac86fdf7b36c94bcdf32beec15"

const reads = (input: string, expected: Partial<ScmUrl.ScmUrl>) => {
  const url = ScmUrl.parseUnsafe(input)
  assert.deepStrictEqual({ ...url, ...expected }, url)
}

const refuses = (input: string, reason: ScmUrl.Reason) => {
  const result = ScmUrl.parse(input)
  assert.strictEqual(Result.isFailure(result) ? result.failure.reason : Result.getOrThrow(result).ref, reason, input)
}

const part = Arbitrary.schema(Schema.String.check(Schema.isPattern(/^[a-zA-Z0-9+_%#? é-]+$/), Schema.isMaxLength(8)))
  .pipe(Arbitrary.filter((text) => text !== "" && !/^-|[\s]/.test(text)))
const url = Arbitrary.all({
  scheme: Arbitrary.schema(Schema.Literals(["git", "http", "https"])),
  authority: Arbitrary.schema(Schema.Literals(["example.org", "example.org:8443", "[::1]:1", "localhost"])),
  repository: Arbitrary.array(part, { minLength: 1, maxLength: 3 }).pipe(Arbitrary.map((all) => `/${all.join("/")}`)),
  path: Arbitrary.schema(Schema.UndefinedOr(Schema.Literals(["foo.yaml", "sub/foo.yaml", "sub"]))),
  ref: Arbitrary.schema(Schema.UndefinedOr(Schema.Literals([commit, "main", "stream/1.0"])))
})

describe("ScmUrl.parse", () => {
  it.prop("reads back what format writes", [url], ([value]) => {
    assert.deepStrictEqual(ScmUrl.parseUnsafe(ScmUrl.format(value)), value)
  })
  it.prop("never throws", [Schema.String], ([text]) => {
    ScmUrl.parse(text)
    ScmUrl.parse(`https://example.org/${text}`)
    ScmUrl.parse(`https://${text}/a#b`)
  }, { arbitrary: { runs: 500 } })

  it("says no password that is in it", () => {
    for (const input of ["https://user:secret@example.org/foo", "ssh://user:secret@example.org/a b"]) {
      const result = ScmUrl.parse(input)
      assert.isTrue(Result.isFailure(result))
      if (Result.isFailure(result)) assert.notInclude(result.failure.message, "secret")
    }
  })

  it("reads the seed's form", () =>
    reads(`git://pkgs.fedoraproject.org/modules/foo.git/foo.yaml?#${commit}`, {
      scheme: "git",
      authority: "pkgs.fedoraproject.org",
      repository: "/modules/foo.git",
      path: "foo.yaml",
      ref: commit
    }))
  it("reads the form of MBS and Koji", () =>
    reads("git+https://src.fedoraproject.org/modules/foo?sub/foo.yaml#stream-1", {
      scheme: "https",
      repository: "/modules/foo",
      path: "sub/foo.yaml",
      ref: "stream-1"
    }))
  it("reads a repository alone", () =>
    reads("https://example.org/foo", { repository: "/foo", path: undefined, ref: undefined }))
  it("reads a local repository", () =>
    reads("file:///srv/git/foo.git?#main", {
      scheme: "file",
      authority: "",
      repository: "/srv/git/foo.git",
      ref: "main"
    }))
  it("reads a local checkout's own .git", () => {
    const local = ScmUrl.parseUnsafe("file:///srv/foo/.git#main")
    assert.strictEqual(local.repository, "/srv/foo/.git")
    assert.strictEqual(ScmUrl.repositoryName(local), "foo")
  })
  it("takes a trailing .yaml for the file where nothing ends in .git", () =>
    reads("https://example.org/modules/foo/foo.yaml?#main", { repository: "/modules/foo", path: "foo.yaml" }))
  it("lower-cases scheme, host and commit id, but not the path", () =>
    reads(`HTTPS://Example.ORG/Modules/Foo#${commit.toUpperCase()}`, {
      scheme: "https",
      authority: "example.org",
      repository: "/Modules/Foo",
      ref: commit
    }))
  it("drops default ports, dots after the host, and empty and '.' segments", () => {
    reads("git://example.org:9418/a", { authority: "example.org" })
    reads("https://example.org.:443//a/./b/", { authority: "example.org", repository: "/a/b" })
  })
  it("keeps other ports and IPv6 hosts", () => {
    reads("https://example.org:08443/a", { authority: "example.org:8443" })
    reads("git://[::1]:9999/a", { authority: "[::1]:9999" })
    reads("git://[::1]/a", { authority: "[::1]" })
  })
  it("decodes the path once, so that every place has one name", () =>
    reads("https://example.org/m%6fdules/foo%2526", { repository: "/modules/foo%26" }))

  for (
    const [input, reason] of [
      ["", "NotAUrl"],
      ["foo", "NotAUrl"],
      ["/srv/git/foo.git", "NotAUrl"],
      ["git@example.org:foo.git", "NotAUrl"],
      ["https:/example.org/foo", "NotAUrl"],
      ["https://example.org/a b", "NotAUrl"],
      ["https://example.org/a\n", "NotAUrl"],
      ["https://example.org/a\u001b[31m", "NotAUrl"],
      ["https://example.org/a\u202egnp", "NotAUrl"],
      [`https://example.org/${"a".repeat(2048)}`, "TooLong"],
      ["ext::sh -c id", "NotAUrl"],
      ["ext://sh/foo", "SchemeUnsupported"],
      ["ssh://example.org/foo", "SchemeUnsupported"],
      ["git+ssh://example.org/foo", "SchemeUnsupported"],
      ["javascript://example.org/foo", "SchemeUnsupported"],
      ["https://user@example.org/foo", "UserInfo"],
      ["https://user:secret@example.org/foo", "UserInfo"],
      ["https://allowed.org@evil.org/foo", "UserInfo"],
      ["https:///foo", "InvalidHost"],
      ["https://-oProxyCommand=x/foo", "InvalidHost"],
      ["https://exa mple.org/foo", "NotAUrl"],
      ["https://b%C3%BCcher.example/foo", "InvalidHost"],
      ["https://bücher.example/foo", "InvalidHost"],
      ["https://[::1/foo", "InvalidHost"],
      ["file://example.org/srv/foo", "InvalidHost"],
      ["https://example.org:0/foo", "InvalidPort"],
      ["https://example.org:65536/foo", "InvalidPort"],
      ["https://example.org:22x/foo", "InvalidPort"],
      ["https://example.org", "NoRepository"],
      ["https://example.org/?foo.yaml#main", "NoRepository"],
      ["https://example.org/foo.yaml", "NoRepository"],
      ["https://example.org/modules/../secret", "InvalidPath"],
      ["https://example.org/modules/%2e%2e/secret", "InvalidPath"],
      ["https://example.org/modules%2f..%2fsecret", "InvalidPath"],
      ["https://example.org/a\\b", "InvalidPath"],
      ["https://example.org/%00", "InvalidPath"],
      ["https://example.org/%ff", "InvalidPath"],
      ["https://example.org/%", "InvalidPath"],
      ["https://example.org/--upload-pack=id", "InvalidPath"],
      ["https://example.org/foo?../../etc/passwd#main", "InvalidPath"],
      ["https://example.org/foo?--output=x#main", "InvalidPath"],
      ["https://example.org/foo.git/foo.yaml?bar.yaml#main", "PathTwice"],
      ["https://example.org/foo#", "InvalidRef"],
      ["https://example.org/foo#--upload-pack=id", "InvalidRef"],
      ["https://example.org/foo#-x", "InvalidRef"],
      ["https://example.org/foo#a..b", "InvalidRef"],
      ["https://example.org/foo#HEAD~1", "InvalidRef"],
      ["https://example.org/foo#HEAD^{tree}", "InvalidRef"],
      ["https://example.org/foo#main:secret", "InvalidRef"],
      ["https://example.org/foo#a/.hidden", "InvalidRef"],
      ["https://example.org/foo#a.lock", "InvalidRef"],
      ["https://example.org/foo#@{u}", "InvalidRef"],
      ["https://example.org/foo#@", "InvalidRef"],
      [`https://example.org/foo#${"a".repeat(256)}`, "InvalidRef"]
    ] as const
  ) it(`refuses ${JSON.stringify(input.slice(0, 60))}: ${reason}`, () => refuses(input, reason))
})

describe("ScmUrl", () => {
  it("names the module's file by the repository when the URL does not", () => {
    assert.strictEqual(ScmUrl.modulemdPath(ScmUrl.parseUnsafe("https://example.org/modules/foo.git?#main")), "foo.yaml")
    assert.strictEqual(ScmUrl.modulemdPath(ScmUrl.parseUnsafe("https://example.org/modules/foo?bar.yaml")), "bar.yaml")
  })
  it("hands git one plain URL", () => {
    const text = "git+https://example.org/modules/f%26o.git/foo.yaml?#main"
    assert.strictEqual(ScmUrl.repositoryUrl(ScmUrl.parseUnsafe(text)), "https://example.org/modules/f%26o.git")
    assert.strictEqual(ScmUrl.repositoryUrl(ScmUrl.parseUnsafe("file:///srv/git/foo")), "file:///srv/git/foo")
  })
  it("tells commits from names", () => {
    assert.isTrue(ScmUrl.isCommit(commit))
    assert.isTrue(ScmUrl.isCommit(commit + commit.slice(0, 24)))
    assert.isFalse(ScmUrl.isCommit(commit.slice(1)))
    assert.isFalse(ScmUrl.isCommit("main"))
  })
  it("says what to do, and keeps hostile text out of the terminal", () => {
    const result = ScmUrl.parse("ssh://example.org/\u001b[2J")
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.notInclude(result.failure.message, "\u001b")
  })
})
