import { assert, describe, it } from "@effect/vitest"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as Result from "effect/Result"

const perl = { name: "perl", stream: "5.30" }

describe("the JSON form of an available module", () => {
  it("has the defaults of a ready module where it says no more than who it is", () =>
    assert.deepStrictEqual(AvailableModule.parseUnsafe(perl), {
      ...AvailableModule.make(perl),
      disttagMarking: undefined,
      kojiTag: undefined,
      kojiTagArches: undefined,
      useDefaultModules: undefined
    }))

  it("is read with the field names of the Module Build Service, and keys that it does not know are ignored", () =>
    assert.deepInclude(
      AvailableModule.parseUnsafe({
        ...perl,
        id: 7,
        version: "9007199254740993",
        state: 4,
        scratch: true,
        virtual_streams: ["5"],
        koji_tag: null,
        koji_tag_arches: ["x86_64"],
        dependencies: [{ buildrequires: { platform: ["el9"] } }],
        buildrequires: { platform: { stream: "el9", version: 3, koji_tag: "el9-build" } },
        modified_by: "somebody"
      }),
      {
        id: 7,
        version: 9007199254740993n,
        state: "failed",
        scratch: true,
        virtualStreams: ["5"],
        kojiTag: null,
        kojiTagArches: ["x86_64"],
        dependencies: [{ buildrequires: { platform: ["el9"] }, requires: {} }],
        buildrequires: { platform: { stream: "el9", version: "3", kojiTag: "el9-build" } }
      }
    ))

  for (
    const [value, words] of [
      [null, "the value is not an object"],
      [[perl], "the value is not an object"],
      [{ name: "perl" }, "stream is not text"],
      [{ ...perl, id: 1.5 }, "id is not an integer"],
      [{ ...perl, version: "five" }, "five"],
      [{ ...perl, version: true }, "version is not an integer or text"],
      [{ ...perl, state: "asleep" }, "state is not one of init, wait"],
      [{ ...perl, state: 9 }, "state is not one of init, wait"],
      [{ ...perl, scratch: "no" }, "scratch is not true or false"],
      [{ ...perl, virtual_streams: "5" }, "virtual_streams is not a list"],
      [{ ...perl, dependencies: [{ requires: { platform: [9] } }] }, "dependencies.0.requires.platform.0 is not text"],
      [{ ...perl, buildrequires: { platform: {} } }, "buildrequires.platform.stream is not text"]
    ] as const
  ) {
    it(`is refused with the place of what is wrong: ${words}`, () => {
      const { message } = Result.getOrThrow(Result.flip(AvailableModule.parse(value)))
      assert.include(message, words)
    })
  }
})
