import { assert, describe, it } from "@effect/vitest"
import * as ModuleBuild from "../../src/modulebuild/ModuleBuild.ts"
import * as ModuleBuildRepository from "../../src/repository/ModuleBuildRepository.ts"
import { plan } from "../../src/testing/internal/moduleBuildEvents.ts"

describe("ModuleBuildRepository.post", () => {
  const commit = "45107e21c568dd033c2f0a3107dec8f0b0e58374"
  const build = (over: Partial<ModuleBuild.ModuleBuild> = {}, fields: Parameters<typeof plan>[1] = {}) => ({
    ...ModuleBuild.unborn(
      7,
      plan(["a"], {
        name: "perl",
        stream: "5.36",
        platform: "el9",
        arches: ["x86_64", "aarch64"],
        scmurl: `https://git.example.org/modules/perl.git?#${commit}`,
        ...fields
      })
    ),
    state: "ready" as const,
    published: { url: "/repositories/modules/perl/" },
    ...over
  })

  it("makes a ready build findable by module, stream, commit and platform", () => {
    const post = ModuleBuildRepository.post(build())!
    assert.deepStrictEqual(
      [post.project, post.ref, post.sha1, post.distro, post.distroVersion, post.archs, post.status, post.url],
      ["perl", "5.36", commit, "centos", "9", ["x86_64", "aarch64"], "ready", "/repositories/modules/perl/"]
    )
  })
  it("takes a retired build away again", () =>
    assert.strictEqual(ModuleBuildRepository.post(build({ state: "garbage" }))?.status, "deleted"))
  it("says nothing of builds that are not published, not ready, or scratch", () => {
    assert.isUndefined(ModuleBuildRepository.post(build({ state: "build" })))
    assert.isUndefined(ModuleBuildRepository.post(build({}, { scratch: true })))
    const { published: _, ...unpublished } = build()
    assert.isUndefined(ModuleBuildRepository.post(unpublished))
  })
  it("names platforms as distributions", () => {
    assert.deepStrictEqual(ModuleBuildRepository.place("f41"), { distro: "fedora", version: "41" })
    assert.deepStrictEqual(ModuleBuildRepository.place("el8.9"), { distro: "centos", version: "8.9" })
    assert.deepStrictEqual(ModuleBuildRepository.place("eln"), { distro: "eln", version: "eln" })
  })
})
