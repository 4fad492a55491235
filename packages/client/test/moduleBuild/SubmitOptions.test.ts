import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SubmitOptions from "../../src/commands/moduleBuild/SubmitOptions.ts"

const options = (fields: Partial<SubmitOptions.Options> = {}): SubmitOptions.Options => ({
  scmurl: Option.some("git://src.example.org/modules/foo.git?#f1d2"),
  owner: Option.none(),
  scratch: false,
  branch: Option.none(),
  yaml: Option.none(),
  rebuildStrategy: Option.none(),
  reuseFrom: Option.none(),
  sideTag: Option.none(),
  buildrequire: [],
  require: [],
  ...fields
})

describe("SubmitOptions", () => {
  it("are needed for anything but a URL, an owner and scratch", () => {
    assert.isFalse(SubmitOptions.areGiven(options({ scratch: true, owner: Option.some("alice") })))
    assert.isTrue(SubmitOptions.areGiven(options({ branch: Option.some("1") })))
    assert.isTrue(SubmitOptions.areGiven(options({ require: ["a:1"] })))
  })

  it.effect("are sent under the names of the Module Build Service's API", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* SubmitOptions.body(options({
          branch: Option.some("1.2"),
          scratch: true,
          rebuildStrategy: Option.some("only-changed"),
          reuseFrom: Option.some("42"),
          sideTag: Option.some("batch-7"),
          buildrequire: ["platform:el9", "perl:5.30", "perl:5.32"]
        })),
        {
          scmurl: "git://src.example.org/modules/foo.git?#f1d2",
          branch: "1.2",
          scratch: true,
          rebuild_strategy: "only-changed",
          reuse_components_from: 42,
          side_tag: "batch-7",
          buildrequire_overrides: { platform: ["el9"], perl: ["5.30", "5.32"] }
        }
      )
    }))

  it.effect("name the build to take components from by its id or its full name", () =>
    Effect.gen(function*() {
      const { reuse_components_from: given } = yield* SubmitOptions.body(
        options({ reuseFrom: Option.some("perl:5.30:20261122:8cf767d6") })
      )
      assert.strictEqual(given, "perl:5.30:20261122:8cf767d6")
    }))

  for (
    const [what, given] of [
      ["nothing to build", options({ scmurl: Option.none() })],
      ["an override without a stream", options({ require: ["platform"] })],
      ["a file that is not there", options({ yaml: Option.some("/nonexistent/foo.yaml") })]
    ] as const
  ) {
    it.effect(`refuse ${what} as a wrong command line`, () =>
      Effect.map(Effect.flip(SubmitOptions.body(given)), ({ exitCode }) => assert.strictEqual(exitCode, 2)))
  }
})
