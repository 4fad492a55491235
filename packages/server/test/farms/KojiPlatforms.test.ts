import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as KojiPlatforms from "../../src/farms/KojiPlatforms.ts"

describe("platforms of Koji hubs", () => {
  it("are the first hub's unless another is named", () =>
    assert.deepStrictEqual(
      Result.getOrThrow(
        KojiPlatforms.byProfile(["fedora", "epel"], {
          f41: "f41-build",
          el9: "epel:epel9-build",
          f42: "fedora:f42-build"
        })
      ),
      [
        { profile: "fedora", platformTags: { f41: "f41-build", f42: "f42-build" } },
        { profile: "epel", platformTags: { el9: "epel9-build" } }
      ]
    ))

  const wrong: ReadonlyArray<readonly [string, ReadonlyArray<string>, Readonly<Record<string, string>>, string]> = [
    ["no hub", [], {}, "ORCH_KOJI_PROFILE names no profile"],
    [
      "a hub that is not configured",
      ["fedora", "epel"],
      { el9: "centos:c9s" },
      "ORCH_KOJI_PLATFORM_TAGS has el9=centos:c9s, but ORCH_KOJI_PROFILE names only fedora, epel"
    ],
    [
      "a name that ids could not carry",
      ["fedora", "a/b"],
      {},
      "ORCH_KOJI_PROFILE names \"a/b\"; names of profiles cannot hold a slash here"
    ]
  ]
  for (const [what, profiles, tags, message] of wrong) {
    it(`are refused with ${what}`, () => {
      const found = KojiPlatforms.byProfile(profiles, tags)
      assert.strictEqual(Result.isFailure(found) ? found.failure.message : undefined, message)
    })
  }
})
