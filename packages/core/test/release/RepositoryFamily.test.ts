/** Families of repositories by their names, and names at hosts. */
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { isName } from "../../src/ports/RepositoryHost.ts"
import * as RepositoryFamily from "../../src/release/RepositoryFamily.ts"

describe("the family of a repository", () => {
  it.each([
    ["almalinux-8-baseos", "baseos"],
    ["almalinux-8-baseos-debuginfo", "baseos"],
    ["almalinux-8-baseos-source", "baseos"],
    ["almalinux-8.10-beta-appstream-x86_64-debug", "appstream"],
    ["almalinux-kitten-10-appstream", "appstream"],
    ["centos9-crb", "crb"],
    ["BaseOS", "baseos"],
    ["BaseOS/aarch64/os", "baseos"],
    ["AppStream-ppc64le", "appstream"],
    ["powertools-devel", "powertools-devel"],
    ["packager-testproduct-almalinux-8", "packager-testproduct-almalinux-8"],
    ["source", "source"],
    ["8", "8"]
  ])("of %s is %s", (name, family) => assert.strictEqual(RepositoryFamily.of(name), family))
})

describe("the name of a repository at its host", () => {
  const given = Schema.Struct({ name: Schema.String, arch: Schema.String, debug: Schema.Boolean })

  it.each([
    [{ name: "almalinux-8-baseos", arch: "x86_64", debug: false }, "production/almalinux-8-baseos/x86_64/os"],
    [{ name: "almalinux-8-baseos", arch: "x86_64", debug: true }, "production/almalinux-8-baseos/x86_64/debug"],
    [{ name: "a b", arch: "src", debug: false }, "production/a+20b/src/os"],
    [{ name: ".hidden", arch: "src", debug: false }, "production/0..hidden/src/os"],
    [{ name: "half \ud801", arch: "src", debug: false }, "production/half+20+d801/src/os"]
  ])("is made of %j", (repository, name) => assert.strictEqual(RepositoryFamily.hostName(repository), name))

  it.prop("is one that every host takes", [given], ([one]) => {
    assert.isTrue(isName(RepositoryFamily.hostName(one)), RepositoryFamily.hostName(one))
  })

  it.prop("is another one for another repository", [given, given], ([one, two]) => {
    const isSame = one.name === two.name && one.arch === two.arch && one.debug === two.debug
    assert.strictEqual(RepositoryFamily.hostName(one) === RepositoryFamily.hostName(two), isSame)
  })
})
