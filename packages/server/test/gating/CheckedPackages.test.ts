/** What is read of packages and of the lists of repositories for the checks of modules. */
import { assert, describe, it } from "@effect/vitest"
import * as Steps from "@orch/core/Steps"
import * as CheckedPackages from "../../src/gating/CheckedPackages.ts"
import * as PrimaryMetadata from "../../src/localbuild/PrimaryMetadata.ts"

describe("a package", () => {
  it("is read with what it needs, offers and holds, without its directories", () => {
    const read = CheckedPackages.parse([
      "@curl 1 8.0 2.el9 x86_64",
      "Rlibc.so.6()(64bit)",
      "Rzlib >= 1.2",
      "Pcurl = 1:8.0-2.el9",
      "Ccurl-minimal",
      "Fdrwxr-xr-x  /usr/share/curl",
      "F-rwxr-xr-x c0ffee /usr/bin/curl",
      "Flrwxrwxrwx curl /usr/bin/a link",
      ""
    ].join("\n"))
    assert.deepInclude(read, {
      nevra: "curl-1:8.0-2.el9.x86_64",
      version: "1:8.0-2.el9",
      requires: ["libc.so.6()(64bit)", "zlib >= 1.2"],
      provides: ["curl = 1:8.0-2.el9"],
      conflicts: ["curl-minimal"],
      obsoletes: []
    })
    assert.deepStrictEqual([...read!.files], [
      ["/usr/bin/curl", "-rwxr-xr-x c0ffee"],
      ["/usr/bin/a link", "lrwxrwxrwx curl"]
    ])
    assert.isUndefined(CheckedPackages.parse(""))
  })
})

describe("a list of files", () => {
  it("says which packages have a file, and nothing of directories", () => {
    const text = `<?xml version="1.0"?><filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="2">
      <package pkgid="1" name="curl-minimal" arch="x86_64"><version epoch="0" ver="1" rel="1"/>
        <file>/usr/bin/curl</file><file type="dir">/usr/share/curl</file></package>
      <package pkgid="2" name="other" arch="noarch"><version epoch="0" ver="1" rel="1"/><file>/a &amp; b</file></package>
    </filelists>`
    assert.deepStrictEqual(
      [...Steps.finish(PrimaryMetadata.owners(text, new Set(["/usr/bin/curl", "/usr/share/curl", "/a & b", "/none"])))],
      [["/usr/bin/curl", ["curl-minimal"]], ["/a & b", ["other"]]]
    )
  })
})
