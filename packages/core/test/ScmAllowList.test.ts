import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as ScmAllowList from "../src/ScmAllowList.ts"
import * as ScmUrl from "../src/ScmUrl.ts"

const allows = (list: string, url: string) =>
  ScmAllowList.allows(ScmAllowList.parseUnsafe(list), ScmUrl.parseUnsafe(url))

describe("ScmAllowList", () => {
  for (
    const [list, url] of [
      ["https://example.org/", "https://example.org/any/where#main"],
      ["https://example.org", "https://EXAMPLE.org:443/a"],
      ["https://example.org/modules", "https://example.org/modules/foo.git/foo.yaml?#main"],
      ["https://example.org/modules/", "git+https://example.org//modules/./foo"],
      ["git+https://example.org/modules/foo.git", "https://example.org/modules/foo.git?#main"],
      ["git://a.org/, https://b.org/x ,", "https://b.org/x/y"],
      ["file:///srv/git", "file:///srv/git/foo"],
      ["file:///", "file:///srv/git/foo"],
      ["https://example.org/m%6fdules", "https://example.org/modules/foo"]
    ] as const
  ) it(`${list} admits ${url}`, () => assert.isTrue(allows(list, url)))

  for (
    const [list, url, why] of [
      ["", "https://example.org/a", "nothing is allowed by default"],
      ["https://example.org/modules", "https://example.org/modules-of-others/foo", "segments are compared whole"],
      ["https://example.org/modules", "https://example.org/Modules/foo", "paths keep their case"],
      ["https://example.org/modules/foo", "https://example.org/modules/foo.git", "a name is not a prefix of a name"],
      ["https://example.org", "https://example.org.evil.net/a", "hosts are compared whole"],
      ["https://example.org", "http://example.org/a", "the scheme counts"],
      ["https://example.org", "https://example.org:8443/a", "the port counts"],
      ["https://example.org/a/b", "https://example.org/a", "a parent of the prefix is outside"],
      ["https://example.org", "file:///example.org/a", "files need an entry of their own"]
    ] as const
  ) it(`${list || "an empty list"} does not admit ${url}: ${why}`, () => assert.isFalse(allows(list, url)))

  it("names the source and what is allowed", () => {
    const list = ScmAllowList.parseUnsafe("https://example.org/modules,file:///srv")
    const result = ScmAllowList.check(list, ScmUrl.parseUnsafe("git://evil.net/foo#main"))
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) {
      assert.strictEqual(
        result.failure.message,
        "git://evil.net/foo is not an allowed source; allowed: https://example.org/modules,file:///srv"
      )
    }
  })
  it("names the entry that cannot be read", () => {
    for (
      const entry of ["ssh://example.org", "https://u:p@example.org", "https://a.org/x?y", "https://a.org/../b", "x"]
    ) {
      const result = ScmAllowList.parse(`https://ok.org,${entry}`)
      assert.isTrue(Result.isFailure(result) && result.failure.entry === entry)
    }
  })
  it("reads back what it writes", () => {
    const text = "https://example.org/modules,file:///srv/git,git://h:1"
    assert.strictEqual(ScmAllowList.format(ScmAllowList.parseUnsafe(text)), text)
  })
})
