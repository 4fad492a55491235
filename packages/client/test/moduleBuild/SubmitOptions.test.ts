import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Fs from "node:fs"
import { fileURLToPath } from "node:url"
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
  name: Option.none(),
  stream: Option.none(),
  srpm: [],
  ref: [],
  ...fields
})

describe("SubmitOptions", () => {
  it.effect("become the keys of a submission, those that were not given none", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* SubmitOptions.toSubmission(options({
          branch: Option.some("1.2"),
          scratch: true,
          rebuildStrategy: Option.some("only-changed"),
          reuseFrom: Option.some("42"),
          sideTag: Option.some("batch-7"),
          name: Option.some("foo"),
          stream: Option.some("1"),
          srpm: ["cli-build/1.a/perl.src.rpm"],
          ref: ["perl=next", "zlib=a=b"],
          buildrequire: ["platform:el9", "perl:5.30", "perl:5.32"]
        })),
        {
          scmurl: "git://src.example.org/modules/foo.git?#f1d2",
          branch: "1.2",
          scratch: true,
          rebuild_strategy: "only-changed",
          reuse_components_from: 42,
          side_tag: "batch-7",
          name: "foo",
          stream: "1",
          srpms: ["cli-build/1.a/perl.src.rpm"],
          rpm_component_ref_overrides: { perl: "next", zlib: "a=b" },
          buildrequire_overrides: { platform: ["el9"], perl: ["5.30", "5.32"] }
        }
      )
    }))

  it.effect("bring a file as text", () =>
    Effect.gen(function*() {
      const file = fileURLToPath(import.meta.url)
      const submission = yield* SubmitOptions.toSubmission(options({ scmurl: Option.none(), yaml: Option.some(file) }))
      assert.deepStrictEqual(submission, { yaml_modulemd: Fs.readFileSync(file, "utf8") })
    }))

  it.effect("name the build to take components from by its id or its full name", () =>
    Effect.gen(function*() {
      const { reuse_components_from: given } = yield* SubmitOptions.toSubmission(
        options({ reuseFrom: Option.some("perl:5.30:20261122:8cf767d6") })
      )
      assert.strictEqual(given, "perl:5.30:20261122:8cf767d6")
    }))

  for (
    const [what, given] of [
      ["nothing to build", options({ scmurl: Option.none() })],
      ["a reference of no component", options({ ref: ["=main"] })],
      ["an override without a stream", options({ require: ["platform"] })],
      ["a file that is not there", options({ yaml: Option.some("/nonexistent/foo.yaml") })]
    ] as const
  ) {
    it.effect(`refuse ${what} as a wrong command line`, () =>
      Effect.map(Effect.flip(SubmitOptions.toSubmission(given)), ({ exitCode }) => assert.strictEqual(exitCode, 2)))
  }
})
