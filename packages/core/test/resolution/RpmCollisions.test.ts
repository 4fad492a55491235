import { assert, describe, it } from "@effect/vitest"
import * as Nevra from "../../src/Nevra.ts"
import * as RpmCollisions from "../../src/resolution/RpmCollisions.ts"

const collisions = (platform: ReadonlyArray<string>, modules: ReadonlyArray<string>) =>
  RpmCollisions.find(platform.map(Nevra.parseUnsafe), modules.map(Nevra.parseUnsafe)).map(Nevra.format)

describe("RpmCollisions", () => {
  it("are the platform's packages that modules bring as well", () =>
    assert.deepStrictEqual(
      collisions(
        ["bar-0:1.0-1.x86_64", "bar-0:2.0-1.i686", "foo-1:9.0-1.x86_64", "foo-devel-1:9.0-1.x86_64"],
        ["foo-0:1.0-1.x86_64", "baz-0:1.0-1.x86_64", "bar-0:3.0-1.x86_64"]
      ),
      ["bar-0:1.0-1.x86_64", "bar-0:2.0-1.i686", "foo-1:9.0-1.x86_64"]
    ))

  it("are not what is the same in both", () =>
    assert.deepStrictEqual(
      collisions(["foo-0:1.0-1.x86_64", "foo-0:2.0-1.x86_64"], ["foo-0:1.0-1.x86_64"]),
      ["foo-0:2.0-1.x86_64"]
    ))
})
