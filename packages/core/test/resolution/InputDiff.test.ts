import { assert, describe, it } from "@effect/vitest"
import * as InputDiff from "@orch/core/resolution/InputDiff"

const inputs: InputDiff.BuildInputs = {
  version: "1",
  context: "aaaaaaaa",
  arches: ["x86_64", "aarch64"],
  macros: "",
  buildrequires: { platform: "el9:1:00000000", perl: "5.30:1:c" },
  requires: { perl: [] },
  components: {
    a: { commit: "1", batch: 1, repository: "git://host/a" },
    b: { commit: "1", batch: 2, repository: "git://host/b" }
  }
}

describe("InputDiff", () => {
  it("finds nothing between a build and itself, whatever the order of arches", () =>
    assert.deepStrictEqual(InputDiff.compare(inputs, { ...inputs, arches: ["aarch64", "x86_64"] }), []))

  it("names what is new, gone and changed", () => {
    const { perl: _, ...buildrequires } = inputs.buildrequires
    const changed = {
      ...inputs,
      macros: "%x 1",
      buildrequires,
      requires: { perl: ["5.30"] },
      components: {
        a: { ...inputs.components["a"]!, commit: "2" },
        c: { commit: null, batch: 1, repository: "git://host/c" }
      }
    }
    assert.deepStrictEqual(InputDiff.compare(inputs, changed).map(InputDiff.format), [
      "macros: changed",
      "buildrequire perl: gone, was 5.30:1:c",
      "require perl: any -> 5.30",
      "component a: git://host/a at 1 in batch 1 -> git://host/a at 2 in batch 1",
      "component b: gone, was git://host/b at 1 in batch 2",
      "component c: new, git://host/c at an unknown commit in batch 1"
    ])
  })
})
